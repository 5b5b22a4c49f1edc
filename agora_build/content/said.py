"""Turns a thread into its parts, by theme, quarter, voice and channel, and a long one into the lists to read it in."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from agora_build.content.models import Contribution, Debate, Theme
from agora_build.content.site import Contributed, Entry, Thread, Voices
from agora_build.content.voices import CHANNELS, VOICES, voices
from agora_build.record import Record
from agora_build.urls import Urls

PartKind = Literal["whole", "theme", "quarter", "voice", "channel"]
MANY = 60  # contributions: up to here, they are all on the debate's own page


class Said(NamedTuple):  # a tuple: many are made, and hashed, for each page
    """A contribution with what it replies to, what replies to it, and where it was written."""

    entry: Entry[Contribution]
    parent: Contributed | None
    replies: tuple[Entry[Contribution], ...]
    meeting: str = ""  # the title of the one it was written in


class Part(Record, frozen=True):
    """Some of what was said: all of it, or what has one theme, quarter, voice or channel; `value` is None when none.

    `title` is the name of a theme; the names of the others are the layout's.
    """

    kind: PartKind
    value: str | None
    title: str | None
    entries: tuple[Entry[Contribution], ...]
    voices: Voices


class SaidList(Record, frozen=True):
    """A part that is read page by page, and the folder its pages are named by."""

    part: Part
    folder: str

    @property
    def first(self) -> str:
        """The first page."""
        return page_path(self.folder, 1)


def page_path(folder: str, number: int) -> str:
    """Give the path of a page of a list; all lists stand at one depth, so that links are the same in all of them."""
    return f"{folder}-{number}/index.html"


def parts_of(thread: Thread, debate: Debate, quarters: Sequence[str]) -> tuple[Part, ...]:
    """Sort what was said by theme, by quarter, by voice and by channel; what has none, or none of the debate's, last.

    `quarters` are the city's, in its order. Parts where nobody spoke are left out.
    """
    return _parts(thread, debate.themes, tuple(quarters))[1:]


@lru_cache(maxsize=1)  # the page of a debate, its lists and its synthesis ask in turn
def _parts(thread: Thread, wanted: tuple[Theme, ...], quarters: tuple[str, ...]) -> tuple[Part, ...]:
    titles = {theme.id: theme.title for theme in wanted}
    shelves: dict[PartKind, dict[str | None, list[Entry[Contribution]]]] = {
        "theme": {name: [] for name in (*titles, None)},
        "quarter": {name: [] for name in (*quarters, None)},
        "voice": {name: [] for name in VOICES},
        "channel": {name: [] for name in CHANNELS},
    }
    themes, places, kinds, channels = shelves.values()
    for entry in thread.contributions:
        meta = entry.meta
        themes[meta.theme if meta.theme in titles else None].append(entry)
        places[meta.quarter if meta.quarter in places else None].append(entry)
        kinds[meta.voice].append(entry)
        channels[meta.channel].append(entry)
    parts = (
        Part(kind, value, titles.get(value or "") if kind == "theme" else None, tuple(entries), voices(entries))
        for kind, shelf in shelves.items()
        for value, entries in shelf.items()
        if entries
    )
    return (Part("whole", None, None, thread.contributions, voices(thread.contributions)), *parts)


def lists_of(thread: Thread, debate: Debate, urls: Urls, quarters: Sequence[str]) -> tuple[SaidList, ...]:
    """Make the lists of a thread, the whole first; what does not tell contributions apart makes no list."""
    home = posixpath.dirname(urls.item(thread.campaign, "debates", thread.debate))
    whole, *parts = _parts(thread, debate.themes, tuple(quarters))
    several = Counter(part.kind for part in parts)
    told = (part for part in parts if several[part.kind] > 1 or (part.kind == "theme" and debate.themes))
    return tuple(SaidList(part, f"{home}/{_folder(part, urls)}") for part in (whole, *told))


def _folder(part: Part, urls: Urls) -> str:
    if part.kind == "whole":
        return urls.word("said")
    if part.value is None:
        return urls.word("others" if part.kind == "theme" else "no-quarter")
    value = part.value if part.kind in ("theme", "quarter") else urls.word(part.value)
    return f"{urls.word(part.kind)}-{value}"
