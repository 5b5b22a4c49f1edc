"""Turns what the city owes (answers, decisions to carry out) into the dashboard of the whole city."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.civic.followup import Tally, by_office, tally
from agora_build.content.models import Decision, Progress
from agora_build.content.questions import Followed, asked_in, followed
from agora_build.content.site import Entry, Site, Voices
from agora_build.content.voices import voices
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

LATEST = 10  # answers
STATUSES = ("delayed", "started", "advancing", "done", "abandoned")


class Line(Record, frozen=True):
    """A question, and the title of its campaign."""

    question: Followed
    campaign: str


class Carried(Record, frozen=True):
    """A decision, the title of its campaign, and the last step of its carrying out that is known."""

    entry: Entry[Decision]
    campaign: str
    last: Progress | None


class Dashboard(Record, frozen=True):
    """What the dashboard shows; `decisions` are grouped by status, '' for those of which nothing was reported."""

    path: str
    counts: Tally
    voices: Voices
    offices: tuple[tuple[str, Tally], ...]
    overdue: tuple[Line, ...]
    waiting: tuple[Line, ...]
    latest: tuple[Line, ...]
    decisions: tuple[tuple[str, tuple[Carried, ...]], ...]
    answers_feed: str
    overdue_feed: str


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the dashboard."""
    urls = Urls(site.config.city.language)
    found = dashboard(site, urls, today)
    yield Output(found.path, found, render)


def dashboard(site: Site, urls: Urls, today: datetime.date) -> Dashboard:
    """Gather the dashboard: what is owed first, the longest awaited on top."""
    lines = [Line(item, m.campaign.meta.title) for m in site.microsites for item in followed(m, today)]
    questions = asked_in(site)
    answered = [line for line in lines if line.question.answer and line.question.state in ("answered", "late")]
    return Dashboard(
        path=urls.section("followup"),
        counts=tally(questions, today),
        voices=voices(entry for microsite in site.microsites for entry in microsite.questions),
        offices=by_office(questions, [office.id for office in site.config.offices], today),
        overdue=_by_deadline(line for line in lines if line.question.state == "overdue"),
        waiting=_by_deadline(line for line in lines if line.question.state == "waiting"),
        latest=tuple(sorted(answered, key=_newest, reverse=True)[:LATEST]),
        decisions=_carried(site, today),
        answers_feed=urls.answers_feed(),
        overdue_feed=urls.overdue_feed(),
    )


def render(page: Dashboard, theme: Theme) -> bytes:
    """Write the dashboard."""
    return theme.page("followup.html", page.path, page=page)


def _by_deadline(lines: Iterator[Line]) -> tuple[Line, ...]:
    """Put first what is due first; what has no deadline comes last, by the day of the question."""
    last = datetime.date.max

    def due(line: Line) -> tuple[datetime.date, datetime.date, str]:
        entry = line.question.entry
        return line.question.deadline or last, entry.meta.date, entry.slug

    return tuple(sorted(lines, key=due))


def _newest(line: Line) -> tuple[datetime.date, str]:
    answer = line.question.answer
    return answer.meta.date if answer else datetime.date.min, line.question.entry.slug


def _carried(site: Site, today: datetime.date) -> tuple[tuple[str, tuple[Carried, ...]], ...]:
    found: dict[str, list[Carried]] = {status: [] for status in (*STATUSES, "")}
    for microsite in site.microsites:
        for entry in microsite.decisions:
            known = [step for step in entry.meta.progress if step.date <= today]
            carried = Carried(entry, microsite.campaign.meta.title, known[-1] if known else None)
            found[carried.last.status if carried.last else ""].append(carried)
    return tuple((status, tuple(sorted(items, key=_since, reverse=True))) for status, items in found.items() if items)


def _since(item: Carried) -> tuple[datetime.date, str, str]:
    return item.last.date if item.last else item.entry.meta.date, item.entry.campaign, item.entry.slug
