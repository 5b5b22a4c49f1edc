"""Following other sites: `agora network`, what it refuses to bring back, and the page made of what it kept."""

from __future__ import annotations

import contextlib
import copy
import datetime
import gzip
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from cities import minimal_city, speak
from hostile import HOSTILE
from neighbours import CAMPAIGN, SAID, Answer, always, follow, http, keep, server
from sites import built
from typed import run

from agora_build import cli
from agora_build.commands.network import _WHY
from agora_build.config import NetworkSite
from agora_build.content.loader import load
from agora_build.network.addresses import is_public
from agora_build.network.copies import Outcome, announced, update
from agora_build.network.fetching import FetchError, fetch

DAY = datetime.date(2017, 1, 20)
HONEST = json.dumps(SAID, ensure_ascii=False)


def asked(answer: Answer, seconds: float = 5) -> str:
    """Ask a server for its agora.json; give the code of what is wrong with what it answers, '' for nothing."""
    with server(answer) as (address, _):
        try:
            announced(fetch(address, private=True, seconds=seconds))
        except FetchError as error:
            return error.code if _WHY[error.code].format_map(error.values) else "untold"
    return ""


def changed(**values: object) -> str:
    return json.dumps(SAID | values, ensure_ascii=False)


def with_campaign(**values: object) -> dict[str, Any]:
    return SAID | {"campaigns": [CAMPAIGN | values]}


# The command


