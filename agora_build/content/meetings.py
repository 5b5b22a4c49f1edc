"""Turns workshops into an agenda: what comes, month by month, then what went by."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import groupby

from agora_build.content.models import Debate, Workshop
from agora_build.content.site import Entry, Microsite
from agora_build.content.states import Holding, workshop_state
from agora_build.record import Record


class Meeting(Record, frozen=True):
    """A workshop, its state on the day of the build, and the title of its campaign."""

    entry: Entry[Workshop]
    state: Holding
    campaign: str
    coming: bool


class Month(Record, frozen=True):
    """The meetings of one month; `first` is the month's first day."""

    first: datetime.date
    meetings: tuple[Meeting, ...]


class Agenda(Record, frozen=True):
    """Meetings to come, soonest first, and past ones, latest first."""

    coming: tuple[Month, ...]
    past: tuple[Meeting, ...]


def meetings(microsite: Microsite, today: datetime.date) -> tuple[Meeting, ...]:
    """Give every meeting of a microsite its state; a meeting's last day still counts as coming."""
    title = microsite.campaign.meta.title
    return tuple(
        Meeting(entry, workshop_state(entry.meta, today), title, _comes(entry.meta, today))
        for entry in microsite.workshops
    )


def agenda(gathered: Iterable[Meeting]) -> Agenda:
    """Sort meetings into what comes and what went by."""
    ordered = sorted(gathered, key=_moment)
    coming = [meeting for meeting in ordered if meeting.coming]
    months = groupby(coming, key=lambda meeting: meeting.entry.meta.date.replace(day=1))
    return Agenda(
        coming=tuple(Month(first, tuple(group)) for first, group in months),
        past=tuple(meeting for meeting in reversed(ordered) if not meeting.coming),
    )


def next_meetings(
    microsite: Microsite, today: datetime.date, debate: Entry[Debate] | None = None
) -> tuple[Meeting, ...]:
    """List the meetings where one can still go, for a debate or for all, soonest first."""
    return tuple(
        meeting
        for meeting in meetings(microsite, today)
        if meeting.coming
        and meeting.state != "cancelled"
        and (debate is None or meeting.entry.meta.debate in (debate.slug, None))
    )


def _comes(meta: Workshop, today: datetime.date) -> bool:
    return meta.status != "held" and (meta.end_date or meta.date) >= today


def _moment(meeting: Meeting) -> tuple[datetime.date, datetime.time, str, str]:
    meta = meeting.entry.meta
    return (meta.date, meta.starts or datetime.time(), meeting.entry.campaign, meeting.entry.slug)
