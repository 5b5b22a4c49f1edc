"""`agora verify site` tells whether a site is what its commit gives, and never says so of one that is not."""

from __future__ import annotations

import datetime
import functools
import hashlib
import http.client
import http.server
import io
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from repositories import commit, git, repository
from sites import built

import agora_build
from agora_build.build import checkout, served, sums, verdict, verification
from agora_build.build.origin import PROGRAMS, Origin, read
from agora_build.build.verdict import Difference, Verdict, said
from agora_build.build.verification import verify
from agora_build.problems import Problem

DAY = datetime.date(2017, 1, 20)
PAGE = "campagnes/les-quais/index.html"


def rebuild(city: Path, output: Path, origin: Origin) -> list[Problem]:
    return built(city, output, origin.day).problems


def verified(address: object, city: Path, version: str = agora_build.__version__) -> Verdict:
    return verify(str(address), city, version, rebuild)


def publish(city: Path, output: Path) -> Path:
    assert built(city, output, DAY).problems == []
    return output


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A repository and the site that its commit gives; tests copy the site, and leave both as they are."""
    folder = tmp_path_factory.mktemp("verify")
    city = repository(folder)
    return city, publish(city, folder / "site")


@pytest.fixture
def city(original: tuple[Path, Path]) -> Path:
    return original[0]


@pytest.fixture
def site(original: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(original[1], tmp_path / "site", symlinks=True))


@contextmanager
def serving(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on this computer; give the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, in silence."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, D102 - as http.server names it
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(served, "_WAITS", (0.01, 0.01))


def files_of(folder: Path) -> Callable[..., Files]:
    return functools.partial(Files, directory=str(folder))


def relist(site: Path) -> None:
    """Do what somebody who tampers well would do: bring the list up to date too."""
    paths = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    listed = [path for path in paths if path != "SHA256SUMS" and not path.startswith(".")]
    lines = (sums.line(path, hashlib.sha256((site / path).read_bytes()).hexdigest()) for path in listed)
    (site / "SHA256SUMS").write_text("".join(lines), "utf-8")


# --- The same


def test_a_folder_that_its_commit_gives(site: Path, city: Path) -> None:
    verdict = verified(site, city)
    assert verdict.exit_code == 0, said(verdict)
    assert (verdict.served, verdict.rebuilt) == ((), ())
    first = git(city, "rev-parse", "HEAD")[:12]
    assert f"exactement celui que donne le commit {first} du 2017-01-20 (« Ouvrir la consultation »)" in said(verdict)
    assert f"{verdict.files} fichiers, jour 2017-01-20" in said(verdict)


def test_the_list_is_the_one_that_sha256sum_reads(site: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=site, check=True)
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    listed = sums.read((site / "SHA256SUMS").read_bytes())
    assert set(listed) == {path for path in files if path != "SHA256SUMS" and not path.startswith(".")}


def test_the_record_says_what_it_takes_to_build_again(site: Path, city: Path) -> None:
    record = json.loads((site / "build.json").read_bytes())
    assert record == {"agora": agora_build.__version__, "commit": git(city, "rev-parse", "HEAD"), "day": "2017-01-20"}
    assert list(record) == sorted(record)


def test_an_address_on_the_web(site: Path, city: Path) -> None:
    with serving(files_of(site.parent)) as address:
        for given in (f"{address}site", f"{address}site/", f"{address}site/index.html"):
            assert verified(given, city).exit_code == 0


def test_a_zip_file_of_the_site(site: Path, city: Path) -> None:
    """It is read where it is; what was added to it, or changed in it, is found as in a folder."""
    archive = Path(shutil.make_archive(str(site.parent / "copy"), "zip", site.parent, "site"))
    assert verified(archive, city).exit_code == 0
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("site/campagnes/faux.html", "<p>Ceci n’est pas de la ville.</p>")
    verdict = verified(archive, city)
    assert (verdict.exit_code, verdict.served) == (1, (Difference("extra", "campagnes/faux.html"),))


def test_the_order_of_the_list_does_not_count(site: Path, city: Path) -> None:
    lines = (site / "SHA256SUMS").read_text("utf-8").splitlines(keepends=True)
    (site / "SHA256SUMS").write_text("".join(reversed(lines)), "utf-8")
    assert verified(site, city).exit_code == 0


def test_a_city_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    folder = repository(tmp_path, inside="ville/site web")
    site = publish(folder / "ville/site web", tmp_path / "site")
    assert verified(site, folder / "ville/site web").exit_code == 0
    verdict = verified(site, folder)  # there is no agora.toml here
    assert verdict.exit_code == 1
    assert "ne se construit pas : agora.toml:1 [missing-config]" in said(verdict)


@pytest.mark.parametrize("kind", ["worktree", "sha256", "shallow"])
def test_repositories_of_other_kinds(kind: str, tmp_path: Path) -> None:
    city = repository(tmp_path, *(["--object-format=sha256"] if kind == "sha256" else []))
    if kind == "worktree":
        git(city, "worktree", "add", "--detach", str(tmp_path / "tree"))
        city = tmp_path / "tree"
    if kind == "shallow":
        commit(city, "Rien de plus")
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{city}", "clone")
        city = tmp_path / "clone"
    assert verified(publish(city, tmp_path / "site"), city).exit_code == 0


def test_an_older_commit_of_the_branch_is_built_as_it_was(tmp_path: Path) -> None:
    """The working tree went on, and is dirty: what is built again is the commit alone."""
    city = repository(tmp_path)
    site = publish(city, tmp_path / "site")
    (city / "content/pages/a-propos.md").write_text("---\ntitle: À propos\n---\nTout autre chose.\n", "utf-8")
    commit(city, "Réécrire")
    (city / "content/pages/nouvelle.md").write_text("pas fini", "utf-8")
    assert verified(site, city).exit_code == 0


def test_the_repository_is_left_as_it_is_and_its_hooks_do_not_run(tmp_path: Path) -> None:
    city = repository(tmp_path)
    site = publish(city, tmp_path / "site")
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        hook = city / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    before = sorted((path, path.stat().st_mtime_ns) for path in (city / ".git").rglob("*"))
    assert verified(site, city).exit_code == 0
    assert sorted((path, path.stat().st_mtime_ns) for path in (city / ".git").rglob("*")) == before
    assert not (tmp_path / "ran").exists()


# --- Not the same


def change(site: Path) -> Difference:
    (site / PAGE).write_bytes((site / PAGE).read_bytes().replace(b"</p>", b"!</p>", 1))
    return Difference("changed", PAGE)


def remove(site: Path) -> Difference:
    (site / PAGE).unlink()
    return Difference("missing", PAGE)


def add(site: Path) -> Difference:
    (site / "campagnes/faux.html").write_text("<p>Ceci n’est pas de la ville.</p>", "utf-8")
    return Difference("extra", "campagnes/faux.html")


@pytest.mark.parametrize("tamper", [change, remove, add])
def test_a_file_that_is_not_as_listed(tamper: Callable[[Path], Difference], site: Path, city: Path) -> None:
    expected = tamper(site)
    verdict = verified(site, city)
    assert (verdict.exit_code, verdict.served, verdict.rebuilt) == (1, (expected,), ())
    assert "n’est PAS celui que donne le commit" in said(verdict)
    assert expected.path in said(verdict)


@pytest.mark.parametrize("tamper", [change, remove])
def test_a_file_that_is_not_as_listed_on_the_web(tamper: Callable[[Path], Difference], site: Path, city: Path) -> None:
    expected = tamper(site)
    with serving(files_of(site)) as address:
        verdict = verified(address, city)
    assert (verdict.exit_code, verdict.served, verdict.rebuilt) == (1, (expected,), ())


@pytest.mark.parametrize("tamper", [change, remove, add])
def test_whoever_changes_the_list_too_is_found_by_building_again(
    tamper: Callable[[Path], Difference], site: Path, city: Path
) -> None:
    expected = tamper(site)
    relist(site)
    verdict = verified(site, city)
    assert (verdict.exit_code, verdict.served, verdict.rebuilt) == (1, (), (expected,))
    assert expected.path in said(verdict)


def test_a_site_built_from_a_dirty_tree(tmp_path: Path) -> None:
    city = repository(tmp_path)
    (city / "content/pages/a-propos.md").write_text("---\ntitle: À propos\n---\nPas encore dit.\n", "utf-8")
    verdict = verified(publish(city, tmp_path / "site"), city)
    assert verdict.exit_code == 1
    assert Difference("changed", "a-propos/index.html") in (verdict.rebuilt or ())
    assert "git status" in said(verdict)


def test_a_link_in_the_folder_is_no_file_of_a_site(site: Path, city: Path, tmp_path: Path) -> None:
    (site / PAGE).rename(tmp_path / "page.html")
    (site / PAGE).symlink_to(tmp_path / "page.html")
    verdict = verified(site, city)
    assert [(each.kind, each.path) for each in verdict.served] == [("unread", PAGE)]
    assert verdict.exit_code == 2


def test_only_the_first_of_many_are_named(site: Path, city: Path) -> None:
    for path in site.rglob("*.html"):
        path.unlink()
    verdict = verified(site, city)
    assert said(verdict).count("  absent : ") == 20
    assert f"  et {len(verdict.served) - 20} fichiers de plus" in said(verdict)


# --- One cannot tell


def rewritten(site: Path, **said_otherwise: object) -> Path:
    """Let build.json say something else, and the list too."""
    record = json.loads((site / "build.json").read_bytes()) | said_otherwise
    (site / "build.json").write_text(json.dumps(record), "utf-8")
    relist(site)
    return site


def obstacle(verdict: Verdict) -> str:
    assert verdict.exit_code == 2, said(verdict)
    assert "impossible de dire" in said(verdict)
    assert verdict.obstacle
    return verdict.obstacle.code


def test_a_commit_that_is_not_in_the_repository(site: Path, city: Path) -> None:
    verdict = verified(rewritten(site, commit="ab" * 20), city)
    assert obstacle(verdict) == "unknown-commit"
    assert "git fetch" in said(verdict)


def test_a_commit_that_nobody_accepted(site: Path, tmp_path: Path) -> None:
    """Whoever can open a pull request could else have a site of their own verified."""
    city = repository(tmp_path)
    git(city, "switch", "--quiet", "--create", "proposal")
    (city / "content/pages/a-propos.md").write_text("---\ntitle: À propos\n---\nFaux.\n", "utf-8")
    commit(city, "Proposer")
    shutil.rmtree(site)
    publish(city, site)
    git(city, "switch", "--quiet", "main")
    assert obstacle(verified(site, city)) == "not-in-history"


def test_a_site_without_commit(site: Path, city: Path) -> None:
    assert obstacle(verified(rewritten(site, commit=None), city)) == "no-commit"


def test_another_version_of_agora(site: Path, city: Path) -> None:
    verdict = verified(site, city, version="9.9.9")
    assert obstacle(verdict) == "other-version"
    assert f"fait avec Agora {agora_build.__version__}, et vous avez Agora 9.9.9" in said(verdict)


@pytest.mark.parametrize(
    ("here", "code", "words"),
    [
        ({}, "no-pdf", "pip install 'agora-build[pdf]'"),
        ({"pdf": lambda: "scribe 2"}, "other-pdf", "faits avec scribe 1, et vous avez scribe 2"),
    ],
)
def test_the_program_that_made_the_pdf_files_has_to_be_there(
    here: dict[str, Callable[[], str]], code: str, words: str, site: Path, city: Path
) -> None:
    rewritten(site, pdf="scribe 1")
    verdict = verify(str(site), city, agora_build.__version__, rebuild, programs=here)
    assert obstacle(verdict) == code
    assert words in said(verdict)


def test_an_origin_is_read_as_it_was_said() -> None:
    for origin in (Origin("1.0", "", DAY), Origin("1.0", "ab" * 20, DAY, "none", "scribe 1")):
        assert read(json.dumps(dict(origin.said())).encode()) == origin


def test_another_version_does_not_hide_a_changed_file(site: Path, city: Path) -> None:
    expected = change(site)
    verdict = verified(site, city, version="9.9.9")
    assert (verdict.exit_code, verdict.served) == (1, (expected,))


@pytest.mark.parametrize("commit", ["--output=/x", "HEAD", "main", 7, ["a"], "AB" * 20, "ab" * 19])
def test_a_commit_that_is_none(commit: object, site: Path, city: Path) -> None:
    """Nothing that a site says reaches git's command line but an id."""
    assert obstacle(verified(rewritten(site, commit=commit), city)) == "bad-record"


