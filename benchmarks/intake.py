"""Measures how many contributions a second the intake makes safe, and finds each receipt again with plain SQLite.

    python benchmarks/intake.py [--seconds 20] [--connections 64] [--rate 1000] [--runs 3] [--profile FILE]

The client is another process on the same machine: connections that stay open, forms as the site sends them, pages as
browsers get them. Each run says what was accepted, how long answers took, and whether the journal holds every receipt.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
FORM = "les-quais/contribution/usages"
_WORDS = [
    "un",
    "banc",
    "à",
    "l’ombre",
    "près",
    "du",
    "marché",
    "pour",
    "s’asseoir",
    "avec",
    "les",
    "enfants",
    "et",
    "voir",
    "passer",
    "la",
    "Seine",
    "au",
    "printemps",
]
_RECEIPT = re.compile(rb"<code[^>]*>(\d{8}-[0-9a-z]{8})</code>.*?<code[^>]*>([0-9a-f]{64})</code>", re.DOTALL)


@dataclass
class Seen:
    """What a client saw: when each answer came after it was asked (seconds), statuses, receipts (id, hash)."""

    waits: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    receipts: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0


def bodies(seed: int, token: str) -> Iterator[bytes]:
    """Give forms as people fill them in, none the same."""
    draw = random.Random(seed)  # noqa: S311 - a test load
    number = 0
    while True:
        number += 1
        text = "\r\n\r\n".join(" ".join(draw.choices(_WORDS, k=60)) for _ in range(2))
        fields = {
            "text": f"{text} {seed}.{number}",
            "title": f"Un banc : {number}",
            "theme": draw.choice(["jeux", "nature"]),
            "voice": "individual",
            "name": "Camille",
            "quarter": "centre",
            "group": "",
            "people": "",
            "email": "",
            "website": "",
            "token": token,
            "key": f"{seed:x}{number:x}{draw.getrandbits(64):x}",
        }
        yield urlencode(fields).encode()


class Client(asyncio.Protocol):
    """One connection that posts, waits for the whole answer, and posts again."""

    def __init__(self, host: str) -> None:
        self._host = host.encode()
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell who waits that no answer will come."""
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError())

    def data_received(self, data: bytes) -> None:
        """Gather an answer."""
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark or self._answer is None:
            return
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        if len(rest) >= length:
            self._buffer.clear()
            self._answer.set_result((int(head[9:12]), bytes(rest)))

    async def post(self, body: bytes, neighbour: str) -> tuple[int, bytes]:
        """Post a form; give the status and the page."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(
            b"POST /envoi/%s HTTP/1.1\r\nHost: %s\r\nOrigin: https://agora.villeneuve.example\r\nAccept: text/html\r\n"
            b"Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: %s\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
            % (FORM.encode(), self._host, neighbour.encode(), len(body))
            + body
        )
        return await self._answer


async def load(port: int, connections: int, rate: float, seconds: float) -> Seen:
    """Post for some seconds, at a steady rate (of so many a second) or as fast as answers come (0)."""
    seen, loop = Seen(), asyncio.get_running_loop()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/envoi/jeton") as answer:  # noqa: ASYNC210
        token = json.load(answer)["token"]
    await asyncio.sleep(3.2)  # as people do: sent in less than three seconds, it would be labelled
    began = loop.time() + 0.2
    turn = iter(range(sys.maxsize))

    async def person(number: int) -> None:
        _, client = await loop.create_connection(lambda: Client("127.0.0.1"), "127.0.0.1", port)
        forms = bodies(number, token)
        await asyncio.sleep(max(0.0, began - loop.time()))
        while True:
            due = began + next(turn) / rate if rate else loop.time()
            if due - began >= seconds:
                return
            await asyncio.sleep(max(0.0, due - loop.time()))
            neighbour = f"10.{random.randrange(256)}.{random.randrange(256)}.7"  # noqa: S311
            status, page = await client.post(next(forms), neighbour)
            # From when it was due: a server that makes people queue is not excused by its queue.
            seen.waits.append(loop.time() - due)
            seen.statuses[status] = seen.statuses.get(status, 0) + 1
            if status in (200, 201) and (found := _RECEIPT.search(page)):
                seen.receipts.append((found[1].decode(), found[2].decode()))

    await asyncio.gather(*(person(number) for number in range(connections)))
    seen.seconds = loop.time() - began
    return seen


def _client(port: int, connections: int, rate: float, seconds: float, out: multiprocessing.SimpleQueue[Seen]) -> None:
    out.put(asyncio.run(load(port, connections, rate, seconds)))


def in_another_process(port: int, connections: int, rate: float, seconds: float) -> Seen:
    """Run the client apart, as people's browsers are."""
    context = multiprocessing.get_context("spawn")
    out = context.SimpleQueue()
    process = context.Process(target=_client, args=(port, connections, rate, seconds, out))
    process.start()
    seen = out.get()
    process.join()
    return seen


