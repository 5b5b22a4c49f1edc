"""Turns the site into its front pages: home, list of campaigns, front page of each campaign, free pages, 404."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Literal

from agora_build.civic.followup import Tally, tally
from agora_build.content.highlights import (
    Action,
    CampaignLine,
    DebateLine,
    action,
    around,
    campaign_line,
    debate_line,
)
from agora_build.content.map_points import MapPoint, campaign_files, campaign_points, city_files, city_points, placed
from agora_build.content.meetings import Meeting, next_meetings
from agora_build.content.models import Contribution, Decision, Episode, Kit, Page, Resource
from agora_build.content.questions import asked, asked_in
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Voices
from agora_build.content.states import Opening
from agora_build.content.steps import TimelineStep, merged_steps
from agora_build.content.voices import latest, of_microsite
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

NOT_FOUND = "404.html"


class DecisionLine(Record, frozen=True):
    """A decision in a list."""

    entry: Entry[Decision]
    campaign: str


class Broadcast(Record, frozen=True):
    """An episode, with its duration and the public copy of its audio."""

    entry: Entry[Episode]
    campaign: str
    seconds: float | None
    audio: str


class Home(Record, frozen=True):
    """What the home page shows."""

    open: tuple[CampaignLine, ...]
    coming: tuple[CampaignLine, ...]
    closed: int
    meetings: tuple[Meeting, ...]
    decisions: tuple[DecisionLine, ...]
    episode: Broadcast | None
    points: tuple[MapPoint, ...]
    picture: str
    how: tuple[Entry[Page], ...]
    questions: Tally
    others: tuple[Entry[Page], ...] = ()  # of a site of pages alone: those that are in no menu


class Campaigns(Record, frozen=True):
    """What the list of campaigns shows."""

    open: tuple[CampaignLine, ...]
    coming: tuple[CampaignLine, ...]
    closed: tuple[CampaignLine, ...]


class Data(Record, frozen=True):
    """A file for machines and calendars, beside the pages of a campaign."""

    kind: Literal["feed", "answers", "calendar", "places", "steps"]
    target: str


class Front(Record, frozen=True):
    """What the front page of a campaign shows."""

    masthead: Masthead
    action: Action
    debates: tuple[DebateLine, ...]
    meetings: tuple[Meeting, ...]
    kits: tuple[Entry[Kit], ...]
    places: int
    steps: tuple[TimelineStep, ...]
    all_steps: int
    voices: Voices
    latest: tuple[Entry[Contribution], ...]
    decisions: tuple[Entry[Decision], ...]
    resources: tuple[Entry[Resource], ...]
    episode: Broadcast | None
    data: tuple[Data, ...]
    how: tuple[Entry[Page], ...]
    questions: Tally


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare each campaign's front page."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        yield Output(urls.campaign(microsite.slug), front(microsite, site, urls, today), render_front)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the home page, the list of campaigns, the free pages and the 404 page."""
    urls = Urls(site.config.city.language)
    yield Output(urls.home(), home(site, urls, today), render_home)
    yield Output(urls.section("campaigns"), campaigns(site, urls, today), render_campaigns)
    for entry in site.pages:
        yield Output(urls.page(entry.slug), entry, render_page)
    yield Output(NOT_FOUND, (), render_not_found)


def home(site: Site, urls: Urls, today: datetime.date) -> Home:
    """Gather the home page: what is open, what comes, what was decided, where, and what to listen to."""
    lists = campaigns(site, urls, today)
    decisions = (DecisionLine(entry, _title(site, entry.campaign)) for m in site.microsites for entry in m.decisions)
    episodes = [entry for microsite in site.microsites for entry in microsite.episodes if entry.meta.date <= today]
    newest = max(episodes, key=lambda entry: (entry.meta.date, entry.meta.number), default=None)
    return Home(
        open=lists.open,
        coming=lists.coming,
        closed=len(lists.closed),
        meetings=_coming(site, today)[:4],
        decisions=tuple(sorted(decisions, key=lambda line: line.entry.meta.date, reverse=True)[:3]),
        episode=_broadcast(newest, site, urls) if newest else None,
        points=placed(city_points(site, urls, today)) if site.config.map else (),
        picture=city_files(urls).picture,
        how=_how(site),
        questions=tally(asked_in(site), today),
        others=_others(site),
    )


