"""A full, failing or read-only disk: what is accepted stays, what is not comes back to who wrote it, and it passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from faults.client import contribution
from faults.endpoints import JOURNAL, Client, Endpoint, open_city
from faults.ledger import Ledger, broken, kept_in
from faults.mounts import remount, small_disk

pytestmark = pytest.mark.slow
TEXT = "Un banc à l’ombre, près de l’école, et deux arbres"


def refused_with_its_text(endpoint: Endpoint) -> None:
    """Send a form as a browser does while nothing can be written: the words come back, in the form."""
    fields = {"voice": "individual", "title": "Mon titre à moi", "text": TEXT, "key": f"k{time.monotonic()}"}
    status, page = endpoint.post(urlencode(fields).encode(), accept="text/html")
    assert status == 503
    assert TEXT in page.decode()
    assert "Mon titre à moi" in page.decode()
    assert b"<textarea" in page
    assert endpoint.get("/health")[0] == 200


def accepts_again(endpoint: Endpoint, ledger: Path) -> None:
    """Send once more, a little later: it is stored, with no help."""
    until = time.monotonic() + 10
    while not endpoint.ready():
        assert time.monotonic() < until
        time.sleep(0.1)
    client = Client(endpoint.address, ledger, "--count", "20", "--prefix", "later")
    assert client.figures()["statuses"] == {"201": 20}


def nothing_is_lost(city: Path, ledger: Path) -> int:
    book = Ledger().read(ledger)
    assert broken(book, kept_in(os.fspath(city / JOURNAL))) == []
    return len(book.receipts)


@pytest.mark.parametrize("limit", ["size", "inodes"])
def test_a_full_disk_gives_people_their_words_back_and_takes_them_once_there_is_room(
    limit: str, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", *{"size": ("768k",), "inodes": ("8m", "nr_inodes=120")}[limit]) as disk:
        city, ledger = open_city(disk / "city"), tmp_path / "ledger"
        (city / "output").mkdir()
        (city / "output" / "index.html").write_text("le site")
        ballast = fill(disk, limit)
        with Endpoint(city, tmp_path / "log") if limit == "size" else after_start(city, tmp_path, ballast) as endpoint:
            client = Client(endpoint.address, ledger, "--count", "400", "--no-retry", "--prefix", "full")
            statuses = client.figures()["statuses"]
            if limit == "size":
                assert set(statuses) == {"201", "503"}
                refused_with_its_text(endpoint)
            else:  # no new file is needed to store something
                assert set(statuses) == {"201"}
            assert (city / "output" / "index.html").read_text() == "le site"
            for path in ballast:
                path.unlink()
            accepts_again(endpoint, ledger)
            assert endpoint.stop() == 0
        assert nothing_is_lost(city, ledger) > 25


def fill(disk: Path, limit: str) -> list[Path]:
    """Leave room for a few contributions."""
    if limit == "inodes":
        return []
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_bsize - 240 * 1024))
    return [ballast]


@contextmanager
def after_start(city: Path, tmp_path: Path, ballast: list[Path]) -> Iterator[Endpoint]:
    """Start an endpoint, then use up every name a file could have."""
    with Endpoint(city, tmp_path / "log") as endpoint:
        for number in range(1000):
            path = city.parent / f"ballast-{number}"
            try:
                path.touch()
            except OSError:
                break
            ballast.append(path)
        yield endpoint


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed: sudo apt-get install strace")
@pytest.mark.parametrize(
    "error", ["EROFS", *(pytest.param(name, marks=pytest.mark.soak) for name in ("EIO", "EDQUOT"))]
)
def test_a_disk_that_refuses_for_a_while_loses_nothing(error: str, tmp_path: Path) -> None:
    """As when Linux turns a disk that fails read-only under a program that has files open."""
    city, ledger = open_city(tmp_path / "city"), tmp_path / "ledger"
    with Endpoint(city, tmp_path / "log") as endpoint:
        Client(endpoint.address, ledger, "--count", "50", "--prefix", "before").figures()
        assert endpoint.process
        calls = "pwrite64,fsync,fdatasync,ftruncate"
        command = ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(endpoint.process.pid)]
        command += ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"]
        tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        status = Path(f"/proc/{endpoint.process.pid}/status")
        while "TracerPid:\t0\n" in status.read_text():
            time.sleep(0.01)
        time.sleep(0.2)
        client = Client(endpoint.address, ledger, "--count", "50", "--no-retry", "--prefix", "during")
        assert client.figures()["statuses"] == {"503": 50}
        refused_with_its_text(endpoint)
        assert endpoint.get("/ready")[0] == 503
        tracer.terminate()
        tracer.wait()
        accepts_again(endpoint, ledger)
        assert endpoint.stop() == 0
    assert nothing_is_lost(city, ledger) == 70


def test_an_endpoint_does_not_start_on_a_disk_that_is_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        city, ledger = open_city(disk / "city"), tmp_path / "ledger"
        with Endpoint(city, tmp_path / "log") as endpoint:
            Client(endpoint.address, ledger, "--count", "5").figures()
            assert endpoint.stop() == 0
        remount(disk, "ro")
        command = [sys.executable, "-m", "agora_build", "intake", "--city", city, "--port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1
        assert "Le journal ne s’ouvre pas" in done.stderr
        assert "Traceback" not in done.stderr
        remount(disk, "rw")
        with Endpoint(city, tmp_path / "log") as endpoint:
            status, _ = endpoint.post(contribution("ro", 0).body)
            assert status == 201


def test_a_first_start_with_no_room_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "256k") as disk:
        city = open_city(disk / "city")
        fill_up(disk)
        command = [sys.executable, "-m", "agora_build", "intake", "--city", city, "--port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


def fill_up(disk: Path) -> None:
    """Leave no room at all."""
    try:
        with (disk / "ballast").open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
    except OSError:
        return
