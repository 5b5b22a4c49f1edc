"""Turns the page of a campaign's rules into what its section of history says: the commits, in order, and the words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from agora_build.record import Record

_SPACES = re.compile(r"[\s\u2066-\u2069\u200e\u200f]+")
_SECTION = "historique"


class Told(Record, frozen=True):
    """What a page tells of the history of rules: the first figures of each commit, and its words in one line."""

    commits: tuple[str, ...]
    words: str


def told(page: bytes) -> Told | None:
    """Read a page of rules; None when it has no history, as that of a theme which draws it in another way."""
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    if not reader.words:
        return None
    return Told(tuple(reader.commits), in_a_line("".join(reader.words)))


def in_a_line(text: str) -> str:
    """Write words with one space between them, whatever parts them on a page."""
    return _SPACES.sub(" ", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.commits: list[str] = []
        self.words: list[str] = []
        self._depth = 0  # of sections, from the one of the history
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter the section, and each code in it."""
        if tag == "section" and (self._depth or dict(attrs).get("aria-labelledby") == _SECTION):
            self._depth += 1
        self._code = bool(self._depth) and tag == "code"
        if self._depth:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if tag == "section" and self._depth:
            self._depth -= 1
        self._code = False

    def handle_data(self, data: str) -> None:
        """Keep what it says."""
        if self._code:
            self.commits.append(data.strip())
        if self._depth:
            self.words.append(data)
