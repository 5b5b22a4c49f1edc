"""Turns a debate where many spoke into pages of what was said, fifty a page: all of it, and sorted in several ways."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from agora_build.content.models import Contribution, Debate
from agora_build.content.said import MANY, PartKind, SaidList, lists_of, page_path
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Contributed, Entry, Microsite, Site, Thread
from agora_build.record import Record
from agora_build.rendering.output import Output, Shared
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

PAGE = 50


class Line(NamedTuple):  # a tuple: many are made, and hashed, for each page
    """A contribution in a list: what it replies to, how many replies it had, the title of its theme, its meeting."""

    entry: Entry[Contribution]
    parent: Contributed | None
    replies: int
    theme: str | None
    meeting: str = ""  # the title of the one it was written in


class Filter(NamedTuple):
    """A list that one may read instead: what it holds, and its first page."""

    kind: PartKind
    value: str | None
    title: str | None
    first: str


class Filters(Record, frozen=True):
    """The lists of one kind."""

    kind: PartKind
    lists: tuple[Filter, ...]


class Around(Record, Shared, frozen=True):
    """What the pages of one list have in common, which one more contribution leaves alone: no count of them all.

    `kind`, `value` and `title` are those of the part of the thread that is listed.
    """

    masthead: Masthead
    debate: Entry[Debate]
    kind: PartKind
    value: str | None
    title: str | None
    folder: str
    filters: tuple[Filters, ...]


class SaidPage(Record, frozen=True):
    """One page of a list, and how many there are."""

    path: str
    number: int
    last: int
    around: Around
    lines: tuple[Line, ...]

    def at(self, number: int) -> str:
        """Give another page of the list; '' when there is none."""
        return page_path(self.around.folder, number) if 1 <= number <= self.last else ""

    def months(self) -> list[tuple[datetime.date, list[Line]]]:
        """Give the lines month by month, each month by its first day."""
        by_month = groupby(self.lines, lambda line: line.entry.meta.date.replace(day=1))
        return [(first, list(lines)) for first, lines in by_month]


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the pages of the lists, for a debate too long for one page."""
    if len(thread.contributions) <= MANY:
        return
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    head = masthead(microsite, urls, today, "debates")
    known = _lines(thread, debate.meta, {entry.slug: entry.meta.title for entry in microsite.workshops})
    lists = lists_of(thread, debate.meta, urls, [quarter.id for quarter in site.config.quarters])
    filters = _filters(lists)
    for listed in lists:
        part = listed.part
        around = Around(head, debate, part.kind, part.value, part.title, listed.folder, filters)
        yield from _pages(around, [known[entry.slug] for entry in part.entries])


def render(page: SaidPage, theme: Theme) -> bytes:
    """Write a page of a list."""
    return theme.page("said.html", page.path, masthead=page.around.masthead, page=page)


def _filters(lists: Sequence[SaidList]) -> tuple[Filters, ...]:
    found = [Filter(item.part.kind, item.part.value, item.part.title, item.first) for item in lists]
    return tuple(Filters(kind, tuple(same)) for kind, same in groupby(found, lambda item: item.kind))


def _lines(thread: Thread, debate: Debate, meetings: dict[str, str]) -> dict[str, Line]:
    titles = {theme.id: theme.title for theme in debate.themes}
    return {entry.slug: _line(thread, entry, titles, meetings) for entry in thread.contributions}


def _line(thread: Thread, entry: Entry[Contribution], titles: dict[str, str], meetings: dict[str, str]) -> Line:
    theme, meeting = titles.get(entry.meta.theme or ""), meetings.get(entry.meta.workshop or "", "")
    return Line(entry, thread.parent(entry), len(thread.replies(entry.slug)), theme, meeting)


def _pages(around: Around, lines: Sequence[Line]) -> Iterator[Output[Any]]:
    last = -(-len(lines) // PAGE)
    for number in range(1, last + 1):
        path = page_path(around.folder, number)
        shown = tuple(lines[(number - 1) * PAGE : number * PAGE])
        yield Output(path, SaidPage(path, number, last, around, shown), render)