def missing(journal: Path, seen: Seen) -> tuple[int, int]:
    """Read the journal with nothing of ours: how many receipts it lacks, and how many texts have another hash."""
    connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    rows = {row[0]: row[1:] for row in connection.execute("SELECT id, content, sha256 FROM entries")}
    lost = sum(identity not in rows for identity, _ in seen.receipts)
    other = sum(
        hashlib.sha256(rows[identity][0].encode()).hexdigest() != hash_
        for identity, hash_ in seen.receipts
        if identity in rows
    )
    return lost, other


def city(folder: Path) -> Path:
    """Make a small city whose debates are open, behind a proxy, with limits that the load does not reach."""
    root = Path(shutil.copytree(ROOT / "tests/golden/minimal/site", folder / "city"))
    toml = root / "agora.toml"
    text = toml.read_text("utf-8").replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true")
    limits = "proxies = 1\naddress_minute = 100000\ncampaign_minute = 1000000\ntotal_minute = 1000000\n"
    toml.write_text(f"{text}\n[intake]\n{limits}", "utf-8")
    return root


def command(root: Path, port: int) -> list[str]:
    """Give the command that starts the intake."""
    return [sys.executable, "-m", "agora_build", "intake", "--city", str(root), "--port", str(port)]


def percentile(values: list[float], share: float) -> float:
    """Give the wait, in milliseconds, that this share of people did not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def main() -> None:
    """Run, say, and refuse to be pleased when a receipt is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", help="write a profile of the server there (needs py-spy)")
    options = parser.parse_args()
    failed = False
    for run in range(options.runs):
        for rate in (options.rate, 0.0):
            failed |= _run(rate, run, options)
    sys.exit(failed)


def _run(rate: float, run: int, options: argparse.Namespace) -> bool:
    port = 8200 + random.randrange(500)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        root = city(Path(folder))
        own = {**os.environ, "PYTHONPATH": str(ROOT)}
        with Path(folder, "log").open("w") as log:
            process = subprocess.Popen(command(root, port), stdout=log, stderr=log, env=own)
        try:
            _wait(port)
            profiler = _profiler(process.pid, options) if rate == 0 else None
            load_before, spent = os.getloadavg()[0], _processor(process.pid)
            seen = in_another_process(port, options.connections, rate, options.seconds)
            spent = _processor(process.pid) - spent
            lost, other = missing(root / ".agora/intake/journal.sqlite", seen)
            memory = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) // 1024  # type: ignore[index]
            if profiler:
                profiler.wait()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    kept = len(seen.receipts)
    waits = ", ".join(f"p{share * 100:g} {percentile(seen.waits, share):.0f} ms" for share in (0.5, 0.95, 0.99, 0.999))
    print(
        f"run {run + 1} {'steady' if rate else 'flat out'}: {kept / seen.seconds:.0f}/s accepted, {waits}, "
        f"statuses {seen.statuses}, {kept} receipts, {lost} lost, {other} altered, "
        f"{spent / max(1, len(seen.waits)) * 1000:.2f} ms of processor each, {memory} MB, load {load_before:.1f}",
        flush=True,
    )
    return bool(lost or other or kept != sum(seen.statuses.values()))


def _profiler(pid: int, options: argparse.Namespace) -> subprocess.Popen[bytes] | None:
    if not options.profile:
        return None
    seconds = str(int(options.seconds))
    arguments = ["record", "-p", str(pid), "-d", seconds, "-f", "raw", "-o", options.profile]
    return subprocess.Popen([Path(sys.executable).parent / "py-spy", *arguments])


def _processor(pid: int) -> float:
    """Give the processor time a process and its children took so far, in seconds, however busy the machine is."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_processor(int(child)) for child in children)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready"):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the intake did not start")


if __name__ == "__main__":
    main()
