"""Sends contributions over real connections, and notes each receipt once the whole answer was read.

`python client.py ADDRESS LEDGER --count N` sends N of them, through so many `--connections` that stay open; where an
answer does not come, one in two is sent again with the same key once somebody answers, as a browser's button does;
the other stays in doubt. It prints a line of JSON: how many answers of each status, how long they took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode, urlsplit

_WORDS = [
    "banc,",
    "ombre,",
    "école,",
    "«",
    "1er",
    "étage",
    "»,",
    "<3,",
    "هواء,",
    "l’été,",
    "arbres",
    "à",
    "18",
    "h,",
    "100",
    "%,",
    "c’est-à-dire,",
    "🌳,",
    "marché,",
    "(sic)",
]
_PATIENCE = 30.0  # seconds


@dataclass
class Said:
    """What one contribution is made of."""

    mark: str
    key: str
    body: bytes
    text: str


def contribution(prefix: str, number: int, more: dict[str, str] | None = None) -> Said:
    """Make the same contribution each time for a number."""
    chance = random.Random(f"{prefix}{number}")  # noqa: S311 - not a secret
    mark = f"[m{prefix}-{number}]"
    text = f"{mark} {' '.join(chance.choices(_WORDS, k=chance.choice((4, 20, 80, 300))))} fin"
    fields = {"voice": "individual", "text": text, "key": f"cle-{prefix}-{number}", **(more or {})}
    if number % 5 == 0:
        fields["email"] = f"canari-{prefix}-{number}@exemple.example"
    return Said(mark, fields["key"], urlencode(fields).encode(), text)


@dataclass
class Load:
    """What is sent where, and what came of it."""

    address: str
    ledger: TextIO
    count: int
    prefix: str
    rate: float = 0.0  # a second; 0: as fast as it goes
    retry: bool = True
    began: float = 0.0
    next: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    again: int = 0

    def note(self, line: dict[str, str]) -> None:
        """Write a line of the ledger."""
        self.ledger.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.ledger.flush()

    async def work(self, number: int) -> None:
        """Send one after the other, over one connection while it lasts."""
        line = Line(self.address, number)
        while self.next < self.count:
            mine, self.next = self.next, self.next + 1
            if self.rate:
                await asyncio.sleep(max(0.0, self.began + mine / self.rate - time.monotonic()))
            said = contribution(self.prefix, mine)
            self.note({"sent": said.mark, "key": said.key, "text": said.text})
            await self.send(line, said, mine)
        line.close()

    async def send(self, line: Line, said: Said, number: int) -> None:
        """Send one, again if need be."""
        until = time.monotonic() + _PATIENCE
        while True:
            start = time.monotonic()
            status, answer = await line.post(said.body)
            self.statuses[status] += 1
            if status in ("200", "201"):
                self.times.append(time.monotonic() - start)
                self.note({"receipt": said.mark, "id": answer["id"], "sha256": answer["sha256"]})
                return
            if status.isdigit() or (number % 2 and status != "refused") or not self.retry or time.monotonic() > until:
                return
            self.again += 1
            await asyncio.sleep(0.02)

    async def run(self, connections: int) -> dict[str, object]:
        """Send all; give the figures."""
        self.began = time.monotonic()
        await asyncio.gather(*(self.work(number) for number in range(connections)))
        took = time.monotonic() - self.began
        times = sorted(self.times) or [0.0]
        percent = {f"p{part}": round(times[len(times) * part // 100] * 1000, 1) for part in (50, 99)}
        return {"statuses": dict(self.statuses), "again": self.again, "seconds": round(took, 2), **percent}


class Line:
    """A connection that stays open, and is opened anew when it broke."""

    def __init__(self, address: str, number: int = 0) -> None:
        parts = urlsplit(address)
        self.host, self.port, self.path = parts.hostname or "", parts.port or 80, parts.path
        self.neighbour = f"10.{number // 250 % 250}.{number % 250}.7"
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes, patience: float = _PATIENCE) -> tuple[str, dict[str, str]]:
        """Send a form; give the status and what was answered, or `refused`, `broken` or `slow`."""
        try:
            if self.ends is None:
                self.ends = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), patience)
        except (OSError, TimeoutError):
            return "refused", {}
        try:
            return await asyncio.wait_for(self._post(*self.ends, body), patience)
        except TimeoutError:
            self.close()
            return "slow", {}
        except (OSError, EOFError, ValueError):
            self.close()
            return "broken", {}

    async def _post(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes
    ) -> tuple[str, dict[str, str]]:
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept: application/json\r\n"
            f"X-Forwarded-For: {self.neighbour}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        data = await reader.readexactly(int(headers["content-length"]))
        status = lines[0].split()[1]
        if headers.get("connection") == "close":
            self.close()
        return status, json.loads(data) if "json" in headers.get("content-type", "") else {}

    def close(self) -> None:
        """Close the connection."""
        if self.ends is not None:
            self.ends[1].close()
            self.ends = None


def main() -> None:
    """Send what the command line says."""
    parser = argparse.ArgumentParser(description="Envoyer des contributions et noter les reçus.")
    parser.add_argument("address")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--prefix", default="a")
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--no-retry", action="store_true")
    wanted = parser.parse_args()
    with wanted.ledger.open("a", encoding="utf-8") as ledger:
        load = Load(wanted.address, ledger, wanted.count, wanted.prefix, wanted.rate, not wanted.no_retry)
        print(json.dumps(asyncio.run(load.run(wanted.connections))))


if __name__ == "__main__":
    main()
