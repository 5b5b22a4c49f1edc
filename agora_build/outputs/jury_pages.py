"""Turns citizens' juries into their list and pages: mandate, draw, hearings, opinion, reply point by point."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from agora_build.civic.draw_record import draw_of
from agora_build.content.meetings import Meeting, meetings
from agora_build.content.models import Criterion, Debate, Draw, Jury
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

Stage = Literal["announced", "drawn", "hearing", "opinion", "replied"]


class JuryLine(Record, frozen=True):
    """A jury in a list, and how far it is."""

    entry: Entry[Jury]
    stage: Stage


class JuryList(Record, frozen=True):
    """The juries of a campaign."""

    path: str
    masthead: Masthead
    juries: tuple[JuryLine, ...]


class JuryPage(Record, frozen=True):
    """Everything a jury's page shows; `composition` counts, for each criterion, the members of each value."""

    path: str
    masthead: Masthead
    jury: Entry[Jury]
    stage: Stage
    debate: Entry[Debate] | None
    draw: Draw | None
    composition: tuple[tuple[Criterion, tuple[int, ...]], ...]
    hearings: tuple[Meeting, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list a campaign that has juries, and a page a jury."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        pages = [_page(microsite, jury, urls, today) for jury in microsite.juries]
        if pages:
            path = urls.part(microsite.slug, "juries")
            lines = tuple(JuryLine(page.jury, page.stage) for page in pages)
            yield Output(path, JuryList(path, masthead(microsite, urls, today, "juries"), lines), render_list)
        for page in pages:
            yield Output(page.path, page, render_page)
            if page.draw and page.jury.meta.seed:
                said = draw_of(f"{microsite.slug}/{page.jury.slug}", page.jury.meta, page.draw)
                yield Output(urls.draw(microsite.slug, page.jury.slug), said, render_draw)


def render_list(listing: JuryList, theme: Theme) -> bytes:
    """Write a campaign's list of juries."""
    return theme.page("juries.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: JuryPage, theme: Theme) -> bytes:
    """Write a jury's page."""
    return theme.page("jury.html", page.path, masthead=page.masthead, page=page)


def render_draw(said: bytes, theme: Theme) -> bytes:  # noqa: ARG001
    """Write the record of a draw."""
    return said


def _page(microsite: Microsite, jury: Entry[Jury], urls: Urls, today: datetime.date) -> JuryPage:
    draw = next((entry.meta for entry in microsite.draws if entry.slug == jury.slug), None)
    hearings = tuple(item for item in meetings(microsite, today) if item.entry.meta.jury == jury.slug)
    return JuryPage(
        path=urls.item(microsite.slug, "juries", jury.slug),
        masthead=masthead(microsite, urls, today, "juries"),
        jury=jury,
        stage=_stage(jury.meta, draw, hearings),
        debate=next((entry for entry in microsite.debates if entry.slug == jury.meta.debate), None),
        draw=draw,
        composition=_composition(jury.meta, draw) if draw else (),
        hearings=hearings,
    )


def _stage(jury: Jury, draw: Draw | None, hearings: tuple[Meeting, ...]) -> Stage:
    if any(point.reply for point in jury.points):
        return "replied"
    if jury.opinion:
        return "opinion"
    if any(not item.coming for item in hearings):
        return "hearing"
    return "drawn" if draw else "announced"


def _composition(jury: Jury, draw: Draw) -> tuple[tuple[Criterion, tuple[int, ...]], ...]:
    found = []
    for place, criterion in enumerate(jury.criteria):
        there = Counter(member.profile[place] for member in draw.drawn)
        found.append((criterion, tuple(there[quota.id] for quota in criterion.quotas)))
    return tuple(found)