def test_update_copies_what_sites_announce(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with server(always(http(HONEST))) as (address, paths):
        city = follow(minimal_city(tmp_path), voisine=address)
        assert run("network", "update", "--city", str(city), "--now", "2017-01-20") == 0
    assert paths == ["/agora.json"]
    assert capsys.readouterr().out.startswith("Voisine : copie faite, 1 concertation dont 1 ouverte.\n")
    kept = json.loads((city / "content/network/voisine.json").read_text("utf-8"))
    assert (kept["fetched"], kept["said"]["campaigns"][0]["id"]) == ("2017-01-20", "berges")
    assert run("check", str(city)) == 0
    assert run("network", "list", "--city", str(city), "--now", "2017-01-28") == 0
    assert "Copie du 20/01/2017 (il y a 8 jours), 1 concertation." in capsys.readouterr().out


def test_a_site_that_fails_keeps_its_last_good_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are brought up to date, and the exit code says that somebody should look."""
    with server(always(http("{}"))) as (bad, _), server(always(http(HONEST))) as (good, _):
        city = follow(minimal_city(tmp_path), panne=bad, voisine=good)
        keep(city, "panne", SAID, "2017-01-12")
        before = (city / "content/network/panne.json").read_bytes()
        assert run("network", "update", "--city", str(city), "--now", "2017-01-20") == 1
    said = capsys.readouterr()
    assert (city / "content/network/panne.json").read_bytes() == before
    assert (city / "content/network/voisine.json").is_file()
    assert "Panne : agora.json ne suit pas son schéma (à « version »)" in said.err
    assert "Copie du 12/01/2017 (il y a 8 jours)" in said.err
    assert "1 site sur 2 sans nouvelle copie" in said.err
    assert [path.name for path in (city / "content/network").iterdir() if path.name.startswith(".")] == []


def test_one_site_can_be_asked_alone(tmp_path: Path) -> None:
    with server(always(http(HONEST))) as (one, first), server(always(http(HONEST))) as (two, second):
        city = follow(minimal_city(tmp_path), une=one, deux=two)
        assert run("network", "update", "deux", "--city", str(city)) == 0
        assert (first, second) == ([], ["/agora.json"])


def test_without_sites_the_command_says_how_to_follow_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("network", "update", "--city", str(minimal_city(tmp_path))) == 2
    assert "[[network.sites]]" in capsys.readouterr().err
    city = follow(minimal_city(tmp_path / "other"), voisine="https://participe.voisine.example/")
    assert run("network", "update", "voisin", "--city", str(city)) == 2


def test_the_same_answer_gives_the_same_bytes(tmp_path: Path) -> None:
    """What a site adds to what we know is not kept, whatever the order in which it says the rest."""
    site = NetworkSite(id="voisine", name="Voisine", url="https://participe.voisine.example/")
    shuffled = json.dumps({"tracker": "x", **dict(reversed(SAID.items()))}).encode()
    found = []
    for number, raw in enumerate((HONEST.encode(), shuffled)):
        assert [item.error for item in update(tmp_path / str(number), [site], DAY, lambda _, raw=raw: raw)] == [None]
        found.append((tmp_path / str(number) / "content/network/voisine.json").read_bytes())
    assert found[0] == found[1]
    assert b"tracker" not in found[0]


def test_a_copy_shows_to_its_reviewer_what_a_screen_would_obey(tmp_path: Path) -> None:
    site = NetworkSite(id="voisine", name="Voisine", url="https://participe.voisine.example/")
    raw = json.dumps(with_campaign(title="Les \u202eserbmo\u202c")).encode()
    outcome: Outcome
    (outcome,) = update(tmp_path, [site], DAY, lambda _: raw)
    text = (tmp_path / "content/network/voisine.json").read_text("utf-8")
    assert "Les \\u202eserbmo\\u202c" in text
    assert outcome.copy is not None
    assert outcome.copy.said.campaigns[0].title == "Les \u202eserbmo\u202c"


# What is refused


def moved(target: str, status: str = "302 Found") -> bytes:
    return http("", f"Location: {target}", status=status)


def chunked(connection: socket.socket, _path: str) -> None:
    """Send without end, without saying how much."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def endless_moves(connection: socket.socket, path: str) -> None:
    connection.sendall(moved(f"{path}x"))


BOMB = gzip.compress(b"[" + b"0," * 2_000_000 + b"0]")
MILLION = '{"version":1,"campaigns":[' + ",".join("1" for _ in range(480_000)) + "]}"
WRONG: dict[str, tuple[Answer, str]] = {
    "a page instead of data": (always(http("<html>", "Content-Type: text/html")), "not-json-type"),
    "another charset": (always(http(HONEST, "Content-Type: application/json; charset=latin-1")), "not-json-type"),
    "nothing there": (always(http("", status="404 Not Found")), "missing"),
    "a breakdown": (always(http("", status="503 Service Unavailable")), "status"),
    "a gzip bomb": (always(http(BOMB, "Content-Encoding: gzip")), "compressed"),
    "bytes that are not UTF-8": (always(http(HONEST.encode("latin-1", "replace") + b"\xe9")), "not-utf-8"),
    "too much, and it says so": (always(http("", length=2_000_000)), "too-big"),
    "too much, bit by bit": (chunked, "too-big"),
    "less than it promised": (always(http(HONEST[:50], length=5_000)), "cut"),
    "no HTTP at all": (always(b"SSH-2.0-OpenSSH_9.2\r\n"), "not-http"),
    "silence, then the end": (always(b""), "no-answer"),
    "a way to another host": (always(moved("https://other.example/agora.json")), "elsewhere"),
    "a way to this machine": (always(moved("http://127.0.0.1:22/")), "elsewhere"),
    "a way to a machine of the cloud": (always(moved("http://169.254.169.254/latest/meta-data/")), "elsewhere"),
    "a way to a file": (always(moved("file:///etc/passwd")), "elsewhere"),
    "a way to nowhere": (always(moved("http://[")), "moves"),
    "ways without end": (endless_moves, "moves"),
    "not JSON": (always(http("{")), "not-json"),
    "a list": (always(http("[]")), "not-object"),
    "the same key twice": (always(http(HONEST[:-1] + ', "city": "Autre"}')), "repeated-key"),
    "deep nesting": (always(http("[" * 400_000)), "too-deep"),
    "deep nesting of objects": (always(http('{"a":' * 9 + "1" + "}" * 9)), "too-deep"),
    "a text without its end": (always(http('{"a": "' + '\\"' * 400_000)), "not-json"),
    "a number of 5,000 digits": (always(http('{"version": ' + "9" * 5_000 + "}")), "strange-number"),
    "a float of 5,000 digits": (always(http('{"version": 0.' + "9" * 5_000 + "}")), "strange-number"),
    "not a number": (always(http('{"version": NaN}')), "strange-number"),
    "infinity": (always(http('{"version": 1, "a": 1e999}')), "not-valid"),
    "a million campaigns": (always(http(MILLION)), "not-valid"),
    "campaigns that are not a list": (always(http(changed(campaigns={}))), "not-valid"),
    "a later version": (always(http(changed(version=2))), "newer"),
    "a version before the first": (always(http(changed(version=0))), "not-valid"),
    "a version in letters": (always(http(changed(version="1"))), "not-valid"),
    "a null character": (always(http(changed(city="A\x00B"))), "control"),
    "half a character": (always(http('{"version": 1, "city": "\\ud800"}')), "control"),
    "an escape sequence of terminals": (always(http(changed(city="\x1b[2J"))), "control"),
    "a program as address": (always(http(json.dumps(with_campaign(page="javascript:alert(1)")))), "not-valid"),
    "a title too long": (always(http(json.dumps(with_campaign(title="x" * 161)))), "not-valid"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_no_honest_site_answers_is_refused(name: str) -> None:
    answer, code = WRONG[name]
    began = time.monotonic()
    assert asked(answer, seconds=20) == code
    assert time.monotonic() - began < 60, "an answer cannot keep the machine busy"


def test_an_honest_site_is_heard_after_a_redirection_on_its_own_host() -> None:
    def answer(connection: socket.socket, path: str) -> None:
        connection.sendall(http(HONEST) if path == "/fr/agora.json" else moved("/fr/agora.json", "301 Moved"))

    assert asked(answer) == ""


def drip_headers(connection: socket.socket, _path: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    drip(connection, b"X-A: 1\r\n")


def drip_body(connection: socket.socket, _path: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n")
    drip(connection, b" ")


def drip_without_end(connection: socket.socket, _path: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    drip(connection, b" ")


def drip(connection: socket.socket, piece: bytes) -> None:
    with contextlib.suppress(OSError):
        for _ in range(800):
            connection.sendall(piece)
            time.sleep(0.05)


def silence(connection: socket.socket, _path: str) -> None:
    connection.settimeout(40)
    with contextlib.suppress(OSError):
        connection.recv(1)


@pytest.mark.parametrize("answer", [drip_headers, drip_body, drip_without_end, silence])
def test_a_slow_server_is_left_when_the_time_is_over(answer: Answer) -> None:
    began = time.monotonic()
    assert asked(answer, seconds=0.4) == "slow"
    assert time.monotonic() - began < 30  # of the 40 the server takes


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/", "http://localhost:{port}/"])
def test_private_addresses_are_not_called(address: str) -> None:
    """A name that leads to a machine of the city's own network reveals nothing of it, not even that it is there."""
    with server(always(http(HONEST))) as (there, paths):
        with pytest.raises(FetchError) as error:
            fetch(address.format(port=there.rpartition(":")[2].strip("/")))
        assert (error.value.code, paths) == ("private", [])


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False),
     ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
     ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),  # noqa: S104
     ("fe80::1", False), ("fd00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True),
     ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("2002:7f00:1::", False), ("ff02::1", False)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    trusted: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve_enciphered, args=(listening, context), daemon=True).start()
        address = f"https://localhost:{listening.getsockname()[1]}/"
        if trusted:
            assert announced(fetch(address, private=True)).city == "Ville voisine"
        else:
            with pytest.raises(FetchError) as error:
                fetch(address, private=True)
            assert error.value.code == "certificate"


def serve_enciphered(listening: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listening.accept()
    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as line:
        line.recv(4096)
        line.sendall(http(HONEST))


def test_every_refusal_has_words_and_every_word_its_refusal() -> None:
    package = Path(cli.__file__).parent
    texts = [path.read_text("utf-8") for path in (*package.glob("network/*.py"), package / "content/strict_json.py")]
    codes = set(re.findall(r'(?:FetchError|JsonError)\(\s*"([a-z0-9-]+)"', "".join(texts))) | {"missing", "status"}
    assert codes == set(_WHY)


# The page


def page_of(city: Path, output: Path, path: str = "reseau/index.html", day: datetime.date = DAY) -> str:
    assert built(city, output, day).problems == []
    return (output / path).read_text("utf-8")


def test_without_sites_there_is_no_page_and_no_link(tmp_path: Path) -> None:
    assert built(minimal_city(tmp_path), tmp_path / "site", DAY).problems == []
    assert not (tmp_path / "site/reseau").exists()
    assert "reseau/" not in (tmp_path / "site/index.html").read_text("utf-8")


def test_no_free_page_takes_its_place(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (city / "content/pages/reseau.md").write_text("---\ntitle: Réseau\n---\nUn texte.\n", "utf-8")
    assert load(city, DAY).problems == []
    follow(city, voisine="https://participe.voisine.example/")
    assert [problem.code for problem in load(city, DAY).problems] == ["reserved-name"]


def test_the_page_tells_what_is_open_elsewhere_and_of_when(tmp_path: Path) -> None:
    city = follow(minimal_city(tmp_path), voisine="https://participe.voisine.example/", autre="https://autre.example/")
    coming = CAMPAIGN | {"id": "halle", "title": "La halle", "opens": "2017-02-01", "closes": None}
    closed = CAMPAIGN | {"id": "pont", "title": "Le pont ancien", "opens": "2016-01-01", "closes": "2016-02-01"}
    keep(city, "voisine", SAID | {"campaigns": [closed, coming, CAMPAIGN]})
    page = page_of(city, tmp_path / "site")
    assert page.index("Les berges de Seine") < page.index("La halle")
    assert "Le pont ancien" not in page
    assert "1 concertation ouverte" in page
    assert "1 concertation close" in page
    assert '<time datetime="2017-01-12">12 janvier 2017</time>' in page
    assert "Quai des Deux-Rives" in page
    assert 'href="https://participe.voisine.example/campagnes/berges/"' in page
    assert 'href="https://participe.voisine.example/campagnes/berges/flux.atom"' in page
    assert "Pas encore de copie" in page
    assert "plus d’un mois" not in page
    assert 'href="reseau/index.html"' in (tmp_path / "site/index.html").read_text("utf-8")


def test_an_old_copy_says_so(tmp_path: Path) -> None:
    city = follow(minimal_city(tmp_path), voisine="https://participe.voisine.example/")
    keep(city, "voisine", SAID, "2016-12-01")
    assert "plus d’un mois" in page_of(city, tmp_path / "site")


def test_the_page_is_there_in_every_language(tmp_path: Path) -> None:
    city = follow(speak(minimal_city(tmp_path)), voisine="https://participe.voisine.example/")
    keep(city, "voisine", SAID)
    assert "Elsewhere too" in page_of(city, tmp_path / "site", "en/reseau/index.html")
    arabic = (tmp_path / "site/ar/reseau/index.html").read_text("utf-8")
    assert 'dir="rtl"' in arabic
    assert '<bdi lang="fr">Que faire des berges ?</bdi>' in arabic


def test_a_new_copy_changes_the_page_and_nothing_else(tmp_path: Path) -> None:
    city = follow(minimal_city(tmp_path), voisine="https://participe.voisine.example/")
    keep(city, "voisine", SAID)
    page_of(city, tmp_path / "site")
    keep(city, "voisine", with_campaign(title="Les quais"))
    report = built(city, tmp_path / "site", DAY)
    assert report.written <= 4  # the page, build.json, SHA256SUMS
    assert "Les quais" in (tmp_path / "site/reseau/index.html").read_text("utf-8")
    (city / "content/network/voisine.json").unlink()
    assert "Pas encore de copie" in page_of(city, tmp_path / "site")


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    """No tag, no address, no attribute of theirs: the page asks nothing of another site, and its links are ours."""
    city = follow(minimal_city(tmp_path), voisine="https://participe.voisine.example/")
    words = [text for text in (*HOSTILE, "\u202egnitcerid", "{{ 7*7 }}", "%s%n", "x" * 160) if _line(text)]
    campaigns = [
        CAMPAIGN | {"id": f"c{number}", "title": text, "question": text, "summary": text, "quarters": [text],
                    "place": {"name": text, "address": text}}
        for number, text in enumerate(words)
    ]  # fmt: skip
    said = copy.deepcopy(SAID) | {"campaigns": campaigns, "description": words[0], "licence": words[1]}
    keep(city, "voisine", announced(json.dumps(said).encode()).model_dump(mode="json"))
    main = page_of(city, tmp_path / "site").partition("<main")[2].partition("</main>")[0]
    assert len(words) > 20
    tags = set(re.findall(r"<([a-z0-9]+)", main, re.IGNORECASE))
    assert tags <= {"main", "nav", "ol", "li", "a", "span", "div", "h1", "h2", "h3", "p", "section", "article", "time",
                    "strong", "bdi"}  # fmt: skip
    assert not re.search(r"<[^>]*\son\w+=", main, re.IGNORECASE)
    links = set(re.findall(r'href="([^"]*)"', main))
    assert all(link.startswith(("../", "https://participe.voisine.example")) for link in links)
    assert "<bdi" in main.partition("\u202e")[0].rpartition("<")[0][-40:] + main.partition("\u202e")[0][-40:]


def _line(text: str) -> bool:
    """Tell whether the model lets a text through."""
    with contextlib.suppress(FetchError):
        announced(json.dumps(with_campaign(title=text)).encode())
        return True
    return False


def test_no_link_leads_to_what_is_not_enciphered(tmp_path: Path) -> None:
    city = follow(minimal_city(tmp_path), voisine="http://127.0.0.1:8000/")
    keep(city, "voisine", SAID)
    assert "http://127" not in page_of(city, tmp_path / "site")


def forbid(*_arguments: object, **_options: object) -> None:
    pytest.fail("a build called the network")


def test_a_build_calls_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = follow(minimal_city(tmp_path), voisine="https://participe.voisine.example/")
    keep(city, "voisine", SAID)
    refused: Callable[..., None] = forbid
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    page_of(city, tmp_path / "site")
