"""Turns a long thread into the lists in which it is read: all of it by date, then a list a theme."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import NamedTuple

from agora_build.content.models import Contribution, Debate
from agora_build.content.site import Entry, Thread, Voices
from agora_build.content.voices import voices
from agora_build.urls import Urls

MANY = 60  # contributions: up to here, they are all on the debate's own page


class Said(NamedTuple):  # a tuple: many are made, and hashed, for each page
    """A contribution with what it replies to and what replies to it."""

    entry: Entry[Contribution]
    parent: Entry[Contribution] | None
    replies: tuple[Entry[Contribution], ...]


@dataclass(frozen=True, slots=True)
class SaidList:
    """A list of contributions: its title (None: under no theme, or all of them), the folder its pages are named by."""

    title: str | None
    whole: bool
    folder: str
    entries: tuple[Entry[Contribution], ...]
    voices: Voices

    @property
    def first(self) -> str:
        """The first page."""
        return page_path(self.folder, 1)


def page_path(folder: str, number: int) -> str:
    """Give the path of a page of a list; all lists stand at one depth, so that links are the same in all of them."""
    return f"{folder}-{number}/index.html"


def lists_of(thread: Thread, debate: Debate, urls: Urls) -> tuple[SaidList, ...]:
    """Make the lists of a thread, the whole first; those of no theme, or of one that is no more, come last."""
    home = posixpath.dirname(urls.item(thread.campaign, "debates", thread.debate))
    titles = {theme.id: theme.title for theme in debate.themes}
    sorted_out: dict[str | None, list[Entry[Contribution]]] = {name: [] for name in (*titles, None)}
    for entry in thread.contributions:
        sorted_out[entry.meta.theme if entry.meta.theme in titles else None].append(entry)
    whole = SaidList(None, True, f"{home}/{urls.word('said')}", thread.contributions, voices(thread.contributions))
    themes = (
        SaidList(
            titles[name] if name else None,
            False,
            f"{home}/{urls.word('theme')}-{name}" if name else f"{home}/{urls.word('others')}",
            tuple(entries),
            voices(entries),
        )
        for name, entries in sorted_out.items()
        if entries and titles
    )
    return (whole, *themes)
