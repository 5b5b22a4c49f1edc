"""Turns contributions into what readers ask of them: how many voices, the latest, what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from agora_build.content.models import Channel, Considered, Contribution, Decision, Place, Question, Voice
from agora_build.content.site import Entry, Microsite, Thread, ThreadSummary, Voices
from agora_build.record import Record

Position = Literal["for", "against", "neutral"]
CHANNELS: tuple[Channel, ...] = ("web", "paper", "workshop", "pull-request")
VOICES: tuple[Voice, ...] = ("individual", "collective")
POSITIONS: tuple[Position | None, ...] = ("for", "against", "neutral", None)
LATEST = 4
NOBODY = Voices()


class Outcome(Record, frozen=True):
    """What a decision made of a contribution or debate, and why."""

    decision: Entry[Decision]
    considered: Considered


def voices(spoken: Iterable[Entry[Contribution]] | Iterable[Entry[Question]] | Iterable[Entry[Place]]) -> Voices:
    """Count voices, the two kinds apart, and by channel."""
    kinds: Counter[str] = Counter()
    channels: Counter[Channel] = Counter()
    people = 0
    for entry in spoken:
        meta = entry.meta
        kinds[meta.voice] += 1
        channels[meta.channel] += 1
        if meta.voice == "collective":
            people += meta.people or 0
    return Voices(kinds["individual"], kinds["collective"], people, _brought(channels))


def summed(counts: Iterable[Voices]) -> Voices:
    """Add the counts of several threads, kind by kind."""
    kept = tuple(counts)
    channels: Counter[Channel] = Counter()
    for count in kept:
        channels.update(dict(count.channels))
    return Voices(
        sum(count.individual for count in kept),
        sum(count.collective for count in kept),
        sum(count.people for count in kept),
        _brought(channels),
    )


def _brought(channels: Counter[Channel]) -> tuple[tuple[Channel, int], ...]:
    return tuple((channel, channels[channel]) for channel in CHANNELS if channels[channel])


def by_position(contributions: Iterable[Entry[Contribution]]) -> tuple[tuple[Position | None, Voices], ...]:
    """Count voices for, against, neutral, and without a side; nothing when nobody took a side."""
    sides: dict[Position | None, list[Entry[Contribution]]] = {side: [] for side in POSITIONS}
    for entry in contributions:
        sides[entry.meta.position].append(entry)
    if not any(sides[side] for side in POSITIONS if side):
        return ()
    return tuple((side, voices(entries)) for side, entries in sides.items() if side or entries)


def summary(thread: Thread) -> ThreadSummary:
    """Reduce a thread to what the rest of the site needs of it."""
    newest = thread.contributions[::-1]
    kinds = (
        [entry for entry in newest if entry.meta.voice == voice][:LATEST] for voice in ("individual", "collective")
    )
    return ThreadSummary(
        thread.debate,
        voices(thread.contributions),
        latest=tuple(entry for kind in kinds for entry in kind),
        from_workshops=tuple(entry for entry in thread.contributions if entry.meta.workshop),
        batches=_batches(thread),
        erased=len(thread.erased),
        public=_public(thread),
        shown=thread.vote is not None and thread.vote.state == "shown",
    )


def _public(thread: Thread) -> tuple[tuple[str, int], ...]:
    """List the files of a vote that may be known, with how many rows each has."""
    sizes = {entry.path: getattr(entry.meta, "rows", 0) for entry in thread.votes}
    return tuple((file.name, sizes[file.path]) for file in (thread.vote.files if thread.vote else ()))


def _batches(thread: Thread) -> tuple[tuple[str, Voices], ...]:
    found: dict[str, list[Entry[Contribution]]] = {}
    for entry in thread.contributions:
        if entry.meta.batch:
            found.setdefault(entry.meta.batch, []).append(entry)
    return tuple((number, voices(found[number])) for number in sorted(found, key=int))


def of_batch(microsite: Microsite, number: str) -> Voices:
    """Give the counts of what is published of a batch of paper sheets: contributions, questions, points of the map."""
    said = [counts for item in microsite.threads for name, counts in item.batches if name == number]
    asked = voices(entry for entry in microsite.questions if entry.meta.batch == number)
    placed = voices(entry for entry in microsite.places if entry.meta.batch == number)
    return summed((*said, asked, placed))


def of_debate(microsite: Microsite, debate: str) -> Voices:
    """Give the counts of a debate."""
    return next((item.voices for item in microsite.threads if item.debate == debate), NOBODY)


def of_microsite(microsite: Microsite) -> Voices:
    """Give the counts of a whole campaign."""
    return summed(item.voices for item in microsite.threads)


def latest(microsite: Microsite) -> tuple[Entry[Contribution], ...]:
    """Choose four contributions among the last, two of each voice when there are enough."""
    last = (entry for item in microsite.threads for entry in item.latest)
    newest = sorted(last, key=lambda entry: (entry.meta.date, entry.slug), reverse=True)
    alone = [entry for entry in newest if entry.meta.voice == "individual"]
    together = [entry for entry in newest if entry.meta.voice == "collective"]
    shared = max(2, LATEST - len(alone))
    return (*alone[: LATEST - min(len(together), 2)], *together[:shared])


def from_workshop(microsite: Microsite, workshop: str) -> tuple[Entry[Contribution], ...]:
    """List the contributions written in a meeting, by date, then id."""
    found = [entry for item in microsite.threads for entry in item.from_workshops if entry.meta.workshop == workshop]
    return tuple(sorted(found, key=lambda entry: (entry.meta.date, entry.slug)))


def outcomes_of_contributions(microsite: Microsite) -> dict[str, tuple[Outcome, ...]]:
    """Give what decisions made of each contribution they name, by id."""
    found: dict[str, tuple[Outcome, ...]] = {}
    for outcome in _outcomes(microsite, lambda item: item.contribution is not None):
        name = outcome.considered.contribution or ""
        found[name] = (*found.get(name, ()), outcome)
    return found


def outcomes_of_debate(microsite: Microsite, debate: str) -> tuple[Outcome, ...]:
    """List what decisions made of a debate as a whole."""
    return _outcomes(microsite, lambda item: item.debate == debate)


def decisions_of_thread(microsite: Microsite, thread: Thread) -> tuple[Entry[Decision], ...]:
    """List the decisions that considered a debate, or any contribution to it."""
    ids = {entry.slug for entry in (*thread.contributions, *thread.erased)} if microsite.decisions else set()
    return tuple(
        entry
        for entry in microsite.decisions
        if any(item.debate == thread.debate or item.contribution in ids for item in entry.meta.considered)
    )


def _outcomes(microsite: Microsite, wanted: Callable[[Considered], bool]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(entry, item) for entry in microsite.decisions for item in entry.meta.considered if wanted(item)
    )
