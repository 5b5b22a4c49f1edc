"""What is published is the site before or the new one, whole, whatever happens to the build."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built as build

from agora_build.build import exchange, release

DAY = datetime.date(2017, 1, 20)
AGORA = [sys.executable, "-m", "agora_build", "build", "--now", DAY.isoformat(), "--jobs", "2", "--no-search"]
PAGE = "content/pages/a-propos.md"


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def say(city: Path, word: str) -> None:
    """Give the city one of its two contents: a page, a contribution and a decision say a word."""
    (city / PAGE).write_text(f"---\ntitle: {word}\nmenu: main\n---\n{word}.\n", "utf-8")
    (city / f"content/pages/{word}.md").write_text(f"---\ntitle: {word}\n---\n{word}.\n", "utf-8")
    for other in {"ici", "ailleurs"} - {word}:
        (city / f"content/pages/{other}.md").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The site of each of the two contents, each built from nothing."""
    found = {}
    for word in ("ici", "ailleurs"):
        folder = tmp_path_factory.mktemp(word)
        city = minimal_city(folder)
        say(city, word)
        assert build(city, folder / word, DAY).problems == []
        found[word] = tree(folder / word)
    return found


@pytest.fixture
def two(sites: dict[str, dict[str, bytes]], tmp_path: Path) -> tuple[Path, Path, dict[str, dict[str, bytes]]]:
    """A city, where its site goes, and the site of each of its two contents."""
    return minimal_city(tmp_path), tmp_path / "output", sites


def which(output: Path, sites: dict[str, dict[str, bytes]]) -> str:
    """Tell which of the two sites is published; '' when it is neither."""
    found = tree(output)
    return next((word for word, expected in sites.items() if expected == found), "")


def refusals(city: Path, output: Path) -> list[str]:
    return [problem.code for problem in build(city, output, DAY).problems]


def test_rolling_back_exchanges_the_site_with_the_one_before(
    two: tuple[Path, Path, dict[str, dict[str, bytes]]],
) -> None:
    city, output, sites = two
    say(city, "ici")
    assert refusals(city, output) == []
    assert release.rollback(output) == "none"
    say(city, "ailleurs")
    assert refusals(city, output) == []
    assert release.rollback(output) == ""
    assert which(output, sites) == "ici"
    assert release.rollback(output) == ""
    assert which(output, sites) == "ailleurs"
    assert release.rollback(output) == ""
    assert refusals(city, output) == []
    assert which(output, sites) == "ailleurs"
    say(city, "ici")
    assert refusals(city, output) == []
    assert which(output, sites) == "ici"


