"""Turns news and radio episodes into the files that feed readers and podcast applications follow: Atom and RSS."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from urllib.parse import urlsplit

from agora_build.record import Record
from agora_build.rendering.plaintext import line, safe

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
_PODCAST_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
# Groups of the Podcast Taxonomy; "cast" is what a role belongs to when nothing is said.
_GROUPS = {"producer": "creative direction"}
_NAME_LENGTH = 128


class Channel(Record, frozen=True):
    """What a feed says of itself; addresses are absolute."""

    title: str
    description: str
    language: str
    author: str
    rights: str
    page: str
    address: str
    updated: datetime.datetime


class News(Record, frozen=True):
    """One entry of an Atom feed; `content` is safe HTML."""

    id: str
    title: str
    page: str
    published: datetime.datetime
    updated: datetime.datetime
    category: str
    content: str


class Show(Record, frozen=True):
    """What a podcast says of itself beyond its channel."""

    email: str
    category: str
    image: str | None


class Recording(Record, frozen=True):
    """One episode of a podcast; addresses are absolute, `content` is safe HTML."""

    id: str
    title: str
    number: int
    page: str
    published: datetime.datetime
    summary: str
    content: str
    audio: str
    size: int
    seconds: float
    transcript: str | None
    chapters: str | None
    people: tuple[tuple[str, str], ...]  # role, name
    place: tuple[str, float, float] | None  # name, latitude, longitude


def tag(base_url: str, specific: str) -> str:
    """Give a lasting id (RFC 4151): the same whatever the title, the address of the page or the day of the build."""
    return f"tag:{urlsplit(base_url).hostname},2026:{specific}"


def podcast_guid(address: str) -> str:
    """Give the Podcasting 2.0 id of a feed, from its address without scheme or closing slashes."""
    return str(uuid.uuid5(_PODCAST_GUIDS, address.partition("://")[2].rstrip("/")))


def atom(channel: Channel, news: tuple[News, ...]) -> bytes:
    """Write an Atom feed, its news in the order given."""
    generator = _generator(channel, "application/atom+xml")
    generator.id(channel.address)
    generator.subtitle(line(channel.description))
    for item in news:
        entry = generator.add_entry(order="append")
        entry.id(item.id)
        entry.title(line(item.title))
        entry.link(href=item.page, rel="alternate", type="text/html")
        entry.published(item.published)
        entry.updated(item.updated)
        entry.category(term=line(item.category))
        entry.content(safe(item.content), type="html")
    return bytes(generator.atom_str(pretty=True))


def rss(channel: Channel, show: Show, recordings: tuple[Recording, ...]) -> bytes:
    """Write a podcast feed with iTunes and Podcasting 2.0 tags, its recordings in the order given."""
    generator = _generator(channel, "application/rss+xml")
    generator.load_extension("podcast", atom=False)
    generator.register_extension("podcasting", *_extensions(), atom=False)
    generator.description(safe(channel.description))
    generator.podcast.itunes_author(line(channel.author))
    generator.podcast.itunes_owner(name=line(channel.author), email=show.email)
    generator.podcast.itunes_category(show.category)
    generator.podcast.itunes_summary(safe(channel.description))
    generator.podcast.itunes_type("episodic")
    if show.image:
        generator.podcast.itunes_image(show.image)
        generator.image(url=show.image, title=line(channel.title), link=channel.page)
    generator.podcasting.elements = _channel_elements(channel, show)
    for recording in recordings:
        _add_recording(generator.add_entry(order="append"), recording, channel)
    return bytes(generator.rss_str(pretty=True))


def _generator(channel: Channel, kind: str) -> Any:  # noqa: ANN401
    """Start a feed; `self` before `alternate`: the last link is the one that RSS names as the site."""
    from feedgen.feed import FeedGenerator

    generator = FeedGenerator()
    generator.title(line(channel.title))
    generator.link(href=channel.address, rel="self", type=kind)
    generator.link(href=channel.page, rel="alternate", type="text/html")
    generator.language(channel.language)
    generator.author(name=line(channel.author))
    generator.rights(line(channel.rights))
    generator.generator("Agora")
    generator.updated(channel.updated)
    return generator


def _add_recording(entry: Any, recording: Recording, channel: Channel) -> None:  # noqa: ANN401
    entry.guid(recording.id, permalink=False)
    entry.title(line(recording.title))
    entry.link(href=recording.page)
    entry.published(recording.published)
    entry.description(safe(recording.summary))
    entry.content(safe(recording.content))
    entry.enclosure(recording.audio, str(recording.size), "audio/mpeg")
    entry.podcast.itunes_author(line(channel.author))
    entry.podcast.itunes_summary(safe(recording.summary))
    entry.podcast.itunes_duration(str(max(1, round(recording.seconds))))
    entry.podcast.itunes_episode(recording.number)
    entry.podcast.itunes_episode_type("full")
    entry.podcasting.elements = _recording_elements(recording, channel.language)


class _Element(Record, frozen=True):
    """An XML element that feedgen does not know."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    text: str | None = None


def _channel_elements(channel: Channel, show: Show) -> tuple[_Element, ...]:
    return (
        _Element(
            f"{{{ITUNES}}}explicit", text="false"
        ),  # feedgen writes only yes and no, directories read true and false
        _Element(f"{{{PODCAST}}}guid", text=podcast_guid(channel.address)),
        _Element(f"{{{PODCAST}}}locked", (("owner", show.email),), "yes"),
        _Element(f"{{{PODCAST}}}medium", text="podcast"),
    )


def _recording_elements(recording: Recording, language: str) -> tuple[_Element, ...]:
    elements = [_Element(f"{{{ITUNES}}}explicit", text="false")]
    if recording.transcript:
        for url, kind in ((recording.page, "text/html"), (recording.transcript, "text/plain")):
            described = (("url", url), ("type", kind), ("language", language))
            elements.append(_Element(f"{{{PODCAST}}}transcript", described))
    if recording.chapters:
        attributes = (("url", recording.chapters), ("type", "application/json+chapters"))
        elements.append(_Element(f"{{{PODCAST}}}chapters", attributes))
    for role, name in recording.people:
        attributes = (("role", role), ("group", _GROUPS.get(role, "cast")))
        elements.append(_Element(f"{{{PODCAST}}}person", attributes, line(name)[:_NAME_LENGTH]))
    if recording.place:
        name, lat, lon = recording.place
        elements.append(_Element(f"{{{PODCAST}}}location", (("geo", f"geo:{lat},{lon}"),), line(name)[:_NAME_LENGTH]))
    return tuple(elements)


def _extensions() -> tuple[type, type]:
    """Make the feedgen extension that adds our elements to the channel and to its entries."""
    from feedgen.ext.base import BaseEntryExtension, BaseExtension
    from feedgen.util import xml_elem

    def extend(parent: Any, elements: tuple[_Element, ...]) -> Any:  # noqa: ANN401
        for element in elements:
            xml_elem(element.name, parent, **dict(element.attributes)).text = element.text
        return parent

    class ChannelExtension(BaseExtension):  # type: ignore[misc]
        elements: tuple[_Element, ...] = ()

        def extend_ns(self) -> dict[str, str]:
            return {"podcast": PODCAST}

        def extend_rss(self, feed: Any) -> Any:  # noqa: ANN401
            return extend(feed[0], self.elements)

    class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
        elements: tuple[_Element, ...] = ()

        def extend_rss(self, feed: Any) -> Any:  # noqa: ANN401
            return extend(feed, self.elements)

    return ChannelExtension, EntryExtension
