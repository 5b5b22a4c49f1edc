"""Turns the votes of a debate into groups of opinion, what tells them apart, what they share and what divides them.

The only module that imports numpy: import it inside the function that needs it, so that a city without statements
never loads it. Everything here is deterministic: no randomness, no memory of an earlier run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agora_build.civic.opinions import Opinion, Opinions, Reason, Representative, Spot, Stance
from agora_build.civic.votes import Matrix


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who is in which group: the letter of each voter placed, and the picture of it."""

    letters: Mapping[str, str]
    spots: tuple[Spot, ...]
    votes_to_be_placed: int
    silhouette: float
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What groups, given, say: for each group, in the order of names, a stance a statement, and what represents it."""

    groups: tuple[str, ...]
    opinions: tuple[Opinion, ...]
    stances: tuple[tuple[Stance, ...], ...]
    representative: tuple[tuple[Representative, ...], ...]


def opinions(matrix: Matrix, hidden: Collection[str] = ()) -> Opinions:
    """Find the groups of opinion and all that is shown of them; hidden statements are as though never asked."""
    raise NotImplementedError


def grouping(matrix: Matrix, hidden: Collection[str] = ()) -> Grouping:
    """Place voters and divide them into groups by what they voted."""
    raise NotImplementedError


def statistics(matrix: Matrix, groups: Mapping[str, str], hidden: Collection[str] = ()) -> Statistics:
    """Compute the statistics of given groups (voter -> name of the group); other voters count in the totals only."""
    raise NotImplementedError
