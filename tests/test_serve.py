"""The real `agora serve`, over real sockets: what it answers, what it refuses, what it tells when a file changes."""

from __future__ import annotations

import queue
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cities import ROOT, minimal_city
from inboxes import committed_city
from intakes import Client
from previews import Preview, preview, waited
from typed import run

from agora_build.commands.serve_forms import Forms
from agora_build.intake.opening import opened
from agora_build.intake.relay import relay

PAGE = "content/pages/a-propos.md"
ABOUT = "/a-propos/"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = minimal_city(tmp_path_factory.mktemp("serve"))
    toml = made / "agora.toml"
    said = toml.read_text("utf-8").replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true")
    toml.write_text(said + '\n[intake]\nurl = "https://envoi.villeneuve.example/"\n', "utf-8")
    return made


@pytest.fixture(scope="module")
def running(city: Path) -> Iterator[Preview]:
    with preview(city) as made:
        yield made


def until(events: queue.Queue[tuple[str, Any]], name: str, wanted: Any = None) -> Any:
    """Wait for an event of a name that tells something."""
    while True:
        told, data = events.get(timeout=20)
        if told == name and (wanted is None or wanted(data)):
            return data


def edited(file: Path, old: str, new: str) -> None:
    """Change a file as editors do: another is written beside it, and takes its name."""
    text = file.read_text("utf-8")
    assert old in text
    beside = file.with_name(f".{file.name}.swp")
    beside.write_text(text.replace(old, new, 1), "utf-8")
    beside.replace(file)


