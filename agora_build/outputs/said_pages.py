"""Turns a debate where many spoke into pages of what was said: all of it by date, and theme by theme, fifty a page."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agora_build.content.models import Debate
from agora_build.content.said import MANY, Said, SaidList, lists_of, page_path
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread, Voices
from agora_build.rendering.output import Output, Shared
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

PAGE = 50


@dataclass(frozen=True, slots=True)
class Around(Shared):
    """What the pages of one list have in common: its title is None for all that was said."""

    masthead: Masthead
    debate: Entry[Debate]
    title: str | None
    whole: bool
    voices: Voices
    last: int


@dataclass(frozen=True, slots=True)
class SaidPage:
    """One page of a list, and the pages around it ('' where there is none)."""

    path: str
    number: int
    around: Around
    items: tuple[Said, ...]
    first: str
    before: str
    after: str
    end: str


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the pages of the lists, for a debate too long for one page."""
    if len(thread.contributions) <= MANY:
        return
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    head = masthead(microsite, urls, today, "debates")
    said = {entry.slug: Said(entry, thread.parent(entry), thread.replies(entry.slug)) for entry in thread.contributions}
    for listed in lists_of(thread, debate.meta, urls):
        last = -(-len(listed.entries) // PAGE)
        around = Around(head, debate, listed.title, listed.whole, listed.voices, last)
        yield from _pages(around, listed, [said[entry.slug] for entry in listed.entries])


def render(page: SaidPage, theme: Theme) -> bytes:
    """Write a page of a list."""
    return theme.page("said.html", page.path, masthead=page.around.masthead, page=page)


def _pages(around: Around, listed: SaidList, items: Sequence[Said]) -> Iterator[Output[Any]]:
    def path(number: int) -> str:
        return page_path(listed.folder, number) if 1 <= number <= around.last else ""

    for number in range(1, around.last + 1):
        page = SaidPage(
            path=path(number),
            number=number,
            around=around,
            items=tuple(items[(number - 1) * PAGE : number * PAGE]),
            first=path(1) if number > 1 else "",
            before=path(number - 1),
            after=path(number + 1),
            end=path(around.last) if number < around.last else "",
        )
        yield Output(page.path, page, render)
