"""Turns workshops into agendas, a campaign's and the whole city's, and into a page each, with what was said there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.meetings import Agenda, Meeting, agenda, meetings
from agora_build.content.models import Campaign, Contribution, Debate, Erased, Kit
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Voices
from agora_build.content.states import campaign_state
from agora_build.content.voices import from_workshop, voices
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

CALENDAR = "agenda.ics"


class AgendaPage(Record, frozen=True):
    """An agenda with its calendar file; `masthead` is None for the whole city's."""

    path: str
    calendar: str
    masthead: Masthead | None
    agenda: Agenda
    kits: tuple[Entry[Kit], ...]
    erased: tuple[Entry[Erased], ...] = ()
    open: tuple[Entry[Campaign], ...] = ()  # the consultations that one may propose a meeting for


class WorkshopPage(Record, frozen=True):
    """Everything a meeting's page shows."""

    path: str
    calendar: str
    masthead: Masthead
    meeting: Meeting
    debate: Entry[Debate] | None
    contributions: tuple[Entry[Contribution], ...]
    voices: Voices


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare an agenda a campaign, and a page a meeting."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        own = meetings(microsite, today)
        page = _agenda(microsite, own, urls, today)
        yield Output(page.path, page, render_agenda)
        for meeting in own:
            workshop = _workshop(microsite, meeting, urls, today)
            yield Output(workshop.path, workshop, render_workshop)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the agenda of the city."""
    urls = Urls(site.config.city.language)
    gathered = [meeting for microsite in site.microsites for meeting in meetings(microsite, today)]
    kits = tuple(kit for microsite in site.microsites for kit in _home_kits(microsite))[:4]
    path, calendar = urls.section("agenda"), urls.section_file("agenda", CALENDAR)
    campaigns = (microsite.campaign for microsite in site.microsites)
    running = tuple(item for item in campaigns if campaign_state(item.meta, today) == "open")
    page = AgendaPage(path, calendar, None, agenda(gathered), kits, open=running)
    yield Output(path, page, render_city_agenda)


def render_agenda(page: AgendaPage, theme: Theme) -> bytes:
    """Write a campaign's agenda."""
    return theme.page("agenda.html", page.path, masthead=page.masthead, page=page)


def render_city_agenda(page: AgendaPage, theme: Theme) -> bytes:
    """Write the city's agenda."""
    return theme.page("city_agenda.html", page.path, page=page)


def render_workshop(page: WorkshopPage, theme: Theme) -> bytes:
    """Write a meeting's page."""
    return theme.page("workshop.html", page.path, masthead=page.masthead, page=page)


def _agenda(microsite: Microsite, own: tuple[Meeting, ...], urls: Urls, today: datetime.date) -> AgendaPage:
    return AgendaPage(
        path=urls.part(microsite.slug, "agenda"),
        calendar=urls.part_file(microsite.slug, "agenda", CALENDAR),
        masthead=masthead(microsite, urls, today, "agenda"),
        agenda=agenda(own),
        kits=_home_kits(microsite),
        erased=tuple(entry for entry in microsite.erased if entry.meta.kind == "workshop"),
        open=(microsite.campaign,) if campaign_state(microsite.campaign.meta, today) == "open" else (),
    )


def _workshop(microsite: Microsite, meeting: Meeting, urls: Urls, today: datetime.date) -> WorkshopPage:
    entry = meeting.entry
    spoken = from_workshop(microsite, entry.slug)
    return WorkshopPage(
        path=urls.item(microsite.slug, "workshops", entry.slug),
        calendar=urls.part_file(microsite.slug, "agenda", CALENDAR),
        masthead=masthead(microsite, urls, today, "agenda"),
        meeting=meeting,
        debate=next((item for item in microsite.debates if item.slug == entry.meta.debate), None),
        contributions=spoken,
        voices=voices(spoken),
    )


def _home_kits(microsite: Microsite) -> tuple[Entry[Kit], ...]:
    return tuple(kit for kit in microsite.kits if kit.meta.purpose == "participation")