@pytest.mark.parametrize(
    "record", [b"", b"[]", b"{}", b"\xff", b"[" * 60_000, b'{"agora":"1","commit":null,"day":"x"}']
)
def test_a_record_that_says_nothing(record: bytes, site: Path, city: Path) -> None:
    (site / "build.json").write_bytes(record)
    assert obstacle(verified(site, city)) == "bad-record"


@pytest.mark.parametrize(
    "line",
    [
        "{sum}  ../../etc/passwd",
        "{sum}  /etc/passwd",
        "{sum}  a//b",
        "{sum}  ./a",
        "{sum}  a/..",
        "\\{sum}  a\\nb",
        "{sum}  a\\b",
        "{sum}  a\x1b[2Jb",
        "{sum} *a",
        "{sum}  index.html",
        "{sum}",
        "<html>",
        "",
    ],
)
def test_a_line_that_agora_would_not_write(line: str, site: Path, city: Path) -> None:
    before = (site / "SHA256SUMS").read_bytes()
    (site / "SHA256SUMS").write_bytes(before + line.format(sum="0" * 64).encode() + b"\n")
    verdict = verified(site, city)
    assert obstacle(verdict) == "bad-sums"
    assert verdict.obstacle
    assert verdict.obstacle.details == (str(before.count(b"\n") + 1),)


