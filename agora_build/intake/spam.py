"""Turns what is odd about something sent into labels for who reads it; a label never drops anything."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import urlsplit

_NOT_A_WORD = re.compile(r"[\W_]+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
MANY_LINKS = 3
TOO_FAST = 3.0  # seconds between the asking for a form and its sending
_REMEMBERED = 20_000
_OURS = ("same-origin", "same-site", "none")


class Seen:
    """Remembers the last texts, by their hashes, to tell those that come again."""

    def __init__(self) -> None:
        self._hashes: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def again(self, text: str) -> bool:
        """Tell whether a text came before, letters and figures alone counting, and remember it."""
        words = _NOT_A_WORD.sub("", text.casefold())
        mark = hashlib.blake2b(words.encode(), digest_size=16).digest()
        with self._lock:
            known = mark in self._hashes
            self._hashes[mark] = None
            self._hashes.move_to_end(mark)
            if len(self._hashes) > _REMEMBERED:
                self._hashes.popitem(last=False)
        return known


def of_texts(texts: Iterable[str], seen: Seen) -> list[str]:
    """Label texts with many links, or that came before."""
    whole = "\n".join(texts)
    labels = ["links"] if len(_LINK.findall(whole)) >= MANY_LINKS else []
    return [*labels, "duplicate"] if whole.strip() and seen.again(whole) else labels


def of_sending(age: float | None, trap: str) -> list[str]:
    """Label what no person's form sends: no token, one just asked for, something in the field nobody sees."""
    labels = ["no-token"] if age is None else ["fast"] if age < TOO_FAST else []
    return [*labels, "honeypot"] if trap else labels


def of_origin(origin: str, fetched: str, ours: Iterable[str]) -> list[str]:
    """Label what a page of another site sends, as `Origin` and `Sec-Fetch-Site` tell it, or '' when they do not."""
    known = {_host(address) for address in ours} - {""}
    foreign = origin not in ("", "null") and _host(origin) not in known
    return ["other-origin"] if foreign or fetched not in ("", *_OURS) else []


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return address
