"""Gathers what was read of a city before it is known to be right: what the checks look at."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH118, PTH123
from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from agora_build.content import markdown_scan
from agora_build.content.config_file import ConfigFile
from agora_build.content.envelope import Envelope, envelope_of
from agora_build.content.fields import Model
from agora_build.content.models import Ballot, Batch, Jury, Table
from agora_build.content.site import AudioFacts
from agora_build.content.source import Source, read_source
from agora_build.content.tree import BATCHES, NETWORK, TOMBSTONES, Found
from agora_build.content.validate import valid_fields, validated
from agora_build.problems import START, Problem, Span
from agora_build.record import Record, field, replace

Period = tuple[datetime.date | None, datetime.date | None]
_PEOPLES = ("contributions", "places", "workshops", "questions")  # folders whose texts have no heading to link to


class Document(Record):
    """A content file: where it belongs, what was written, and what of it is right so far."""

    found: Found
    source: Source
    meta: Model | None = None
    values: Mapping[str, Any] = field(default_factory=dict)  # the top-level values that are right
    read: bool = False  # whether the metadata could be read at all
    digest: str = ""  # the hash of the file's bytes
    problems: list[Problem] = field(default_factory=list)  # of its form
    named: set[str] = field(default_factory=set)  # the media it names

    @property
    def path(self) -> str:
        """The file's path from the city's root."""
        return self.found.path

    @property
    def erased(self) -> bool:
        """Whether it only says that its text was erased."""
        return self.found.model is TOMBSTONES.get(self.found.folder)

    @property
    def written(self) -> dict[str, Any]:
        """The metadata as text."""
        return self.source.data or {}

    def at_value(self, code: str, *path: str | int, **values: str) -> Problem:
        """Make a problem at a value."""
        return self.source.problem(code, self.source.at_value(path), **values)

    def at_key(self, code: str, *path: str | int, **values: str) -> Problem:
        """Make a problem at a key; without one, of the file as a whole."""
        if not path:
            return Problem(self.path, START, code, values)
        return self.source.problem(code, self.source.at_key(path), **values)

    def at_text(self, code: str, line: int, column: int, length: int, /, **values: str) -> Problem:
        """Make a problem in the text itself."""
        return self.source.problem(code, Span(line, column, max(1, length)), **values)


class Offer(Record, frozen=True):
    """All that the checks of other files may see of a file; as long as it is the same, they need not be made again."""

    read: bool = False
    period: Period = (None, None)  # of a campaign
    ruled: bool = False  # whether a campaign announces its rules
    themes: tuple[str, ...] | None = None  # of a debate; None when they are wrong, and told of
    layers: tuple[str, ...] | None = None  # of a map; None when it cannot be read
    anchors: tuple[str, ...] = ()  # of a text that staff wrote
    debate: str = ""  # of a contribution
    date: datetime.date | None = None  # of a contribution or a question
    withdrawn: tuple[str, ...] = ()  # of a moderation log: ids
    refused: tuple[str, ...] = ()  # the same
    erased: tuple[str, ...] = ()  # the same
    method: str = ""  # of a debate
    options: tuple[str, ...] | None = ()  # of a debate, or its projects; None when they are wrong, and told of
    ballot: Ballot | None = None  # of a debate
    envelope: Envelope | None = None  # of a debate on a budget
    elsewhere: bool = False  # whether one voted in a debate elsewhere: no code was made here
    jury: Jury | None = None  # a jury, when it is right
    batch: Batch | None = None  # a batch of paper sheets, when it is right
    digest: str = ""  # of a table of a vote, which others of the vote are compared with
    draft: bool = False  # whether it is not to be published yet
    appears: datetime.date | None = None  # the day from which it is published


NOTHING = Offer()


class Draft(Record):
    """A city being read: `found` and `files` say what is there; a file is read when somebody asks for it."""

    root: str
    config: ConfigFile
    found: Mapping[str, Found]  # content files, by path
    files: AbstractSet[str]  # media that are there
    audio: dict[str, AudioFacts | None] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)  # those read so far, by path
    offers: dict[str, Offer] = field(default_factory=dict)
    known_offer: Callable[[str], Offer | None] = lambda _path: None  # what an earlier build noted of a file

    def document(self, path: str) -> Document:
        """Give a content file that is there."""
        document = self.documents.get(path)
        if document is None:
            document = self.documents[path] = read_document(self.root, self.found[path])
        return document

    def offer(self, path: str) -> Offer:
        """Give what a content file offers to others; nothing when it is not there."""
        offer = self.offers.get(path)
        if offer is None:
            there = path in self.found
            offer = (self.known_offer(path) or offer_of(self.document(path))) if there else NOTHING
            self.offers[path] = offer
        return offer

    def holds(self, campaign: str, folder: str, name: str) -> bool:
        """Tell whether a campaign has a file of that name in a folder."""
        suffix = "yml" if folder == BATCHES else "md"
        return f"content/campaigns/{campaign}/{folder}/{name}.{suffix}" in self.found

    def names(self, campaign: str, folder: str) -> list[str]:
        """List the names of a campaign's files in a folder, for a hint."""
        return [found.slug for found in self.found.values() if found.campaign == campaign and found.folder == folder]

    def withdrawn(self, campaign: str) -> tuple[str, ...]:
        """List the ids of what was withdrawn from a campaign."""
        return self.offer(f"content/campaigns/{campaign}/moderation.yml").withdrawn

    def refused(self, campaign: str) -> tuple[str, ...]:
        """List the ids of what a campaign refused."""
        return self.offer(f"content/campaigns/{campaign}/moderation.yml").refused

    def erased(self, campaign: str) -> tuple[str, ...]:
        """List the ids that the log of a campaign says erased."""
        return self.offer(f"content/campaigns/{campaign}/moderation.yml").erased

    def on_disk(self, path: str) -> str:
        """Give the real path of a file of the city."""
        return os.path.join(self.root, path)


