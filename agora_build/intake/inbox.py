"""Turns the journal into what staff look at: a list, a text made safe for a screen, counts; and forgets in time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass

from agora_build.content.hints import Hint, hints
from agora_build.content.source import read_source
from agora_build.intake.journal import Contact, Entry, EntryKind, State
from agora_build.intake.moderation import log_at
from agora_build.intake.proposal import UnfitError
from agora_build.intake.repository import Repository
from agora_build.intake.settling import SETTLED_BY_HAND
from agora_build.intake.store import Journal
from agora_build.problems import printable

_FIRST = 48  # characters of a text that a list shows
OPEN: tuple[State, ...] = ("waiting", "proposed")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list; `first` is the beginning of its text, safe for a screen."""

    entry: Entry
    first: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that staff need to decide of an entry; `lines` is what was sent, safe for a screen, line by line."""

    entry: Entry
    lines: tuple[str, ...]
    hints: tuple[Hint, ...]
    contact: Contact | None
    reports: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge destroyed: how many contacts, and how many texts of refusals."""

    contacts: int
    texts: int


def lines(
    journal: Journal, states: tuple[State, ...] = OPEN, campaign: str = "", kind: EntryKind | None = None
) -> Iterator[Line]:
    """List entries, in the order they came."""
    for entry in journal.entries(*states, kind=kind):
        if not campaign or entry.campaign == campaign:
            yield Line(entry, _first(words(entry)))


def sheet(journal: Journal, entry: Entry) -> Sheet:
    """Gather what is known of an entry."""
    told = [report for kind in ("report", "erasure") for report in journal.entries("waiting", kind=kind)]
    return Sheet(
        entry,
        tuple(printable(line) for line in entry.content.split("\n")),
        tuple(Hint(hint.kind, printable(hint.said)) for hint in hints(entry.content)),
        journal.contact(entry.id),
        tuple(report for report in told if report.target == entry.id),
    )


def noted(entry: Entry) -> dict[str, str]:
    """Give what was filled in of a report or of a request to erase, by field; nothing of what becomes a file."""
    if entry.kind not in SETTLED_BY_HAND or not entry.content:
        return {}
    return {str(name): printable(str(said)) for name, said in json.loads(entry.content).items()}


def words(entry: Entry) -> str:
    """Give what somebody wrote: the title and body of a file, the words of a report; of anything else, the whole."""
    if note := noted(entry):
        return note.get("text") or next(iter(note.values()))
    if not entry.path.endswith(".md"):
        return entry.content
    source = read_source(entry.path, entry.content.encode())
    if source.data is None:  # nothing that this version would write
        return entry.content.partition("\n---\n")[2] or entry.content
    title = source.data.get("title")
    return " ".join(part for part in (title, source.body) if isinstance(part, str) and part)


def purge(journal: Journal, repository: Repository, today: datetime.date, refused_days: int) -> Purged:
    """Destroy the contacts whose day has come, and the texts of what was refused longer ago than was announced.

    A refusal is as old as its line in the moderation log; without one, as old as the entry.
    """
    contacts = journal.purge(today)
    days: dict[str, dict[str, datetime.date]] = {}
    old = []
    for entry in journal.entries("refused"):
        if entry.campaign not in days:
            days[entry.campaign] = _refused(repository, entry.campaign)
        day = days[entry.campaign].get(entry.id, entry.day)
        if entry.content and day + datetime.timedelta(days=refused_days) < today:
            old.append(entry.id)
    return Purged(contacts, journal.forget_texts(old) if old else 0)


def _refused(repository: Repository, campaign: str) -> dict[str, datetime.date]:
    try:
        return {item.id: item.date for item in log_at(repository, repository.head(), campaign).refused}
    except UnfitError:
        return {}


def _first(text: str) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= _FIRST else f"{shown[: _FIRST - 1]}…"
