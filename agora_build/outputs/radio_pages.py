"""Turns episodes into pages to listen to and read: each episode, each campaign's, and Radio Agora, the whole city's."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.config import Podcast
from agora_build.content.files import Attachment, attachment
from agora_build.content.models import Chapter, Debate, Episode
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import AudioFacts, Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

# Files that the podcast writes beside these pages.
FEED, CHAPTERS, TRANSCRIPT = "podcast.xml", "chapitres.json", "transcription.txt"


class Broadcast(Record, frozen=True):
    """An episode, its audio file, its length, and the title of its campaign; `aired` once its day has come."""

    entry: Entry[Episode]
    audio: Attachment
    seconds: float | None
    campaign: str
    aired: bool


class EpisodeList(Record, frozen=True):
    """The episodes of a campaign, newest first."""

    path: str
    masthead: Masthead
    broadcasts: tuple[Broadcast, ...]
    has_feed: bool


class EpisodePage(Record, frozen=True):
    """Everything an episode's page shows; the two files are output paths, or '' when there is none."""

    path: str
    masthead: Masthead
    broadcast: Broadcast
    chapters: tuple[Chapter, ...]
    chapters_file: str
    transcript_file: str
    debate: Entry[Debate] | None


class RadioPage(Record, frozen=True):
    """The city's radio: its show, every episode, and the feed to subscribe to ('' without a show)."""

    path: str
    show: Podcast | None
    feed: str
    broadcasts: tuple[Broadcast, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page an episode, and a list a campaign that has some."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        own = tuple(_broadcast(entry, microsite, site, today) for entry in microsite.episodes)
        if own:
            head, path = masthead(microsite, urls, today, "episodes"), urls.part(microsite.slug, "episodes")
            listing = EpisodeList(path, head, own, has_feed=site.config.podcast is not None)
            yield Output(path, listing, render_list)
        for broadcast in own:
            page = _page(microsite, broadcast, urls, today)
            yield Output(page.path, page, render_page)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the city's radio, if a campaign has an episode."""
    gathered = [
        _broadcast(entry, microsite, site, today) for microsite in site.microsites for entry in microsite.episodes
    ]
    if gathered:
        radio = _radio(site, gathered, Urls(site.config.city.language))
        yield Output(radio.path, radio, render_radio)


def render_list(listing: EpisodeList, theme: Theme) -> bytes:
    """Write a campaign's list of episodes."""
    return theme.page("episodes.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: EpisodePage, theme: Theme) -> bytes:
    """Write an episode's page."""
    return theme.page("episode.html", page.path, masthead=page.masthead, page=page)


def render_radio(page: RadioPage, theme: Theme) -> bytes:
    """Write the page of the city's radio."""
    return theme.page("radio.html", page.path, page=page)


def _broadcast(entry: Entry[Episode], microsite: Microsite, site: Site, today: datetime.date) -> Broadcast:
    file = attachment(site, entry.path, entry.meta.audio)
    facts: AudioFacts | None = site.audio.get(file.source)
    known = Attachment(file.source, facts.size if facts else file.size)
    seconds = facts.seconds if facts else None
    return Broadcast(entry, known, seconds, microsite.campaign.meta.title, aired=entry.meta.date <= today)


def _page(microsite: Microsite, broadcast: Broadcast, urls: Urls, today: datetime.date) -> EpisodePage:
    entry = broadcast.entry
    path = urls.item(microsite.slug, "episodes", entry.slug)
    folder = path.rpartition("/")[0]
    return EpisodePage(
        path=path,
        masthead=masthead(microsite, urls, today, "episodes"),
        broadcast=broadcast,
        chapters=tuple(sorted(entry.meta.chapters, key=lambda chapter: chapter.start)),
        chapters_file=f"{folder}/{CHAPTERS}" if entry.meta.chapters else "",
        transcript_file=f"{folder}/{TRANSCRIPT}" if entry.body.strip() else "",
        debate=next((item for item in microsite.debates if item.slug == entry.meta.debate), None),
    )


def _radio(site: Site, gathered: list[Broadcast], urls: Urls) -> RadioPage:
    newest = sorted(gathered, key=lambda item: (item.entry.meta.date, item.entry.meta.number), reverse=True)
    return RadioPage(
        path=urls.section("radio"),
        show=site.config.podcast,
        feed=urls.section_file("radio", FEED) if site.config.podcast else "",
        broadcasts=tuple(newest),
    )
