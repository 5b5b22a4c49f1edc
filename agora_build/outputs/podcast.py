"""Turns the episodes of every campaign into Radio Agora's podcast, and each episode into chapters and a transcript."""

from __future__ import annotations

import datetime
import json
import posixpath
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import escape

from agora_build.config import Podcast
from agora_build.content.models import Chapter, Episode
from agora_build.content.site import AudioFacts, Entry, Site
from agora_build.record import Record
from agora_build.rendering import plaintext, syndication
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

FEED, CHAPTERS, TRANSCRIPT = "podcast.xml", "chapitres.json", "transcription.txt"


class Broadcast(Record, frozen=True):
    """An episode with what was read from its audio file."""

    entry: Entry[Episode]
    audio: str  # path from the city's root
    facts: AudioFacts


class Programme(Record, frozen=True):
    """The whole podcast, newest episode first."""

    show: Podcast
    broadcasts: tuple[Broadcast, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare each episode's chapters and transcript."""
    urls = Urls(site.config.city.language)
    for entry in _episodes(site):
        if entry.meta.chapters:
            yield Output(beside(entry, urls, CHAPTERS), entry, render_chapters)
        if entry.body.strip():
            yield Output(beside(entry, urls, TRANSCRIPT), entry, render_transcript)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare, if the city has a show, the feed of the episodes already aired."""
    episodes = _episodes(site)
    aired = [_broadcast(entry, site) for entry in episodes if entry.meta.date <= today]
    if site.config.podcast and episodes:
        newest = sorted(aired, key=lambda item: (item.entry.meta.date, item.entry.meta.number), reverse=True)
        programme = Programme(site.config.podcast, tuple(newest))
        yield Output(Urls(site.config.city.language).section_file("radio", FEED), programme, render_feed)


def _episodes(site: Site) -> list[Entry[Episode]]:
    return [entry for microsite in site.microsites for entry in microsite.episodes]


def beside(entry: Entry[Episode], urls: Urls, filename: str) -> str:
    """Give the path of a file in the folder of an episode's page."""
    return posixpath.join(posixpath.dirname(urls.item(entry.campaign, "episodes", entry.slug)), filename)


def render_chapters(entry: Entry[Episode], theme: Theme) -> bytes:
    """Write an episode's chapters (JSON Chapters 1.2)."""
    podcast = theme.config.podcast
    chapters = {
        "version": "1.2.0",
        "title": plaintext.line(entry.meta.title),
        **({"podcastName": plaintext.line(podcast.title)} if podcast else {}),
        "chapters": [
            {"startTime": chapter.start, "title": plaintext.line(chapter.title)} for chapter in _in_order(entry.meta)
        ],
    }
    return (json.dumps(chapters, ensure_ascii=False, indent=2) + "\n").encode()


def render_transcript(entry: Entry[Episode], theme: Theme) -> bytes:
    """Write an episode's transcript as plain text, under its title and day."""
    head = f"{plaintext.line(entry.meta.title)}\n{theme.day(entry.meta.date)}"
    return f"{head}\n\n{plaintext.paragraphs(entry.body)}\n".encode()


def render_feed(programme: Programme, theme: Theme) -> bytes:
    """Write the podcast's feed."""
    show, zone = programme.show, theme.config.city.timezone
    days = [item.entry.meta.date for item in programme.broadcasts] or [datetime.date(2016, 1, 1)]
    channel = syndication.Channel(
        title=show.title,
        description=theme.plain(show.description),
        language=theme.language,
        author=show.author,
        rights=theme.config.publication.licence,
        page=theme.absolute(theme.urls.section("radio")),
        address=theme.absolute(theme.urls.section_file("radio", FEED)),
        updated=_noon(max(days), zone),
    )
    image = theme.absolute(theme.urls.media(show.image)) if show.image else None
    recordings = tuple(_recording(item, theme) for item in programme.broadcasts)
    return syndication.rss(channel, syndication.Show(show.email, show.category, image), recordings)


def _broadcast(entry: Entry[Episode], site: Site) -> Broadcast:
    audio = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), entry.meta.audio))
    return Broadcast(entry, audio, site.audio[audio])


def _recording(item: Broadcast, theme: Theme) -> syndication.Recording:
    entry, meta, urls = item.entry, item.entry.meta, theme.urls
    place = meta.location
    return syndication.Recording(
        id=syndication.tag(theme.base_url, f"campaigns/{entry.campaign}/episodes/{entry.slug}"),
        title=meta.title,
        number=meta.number,
        page=theme.absolute(urls.item(entry.campaign, "episodes", entry.slug)),
        published=_noon(meta.date, theme.config.city.timezone),
        summary=theme.plain(meta.summary),
        content=_content(meta, theme),
        audio=theme.absolute(urls.media(item.audio)),
        size=item.facts.size,
        seconds=item.facts.seconds,
        transcript=theme.absolute(beside(entry, urls, TRANSCRIPT)) if entry.body.strip() else None,
        chapters=theme.absolute(beside(entry, urls, CHAPTERS)) if meta.chapters else None,
        people=tuple((person.role, person.name) for person in meta.people),
        place=(place.name or place.address or theme.config.city.name, *place.point) if place and place.point else None,
    )


def _content(meta: Episode, theme: Theme) -> str:
    """Write the notes of an episode: its summary and, with their starts, its chapters."""
    items = "".join(f"<li>{_clock(chapter.start)} {escape(chapter.title)}</li>" for chapter in _in_order(meta))
    return f"<p>{escape(theme.plain(meta.summary))}</p>" + (f"<ul>{items}</ul>" if items else "")


def _in_order(meta: Episode) -> list[Chapter]:
    return sorted(meta.chapters, key=lambda chapter: chapter.start)


def _clock(seconds: int) -> str:
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _noon(day: datetime.date, timezone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), ZoneInfo(timezone))
