"""Turns the ballots of a participatory budget into the projects it funds, step by step, so that anyone follows why.

`greedy`: projects are taken by their votes (approvals, or points), the most voted first; each one that what is left
pays for is funded, the others are passed over.

`equal-shares` is the Method of Equal Shares (D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory
Budgeting with Additive Utilities", NeurIPS 2021), where what a project is worth to who votes for it is its cost (times
the points given to it). Each ballot gets the same share of the money; a project is paid by those who voted for it,
each at the same price a vote, those who have less left giving all of it; the project with the lowest price goes first.
Its worth is said in votes: cost / price, which is all its votes as long as each can pay. Then two completions, in this
order: as long as a project that somebody chose fits into what is left, the shares are made larger by a hundredth and
everything is done again, up to the last time that it costs no more than there is; what is left goes by votes, as above.

Ties are told, and broken in the same way everywhere: the cheapest first, then the order of the debate. A project that
nobody chose is not funded; blank ballots have no share. Money is in hundredths, and fractions of it are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal

from agora_build.content.envelope import Envelope

Choices = Mapping[str, int]
Part = Literal["votes", "shares", "rest"]
Fate = Literal["funded", "too-dear", "short", "nobody"]


@dataclass(frozen=True, slots=True)
class Step:
    """What is decided of a project, and why: of `votes` (by votes), `shares` or what is left of them (`rest`).

    `fate`: funded; too dear for what is left; `short` when those who voted for it have not enough left in their shares
    (`purse`, all together); chosen by nobody. `left` is what is left of the money after the step, `tied` the projects
    that had as many votes and were not yet decided. Paid from shares: what it is `worth` in votes, its `price` a vote.
    """

    project: str
    part: Part
    fate: Fate
    votes: int
    cost: int
    left: int
    tied: tuple[str, ...] = ()
    worth: Fraction | None = None
    price: Fraction | None = None
    purse: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What is funded of an amount; `shares` are the first and the last share of each of `voters`, of equal shares."""

    amount: int
    voters: int
    shares: tuple[int, int] | None
    steps: tuple[Step, ...]

    @property
    def funded(self) -> tuple[str, ...]:
        """The projects that are funded, in the order in which it was decided."""
        return tuple(step.project for step in self.steps if step.fate == "funded")

    @property
    def spent(self) -> int:
        """What they cost together."""
        return sum(step.cost for step in self.steps if step.fate == "funded")

    @property
    def left(self) -> int:
        """What is left of the amount."""
        return self.amount - self.spent


def allocate(ballots: Iterable[tuple[Choices, int]], envelope: Envelope) -> Allocation:
    """Share out the money by ballots, each with how many are alike."""
    piles = [(choices, many) for choices, many in ballots if choices and many]
    voters = sum(many for _, many in piles)
    votes = {project: sum(many * choices.get(project, 0) for choices, many in piles) for project, _ in envelope.costs}
    if envelope.rule == "greedy" or not voters:
        steps = _by_votes("votes", list(votes), votes, envelope, envelope.amount)
        return Allocation(envelope.amount, voters, None, tuple(steps))
    first = envelope.amount // voters
    last, run = _raised(first, piles, votes, envelope)
    shared = tuple(_shared(run, votes, envelope))
    others = [project for project in votes if project not in run.prices]
    rest = _by_votes("rest", others, votes, envelope, envelope.amount - _cost(run, envelope))
    return Allocation(envelope.amount, voters, (first, last), (*shared, *rest))


def _by_votes(
    part: Part, projects: Sequence[str], votes: Mapping[str, int], envelope: Envelope, left: int
) -> Iterator[Step]:
    """Fund projects by their votes, as long as what is left pays for them."""
    cost, ordered = envelope.cost, _in_order(projects, votes, envelope)
    for rank, project in enumerate(ordered, 1):
        fate: Fate = "nobody" if not votes[project] else "funded" if cost[project] <= left else "too-dear"
        left -= cost[project] if fate == "funded" else 0
        tied = tuple(other for other in ordered[rank:] if votes[other] == votes[project] and fate != "nobody")
        yield Step(project, part, fate, votes[project], cost[project], left, tied)


def _in_order(projects: Iterable[str], votes: Mapping[str, int], envelope: Envelope) -> list[str]:
    """Put projects in the order of their votes, then the cheapest first, then in the order of the debate."""
    cost, rank = envelope.cost, {project: rank for rank, (project, _) in enumerate(envelope.costs)}
    return sorted(projects, key=lambda project: (-votes[project], cost[project], rank[project]))


@dataclass(frozen=True, slots=True)
class _Run:
    """The method with shares of one size: the price of what is bought, in order, and what was tied with it then."""

    prices: dict[str, Fraction]
    tied: dict[str, tuple[str, ...]]
    purses: dict[str, Fraction]  # what is left to those who chose a project, in the end


