"""Turns the choices of ballots into their count: scores, ranks with their ties, duels, yes and no.

Approval adds approvals, points add points. A ranking is counted twice: by Borda, where the option ranked r-th of n gets
n - r points and one left out gets none (J.-C. de Borda, 1781); and in duels, where the one ranked higher wins the
ballot, an option left out loses to those ranked, and two left out say nothing of each other (Condorcet, 1785).
Nothing decides between equals: they share a rank.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from agora_build.civic.budget import Allocation, Step, allocate
from agora_build.civic.choices import ANSWERS
from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot

Choices = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """An option's score, how many ballots name it, its rank from 1; options that tie share a rank."""

    option: str
    score: int
    ballots: int
    rank: int


@dataclass(frozen=True, slots=True)
class Duel:
    """Two options, and how many ballots prefer each."""

    one: str
    other: str
    for_one: int
    for_other: int


@dataclass(frozen=True, slots=True)
class Count:
    """What ballots say: how many there are (`blank` ones included), and the scores, the best first.

    Of a ranking, also every duel, and `unbeaten`: the fewest options that win every duel against those outside of them
    (the Smith set): one alone is Condorcet's winner, several beat each other in a circle or tie. Of a participatory
    budget, what these ballots fund.
    """

    ballots: int
    blank: int
    scores: tuple[Score, ...]
    duels: tuple[Duel, ...] = ()
    unbeaten: tuple[str, ...] = ()
    allocation: Allocation | None = None

    @property
    def first(self) -> tuple[str, ...]:
        """The options with the best score: several when they tie, none when nothing was chosen."""
        return tuple(item.option for item in self.scores if item.rank == 1 and item.score)

    def score(self, option: str) -> int:
        """Give an option's score."""
        return next(item.score for item in self.scores if item.option == option)


def count(
    ballots: Iterable[tuple[Choices, int]], ballot: Ballot, options: Sequence[str], envelope: Envelope | None = None
) -> Count:
    """Count ballots, each with how many are alike; `options` in the order of the debate, yes-no has its own."""
    known = ANSWERS if ballot.kind == "yes-no" else tuple(options)
    cast = [(choices, many) for choices, many in ballots if many]
    named: Counter[str] = Counter()
    scores: Counter[str] = Counter()
    for choices, many in cast:
        for option, value in choices.items():
            named[option] += many
            scores[option] += many * (len(known) - value if ballot.kind == "ranking" else value)
    duels = _duels(cast, known) if ballot.kind == "ranking" else ()
    return Count(
        ballots=sum(many for _, many in cast),
        blank=sum(many for choices, many in cast if not choices),
        scores=_ranked(known, scores, named),
        duels=duels,
        unbeaten=_unbeaten(known, duels) if named else (),
        allocation=allocate(cast, envelope) if envelope else None,
    )


def passed(counted: Count, ballot: Ballot) -> bool | None:
    """Tell whether yes passes its majority of the yes and no; None when nobody said either."""
    yes, no = counted.score("yes"), counted.score("no")
    return 100 * yes > ballot.majority * (yes + no) if yes + no else None


def holds(used: int, sent: int, ballot: Ballot) -> bool:
    """Tell whether enough of the codes that were sent were used."""
    return ballot.turnout is None or 100 * used >= ballot.turnout * sent


def _ranked(known: Sequence[str], scores: Counter[str], named: Counter[str]) -> tuple[Score, ...]:
    ordered = sorted(known, key=lambda option: -scores[option])  # equals stay in the order of the debate
    ranks = {score: 1 + sum(scores[other] > score for other in known) for score in {scores[item] for item in known}}
    return tuple(Score(item, scores[item], named[item], ranks[scores[item]]) for item in ordered)


def _duels(cast: list[tuple[Choices, int]], known: Sequence[str]) -> tuple[Duel, ...]:
    last = len(known) + 1
    found = []
    for one, other in combinations(known, 2):
        wins = [0, 0]
        for choices, many in cast:
            first, second = choices.get(one, last), choices.get(other, last)
            if first != second:
                wins[first > second] += many
        found.append(Duel(one, other, *wins))
    return tuple(found)


def _unbeaten(known: Sequence[str], duels: Iterable[Duel]) -> tuple[str, ...]:
    """Find the Smith set: start from what wins most duels, add all that beats or ties what is in it."""
    not_lost: dict[str, set[str]] = {option: set() for option in known}  # option -> those that beat or tie it
    for duel in duels:
        if duel.for_one >= duel.for_other:
            not_lost[duel.other].add(duel.one)
        if duel.for_other >= duel.for_one:
            not_lost[duel.one].add(duel.other)
    kept = {min(known, key=lambda option: len(not_lost[option]))}
    while more := set().union(*(not_lost[option] for option in kept)) - kept:
        kept |= more
    return tuple(option for option in known if option in kept)


def tally_of(online: Count, paper: Count | None, sent: int, used: int, together: Count | None = None) -> bytes:
    """Write down a count, as tally.json: keys in order, no space, one line end; `together` when the rules add paper."""
    said = {
        "format": "agora-tally-1",
        "sent": sent,
        "used": used,
        "online": _said(online),
        "paper": paper and _said(paper),
        **({"together": _said(together)} if together else {}),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _said(counted: Count) -> dict[str, object]:
    shared = counted.allocation
    return {
        **({"budget": _shared(shared)} if shared else {}),
        "ballots": counted.ballots,
        "blank": counted.blank,
        "scores": [[item.option, item.score, item.ballots, item.rank] for item in counted.scores],
        "duels": [[duel.one, duel.other, duel.for_one, duel.for_other] for duel in counted.duels],
        "unbeaten": list(counted.unbeaten),
    }


def _shared(allocation: Allocation) -> dict[str, object]:
    return {
        "funded": list(allocation.funded),
        "spent": allocation.spent,
        "left": allocation.left,
        "shares": allocation.shares and list(allocation.shares),
        "steps": [_step(step) for step in allocation.steps],
    }


def _step(step: Step) -> list[object]:
    """Write a step as a row; fractions as `numerator/denominator`."""
    exact = [None if value is None else _fraction(value) for value in (step.worth, step.price, step.purse)]
    return [step.project, step.part, step.fate, step.votes, step.cost, step.left, list(step.tied), *exact]


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
