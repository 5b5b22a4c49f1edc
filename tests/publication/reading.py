"""Reads pages of a site over HTTP, so many a second, and says what was not as it should be.

`python reading.py PORT CONNECTIONS RATE SECONDS PAGE...` prints one line of JSON: how many pages were read, in how many
seconds, of how many releases, and the faults: another status than 200, a page that begins in one release and ends in
another, a release older than one that the same connection has seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Read:
    """What was read so far."""

    pages: int = 0
    releases: set[bytes] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: str) -> tuple[bytes, bytes]:
    writer.write(f"GET /{page} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    size = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head.split(b"\r\n")[0], await reader.readexactly(int(size.split(b":")[1]))


async def _ask(port: int, pages: list[str], rate: float, until: float, read: Read) -> None:
    """Ask for one page after another, each when its time has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, number, newest = time.perf_counter(), 0, b""
    while time.perf_counter() < until:
        page = pages[number % len(pages)]
        number += 1
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        status, body = await _get(reader, writer, page)
        first, last = body[3:9], body[-10:-4]  # <p>000123</p> ... <p>000123</p>
        read.pages += 1
        read.releases.add(first)
        if b" 200 " not in status:
            read.faults.append(f"{page}: {status.decode()}")
        elif first != last:
            read.faults.append(f"{page}: begins in {first!r}, ends in {last!r}")
        elif first < newest:
            read.faults.append(f"{page}: {first!r} after {newest!r}")
        newest = max(newest, first)
    writer.close()


async def main(port: str, connections: str, rate: str, seconds: str, *pages: str) -> None:
    """Read over several connections at once."""
    read, began = Read(), time.perf_counter()
    each = float(rate) / int(connections)
    tasks = [_ask(int(port), list(pages), each, began + float(seconds), read) for _ in range(int(connections))]
    await asyncio.gather(*tasks)
    spent = time.perf_counter() - began
    said = {"pages": read.pages, "seconds": spent, "releases": len(read.releases), "faults": read.faults[:20]}
    print(json.dumps(said))  # noqa: T201 - read by the test


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
