"""Turns a time zone and the years in use into the observances that a calendar file must spell out (RFC 5545, 3.6.5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from agora_build.record import Record

_SECOND = datetime.timedelta(seconds=1)


class Observance(Record, frozen=True):
    """An offset from UTC and the local time (of the offset before it) at which it begins, once or every year."""

    daylight: bool
    name: str
    start: datetime.datetime
    before: datetime.timedelta
    after: datetime.timedelta
    yearly: tuple[int, str] | None = None  # month, and day as in BYDAY: (3, "-1SU")


# The rule in force since 1996: last Sunday of March and of October, at 01:00 UTC.
_WINTER, _SUMMER = datetime.timedelta(hours=1), datetime.timedelta(hours=2)
PARIS = (
    Observance(True, "CEST", datetime.datetime(1996, 3, 31, 2), _WINTER, _SUMMER, (3, "-1SU")),  # noqa: DTZ001
    Observance(False, "CET", datetime.datetime(1996, 10, 27, 3), _SUMMER, _WINTER, (10, "-1SU")),  # noqa: DTZ001
)


def observances(timezone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """Give the observances of a zone: its yearly rule for Europe/Paris, else every change of the years in use."""
    if timezone == "Europe/Paris" and first_year > 1996:  # noqa: PLR2004
        return PARIS
    zone = ZoneInfo(timezone)
    start = datetime.datetime(first_year, 1, 1, tzinfo=datetime.UTC) - datetime.timedelta(days=2)
    end = datetime.datetime(last_year + 1, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=2)
    return (
        _observance(start, zone, start),
        *(_observance(at, zone, at - _SECOND) for at in _changes(zone, start, end)),
    )


def _changes(zone: ZoneInfo, start: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    """Find the instants at which the zone changes offset, abbreviation or season: by day, then to the second."""
    instant, step = start, datetime.timedelta(days=1)
    while instant < end:
        if _regime(instant, zone) != _regime(instant + step, zone):
            low, high = instant, instant + step
            while high - low > _SECOND:
                middle = low + (high - low) // 2 // _SECOND * _SECOND
                low, high = (middle, high) if _regime(middle, zone) == _regime(low, zone) else (low, middle)
            yield high
        instant += step


def _regime(instant: datetime.datetime, zone: ZoneInfo) -> tuple[object, ...]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.tzname(), local.dst()


def _observance(at: datetime.datetime, zone: ZoneInfo, just_before: datetime.datetime) -> Observance:
    local = at.astimezone(zone)
    before = just_before.astimezone(zone).utcoffset() or datetime.timedelta()
    return Observance(
        daylight=bool(local.dst()),
        name=local.tzname() or zone.key,
        start=(at + before).replace(tzinfo=None),
        before=before,
        after=local.utcoffset() or datetime.timedelta(),
    )