def test_a_page_has_the_script_and_the_file_has_not(running: Preview, city: Path) -> None:
    status, headers, body = running.ask("/")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b'src="/_agora/live.js"' in body
    assert not any(b"_agora" in page.read_bytes() for page in (city / ".agora/preview/site").rglob("*.html"))
    assert not (city / "output").exists()
    assert running.ask("/", if_none_match=headers["etag"])[0] == 304


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", ""])
def test_another_name_of_this_computer_is_refused(running: Preview, host: str) -> None:
    assert running.ask("/", host=host)[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8000", "LOCALHOST:1"])
def test_its_own_names_are_answered(running: Preview, host: str) -> None:
    assert running.ask("/", host=host)[0] == 200


@pytest.mark.parametrize(
    "path", ["/../cache/state", "/%2e%2e/cache/state", "/..%2fcache%2fstate", "/a\\..\\b", "//etc/passwd", "/%00"]
)
def test_nothing_outside_of_the_site_is_read(running: Preview, path: str) -> None:
    status, _, body = running.ask(path)
    assert status in (400, 404)
    assert b"root:" not in body


def test_what_is_not_there_gets_the_page_of_the_site(running: Preview) -> None:
    status, headers, body = running.ask("/rien/de/tel/")
    assert status == 404
    assert headers["content-type"].startswith("text/html")
    assert b"live.js" in body
    assert b"<h1" in body


def test_audio_is_sent_in_parts(running: Preview, city: Path) -> None:
    site = city / ".agora/preview/site"
    file = next(site.rglob("*.mp3"))
    path, whole = "/" + file.relative_to(site).as_posix(), file.read_bytes()
    status, headers, body = running.ask(path)
    assert (status, body, headers["content-type"], headers["accept-ranges"]) == (200, whole, "audio/mpeg", "bytes")
    etag = headers["etag"]
    status, headers, body = running.ask(path, range="bytes=10-19")
    assert (status, body, headers["content-range"]) == (206, whole[10:20], f"bytes 10-19/{len(whole)}")
    assert running.ask(path, range="bytes=-5")[2] == whole[-5:]
    assert running.ask(path, range="bytes=10-19", if_range=etag)[0] == 206
    assert running.ask(path, range="bytes=10-19", if_range='"another"')[::2] == (200, whole)
    status, headers, _ = running.ask(path, range=f"bytes={len(whole)}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(whole)}")
    assert running.ask(path, if_none_match=etag)[0] == 304
    assert running.ask(path, "HEAD")[2] == b""


def test_a_form_is_tried_here_and_never_sent_to_the_real_intake(running: Preview, city: Path) -> None:
    site = city / ".agora/preview/site"
    assert not any(b"envoi.villeneuve.example" in page.read_bytes() for page in site.rglob("*.html"))
    body = urlencode({"voice": "individual", "text": "Un banc de plus, à l’ombre."})
    status, _, answer = running.ask(
        "/envoi/les-quais/contribution/usages",
        "POST",
        body,
        content_type="application/x-www-form-urlencoded",
        origin=running.address,
    )
    assert status in (200, 201, 303), answer[:2000]
    assert (city / ".agora/preview/intake/journal.sqlite").is_file()
    assert not (city / ".agora/intake/journal.sqlite").exists()
    assert running.ask("/a-propos/", "POST", "a=b")[0] == 405


def test_what_is_sent_may_go_to_the_inbox_of_the_city(tmp_path: Path) -> None:
    """So is the sample tried on one computer, with `make serve`, `agora relay --once` and `agora inbox accept`."""
    city = committed_city(tmp_path)
    said = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(said.replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true"))
    forms = Forms(city, inbox=True)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    body = urlencode({"voice": "individual", "text": "Un banc de plus, à l’ombre."})
    answer = Client(forms).post("/envoi/les-quais/contribution/usages", content=body, headers=headers)
    forms.close()
    assert answer.status_code == 201, answer.text
    with opened(city) as intake:
        assert relay(intake.relay()).proposed == [answer.json()["id"]]
    assert "agora serve --inbox --port" in (ROOT / "Makefile").read_text("utf-8")


def test_an_edit_is_told_to_the_pages_that_show_it(running: Preview, city: Path) -> None:
    with running.listening(ABOUT) as events:
        edited(city / PAGE, "\n---\n", "\n---\nUne phrase de plus.\n")
        assert ABOUT.strip("/") + "/index.html" in until(events, "changed")
    assert "Une phrase de plus." in running.ask(ABOUT)[2].decode()


def test_a_mistake_is_told_on_its_line_and_gone_when_mended(running: Preview, city: Path) -> None:
    before = running.ask(ABOUT)[2]
    with running.listening(ABOUT) as events:
        edited(city / PAGE, "title:", "titel:")
        problems = until(events, "problems", bool)
        near = next(item for item in problems if item["code"] == "unknown-key")
        assert near["place"].startswith(f"{PAGE}:2:1")
        assert near["line"][near["from"] : near["to"]] == "titel"
        assert "title" in near["hint"]
        assert running.ask(ABOUT)[2] == before  # the last good page stays
        with running.listening("/") as others:
            assert until(others, "problems")  # a page opened since is told too
        edited(city / PAGE, "titel:", "title:")
        assert until(events, "problems", lambda told: not told) == []


def test_a_burst_of_edits_is_one_build(running: Preview, city: Path) -> None:
    waited(lambda: False, 0.5)
    before = len(running.builds())
    with running.listening("/") as events:
        for number in range(30):
            text = f"---\ntitle: Page {number}\n---\nUn texte.\n"
            (city / f"content/pages/page-{number}.md").write_text(text, "utf-8")
        until(events, "changed", lambda paths: paths is None or "page-29/index.html" in paths)
        for number in range(30):
            (city / f"content/pages/page-{number}.md").unlink()
        until(events, "changed", lambda paths: paths is None or "page-29/index.html" in paths)
    assert len(running.builds()) - before <= 3


def test_a_page_that_is_late_is_told_at_once(running: Preview) -> None:
    with running.listening("/", seen="0123456789abcdef") as events:
        assert until(events, "changed", lambda _paths: True) is None


def test_a_page_of_problems_stands_for_a_site_that_was_never_made(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    edited(city / PAGE, "title:", "titel:")
    with preview(city) as running:
        status, _, body = running.ask("/")
        assert status == 503
        assert f"{PAGE}:2:1" in body.decode()
        with running.listening("/") as events:
            assert until(events, "problems", bool)
            edited(city / PAGE, "titel:", "title:")
            until(events, "changed", lambda _paths: True)
        assert running.ask("/")[0] == 200
        assert running.stop() == 0
        assert "rien n’a été publié" in running.said[-1]


def test_a_port_that_is_taken_is_told_with_another(tmp_path: Path) -> None:
    (tmp_path / "agora.toml").touch()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        command = [sys.executable, "-m", "agora_build", "serve", "--city", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"Le port {port} est déjà pris" in done.stderr
    assert f"--port {port + 1}" in done.stderr


@pytest.mark.parametrize("options", [(), ("--editor",)])
def test_a_folder_that_is_no_city_is_told_and_nothing_is_made_there(
    options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        assert run("serve", "--city", str(folder), *options, "--port", "0") == 2
        assert "agora init" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