def _cost(run: _Run, envelope: Envelope) -> int:
    cost = envelope.cost
    return sum(cost[project] for project in run.prices)


def _raised(
    share: int, piles: Sequence[tuple[Choices, int]], votes: Mapping[str, int], envelope: Envelope
) -> tuple[int, _Run]:
    """Find the last share that does not spend more than there is, each a hundredth larger than the one before."""
    run = _run(share, piles, envelope)
    while _room(run, votes, envelope):
        larger = share + max(1, share // 100)
        again = _run(larger, piles, envelope)
        if _cost(again, envelope) > envelope.amount:
            break
        share, run = larger, again
    return share, run


def _room(run: _Run, votes: Mapping[str, int], envelope: Envelope) -> bool:
    """Tell whether what is left pays for a project that somebody chose."""
    left = envelope.amount - _cost(run, envelope)
    return any(cost <= left for project, cost in envelope.costs if votes[project] and project not in run.prices)


def _shared(run: _Run, votes: Mapping[str, int], envelope: Envelope) -> Iterator[Step]:
    """Tell what was bought from shares, in order, then what could not be."""
    cost, left = envelope.cost, envelope.amount
    for project, price in run.prices.items():
        left -= cost[project]
        worth = cost[project] / price
        yield Step(
            project, "shares", "funded", votes[project], cost[project], left, run.tied[project], worth, price
        )  # fmt: skip
    others = (project for project in votes if project not in run.prices and votes[project])
    for project in _in_order(others, votes, envelope):
        purse = run.purses[project]
        yield Step(project, "shares", "short", votes[project], cost[project], left, purse=purse)


def _run(share: int, piles: Sequence[tuple[Choices, int]], envelope: Envelope) -> _Run:
    """Buy what shares of one size pay for.

    Purses are whole numbers of a part of a hundredth, `scale` of which make one: each purchase makes it finer, so that
    nothing is ever rounded.
    """
    cost, rank = envelope.cost, {project: rank for rank, (project, _) in enumerate(envelope.costs)}
    backers = {
        project: [(pile, many, choices[project]) for pile, (choices, many) in enumerate(piles) if project in choices]
        for project in cost
    }
    scale, purses = 1, [share] * len(piles)
    worth = {project: Fraction(sum(many * points for _, many, points in who)) for project, who in backers.items()}
    run = _Run({}, {}, {})
    whole = lcm(*(points for choices, _ in piles for points in choices.values()))
    while tied := _cheapest(worth, backers, purses, {project: cost[project] * scale for project in worth}, whole):
        project = min(tied, key=lambda found: (cost[found], rank[found]))
        price = cost[project] / worth.pop(project)  # of a vote, in hundredths
        finer = (price * scale).denominator
        scale, purses = scale * finer, [purse * finer for purse in purses]
        for pile, _, points in backers[project]:
            purses[pile] -= min(purses[pile], (price * scale).numerator * points)
        run.prices[project] = price
        run.tied[project] = tuple(sorted((other for other in tied if other != project), key=rank.__getitem__))
    for project, who in backers.items():
        run.purses[project] = Fraction(sum(many * purses[pile] for pile, many, _ in who), scale)
    return run


Backers = Sequence[tuple[int, int, int]]  # those who chose a project: their pile, how many, the points each gave


def _cheapest(
    worth: dict[str, Fraction],
    backers: Mapping[str, Backers],
    purses: Sequence[int],
    cost: Mapping[str, int],
    whole: int,
) -> list[str]:
    """Find the projects worth the most votes; `worth` is an upper bound of each, which is brought down on the way.

    What its backers cannot pay for is left out of it for good: purses only get lighter.
    """
    best = Fraction(0)
    found: list[str] = []
    for project in sorted(worth, key=worth.__getitem__, reverse=True):
        if worth[project] < best:
            break
        price = _price(cost[project], backers[project], purses, whole)
        if price is None:
            del worth[project]
            continue
        worth[project] = cost[project] / price
        if worth[project] > best:
            best, found = worth[project], []
        if worth[project] == best:
            found.append(project)
    return found


def _price(cost: int, backers: Backers, purses: Sequence[int], whole: int) -> Fraction | None:
    """Find the price of a vote at which a project is paid, those who have less giving all; None when all is too little.

    `whole` is a multiple of all points: it compares purses by what they hold for each point, without a fraction.
    """
    if sum(many * purses[pile] for pile, many, _ in backers) < cost:
        return None
    votes = sum(many * points for _, many, points in backers)
    for pile, many, points in sorted(backers, key=lambda one: purses[one[0]] * (whole // one[2])):
        if cost * points <= purses[pile] * votes:
            return Fraction(cost, votes)
        cost -= many * purses[pile]
        votes -= many * points
    return None  # nobody chose it