@pytest.mark.parametrize("path", ["a\nb", "a\\b", "a\rb", "../a", "/a", "a/./b", ""])
def test_a_path_that_is_not_of_a_site_gets_no_line(path: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the path is all that it says
        sums.line(path, "0" * 64)


def test_no_list(site: Path, city: Path) -> None:
    (site / "SHA256SUMS").unlink()
    assert obstacle(verified(site, city)) == "no-sums"
    with serving(files_of(site)) as address:
        assert obstacle(verified(address, city)) == "no-sums"


@pytest.mark.parametrize(
    "address",
    [
        "nowhere",
        "ftp://ville.example/",
        "file:///etc/",
        "https://",
        "https://a:b@ville.example/",
        "https://ville.example/?x",
        "http://[::1/",
        "https://ville.example:port/",
        f"https://{'a' * 70}.example/",
        "https://ville .example/",
    ],
)
def test_an_address_that_is_none(address: str, city: Path) -> None:
    assert obstacle(verified(address, city)) == "bad-address"


def test_a_folder_that_is_in_no_repository(site: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert obstacle(verified(site, tmp_path / "empty")) == "no-repository"
    assert obstacle(verified(site, tmp_path / "nowhere")) == "no-repository"


def test_a_computer_without_git(site: Path, city: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert obstacle(verified(site, city)) == "no-git"


def test_a_repository_that_lost_objects(site: Path, tmp_path: Path) -> None:
    city = repository(tmp_path)
    (lost,) = [line.split()[2] for line in git(city, "ls-tree", "HEAD", "agora.toml").splitlines()]
    (city / ".git/objects" / lost[:2] / lost[2:]).unlink()
    record = rewritten(site, commit=git(city, "rev-parse", "HEAD"))
    assert obstacle(verified(record, city)) == "lost-objects"


def test_a_variable_of_git_does_not_lead_elsewhere(
    site: Path, city: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert verified(site, city).exit_code == 0


# --- Servers


def answering(code: int, **headers: str) -> Callable[..., Files]:
    """Answer everything in one way."""

    class Handler(Files):
        def do_GET(self) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


def test_a_redirection_to_another_server_is_refused(site: Path, city: Path) -> None:
    """It is named, so that one can decide to give that address."""
    with serving(files_of(site)) as other, serving(answering(302, Location=f"{other}SHA256SUMS")) as address:
        verdict = verified(address, city)
    assert obstacle(verdict) == "unreachable"
    assert f"renvoie vers un autre serveur : {other}" in said(verdict)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//ville.example/", "http://[/"])
def test_a_redirection_out_of_the_web_is_refused(location: str, city: Path) -> None:
    with serving(answering(301, Location=location)) as address:
        assert obstacle(verified(address, city)) == "unreachable"


def test_a_redirection_on_the_same_server_is_followed(site: Path, city: Path) -> None:
    class Moved(Files):
        def do_GET(self) -> None:
            if self.path.startswith("/old/"):
                self.send_response(301)
                self.send_header("Location", self.path.replace("/old/", "/new/"))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                super().do_GET()

    site.rename(site.parent / "new")
    with serving(functools.partial(Moved, directory=str(site.parent))) as address:
        assert verified(f"{address}old/", city).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "followed"),
    [
        ("http://ville.example/x", "https://ville.example/x", True),
        ("https://ville.example/x", "https://ville.example/x/", True),
        ("http://ville.example/x", "https://ville.example:8443/x", False),
        ("http://ville.example/x", "http://ville.example:8000/x", False),
        ("http://ville.example/x", "https://www.ville.example/x", False),
        ("https://ville.example/x", "http://ville.example/x", False),
    ],
)
def test_the_encrypted_side_of_a_server_is_the_same_server(old: str, new: str, followed: bool) -> None:  # noqa: FBT001
    """Http to https on the usual ports, never back."""
    request = urllib.request.Request(old)  # noqa: S310 - nothing is asked for
    try:
        served._SameHost().redirect_request(request, io.BytesIO(), 301, "", http.client.HTTPMessage(), new)
    except served.UnreadError:
        assert not followed
    else:
        assert followed


@pytest.mark.parametrize("code", [401, 403, 500, 503])
def test_a_server_that_refuses(code: int, city: Path) -> None:
    with serving(answering(code)) as address:
        verdict = verified(address, city)
    assert obstacle(verdict) == "unreachable"
    assert str(code) in said(verdict)


def test_a_server_that_stumbles_is_asked_again(site: Path, city: Path) -> None:
    seen: set[str] = set()

    class Stumbling(Files):
        def do_GET(self) -> None:
            if self.path in seen:
                super().do_GET()
            else:
                seen.add(self.path)
                self.send_error(503)

    with serving(functools.partial(Stumbling, directory=str(site))) as address:
        assert verified(address, city).exit_code == 0


def test_nobody_answers(city: Path) -> None:
    with serving(answering(200)) as address:
        pass
    assert obstacle(verified(address, city)) == "unreachable"


def test_a_server_that_goes_away_is_not_asked_for_every_page(site: Path, city: Path) -> None:
    asked: list[str] = []

    class Failing(Files):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path in ("/SHA256SUMS", "/build.json"):
                super().do_GET()
            else:
                self.send_error(403)

    with serving(functools.partial(Failing, directory=str(site))) as address:
        verdict = verified(address, city)
    assert obstacle(verdict) == "unreachable"
    assert len(asked) < verdict.files


def test_a_page_that_cannot_be_read_leaves_the_question_open(site: Path, city: Path) -> None:
    class Closed(Files):
        def do_GET(self) -> None:
            if self.path == f"/{PAGE}":
                self.send_error(403)
            else:
                super().do_GET()

    with serving(functools.partial(Closed, directory=str(site))) as address:
        verdict = verified(address, city)
    assert verdict.exit_code == 2
    assert f"illisible : {PAGE} (réponse 403)" in said(verdict)


def slow(seconds: float, whole: int, *, head: bool) -> Callable[..., Files]:
    """Answer nothing at all, or one byte now and then."""
    over = threading.Event()

    class Slow(Files):
        def do_GET(self) -> None:
            if head:
                over.wait(seconds)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(whole))
            self.end_headers()
            try:
                for _ in range(whole):
                    self.wfile.write(b"x")
                    over.wait(seconds)
            except OSError:
                return

    return Slow


def test_a_server_that_says_nothing(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_TIMEOUT", 0.2)
    with serving(slow(1, 0, head=True)) as address:
        assert obstacle(verified(address, city)) == "unreachable"


def test_a_server_that_says_one_byte_now_and_then(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_GRACE", 0.3)
    with serving(slow(0.05, 1_000, head=False)) as address:
        verdict = verified(address, city)
    assert obstacle(verdict) == "unreachable"
    assert "trop lente" in said(verdict)


def test_an_answer_that_is_cut(city: Path) -> None:
    class Cut(Files):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x")

    with serving(Cut) as address:
        verdict = verified(address, city)
    assert obstacle(verdict) == "unreachable"
    assert "coupée" in said(verdict)


def test_an_endless_answer(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Files):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                return

    monkeypatch.setattr(served, "_MAX_FILE", 1 << 20)
    with serving(Endless) as address:
        assert obstacle(verified(address, city)) == "unreachable"


def test_a_site_published_again_meanwhile(site: Path, city: Path) -> None:
    class Republished(Files):
        def do_GET(self) -> None:
            if self.path == "/build.json":
                change(site)
                relist(site)
            super().do_GET()

    with serving(functools.partial(Republished, directory=str(site))) as address:
        assert obstacle(verified(address, city)) == "republished"


@pytest.mark.parametrize("name", ["a b/é%20#?&.html", "%2e%2e/x", "ö/日本.txt", "~a/+b;c=d"])
def test_a_name_is_asked_for_as_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "à la ville" / name).parent.mkdir(parents=True)
    (tmp_path / "à la ville" / name).write_bytes(b"x")
    with serving(files_of(tmp_path)) as address:
        place = served.place_at(f"{address}à la ville/")
        assert served.digest(place, name) == hashlib.sha256(b"x").hexdigest()


def test_what_a_screen_would_obey_is_shown() -> None:
    difference = Difference("unread", "a\x1b[2J.html", "\x1b]0;x\x07")
    words = said(Verdict("b\x1b[2J", served=(difference,), compared=True))
    assert "\x1b" not in words


def test_every_way_of_failing_has_words() -> None:
    """Each code that the modules stop on is one that `said` knows."""
    raised = {f"{what}-{program}" for what in ("no", "other") for program in PROGRAMS}
    for module in (checkout, verification):
        source = Path(str(module.__file__)).read_text("utf-8")
        raised |= set(re.findall(r'(?:_StopError|NotCheckedOutError|code=|code: str =) ?\(?"([a-z-]+)"', source))
    assert raised
    assert raised == set(verdict._OBSTACLES)


# --- The command


def test_the_command_says_it_and_ends_with_its_code(site: Path, city: Path) -> None:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "agora_build", "verify", "site", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=city)

    same = run(site)
    assert (same.returncode, same.stderr) == (0, "")
    assert "exactement celui que donne le commit" in same.stdout
    change(site)
    other = run(site, "--city", city)
    assert (other.returncode, other.stderr) == (1, "")
    assert f"modifié : {PAGE}" in other.stdout
    assert run("nowhere").returncode == 2