def test_the_command_says_why_there_is_nothing_to_put_back(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    command = [*AGORA, "--rollback", "--city", str(city)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pas de site précédent" in done.stderr


@pytest.mark.parametrize("lost", ["output", ".output.previous", ".output.lag", "city/.agora", "city/.agora/state"])
def test_what_a_build_left_may_be_deleted(
    lost: str, two: tuple[Path, Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    city, output, sites = two
    for word in ("ici", "ailleurs", "ici"):
        say(city, word)
        assert refusals(city, output) == []
    path = tmp_path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert refusals(city, output) == []
    assert which(output, sites) == "ici"
    say(city, "ailleurs")
    assert refusals(city, output) == []
    assert which(output, sites) == "ailleurs"


@pytest.mark.parametrize("harm", [b"", b"not a database", b"SQLite format 3\x00" + bytes(200)])
@pytest.mark.parametrize("name", ["cache.sqlite", "state"])
def test_a_damaged_cache_is_as_good_as_none(
    name: str, harm: bytes, two: tuple[Path, Path, dict[str, dict[str, bytes]]]
) -> None:
    city, output, sites = two
    say(city, "ici")
    assert refusals(city, output) == []
    (city / ".agora" / name).write_bytes(harm)
    say(city, "ailleurs")
    assert refusals(city, output) == []
    assert which(output, sites) == "ailleurs"


def test_a_home_page_deleted_by_hand_comes_back(two: tuple[Path, Path, dict[str, dict[str, bytes]]]) -> None:
    city, output, sites = two
    say(city, "ici")
    assert refusals(city, output) == []
    (output / "index.html").unlink()
    assert refusals(city, output) == []
    assert which(output, sites) == "ici"


def test_a_cache_of_an_older_agora_is_as_good_as_none(two: tuple[Path, Path, dict[str, dict[str, bytes]]]) -> None:
    city, output, sites = two
    say(city, "ici")
    assert refusals(city, output) == []
    with contextlib.closing(sqlite3.connect(city / ".agora/cache.sqlite")) as older_agora:
        older_agora.executescript("PRAGMA user_version = 0; DROP TABLE scopes;")
    say(city, "ailleurs")
    assert refusals(city, output) == []
    assert which(output, sites) == "ailleurs"


@pytest.mark.parametrize("name", ["these.odt", ".git"])
def test_a_folder_that_no_build_made_is_never_replaced(name: str, tmp_path: Path) -> None:
    """Who types `--output ~/Documents` loses nothing; an empty folder may be used."""
    city, output = minimal_city(tmp_path), tmp_path / "Documents"
    output.mkdir()
    assert refusals(city, output) == []
    (output / name).write_text("précieux", "utf-8")
    assert refusals(city, output) == ["output-not-ours"]
    assert (output / name).read_text("utf-8") == "précieux"


@pytest.mark.parametrize("name", ["", ".", "content", "content/site", "themes/site", ".."])
def test_the_city_itself_is_never_replaced(name: str, tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    assert refusals(city, city / name) == ["output-misplaced"]
    assert (city / "agora.toml").exists()


def test_a_link_to_the_output_stays_a_link(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (tmp_path / "www").mkdir()
    (tmp_path / "lien").symlink_to("www")
    assert refusals(city, tmp_path / "lien") == []
    assert refusals(city, tmp_path / "lien") == []
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "www/index.html").exists()


def test_where_folders_cannot_be_exchanged_at_once_three_renames_do_it(
    two: tuple[Path, Path, dict[str, dict[str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two of them, the last good site is beside; the next build, even a failing one, puts it back."""

    def refuse(*_names: str) -> None:
        raise OSError(38, "not on this disk")

    city, output, sites = two
    monkeypatch.setattr(exchange, "_at_once", refuse)
    for word in ("ici", "ailleurs", "ici"):
        say(city, word)
        assert refusals(city, output) == []
        assert which(output, sites) == word
    output.rename(output.with_name(".output.old"))
    (city / "content/pages/contact.md").write_text("---\ntitre: x\n---\nUn texte.\n", "utf-8")
    assert "unknown-key" in refusals(city, output)
    assert which(output, sites) == "ici"


def test_builds_at_once_wait_in_turn(two: tuple[Path, Path, dict[str, dict[str, bytes]]]) -> None:
    city, output, sites = two
    say(city, "ici")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: refusals(city, output), range(4))) == [[], [], [], []]
    assert which(output, sites) == "ici"


def test_a_city_that_cannot_be_written_is_built_elsewhere(tmp_path: Path) -> None:
    """A checkout of somebody else's, a read-only disk: nothing is left in it."""
    city = minimal_city(tmp_path)
    before = sorted(tree(city))
    output = tmp_path / "ailleurs" / "site"
    output.parent.mkdir()
    output.parent.chmod(0o777)
    tmp_path.chmod(0o755)
    city.chmod(0o555)
    done = _as_nobody([*AGORA, "--city", str(city), "--output", str(output)])
    assert done.returncode == 0, done.stderr
    assert (output / "index.html").exists()
    assert sorted(tree(city)) == before


def _as_nobody(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command without the right of the superuser to write anywhere."""
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner", *command]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (tmp_path / "www").mkdir()
    assert refusals(city, tmp_path / "www" / "site") == []
    shutil.rmtree(city / ".agora")
    before = tree(tmp_path / "www" / "site")
    (tmp_path / "www").chmod(0o555)
    (city / PAGE).write_text("---\ntitle: Autre\n---\nAutre.\n", "utf-8")
    city.chmod(0o777)
    done = _as_nobody([*AGORA, "--city", str(city), "--output", str(tmp_path / "www" / "site")])
    assert done.returncode == 1
    assert "Impossible de lire ou d’écrire" in done.stderr
    assert tree(tmp_path / "www" / "site") == before


def test_a_full_disk_leaves_the_site_as_it_is(tmp_path: Path) -> None:
    """A real disk of 3 MB, full: the build says so and publishes nothing; with room again, it goes on."""
    city, disk = minimal_city(tmp_path), tmp_path / "disk"
    disk.mkdir()
    (city / PAGE).write_text("---\ntitle: Un\n---\nUn.\n", "utf-8")
    script = f"""
set -e
mount -t tmpfs -o size=8m none {disk}
build() {{ {" ".join(AGORA)} --city {city} --output {disk}/site; }}
build
cp {disk}/site/SHA256SUMS {tmp_path}/before
head -c 8m /dev/zero > {disk}/rest 2>/dev/null || true
printf -- '---\\ntitle: Deux\\n---\\nDeux.\\n' > {city}/{PAGE}
build && exit 10
cmp {disk}/site/SHA256SUMS {tmp_path}/before
(cd {disk}/site && sha256sum --quiet -c SHA256SUMS)
rm {disk}/rest
build
cmp -s {disk}/site/SHA256SUMS {tmp_path}/before && exit 11
(cd {disk}/site && sha256sum --quiet -c SHA256SUMS)
"""
    unshare = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.geteuid() else [])]
    if subprocess.run(
        [*unshare, "mount", "-t", "tmpfs", "none", str(disk)], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run([*unshare, "bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "plus de place" in done.stderr


STEPS = ("mkdir", "link", "rename", "replace", "remove", "rmdir", "unlink", "scandir")


def _dies_at(step: int, city: Path, output: Path) -> bool:
    """Build in a process that is killed before its `step`-th change of the disk; tell whether it was."""
    pid = os.fork()
    if pid == 0:
        left = [step]

        def counted(real: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **more: object) -> object:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            return call

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        exchange._at_once = counted(exchange._at_once)
        found = build(city, output, DAY).problems
        os._exit(0 if not found else 1)
    status = os.waitpid(pid, 0)[1]
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.parametrize("stride", [47, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_before_each_change_of_the_disk_the_site_is_whole(
    two: tuple[Path, Path, dict[str, dict[str, bytes]]], stride: int
) -> None:
    """Every rename, link, folder made or removed: before it, after it, what is published is one of the two sites."""
    city, output, sites = two
    say(city, "ici")
    assert refusals(city, output) == []
    published, step, killed = "ici", 1, 0
    while True:
        wanted = "ailleurs" if published == "ici" else "ici"
        say(city, wanted)
        died = _dies_at(step, city, output)
        found = which(output, sites)
        assert found in ((published, wanted) if died else (wanted,)), f"step {step}"
        if not died:
            break
        killed += 1
        published, step = found, step + stride
    assert killed > (30 if stride == 1 else 4)
    say(city, "ici")
    assert refusals(city, output) == []
    assert which(output, sites) == "ici"


@pytest.mark.slow
@pytest.mark.parametrize("moments", [12, pytest.param(200, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_site_is_whole(
    two: tuple[Path, Path, dict[str, dict[str, bytes]]], moments: int
) -> None:
    """The whole command, killed with its processes at any moment; every tenth time, it had everything to make again."""
    city, output, sites = two
    command = [*AGORA, "--city", str(city), "--output", str(output)]
    chance = random.Random(7)  # noqa: S311 - the same moments each time
    say(city, "ici")
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    whole, published, killed = time.perf_counter() - began, "ici", 0
    for number in range(moments):
        wanted = "ailleurs" if published == "ici" else "ici"
        say(city, wanted)
        if number % 10 == 0:
            shutil.rmtree(city / ".agora", ignore_errors=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            process.wait(chance.uniform(0.05, whole if number % 10 == 0 else whole * 0.6))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        assert process.returncode in (0, -signal.SIGKILL), number
        found = which(output, sites)
        assert found in (published, wanted) if process.returncode else found == wanted, number
        published = found
    assert killed > moments // 4
    say(city, "ici")
    assert refusals(city, output) == []
    assert which(output, sites) == "ici"


PAGES, SWAPS = 40, 100


def _page(number: int, word: str) -> bytes:
    return f"{word}\n{'x' * 4_000}\n{number}\n{word}\n".encode()


async def _answer(root: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve files as servers do: open the path that is asked, give what is read, keep the connection."""
    while line := await reader.readline():
        while (await reader.readline()).strip():
            continue
        try:
            body, status = (root / line.split()[1].decode().lstrip("/")).read_bytes(), "200 OK"
        except OSError:
            body, status = b"", "404 Not Found"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
    writer.close()


async def _readers(root: Path, until: threading.Event, answers: list[str]) -> None:
    """Serve a folder, and ask for its pages over eight connections as long as swaps go on."""
    server = await asyncio.start_server(lambda r, w: _answer(root, r, w), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def ask(seed: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = seed
        while not until.is_set():
            number = (number * 7 + 3) % PAGES
            writer.write(f"GET /p{number}/index.html HTTP/1.1\r\n\r\n".encode())
            status = await reader.readline()
            size = int((await reader.readline()).split()[1])
            await reader.readline()
            lines = (await reader.readexactly(size)).decode().split("\n")
            whole = b"200" in status and lines[0] == lines[-2] and lines[2] == str(number)
            answers.append(lines[0] if whole else f"{status!r} {lines[0]} {lines[-2:]}")
        writer.close()

    await asyncio.gather(*(ask(seed) for seed in range(8)))
    server.close()


@pytest.mark.slow
def test_readers_see_whole_pages_through_a_hundred_swaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No page missing, none half old and half new; and at a thousand requests a second or more."""
    output = tmp_path / "output"

    def publish(number: int) -> None:
        word, base = f"release-{number}", f"{number - 1:032x}"
        stage = Path(release.stage(output))
        release.twin(output)
        for page in range(PAGES):
            (stage / f"p{page}").mkdir()
            (stage / f"p{page}/index.html").write_bytes(_page(page, word))
        if output.exists():
            release.update(output, base, f"{number:032x}", [f"p{page}/index.html" for page in range(PAGES)], [])
        else:
            shutil.copytree(stage, output.with_name(".output.twin"), dirs_exist_ok=True)
            release.publish(output, f"{number:032x}")

    publish(0)
    until, answers = threading.Event(), []
    readers = threading.Thread(target=lambda: asyncio.run(_readers(output, until, answers)))
    began = time.perf_counter()
    readers.start()
    for number in range(1, SWAPS + 1):
        publish(number)
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    until.set()
    readers.join(20)
    bad = [answer for answer in answers if not answer.startswith("release-")]
    rate = len(answers) / seconds
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(answers)} pages read in {seconds:.1f} s ({rate:.0f} a second) through {SWAPS} swaps\n"
        )
    assert bad == []
    assert len(set(answers)) > SWAPS / 4
    assert rate > 1_000


def test_a_file_that_two_pages_would_be_is_told_of_not_a_defect_of_ours(tmp_path: Path) -> None:
    """The second writes where the first did, whose other name it finds there."""
    (tmp_path / "new").write_bytes(b"x")
    release.link(f"{tmp_path}/new", f"{tmp_path}/twin")
    (tmp_path / "new").write_bytes(b"y")
    release.link(f"{tmp_path}/new", f"{tmp_path}/twin")
    assert (tmp_path / "twin").read_bytes() == b"y"


def test_a_city_that_is_not_there_leaves_no_folder(tmp_path: Path) -> None:
    assert refusals(tmp_path / "absent", tmp_path / "absent/output") == ["missing-config"]
    assert list(tmp_path.iterdir()) == []
