"""Turns what is listed of every page into the search page, and into the index: pages by month, by quarter, by theme.

One more contribution goes to the end of the last page of its month, its quarter and its theme: the others stay.
"""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from agora_build.content.listed import KINDS, Listed, themes_of
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

PAGE = 100
ShelfKind = Literal["month", "quarter", "theme"]


class Shelf(NamedTuple):
    """A list of the index: the value of its lines, its title where the layout has none, how many, its first page."""

    kind: ShelfKind
    value: str
    title: str
    size: int
    first: str

    @property
    def month(self) -> datetime.date:
        """The first day of its month."""
        return _first_day(self.value)


class Debated(NamedTuple):
    """A debate and the lists of its themes."""

    campaign: str
    campaign_title: str
    slug: str
    title: str
    shelves: tuple[Shelf, ...]


class IndexPage(NamedTuple):
    """A page of a list: where it stands, its number and the last one, what is listed; `above` names its debate."""

    path: str
    kind: ShelfKind
    value: str
    title: str
    above: str
    number: int
    last: int
    lines: tuple[Listed, ...]
    before: str
    after: str

    @property
    def month(self) -> datetime.date:
        """The first day of its month."""
        return _first_day(self.value)


class SearchPage(Record, frozen=True):
    """What the search page offers: the engine, when there is one, what one may look among, and the lists."""

    path: str
    engine: str  # the file to start it; '' without an engine
    campaigns: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    years: tuple[tuple[str, tuple[Shelf, ...]], ...]
    quarters: tuple[Shelf, ...]
    debates: tuple[Debated, ...]


def outputs(
    site: Site, listed: Iterable[Listed], *, engine: bool, shard: int = 0, shards: int = 1
) -> Iterator[Output[Any]]:
    """Declare the search page and the index; with several shards, the part of them that falls to one process."""
    urls = Urls(site.config.city.language)
    campaigns = {item.slug: item.campaign.meta.title for item in site.microsites}
    lines = [line._replace(campaign_title=campaigns.get(line.campaign, "")) for line in sorted(listed, key=_order)]
    shelves = _shelves(lines, [quarter.id for quarter in site.config.quarters])
    if shard == 0:
        page = _search_page(site, urls, lines, shelves, engine=engine)
        yield Output(page.path, page, render_search)
    titles = _titles(site)
    for (kind, value), found in shelves.items():
        if zlib.crc32(f"{kind} {value}".encode()) % shards == shard:
            yield from _pages(urls, kind, value, titles, found)


def render(page: IndexPage, theme: Theme) -> bytes:
    """Write a page of the index."""
    return theme.page("index.html", page.path, page=page)


def render_search(page: SearchPage, theme: Theme) -> bytes:
    """Write the search page."""
    return theme.page("search.html", page.path, page=page)


def _first_day(month: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{month}-01")


def _order(line: Listed) -> tuple[datetime.date, str]:
    return line.date or datetime.date.min, line.path


def _shelves(lines: Sequence[Listed], quarters: Sequence[str]) -> dict[tuple[ShelfKind, str], list[Listed]]:
    """Put each line on the lists it belongs to; a list that would be empty is not made."""
    found: dict[tuple[ShelfKind, str], list[Listed]] = {}
    spoken = ("contribution", "question", "place", "workshop")
    for line in lines:
        if line.date:
            found.setdefault(("month", line.date.isoformat()[:7]), []).append(line)
        if line.kind in spoken:
            found.setdefault(("quarter", line.quarter if line.quarter in quarters else ""), []).append(line)
        if line.theme:
            found.setdefault(("theme", line.theme), []).append(line)
    return found


def _titles(site: Site) -> dict[str, tuple[str, str]]:
    """Give the title of each theme, and that of its debate."""
    found: dict[str, tuple[str, str]] = {}
    for microsite in site.microsites:
        for debate in microsite.debates:
            for theme, title in {**themes_of(debate.meta), "": ""}.items():
                found[f"{microsite.slug}/{debate.slug}/{theme}"] = title, debate.meta.title
    return found


def _pages(
    urls: Urls, kind: ShelfKind, value: str, titles: Mapping[str, tuple[str, str]], lines: Sequence[Listed]
) -> Iterator[Output[Any]]:
    last = -(-len(lines) // PAGE)
    title, above = titles.get(value, ("", "")) if kind == "theme" else ("", "")
    for number in range(1, last + 1):
        before, after = (urls.index(kind, value, at) if 0 < at <= last else "" for at in (number - 1, number + 1))
        shown = tuple(lines[(number - 1) * PAGE : number * PAGE])
        path = urls.index(kind, value, number)
        yield Output(path, IndexPage(path, kind, value, title, above, number, last, shown, before, after), render)


def _search_page(
    site: Site,
    urls: Urls,
    lines: Sequence[Listed],
    shelves: Mapping[tuple[ShelfKind, str], Sequence[Listed]],
    *,
    engine: bool,
) -> SearchPage:
    def shelf(kind: ShelfKind, value: str, title: str = "") -> Shelf:
        return Shelf(kind, value, title, len(shelves[kind, value]), urls.index(kind, value))

    months = sorted((value for kind, value in shelves if kind == "month"), reverse=True)
    years = dict.fromkeys(month[:4] for month in months)
    quarters = [*(quarter.id for quarter in site.config.quarters), ""]
    kinds = {line.kind for line in lines}
    return SearchPage(
        path=urls.section("search"),
        engine=urls.engine("pagefind.js") if engine else "",
        campaigns=tuple((item.slug, item.campaign.meta.title) for item in site.microsites),
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        years=tuple(
            (year, tuple(shelf("month", month) for month in reversed(months) if month[:4] == year)) for year in years
        ),
        quarters=tuple(shelf("quarter", value) for value in quarters if ("quarter", value) in shelves),
        debates=tuple(_debates(site, shelves, shelf)),
    )


def _debates(site: Site, shelves: Mapping[tuple[ShelfKind, str], Sequence[Listed]], shelf: Any) -> Iterator[Debated]:  # noqa: ANN401 - a function of the caller
    """Give the debates that have themes under which something was said."""
    for microsite in site.microsites:
        for debate in microsite.debates:
            names = {**themes_of(debate.meta), "": ""}
            values = {f"{microsite.slug}/{debate.slug}/{theme}": title for theme, title in names.items()}
            found = tuple(
                shelf("theme", value, title) for value, title in values.items() if ("theme", value) in shelves
            )
            if found:
                title = microsite.campaign.meta.title
                yield Debated(microsite.slug, title, debate.slug, debate.meta.title, found)
