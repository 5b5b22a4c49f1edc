"""Turns the workshops of a campaign, and of the whole city, into calendars that people subscribe to (iCalendar)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from agora_build.content.models import Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering import plaintext, vtimezone
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

if TYPE_CHECKING:
    from icalendar import Calendar, Event, Timezone

FILENAME = "agenda.ics"
_STATUS = {"proposed": "TENTATIVE", "confirmed": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}
# A workshop only moves forward through these, so its calendar entry takes the place of the one people have already.
_SEQUENCE = {"proposed": 0, "confirmed": 1, "held": 2, "cancelled": 3}
_KINDS = {
    "workshop": "Workshop",
    "public-hearing": "Public hearing",
    "forum": "Forum",
    "walk": "Walk",
    "home-debate": "Home debate",
}
_DAY = datetime.timedelta(days=1)
Moment: TypeAlias = datetime.datetime | datetime.date


class Meeting(Record, frozen=True):
    """A workshop with the names of its campaign and debate."""

    entry: Entry[Workshop]
    campaign: str
    debate: str | None


class Agenda(Record, frozen=True):
    """A calendar: its campaign's title (None for the city), its page and file, its meetings in order."""

    campaign: str | None
    page: str
    file: str
    meetings: tuple[Meeting, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare one calendar a campaign, even without a meeting yet."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        page, file = (urls.part(microsite.slug, "agenda"), urls.part_file(microsite.slug, "agenda", FILENAME))
        agenda = Agenda(microsite.campaign.meta.title, page, file, tuple(_meetings(microsite)))
        yield Output(file, agenda, render)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the calendar of the city."""
    urls = Urls(site.config.city.language)
    gathered = [meeting for microsite in site.microsites for meeting in _meetings(microsite)]
    gathered.sort(key=lambda meeting: (meeting.entry.meta.date, meeting.entry.campaign, meeting.entry.slug))
    file = urls.section_file("agenda", FILENAME)
    yield Output(file, Agenda(None, urls.section("agenda"), file, tuple(gathered)), render)


def render(agenda: Agenda, theme: Theme) -> bytes:
    """Write a calendar."""
    from icalendar import Calendar, vDuration, vUri

    city = theme.config.city
    name = f"{agenda.campaign} – {city.site}" if agenda.campaign else theme.text("Agenda of {site}", site=city.site)
    calendar = Calendar()
    calendar.add("prodid", f"-//Agora//Agenda//{theme.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, plaintext.line(name))
    calendar.add("x-wr-timezone", city.timezone)
    for key in ("refresh-interval", "x-published-ttl"):
        calendar.add(key, vDuration(_DAY), parameters={"VALUE": "DURATION"})
    calendar.add("source", vUri(theme.absolute(agenda.file)), parameters={"VALUE": "URI"})
    calendar.add("url", vUri(theme.absolute(agenda.page)))
    _add_zone(calendar, city.timezone, agenda.meetings)
    for meeting in agenda.meetings:
        calendar.add_component(_event(meeting, theme))
    return bytes(calendar.to_ical(sorted=False))


def period(meta: Workshop, timezone: str) -> tuple[Moment, Moment | None]:
    """Give the start and end of a workshop: moments in the city's time zone, else days (the end excluded)."""
    last = meta.end_date or meta.date
    if meta.starts is None or (meta.ends is None and last != meta.date):
        return meta.date, last + _DAY
    zone = ZoneInfo(timezone)
    start = datetime.datetime.combine(meta.date, meta.starts, zone)
    if meta.ends is None:
        return start, None
    if last == meta.date and meta.ends <= meta.starts:
        last += _DAY  # it goes on past midnight
    return start, datetime.datetime.combine(last, meta.ends, zone)


def _meetings(microsite: Microsite) -> list[Meeting]:
    debates = {debate.slug: debate.meta.question for debate in microsite.debates}
    title = microsite.campaign.meta.title
    return [Meeting(entry, title, debates.get(entry.meta.debate or "")) for entry in microsite.workshops]


def _event(meeting: Meeting, theme: Theme) -> Event:
    from icalendar import Event, vUri

    entry, meta = meeting.entry, meeting.entry.meta
    start, end = period(meta, theme.config.city.timezone)
    page = theme.absolute(theme.urls.item(entry.campaign, "workshops", entry.slug))
    event = Event()
    event.add("uid", f"{entry.slug}.{entry.campaign}@{urlsplit(theme.base_url).hostname}")
    # No clock: the stamp is the first instant (UTC) of the workshop's first day, whatever day the site is built.
    event.add("dtstamp", datetime.datetime.combine(meta.date, datetime.time(), datetime.UTC))
    event.add("sequence", _SEQUENCE[meta.status])
    event.add("status", _STATUS[meta.status])
    event.add("dtstart", start)
    if end is not None:
        event.add("dtend", end)
    event.add("summary", _title(meta, theme))
    event.add("description", _description(meeting, page, theme))
    event.add("location", _location(meta, theme))
    if meta.location.point:
        event.add("geo", meta.location.point)
    event.add("categories", [theme.text(_KINDS[meta.kind]), plaintext.line(meeting.campaign)])
    event.add("url", vUri(page))
    event.add("transp", "TRANSPARENT" if meta.status == "cancelled" else "OPAQUE")
    return event


def _title(meta: Workshop, theme: Theme) -> str:
    """Say a cancellation in the title too: many calendars show nothing else."""
    title = plaintext.line(meta.title)
    return theme.text("Cancelled: {title}", title=title) if meta.status == "cancelled" else title


def _location(meta: Workshop, theme: Theme) -> str:
    parts = (meta.location.name, meta.location.address, theme.config.city.name)
    return plaintext.line(", ".join(part for part in parts if part))


def _description(meeting: Meeting, page: str, theme: Theme) -> str:
    meta = meeting.entry.meta
    facts = (
        (meta.cancelled_because, "Cancelled: {value}"),
        ("" if meta.status == "proposed" else None, "Proposed: the meeting is still to be confirmed."),
        (meeting.campaign, "Consultation: {value}"),
        (meeting.debate, "Debate: {value}"),
        (meta.host, "Hosted by: {value}"),
        (meta.access, "Access: {value}"),
        (meta.capacity, "Places: {value}"),
    )
    lines = [theme.text(msgid, value=plaintext.line(str(value))) for value, msgid in facts if value is not None]
    return "\n\n".join(part for part in ("\n".join(lines), plaintext.paragraphs(meeting.entry.body), page) if part)


def _add_zone(calendar: Calendar, timezone: str, meetings: tuple[Meeting, ...]) -> None:
    """Spell out the city's time zone for the years of the meetings (a calendar holds at least one component)."""
    days = [day for meeting in meetings for day in (meeting.entry.meta.date, meeting.entry.meta.end_date) if day]
    years = [day.year for day in days] or [2016]
    calendar.add_component(_zone(timezone, vtimezone.observances(timezone, min(years), max(years))))


def _zone(timezone: str, observances: tuple[vtimezone.Observance, ...]) -> Timezone:
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = Timezone()
    zone.add("tzid", timezone)
    for observance in observances:
        part = TimezoneDaylight() if observance.daylight else TimezoneStandard()
        part.add("dtstart", observance.start)
        part.add("tzoffsetfrom", observance.before)
        part.add("tzoffsetto", observance.after)
        part.add("tzname", observance.name)
        if observance.yearly:
            month, weekday = observance.yearly
            part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": weekday})
        zone.add_component(part)
    return zone
