"""Turns a request nobody has read yet into its pairs, or into the reason why it is refused before being understood."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

MAX_BODY = 64 * 1024  # bytes
MAX_PAIRS = 30
_MANY = 100_000  # addresses remembered at a time
MINUTES = 10  # a bucket holds this many minutes of what it lets through in one
Pairs = list[tuple[str, str]]


class RefusedError(Exception):
    """Says with which HTTP status a request is refused, and in how many seconds it may come again (429)."""

    def __init__(self, status: int, again: int = 0) -> None:
        super().__init__(status)
        self.status = status
        self.again = again


def read_pairs(body: bytes, content_type: str, most: int = MAX_PAIRS) -> Pairs:
    """Read the pairs of an urlencoded form, strictly: anything else than UTF-8 text is refused."""
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"') or "utf-8"
    if kind.strip().lower() != "application/x-www-form-urlencoded" or charset not in ("utf-8", "utf8"):
        raise RefusedError(415)
    try:
        text = body.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=most)
    except ValueError:
        raise RefusedError(400) from None


def address_of(peer: str, forwarded: str, proxies: int) -> str:
    """Give the address of who asks, cut to its neighbourhood (/24, /48), as the outermost trusted proxy saw it."""
    seen = [part.strip() for part in forwarded.split(",")] if forwarded and proxies else []
    said = seen[-proxies] if len(seen) >= proxies > 0 else peer
    try:
        found = ipaddress.ip_address(said.strip("[]").partition("%")[0])
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))  # noqa: PLR2004


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: float


class Buckets:
    """Lets so many requests through a minute for each name, after as many at once as ten minutes would allow.

    A workshop where two hundred people write one after the other on the town hall's tablets passes; a flood does not.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float]) -> None:
        self._rate = a_minute / 60
        self._most = float(a_minute * MINUTES)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> float:
        """Take one from the bucket of a name: 0, or the seconds after which there will be one."""
        with self._lock:
            now = self._clock()
            bucket = self._buckets.get(name)
            if bucket is None:
                bucket = self._buckets[name] = _Bucket(self._most, now)
                if len(self._buckets) > _MANY:
                    self._buckets.popitem(last=False)
            else:
                bucket.left = min(self._most, bucket.left + max(0.0, now - bucket.seen) * self._rate)
                bucket.seen = now
                self._buckets.move_to_end(name)
            if bucket.left >= 1:
                bucket.left -= 1
                return 0.0
            return (1 - bucket.left) / self._rate
