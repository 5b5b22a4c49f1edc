"""Turns what happens in a campaign (openings, meetings, documents, radio, decisions) into its Atom feed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import escape

from agora_build.content.models import Debate, Decision, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record, replace
from agora_build.rendering import syndication
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

NEWEST = 30
# Nobody writes down when a meeting was announced: it enters the feed three weeks before it takes place.
ANNOUNCED_BEFORE = datetime.timedelta(days=21)
_TITLES = {
    "opening": ("Consultation", "The consultation opens: {title}"),
    "debate": ("Debate", "A debate opens: {title}"),
    "debate-closed": ("Debate", "The debate is closed: {title}"),
    "announced": ("Meeting", "Meeting: {title}"),
    "cancelled": ("Meeting", "Meeting cancelled: {title}"),
    "held": ("Meeting", "Minutes of the meeting: {title}"),
    "resource": ("Resource", "New document: {title}"),
    "episode": ("Radio", "To listen to: {title}"),
    "decision": ("Decision", "Decision: {title}"),
}


class Event(Record, frozen=True):
    """Something that happened: its kind (a key of _TITLES), lasting name, days, title, Markdown texts and page."""

    kind: str
    name: str
    published: datetime.date
    updated: datetime.date
    title: str
    texts: tuple[str, ...]
    target: str
    meeting: Workshop | None = None


class Feed(Record, frozen=True):
    """A campaign's feed; `since` dates it as long as nothing happened."""

    campaign: str
    title: str
    summary: str
    since: datetime.date
    events: tuple[Event, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare one feed a campaign, of what happened up to `today`."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        meta = microsite.campaign.meta
        happened = [event for event in _events(microsite, urls, today) if event.published <= today]
        newest = sorted(happened, key=lambda event: (event.updated, event.published, event.name), reverse=True)[:NEWEST]
        since = meta.rules.announced if meta.rules else meta.opens
        feed = Feed(microsite.slug, meta.title, meta.summary, min(since, meta.opens), tuple(newest))
        yield Output(urls.feed(microsite.slug), feed, render)


def render(feed: Feed, theme: Theme) -> bytes:
    """Write a campaign's feed."""
    city = theme.config.city
    days = [event.updated for event in feed.events] or [feed.since]
    channel = syndication.Channel(
        title=f"{feed.title} – {city.site}",
        description=theme.plain(feed.summary),
        language=theme.language,
        author=city.name,
        rights=theme.config.publication.licence,
        page=theme.absolute(theme.urls.campaign(feed.campaign)),
        address=theme.absolute(theme.urls.feed(feed.campaign)),
        updated=_noon(max(days), city.timezone),
    )
    return syndication.atom(channel, tuple(_news(event, theme) for event in feed.events))


def _news(event: Event, theme: Theme) -> syndication.News:
    zone = theme.config.city.timezone
    category, title = _TITLES[event.kind]
    return syndication.News(
        id=syndication.tag(theme.base_url, event.name),
        title=theme.text(title, title=event.title),
        page=theme.absolute(event.target),
        published=_noon(event.published, zone),
        updated=_noon(event.updated, zone),
        category=theme.text(category),
        content=_content(event, theme),
    )


def _content(event: Event, theme: Theme) -> str:
    """Write the entry's text as paragraphs; what people wrote is escaped words, never markup."""
    paragraphs = [theme.plain(text) for text in event.texts]
    if event.meeting:
        location = event.meeting.location
        where = ", ".join(part for part in (location.name, location.address) if part)
        paragraphs[:0] = [" – ".join(part for part in (theme.when(event.meeting), where) if part)]
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _noon(day: datetime.date, timezone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), ZoneInfo(timezone))


def _events(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[Event]:
    root, slug = f"campaigns/{microsite.slug}", microsite.slug
    opening = microsite.campaign.meta
    texts = (opening.summary, opening.question)
    yield Event("opening", root, opening.opens, opening.opens, opening.title, texts, urls.campaign(slug))
    for debate in microsite.debates:
        yield _debate(debate, f"{root}/debates/{debate.slug}", urls.item(slug, "debates", debate.slug), today)
    for meeting in microsite.workshops:
        yield from _meeting(meeting, f"{root}/workshops/{meeting.slug}", urls.item(slug, "workshops", meeting.slug))
    for resource in microsite.resources:
        target, day = urls.item(slug, "resources", resource.slug), resource.meta.date
        summary = (resource.meta.summary or resource.meta.publisher or "",)
        name = f"{root}/resources/{resource.slug}"
        yield Event("resource", name, day, day, resource.meta.title, summary, target)
    for episode in microsite.episodes:
        target, day = urls.item(slug, "episodes", episode.slug), episode.meta.date
        name = f"{root}/episodes/{episode.slug}"
        yield Event("episode", name, day, day, episode.meta.title, (episode.meta.summary,), target)
    for decision in microsite.decisions:
        yield _decision(
            decision, f"{root}/decisions/{decision.slug}", urls.item(slug, "decisions", decision.slug), today
        )


def _debate(entry: Entry[Debate], name: str, target: str, today: datetime.date) -> Event:
    """Tell of a debate's opening and, once it is closed with a synthesis, of its end."""
    meta = entry.meta
    event = Event("debate", name, meta.opens, meta.opens, meta.title, (meta.question, meta.summary or ""), target)
    if meta.synthesis and meta.closes and meta.closes < today:
        return replace(event, kind="debate-closed", updated=meta.closes, texts=(meta.question, meta.synthesis))
    return event


def _meeting(entry: Entry[Workshop], name: str, target: str) -> Iterator[Event]:
    """Tell of a meeting before it, and of its minutes after it; a cancellation takes the announcement's place."""
    meta = entry.meta
    announced = meta.date - ANNOUNCED_BEFORE
    kind = "cancelled" if meta.status == "cancelled" else "announced"
    text = meta.cancelled_because if kind == "cancelled" else entry.body
    yield Event(kind, name, announced, announced, meta.title, (text or "",), target, meta)
    if meta.status == "held" and meta.minutes:
        day = meta.end_date or meta.date
        yield Event("held", f"{name}/minutes", day, day, meta.title, (meta.minutes,), target, meta)


def _decision(entry: Entry[Decision], name: str, target: str, today: datetime.date) -> Event:
    """Tell of a decision, and again each time its carrying out moves."""
    meta = entry.meta
    steps = sorted((step for step in meta.progress if step.date <= today), key=lambda step: step.date)
    updated = max([meta.date, *(step.date for step in steps)])
    texts = (meta.summary, *(step.text for step in reversed(steps)))
    return Event("decision", name, meta.date, updated, meta.title, texts, target)