def read_document(root: str, found: Found) -> Document:
    """Read one content file; what is wrong with its form is in its problems."""
    if not found.readable:
        return Document(found, Source(found.path))
    with open(os.path.join(root, found.path), "rb") as file:
        return document_of(found, file.read())


def document_of(found: Found, raw: bytes) -> Document:
    """Read the bytes of a content file; what is wrong with its form is in its problems."""
    source = _read(found, raw)
    document = Document(found, source, digest=hashlib.blake2b(raw, digest_size=16).hexdigest())
    document.problems += source.problems
    if source.data is not None:
        document.read = True
        if "erased" in source.data and found.folder in TOMBSTONES:
            found = document.found = replace(found, model=TOMBSTONES[found.folder])
        meta, refused = validated(found.model, source.data, source)
        document.meta = meta
        document.problems += refused
        document.values = vars(meta) if meta is not None else valid_fields(found.model, source.data)
    return document


def _read(found: Found, raw: bytes) -> Source:
    if found.folder == NETWORK:
        from agora_build.content.network_copies import read_copy  # few cities follow others

        return read_copy(found.path, raw)
    if found.model is not Table:
        return read_source(found.path, raw)
    from agora_build.content.tables import read_table  # few cities vote, and every build would wait

    return read_table(found.path, raw)


def offer_of(document: Document) -> Offer:
    """Gather what a file offers to others."""
    folder, slug = document.found.folder, document.found.slug
    values = document.values
    log = document.written if slug == "moderation" and folder == "campaign" else {}
    if folder == "contributions":
        return Offer(document.read, debate=str(values.get("debate", "")), date=values.get("date"))
    if document.found.model is Table:
        return Offer(document.read, digest=document.digest)
    return Offer(
        document.read,
        period=(values.get("opens"), values.get("closes"))
        if folder == "debates" or (folder == "campaign" and slug == "campaign")
        else NOTHING.period,
        method=str(values.get("method", "")) if folder == "debates" else "",
        date=values.get("date") if folder == "questions" else None,
        withdrawn=ids(log.get("withdrawn")),
        refused=ids(log.get("refused")),
        erased=ids(log.get("erased")),
        options=_offered(document) if folder == "debates" else (),
        ballot=values.get("ballot") if folder == "debates" else None,
        envelope=envelope_of(values) if folder == "debates" else None,
        elsewhere=folder == "debates" and bool(values.get("elsewhere")),
        jury=document.meta if isinstance(document.meta, Jury) else None,
        batch=document.meta if isinstance(document.meta, Batch) else None,
        themes=_listed(document, "themes") if folder == "debates" else None,
        ruled="rules" in document.written,
        draft=values.get("draft") is True,
        appears=values.get("appears"),
        layers=ids(document.written.get("layers"))
        if folder == "campaign" and slug == "map" and document.read
        else None,
        anchors=() if folder in _PEOPLES else tuple(sorted(markdown_scan.anchors(document.source.body))),
    )


def _offered(debate: Document) -> tuple[str, ...] | None:
    """Give what one chooses among; None too while the money of a budget is not right: nothing can be counted."""
    if debate.values.get("method") != "budget":
        return _listed(debate, "options")
    return _listed(debate, "projects") if envelope_of(debate.values) else None


def _listed(debate: Document, key: str) -> tuple[str, ...] | None:
    if not debate.read or (key in debate.written and key not in debate.values):
        return None
    return ids(debate.written.get(key))


def ids(tables: object) -> tuple[str, ...]:
    """Give the ids written in a list of tables."""
    tables = tables if isinstance(tables, list) else []
    return tuple(table["id"] for table in tables if isinstance(table, dict) and isinstance(table.get("id"), str))
