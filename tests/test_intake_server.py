"""The real `agora intake`, over real sockets: nasty HTTP is answered or closed, and what is accepted is never lost."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cities import minimal_city
from intakes import CODES, with_votes
from postgres import cluster

from agora_build.intake.store import Journal

FORM = "/envoi/les-quais/contribution/usages"
HEAD = f"POST {FORM} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = "voice=individual&text=Un+banc"


class Running:
    """An intake in a process of its own."""

    def __init__(self, root: Path, store: str = "") -> None:
        self.root = root
        toml = root / "agora.toml"
        if "[intake]" not in (text := toml.read_text("utf-8")):
            text = text.replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true")
            limits = "address_minute = 100000\ncampaign_minute = 100000\ntotal_minute = 100000\n"
            toml.write_text(f"{text}\n[intake]\n{limits}" + (f'store = "{store}"\n' if store else ""), "utf-8")
        command = [sys.executable, "-m", "agora_build", "intake", "--city", str(root), "--port", "0"]
        own = {**os.environ, "AGORA_INTAKE_KEY": "k" * 40}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=own)
        assert self.process.stderr is not None
        first = self.process.stderr.readline()
        found = re.search(r":(\d+)/", first)
        assert found, first
        self.port = int(found[1])
        self.log: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def post(self, body: str = BODY, form: str = FORM, **headers: str) -> tuple[int, Any]:
        """Post a form, and give the status and the JSON."""
        told = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", **headers}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{form}", body.encode(), told)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def raw(self, data: bytes, wait: float = 3) -> bytes:
        """Send bytes, and give what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(data)
            said = b""
            try:
                while part := connection.recv(65536):
                    said += part
                    if b"Content-Length:" in said and b"\r\n\r\n" in said:
                        break
            except TimeoutError:
                pass
            except ConnectionResetError:
                return said or b"closed"
            return said

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; give its exit code."""
        self.process.send_signal(number)
        ended = self.process.wait(30)
        self.reader.join()
        self.process.stderr.close()  # type: ignore[union-attr]
        return ended

    def stored(self) -> dict[str, str]:
        """Read the journal with SQLite alone."""
        with closing(sqlite3.connect(self.root / ".agora/intake/journal.sqlite")) as connection:
            return dict(connection.execute("SELECT id, sha256 FROM entries"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(minimal_city(tmp_path_factory.mktemp("running")))
    yield made
    made.stop()


NASTY = {
    "two lengths": (HEAD + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    "two lengths that differ": (HEAD + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", b"400"),
    "two encodings": (HEAD + f"Transfer-Encoding: gzip, chunked\r\n\r\n{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n", b"400"),
    "strange encoding": (HEAD + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", b"400"),
    "negative length": (HEAD + "Content-Length: -1\r\n\r\n", b"400"),
    "length that is no number": (HEAD + "Content-Length: 0x10\r\n\r\n", b"400"),
    "huge header": (HEAD + "X: " + "a" * 40_000 + "\r\n\r\n", b"431"),
    "line end in a header": (HEAD + "X: a\nY: b\r\nContent-Length: 0\r\n\r\n", b"4"),
    "space before the colon": (HEAD + "Content-Length : 0\r\n\r\n", b"400"),
    "no request at all": ("\r\n\r\nbonjour\r\n\r\n", b"400"),
    "another protocol": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    "body longer than is said": (HEAD + f"Content-Length: 3\r\n\r\n{BODY}", b"4"),
    "too long": (HEAD + f"Content-Length: 70000\r\n\r\n{'a' * 70_000}", b"413"),
    "much too long": (HEAD + "Content-Length: 99999999999\r\n\r\n", b"413"),
    "chunked and too long": (
        HEAD + "Transfer-Encoding: chunked\r\n\r\n" + ("2000\r\n" + "a" * 0x2000 + "\r\n") * 9 + "0\r\n\r\n", b"413",
    ),
    "multipart": (
        HEAD.replace("x-www-form-urlencoded", "x") + "Content-Length: 1\r\n\r\na", b"415",
    ),
    "path that escapes": (HEAD.replace(FORM, "/envoi/../../etc/passwd") + "Content-Length: 0\r\n\r\n", b"4"),
    "path with a zero": (HEAD.replace(FORM, "/envoi/%00") + "Content-Length: 0\r\n\r\n", b"4"),
    "another method": (f"DELETE {FORM} HTTP/1.1\r\nHost: a\r\n\r\n", b"405"),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_nasty_http_is_answered_or_closed_and_accepts_go_on(running: Running, name: str) -> None:
    data, wanted = NASTY[name]
    said = running.raw(data.encode("latin-1"))
    assert said.startswith(b"HTTP/1."), said[:100]
    assert said[9:12].startswith(wanted), said[:100]
    assert b"Traceback" not in said
    assert running.post(f"{BODY}+{urlencode({'': name})}")[0] == 201


def test_a_chunked_form_is_a_form(running: Running) -> None:
    body = f"{BODY}+en+morceaux"
    sent = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    assert running.raw(sent.encode())[9:12] == b"201"


@pytest.mark.slow
def test_who_never_ends_a_request_is_cut_off_and_hinders_nobody(running: Running) -> None:
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(300)]
    began, cut = time.monotonic(), 0.0
    for number, connection in enumerate(slow):
        connection.sendall(HEAD.encode() if number % 2 else (HEAD + "Content-Length: 500\r\n\r\n").encode())
    worst = 0.0
    while time.monotonic() - began < 30 and not cut:
        before = time.monotonic()
        assert running.post(f"{BODY}+{before}")[0] == 201
        worst = max(worst, time.monotonic() - before)
        for connection in slow:
            try:
                connection.sendall(b"a")
            except OSError:
                cut = time.monotonic() - began
                break
        time.sleep(0.3)
    assert 8 < cut < 30, "a byte now and then does not keep a connection open"
    assert worst < 2
    for connection in slow:
        connection.close()


def test_stopping_answers_what_was_accepted(tmp_path: Path) -> None:
    made = Running(minimal_city(tmp_path))
    receipts: dict[str, str] = {}
    broken: list[int] = []

    def person(number: int) -> None:
        for turn in range(400):
            try:
                status, said = made.post(f"{BODY}+{number}.{turn}&key={number}.{turn}")
            except OSError:
                return
            if status == 201:
                receipts[said["id"]] = said["sha256"]
            else:
                broken.append(status)

    people = [threading.Thread(target=person, args=(number,)) for number in range(8)]
    for one in people:
        one.start()
    time.sleep(1)
    assert made.stop() == 0
    for one in people:
        one.join()
    stored = made.stored()
    assert receipts
    assert broken == []
    assert receipts.items() <= stored.items()
    assert len(stored) <= len(receipts) + len(people), "at most what each was sending"


def test_two_endpoints_on_one_postgresql_keep_things_once(tmp_path: Path) -> None:
    with cluster() as address:
        pair = [Running(with_votes(minimal_city(tmp_path / name)), address) for name in "ab"]
        ballot = "/envoi/les-quais/ballot/oui-ou-non"
        found: list[tuple[str, int, str]] = []

        def person(number: int) -> None:
            for turn in range(6):
                status, said = pair[(number + turn) % 2].post(f"{BODY}+{turn}&key={turn}")
                found.append((f"text {turn}", status, said["id"]))
                form = urlencode({"answer": "yes", "code": CODES[turn], "key": str(number)})
                status, said = pair[(number + turn) % 2].post(form, ballot)
                found.append((f"ballot {turn}", status, said.get("id", "")))

        people = [threading.Thread(target=person, args=(number,)) for number in range(8)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        for made in pair:
            assert made.stop() == 0
        for turn in range(6):
            texts = [(status, identity) for name, status, identity in found if name == f"text {turn}"]
            assert sorted(status for status, _ in texts) == [200] * 7 + [201]
            assert len({identity for _, identity in texts}) == 1
            ballots = [status for name, status, _ in found if name == f"ballot {turn}"]
            assert sorted(ballots) == [201] + [409] * 7
        journal = Journal(address)
        assert journal.counts().states["waiting"] == 6
        assert journal.counts().ballots == 6
        journal.close()


def test_the_log_says_nothing_of_anybody(running: Running) -> None:
    canary = "CanariJaune"
    _, said = running.post(f"voice=individual&text={canary}&name={canary}&email={canary}@a.example")
    for path in (f"recu/{said['id']}/{said['code']}", canary, f"{canary}?a={canary}"):
        running.raw(f"GET /envoi/{path} HTTP/1.1\r\nHost: a\r\nUser-Agent: {canary}\r\n\r\n".encode())
    running.post(f"voice={canary}&text=")
    time.sleep(0.3)
    log = "".join(running.log)
    assert canary.lower() not in log.lower()
    assert said["id"] not in log
    assert said["code"] not in log
    assert "127.0.0.1" not in log
    lines = [json.loads(line) for line in running.log]
    assert {"route", "method", "status", "ms", "labels"} == set(lines[-1])
    assert {line["route"] for line in lines} >= {"post", "receipt", "form"}


def test_the_journal_and_the_key_are_for_the_intake_alone(running: Running) -> None:
    folder = running.root / ".agora/intake"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda root: (root / ".agora/intake/journal.sqlite").write_bytes(b"\0" * 8192), "sauvegarde"),
        (lambda root: (root / ".agora/intake/journal.sqlite").mkdir(), "Le journal"),
        (lambda root: (root / "agora.toml").write_text("[city"), "agora.toml"),
    ],
)
def test_what_cannot_start_says_why(tmp_path: Path, break_it: Any, told: str) -> None:
    root = minimal_city(tmp_path)
    (root / ".agora/intake").mkdir(parents=True)
    break_it(root)
    command = [sys.executable, "-m", "agora_build", "intake", "--city", str(root), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("host", "told"), [("127.0.0.1", "déjà pris"), ("nulle.invalid", "--host")])
def test_where_it_cannot_listen_is_told(running: Running, tmp_path: Path, host: str, told: str) -> None:
    root = minimal_city(tmp_path)
    command = [sys.executable, "-m", "agora_build", "intake", "--city", str(root), "--port", str(running.port)]
    done = subprocess.run([*command, "--host", host], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr


def test_a_key_that_could_be_guessed_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agora_build", "intake", "--city", str(minimal_city(tmp_path)), "--port", "0"]
    own = {**os.environ, "AGORA_INTAKE_KEY": "motdepasse"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=own)
    assert done.returncode == 1
    assert "AGORA_INTAKE_KEY" in done.stderr
    assert "motdepasse" not in done.stderr