def campaigns(site: Site, urls: Urls, today: datetime.date) -> Campaigns:
    """Sort the campaigns by state: first to close, first to open, last closed."""
    lines = [campaign_line(microsite, urls, today) for microsite in site.microsites]
    last = datetime.date.max

    def of(state: Opening) -> list[CampaignLine]:
        return [line for line in lines if line.state == state]

    return Campaigns(
        open=tuple(sorted(of("open"), key=lambda line: (line.entry.meta.closes or last, line.entry.slug))),
        coming=tuple(sorted(of("upcoming"), key=lambda line: (line.entry.meta.opens, line.entry.slug))),
        closed=tuple(sorted(of("closed"), key=lambda line: line.entry.meta.closes or last, reverse=True)),
    )


def front(microsite: Microsite, site: Site, urls: Urls, today: datetime.date) -> Front:
    """Gather the front page of a campaign."""
    steps = merged_steps(microsite, urls, today)
    aired = [entry for entry in microsite.episodes if entry.meta.date <= today]
    return Front(
        masthead=masthead(microsite, urls, today),
        action=action(microsite, urls, today),
        debates=tuple(debate_line(entry, microsite, today) for entry in microsite.debates),
        meetings=next_meetings(microsite, today)[:2],
        kits=microsite.kits[:4],
        places=len(microsite.places),
        steps=around(steps),
        all_steps=len(steps),
        voices=of_microsite(microsite),
        latest=latest(microsite),
        decisions=microsite.decisions[:3],
        resources=microsite.resources[:5],
        episode=_broadcast(aired[0], site, urls) if aired else None,
        data=_data(site, microsite, urls),
        how=_how(site),
        questions=tally(asked(microsite), today),
    )


def render_home(inputs: Home, theme: Theme) -> bytes:
    """Write the home page."""
    return theme.page("home.html", theme.urls.home(), home=inputs)


def render_campaigns(inputs: Campaigns, theme: Theme) -> bytes:
    """Write the list of campaigns."""
    return theme.page("campaigns.html", theme.urls.section("campaigns"), lists=inputs)


def render_front(inputs: Front, theme: Theme) -> bytes:
    """Write the front page of a campaign."""
    path = theme.urls.campaign(inputs.masthead.campaign.slug)
    return theme.page("campaign.html", path, masthead=inputs.masthead, front=inputs)


def render_page(inputs: Entry[Page], theme: Theme) -> bytes:
    """Write a free page."""
    return theme.page("page.html", theme.urls.page(inputs.slug), entry=inputs)


def render_not_found(inputs: tuple[()], theme: Theme) -> bytes:  # noqa: ARG001
    """Write the page of addresses that lead nowhere; it is served at any depth, so its links start at the root."""
    return theme.page("404.html", NOT_FOUND)


def _coming(site: Site, today: datetime.date) -> tuple[Meeting, ...]:
    """List the meetings of the whole city where one can still go, soonest first."""
    gathered = (meeting for microsite in site.microsites for meeting in next_meetings(microsite, today))
    first = datetime.time.min
    return tuple(sorted(gathered, key=lambda it: (it.entry.meta.date, it.entry.meta.starts or first, it.entry.path)))


def _title(site: Site, slug: str) -> str:
    return next(microsite.campaign.meta.title for microsite in site.microsites if microsite.slug == slug)


def _how(site: Site) -> tuple[Entry[Page], ...]:
    return tuple(entry for entry in site.pages if entry.meta.menu == "main")


def _others(site: Site) -> tuple[Entry[Page], ...]:
    return tuple(entry for entry in site.pages if site.pages_alone and not entry.meta.menu)


def _broadcast(entry: Entry[Episode], site: Site, urls: Urls) -> Broadcast:
    source = f"{entry.path.rpartition('/')[0]}/{entry.meta.audio}"
    facts = site.audio.get(source)
    return Broadcast(entry, _title(site, entry.campaign), facts.seconds if facts else None, urls.media(source))


def _data(site: Site, microsite: Microsite, urls: Urls) -> tuple[Data, ...]:
    slug = microsite.slug
    found = [Data("feed", urls.feed(slug)), Data("answers", urls.answers_feed(slug))]
    found.append(Data("calendar", urls.part_file(slug, "agenda", "agenda.ics")))
    if microsite.timeline:
        found.append(Data("steps", urls.part_file(slug, "timeline", "frise.json")))
    if microsite.map and site.config.map and placed(campaign_points(microsite, urls)):
        found.append(Data("places", campaign_files(slug, urls).data))
    return tuple(found)
