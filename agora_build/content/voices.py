"""Turns contributions into what readers ask of them: how many voices, who replies to whom, what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from agora_build.content.models import Channel, Considered, Contribution, Decision
from agora_build.content.site import Entry, Microsite

Position = Literal["for", "against", "neutral"]
CHANNELS: tuple[Channel, ...] = ("web", "paper", "workshop", "pull-request")
POSITIONS: tuple[Position | None, ...] = ("for", "against", "neutral", None)


@dataclass(frozen=True, slots=True)
class Voices:
    """Counts of contributions; individual and collective ones are two counts, never one sum."""

    individual: int
    collective: int
    people: int  # carried by the collective contributions
    channels: tuple[tuple[Channel, int], ...] = ()  # those that brought something

    @property
    def any(self) -> bool:
        """Tell whether anybody spoke."""
        return self.individual + self.collective > 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision made of a contribution or debate, and why."""

    decision: Entry[Decision]
    considered: Considered


def voices(contributions: Iterable[Entry[Contribution]]) -> Voices:
    """Count voices, the two kinds apart, and by channel."""
    metas = [entry.meta for entry in contributions]
    collective = [meta for meta in metas if meta.voice == "collective"]
    by_channel = ((channel, sum(meta.channel == channel for meta in metas)) for channel in CHANNELS)
    return Voices(
        individual=len(metas) - len(collective),
        collective=len(collective),
        people=sum(meta.people or 0 for meta in collective),
        channels=tuple((channel, count) for channel, count in by_channel if count),
    )


def by_position(contributions: Iterable[Entry[Contribution]]) -> tuple[tuple[Position | None, Voices], ...]:
    """Count voices for, against, neutral, and without a side; nothing when nobody took a side."""
    kept = tuple(contributions)
    if all(entry.meta.position is None for entry in kept):
        return ()
    counts = ((side, voices(entry for entry in kept if entry.meta.position == side)) for side in POSITIONS)
    return tuple((side, count) for side, count in counts if side or count.any)


def of_debate(microsite: Microsite, debate: str) -> tuple[Entry[Contribution], ...]:
    """List the contributions to a debate, in order."""
    return tuple(entry for entry in microsite.contributions if entry.meta.debate == debate)


def parent(microsite: Microsite, contribution: Entry[Contribution]) -> Entry[Contribution] | None:
    """Find the contribution that one replies to."""
    wanted = contribution.meta.reply_to
    return next((entry for entry in microsite.contributions if wanted and entry.slug == wanted), None)


def replies(microsite: Microsite, contribution: str) -> tuple[Entry[Contribution], ...]:
    """List the replies to a contribution, in order."""
    return tuple(entry for entry in microsite.contributions if entry.meta.reply_to == contribution)


def outcomes_of_contribution(microsite: Microsite, contribution: str) -> tuple[Outcome, ...]:
    """List what decisions made of a contribution."""
    return _outcomes(microsite, lambda item: item.contribution == contribution)


def outcomes_of_debate(microsite: Microsite, debate: str) -> tuple[Outcome, ...]:
    """List what decisions made of a debate as a whole."""
    return _outcomes(microsite, lambda item: item.debate == debate)


def decisions_of_debate(microsite: Microsite, debate: str) -> tuple[Entry[Decision], ...]:
    """List the decisions that considered a debate, or any contribution to it."""
    ids = {entry.slug for entry in of_debate(microsite, debate)}
    return tuple(
        entry
        for entry in microsite.decisions
        if any(item.debate == debate or item.contribution in ids for item in entry.meta.considered)
    )


def _outcomes(microsite: Microsite, wanted: Callable[[Considered], bool]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(entry, item) for entry in microsite.decisions for item in entry.meta.considered if wanted(item)
    )
