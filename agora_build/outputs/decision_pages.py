"""Turns decisions into their list and pages: who decided what, what came of each contribution, what was done since."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.models import Considered, Debate, Decision, Resource
from agora_build.content.questions import Followed, about, followed
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Contributed, Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

OUTCOMES = ("taken-up", "partly", "not")


class DecisionList(Record, frozen=True):
    """The decisions of a campaign, newest first."""

    path: str
    masthead: Masthead
    decisions: tuple[Entry[Decision], ...]


class Answered(Record, frozen=True):
    """A contribution or a debate that a decision considered, and what came of it."""

    considered: Considered
    contribution: Contributed | None
    debate: Entry[Debate] | None


class DecisionPage(Record, frozen=True):
    """Everything a decision's page shows; `counts` tells how many answers of each outcome."""

    path: str
    masthead: Masthead
    decision: Entry[Decision]
    documents: tuple[Entry[Resource], ...]
    answers: tuple[Answered, ...]
    counts: tuple[tuple[str, int], ...]
    questions: tuple[Followed, ...]  # on this decision


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list a campaign that has decisions, and a page a decision."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.decisions:
            path = urls.part(microsite.slug, "decisions")
            head = masthead(microsite, urls, today, "decisions")
            yield Output(path, DecisionList(path, head, microsite.decisions), render_list)
        for decision in microsite.decisions:
            page = _page(microsite, decision, urls, today)
            yield Output(page.path, page, render_page)


def render_list(listing: DecisionList, theme: Theme) -> bytes:
    """Write a campaign's list of decisions."""
    return theme.page("decisions.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: DecisionPage, theme: Theme) -> bytes:
    """Write a decision's page."""
    return theme.page("decision.html", page.path, masthead=page.masthead, page=page)


def _page(microsite: Microsite, decision: Entry[Decision], urls: Urls, today: datetime.date) -> DecisionPage:
    considered = decision.meta.considered
    counts = ((name, sum(item.outcome == name for item in considered)) for name in OUTCOMES)
    return DecisionPage(
        path=urls.item(microsite.slug, "decisions", decision.slug),
        masthead=masthead(microsite, urls, today, "decisions"),
        decision=decision,
        documents=tuple(item for item in microsite.resources if item.slug in decision.meta.documents),
        answers=tuple(_answered(microsite, item) for item in considered),
        counts=tuple((name, count) for name, count in counts if count),
        questions=about(followed(microsite, today), decision),
    )


def _answered(microsite: Microsite, item: Considered) -> Answered:
    return Answered(
        considered=item,
        contribution=next((e for e in microsite.cited if e.slug == item.contribution), None),
        debate=next((e for e in microsite.debates if e.slug == item.debate), None),
    )
