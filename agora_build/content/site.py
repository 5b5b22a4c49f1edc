"""Holds a city's checked content: entries (a file's metadata and body) gathered into threads, microsites, a site."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from agora_build.config import Config
from agora_build.content.announcement import NetworkCopy
from agora_build.content.fields import Model
from agora_build.content.models import (
    Answer,
    Batch,
    Campaign,
    Channel,
    Contribution,
    Debate,
    Decision,
    Draw,
    Episode,
    Erased,
    ErasedContribution,
    Jury,
    Kit,
    Map,
    Moderation,
    Page,
    Place,
    Question,
    Resource,
    Timeline,
    Workshop,
)
from agora_build.content.picture_sizes import Size
from agora_build.content.rules import UNKNOWN, History
from agora_build.record import Record, field

M_co = TypeVar("M_co", bound=Model, covariant=True)


class Entry(Record, Generic[M_co], frozen=True):
    """One content file: its slug (or id), the campaign it belongs to ('' for pages), its path, metadata, body.

    `digest` is the hash of the file's bytes, in hexadecimal; '' when it was not read from a file. A translation
    says its `language`, and the path of its original in `of`.
    """

    slug: str
    campaign: str
    path: str
    meta: M_co
    body: str
    digest: str = ""
    language: str = ""
    of: str = ""


class AudioFacts(Record, frozen=True):
    """What was read from an audio file: size in bytes, duration in seconds."""

    size: int
    seconds: float


class Voices(Record, frozen=True):
    """Counts of contributions; individual and collective ones are two counts, never one sum."""

    individual: int = 0
    collective: int = 0
    people: int = 0  # carried by the collective contributions
    channels: tuple[tuple[Channel, int], ...] = ()  # those that brought something

    @property
    def any(self) -> bool:
        """Tell whether anybody spoke."""
        return self.individual + self.collective > 0


Contributed = Entry[Contribution | ErasedContribution]
VoteState = Literal["upcoming", "open", "counting", "shown"]


class VoteFile(Record, frozen=True):
    """A file of a vote, by its name and its path from the city's root, with the hash of its bytes."""

    name: str
    path: str
    digest: str


class Vote(Record, frozen=True):
    """What of a vote may be known on the day of the build: until its result is shown, neither ballots nor votes."""

    state: VoteState
    shown_from: datetime.date | None  # the first day of its result; None when nobody knows it
    files: tuple[VoteFile, ...]  # that are published now, by name
    result: Any = None  # of civic/, when it is shown


class Thread(
    Record, frozen=True, eq=False, dict=True
):  # itself alone: what was made of one is looked up at the price of its identity
    """What was said in one debate: all its contributions, by date, then id, and the files of its vote.

    What its author had erased is apart, in `erased`: it is a voice no more.
    """

    campaign: str
    debate: str
    contributions: tuple[Entry[Contribution], ...]
    votes: tuple[Entry[Any], ...] = ()  # the files of its vote, by path
    vote: Vote | None = None  # what of its vote may be shown
    erased: tuple[Entry[ErasedContribution], ...] = ()  # by date, then id

    def parent(self, entry: Entry[Contribution]) -> Contributed | None:
        """Find the contribution that one replies to."""
        return self.by_id.get(entry.meta.reply_to) if entry.meta.reply_to else None

    def replies(self, contribution: str) -> tuple[Entry[Contribution], ...]:
        """List the replies to a contribution, in order."""
        return tuple(self._replies.get(contribution, ()))

    @cached_property
    def by_id(self) -> dict[str, Contributed]:
        """All that was said, erased or not."""
        everything: tuple[Contributed, ...] = (*self.contributions, *self.erased)
        return {entry.slug: entry for entry in everything}

    @cached_property
    def _replies(self) -> dict[str, list[Entry[Contribution]]]:
        found: dict[str, list[Entry[Contribution]]] = {}
        for entry in self.contributions:
            if entry.meta.reply_to:
                found.setdefault(entry.meta.reply_to, []).append(entry)
        return found


class ThreadSummary(Record, frozen=True):
    """What the rest of the site needs to know of a thread, however long it is."""

    debate: str
    voices: Voices
    latest: tuple[Entry[Contribution], ...]  # the last four of each voice, newest first
    from_workshops: tuple[Entry[Contribution], ...]  # those written in a meeting, in order
    batches: tuple[tuple[str, Voices], ...] = ()  # those published of each batch of paper sheets, by its number
    erased: int = 0  # contributions that their authors had erased
    public: tuple[tuple[str, int], ...] = ()  # the files of its vote that may be known, and the rows of each table
    shown: bool = False  # whether its vote shows its result


class Microsite(Record, frozen=True):
    """A campaign with what belongs to it but its threads; each tuple is in the order shown to readers."""

    campaign: Entry[Campaign]
    timeline: Timeline | None
    map: Map | None
    debates: tuple[Entry[Debate], ...]  # by opening day
    workshops: tuple[Entry[Workshop], ...]  # by date and hour
    places: tuple[Entry[Place], ...]  # by date, then id
    resources: tuple[Entry[Resource], ...]  # newest first
    kits: tuple[Entry[Kit], ...]  # by order, then title
    episodes: tuple[Entry[Episode], ...]  # newest first
    decisions: tuple[Entry[Decision], ...]  # newest first
    juries: tuple[Entry[Jury], ...] = ()  # by slug
    draws: tuple[Entry[Draw], ...] = ()  # the records of the draws that were made, by slug
    questions: tuple[Entry[Question], ...] = ()  # by date, then id
    answers: tuple[Entry[Answer], ...] = ()  # by date, then id
    moderation: Moderation | None = None
    batches: tuple[Entry[Batch], ...] = ()  # of paper sheets, by number
    threads: tuple[ThreadSummary, ...] = ()  # in the order of the debates
    erased: tuple[Entry[Erased], ...] = ()  # questions, places and workshops that were, by date, then name
    cited: tuple[Contributed, ...] = ()  # the contributions that decisions and answers name
    history: History = UNKNOWN  # of its rules
    translations: tuple[Entry[Any], ...] = ()  # of its files, by path
    original: Campaign | None = None  # of a campaign said in another language: as the city wrote it

    @property
    def written(self) -> Campaign:
        """The campaign as the city wrote it, whatever language it is said in: its rules are these."""
        return self.original or self.campaign.meta

    @property
    def slug(self) -> str:
        """The campaign's slug."""
        return self.campaign.slug


class Site(Record, frozen=True):
    """The whole city: its configuration, free pages and microsites (newest campaign first)."""

    config: Config
    pages: tuple[Entry[Page], ...]
    microsites: tuple[Microsite, ...]
    media: tuple[str, ...]  # paths from the city's root of the files that content names, sorted
    audio: dict[str, AudioFacts]  # by path from the city's root
    sizes: dict[str, int] = field(default_factory=dict)  # in bytes, of each file of `media`
    pictures: dict[str, Size] = field(default_factory=dict)  # width and height, by path from the city's root
    basemap: str = ""  # the text of the file that [map] basemap names
    root: str = ""  # the city's folder, for the files that are published as they are
    pdfs: dict[str, int] = field(default_factory=dict)  # sizes in bytes, by output path, of those that were made
    translations: tuple[Entry[Any], ...] = ()  # of its free pages, by path
    network: tuple[Entry[NetworkCopy], ...] = ()  # copies of what other sites announce, by their ids

    @property
    def pages_alone(self) -> bool:
        """Whether the site has pages to read and no consultation, as a documentation has."""
        return not self.microsites and any(entry.meta.menu == "main" for entry in self.pages)
