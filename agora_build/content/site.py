"""Holds a city's checked content: entries (a file's metadata and body) gathered into microsites and a site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from agora_build.config import Config
from agora_build.content.fields import Model
from agora_build.content.models import (
    Campaign,
    Contribution,
    Debate,
    Decision,
    Episode,
    Kit,
    Map,
    Page,
    Place,
    Resource,
    Timeline,
    Workshop,
)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Entry(Generic[M]):
    """One content file: its slug (or id), the campaign it belongs to ('' for pages), its path, metadata, body."""

    slug: str
    campaign: str
    path: str
    meta: M
    body: str


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What was read from an audio file: size in bytes, duration in seconds."""

    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Microsite:
    """A campaign with everything that belongs to it; each tuple is in the order shown to readers."""

    campaign: Entry[Campaign]
    timeline: Timeline | None
    map: Map | None
    debates: tuple[Entry[Debate], ...]  # by opening day
    contributions: tuple[Entry[Contribution], ...]  # by date, then id
    workshops: tuple[Entry[Workshop], ...]  # by date and hour
    places: tuple[Entry[Place], ...]  # by date, then id
    resources: tuple[Entry[Resource], ...]  # newest first
    kits: tuple[Entry[Kit], ...]  # by order, then title
    episodes: tuple[Entry[Episode], ...]  # newest first
    decisions: tuple[Entry[Decision], ...]  # newest first

    @property
    def slug(self) -> str:
        """The campaign's slug."""
        return self.campaign.slug


@dataclass(frozen=True, slots=True)
class Site:
    """The whole city: its configuration, free pages and microsites (newest campaign first)."""

    config: Config
    pages: tuple[Entry[Page], ...]
    microsites: tuple[Microsite, ...]
    media: tuple[str, ...]  # paths from the city's root of the files that content names, sorted
    audio: dict[str, AudioFacts]  # by path from the city's root
    sizes: dict[str, int] = field(default_factory=dict)  # in bytes, of each file of `media`
    basemap: str = ""  # the text of the file that [map] basemap names
