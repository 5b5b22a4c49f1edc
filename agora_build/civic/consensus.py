"""Turns the votes of a debate into groups of opinion, what tells them apart, what they share and what divides them.

The only module that imports numpy: import it inside the function that needs it, so that a city without statements
never loads it. Everything here is deterministic: no randomness, no memory of an earlier run; what is added up is whole
numbers, or binary fractions short enough to be added without loss, so that neither the order of voters nor the
processor changes anything.

Groups are found in four steps, on statements that have votes and are not hidden:

1. the two directions along which voters differ most: principal components of the table, where a missing vote counts as
   the statement's mean;
2. each voter's place along them, drawn away from the middle by sqrt(statements / own votes) so that few votes do not
   pull it there (as Polis does), then read in steps of 1/FINENESS of the standard deviation along the first;
3. for 2 groups, then 3, up to 5, k-means; each time the next centre starts where it best reduces the sum of squared
   distances (the global k-means of Likas, Vlassis and Verbeek, 2003) and is the nearest to FEWEST_MEMBERS voters at
   least, so that nothing is drawn at random and no eccentric makes a group alone;
4. the number of groups whose silhouette, the mean over voters, is highest; more groups must add CLEARER to it.
"""

from __future__ import annotations

import math
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agora_build.civic import representation
from agora_build.civic.opinions import (
    CLEARER,
    ENOUGH_VOTERS,
    ENOUGH_VOTES,
    FEWEST_MEMBERS,
    FEWEST_PLACED,
    FINENESS,
    MOST_GROUPS,
    VOTERS_A_GROUP,
    Group,
    Opinion,
    Opinions,
    Reason,
    Representative,
    Spot,
    Stance,
    Tally,
)
from agora_build.civic.votes import AGREE, DISAGREE, MISSING, PASS, Matrix

_BLOCK = 2_048  # rows computed at once
_ROUNDS = 100  # of k-means; it stops when nobody changes group
_SHORT = 2.0**16  # means are rounded to this fraction: products of up to 500,000 voters are then added without loss
_SHORTER = 2.0**10  # the same for centres of groups, in steps
_NOTHING = 1e-9  # what is below is a rounding error

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who is in which group: the letter of each voter placed, and the picture of it.

    `middles` are the means of the groups' places, in the order of letters, in steps. With no groups, `letters` and
    `middles` are empty, spots have an empty letter, and `reason` says why.
    """

    letters: Mapping[str, str]
    middles: tuple[tuple[float, float], ...]
    spots: tuple[Spot, ...]
    placed: int
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
    groups = grouping(matrix, hidden)
    found = statistics(matrix, groups.letters, hidden)
    sizes = _sizes(groups.spots)
    return Opinions(
        voters=int((_cells(matrix, hidden) != MISSING).any(axis=1).sum()),
        votes=sum(said.tally.votes for said in found.opinions),
        placed=groups.placed,
        votes_to_be_placed=groups.votes_to_be_placed,
        statements=found.opinions,
        groups=tuple(
            Group(letter, sizes[letter], *middle, chosen)
            for letter, middle, chosen in zip(found.groups, groups.middles, found.representative, strict=True)
        ),
        silhouette=groups.silhouette,
        reason=groups.reason,
        shared=() if groups.reason == "few-voters" else representation.shared(found.opinions),
        majority=representation.majority(found.opinions),
        divisive=representation.divisive(found.opinions),
        unclear=representation.unclear(found.opinions),
        spots=groups.spots,
    )


def statistics(matrix: Matrix, groups: Mapping[str, str], hidden: Collection[str] = ()) -> Statistics:
    """Compute the statistics of given groups (voter -> name of the group); other voters count in the totals only."""
    cells, names = _cells(matrix, hidden), tuple(sorted(set(groups.values())))
    ranks = {name: rank for rank, name in enumerate(names)}
    group_of = np.array([ranks[groups[voter]] if voter in groups else -1 for voter in matrix.voters], dtype=np.int64)
    everyone = _tallies(cells)
    by_group = [_tallies(cells[group_of == rank]) for rank in range(len(names))]
    said = tuple(
        representation.opinion(statement, everyone[column], tuple(tallies[column] for tallies in by_group))
        for column, statement in enumerate(_shown(matrix, hidden))
    )
    stances = tuple(representation.stances(said, rank) for rank in range(len(names)))
    return Statistics(names, said, stances, tuple(map(representation.representative, stances)))


def grouping(matrix: Matrix, hidden: Collection[str] = ()) -> Grouping:
    """Place voters and divide them into groups by what they voted."""
    cells = _cells(matrix, hidden)
    cells = cells[:, (cells != MISSING).any(axis=0)]
    voted = (cells != MISSING).sum(axis=1)
    least = _votes_to_be_placed(voted, cells.shape[1])
    placed = voted >= least
    count = int(placed.sum())
    if count < FEWEST_PLACED:
        return Grouping({}, (), (), count, least, 0.0, "few-voters" if voted.any() else "no-vote")
    places = _places(cells, voted, placed)
    spots, spot_of, weights = np.unique(places, axis=0, return_inverse=True, return_counts=True)
    labels, silhouette = _best_division(spots.astype(np.float64), weights, count)
    if labels is None:
        drawn = tuple(Spot(int(x), int(y), "", int(n)) for (x, y), n in zip(spots, weights, strict=True))
        return Grouping({}, (), drawn, count, least, 0.0, "alike" if len(spots) == 1 else "undivided")
    letters, middles = _lettered(spots.astype(np.float64), weights, labels)
    voters = np.flatnonzero(placed)
    return Grouping(
        {matrix.voters[voter]: letters[spot] for voter, spot in zip(voters, spot_of.ravel(), strict=True)},
        middles,
        tuple(Spot(int(x), int(y), g, int(n)) for (x, y), g, n in zip(spots, letters, weights, strict=True)),
        count,
        least,
        silhouette,
        None,
    )


def _shown(matrix: Matrix, hidden: Collection[str]) -> tuple[str, ...]:
    kept = set(hidden)
    return tuple(statement for statement in matrix.statements if statement not in kept)


def _cells(matrix: Matrix, hidden: Collection[str]) -> Cells:
    """Give the votes on the statements that are shown, as an array that shares the table's memory if it can."""
    cells = np.frombuffer(matrix.cells, np.int8).reshape(len(matrix.voters), len(matrix.statements))
    out = set(hidden)
    if out.isdisjoint(matrix.statements):
        return cells
    return cells[:, np.array([statement not in out for statement in matrix.statements], dtype=bool)]


def _tallies(cells: Cells) -> list[Tally]:
    counts = [(cells == value).sum(axis=0).tolist() for value in (AGREE, DISAGREE, PASS)]
    return [Tally(*counted) for counted in zip(*counts, strict=True)]


def _sizes(spots: tuple[Spot, ...]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for spot in spots:
        sizes[spot.group] = sizes.get(spot.group, 0) + spot.voters
    return sizes


def _votes_to_be_placed(voted: npt.NDArray[np.intp], statements: int) -> int:
    """Give how many votes place a voter: fewer when too few people voted that much, so that those who tie all enter."""
    least = min(ENOUGH_VOTES, statements)
    if (voted >= least).sum() < ENOUGH_VOTERS <= len(voted):
        least = int(np.sort(voted)[-ENOUGH_VOTERS])
    elif len(voted) < ENOUGH_VOTERS:
        least = 1
    return max(least, 1)


def _centred(cells: Cells, means: Floats) -> Iterator[Floats]:
    """Give the table block by block, less the means; a missing vote counts as the mean."""
    for start in range(0, len(cells), _BLOCK):
        block = cells[start : start + _BLOCK]
        yield np.where(block == MISSING, 0.0, block - means)


def _places(cells: Cells, voted: npt.NDArray[np.intp], placed: npt.NDArray[np.bool_]) -> Ints:
    """Place each voter to be placed, in steps along the two directions in which voters differ most."""
    sums = np.where(cells == MISSING, np.int8(0), cells).sum(axis=0)
    means = np.rint(sums / (cells != MISSING).sum(axis=0) * _SHORT) / _SHORT
    products = sum((block.T @ block for block in _centred(cells, means)), np.zeros((len(means), len(means))))
    # Directions in which voters differ exactly as much are told apart by the age of statements, not by rounding errors.
    products += np.diag(np.arange(len(means)) * products.trace() * _NOTHING / len(means))
    directions = np.linalg.eigh(products)[1][:, :-3:-1]
    directions = np.hstack((directions, np.zeros((len(means), 2))))[:, :2]
    along = np.vstack([block @ directions for block in _centred(cells[placed], means)])
    along *= np.sqrt(cells.shape[1] / voted[placed])[:, None]
    step = along[:, 0].std() / FINENESS
    if step < _NOTHING:
        return np.zeros((len(along), 2), dtype=np.int64)
    places: Ints = np.rint(np.round(along / step, 9)).astype(np.int64)  # halves are halves, whatever the last figure
    places *= _signs(places, directions)
    return places


def _signs(places: Ints, directions: Floats) -> Ints:
    """Turn each direction to the side where voters reach furthest; on a tie, where the first statement weighs."""
    sides = np.sign((places**3).sum(axis=0))
    strong = np.abs(directions) > np.abs(directions).max(axis=0) / 2
    first = np.sign(np.take_along_axis(directions, strong.argmax(axis=0)[None, :], axis=0)[0])
    found: Ints = np.where(sides == 0, np.where(first < 0, -1, 1), sides).astype(np.int64)
    return found


def _best_division(spots: Floats, weights: Ints, voters: int) -> tuple[Ints | None, float]:
    """Divide spots into the number of groups that are most distinct; None if no division has large enough groups."""
    best: Ints | None = None
    highest = -2.0
    most = min(MOST_GROUPS, 2 + voters // VOTERS_A_GROUP, len(spots))
    centres = _means(spots, weights, np.zeros(len(spots), dtype=np.int64), 1)
    for _ in range(2, most + 1):
        further = _next_centre(spots, weights, centres)
        if further is None:
            break
        centres = np.vstack((centres, further))
        labels, centres = _k_means(spots, weights, centres)
        sizes: Floats = np.bincount(labels, weights, len(centres)).astype(np.float64)
        silhouette = _silhouette(spots, weights, labels, sizes)
        if sizes.min() >= FEWEST_MEMBERS and silhouette > highest + CLEARER:
            best, highest = labels, silhouette
    return best, highest


def _squares(spots: Floats, others: Floats) -> Floats:
    """Give the squared distances between two lists of places."""
    across, up = (spots[:, axis, None] - others[None, :, axis] for axis in (0, 1))
    squares: Floats = across * across + up * up
    return squares


def _next_centre(spots: Floats, weights: Ints, centres: Floats) -> Floats | None:
    """Find the spot which, as one more centre of enough voters, takes the most off the sum of squared distances."""
    left = _squares(spots, centres).min(axis=1)
    gains = []
    for start in range(0, len(spots), _BLOCK):
        nearer = np.maximum(left - _squares(spots[start : start + _BLOCK], spots), 0)
        gains.append(np.where((nearer > 0) @ weights >= FEWEST_MEMBERS, nearer @ weights, 0))
    gain = np.concatenate(gains)
    return spots[gain.argmax()] if gain.max() > 0 else None


def _k_means(spots: Floats, weights: Ints, centres: Floats) -> tuple[Ints, Floats]:
    """Move centres to the mean of the spots nearest to them until nothing moves."""
    labels = np.full(len(spots), -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        nearest = _squares(spots, centres).argmin(axis=1)
        if (nearest == labels).all():
            break
        labels = nearest
        moved = _means(spots, weights, labels, len(centres))
        centres = np.where(np.isnan(moved), centres, moved)
    return labels, centres


def _means(spots: Floats, weights: Ints, labels: Ints, count: int) -> Floats:
    """Give the mean place of each group, rounded to 1/_SHORTER; not a number for a group of nobody."""
    sizes = np.bincount(labels, weights, count)
    sums = np.column_stack([np.bincount(labels, weights * spots[:, axis], count) for axis in (0, 1)])
    with np.errstate(invalid="ignore"):
        means: Floats = np.rint(sums / sizes[:, None] * _SHORTER) / _SHORTER
    return means


def _silhouette(spots: Floats, weights: Ints, labels: Ints, sizes: Floats) -> float:
    """Give the mean silhouette of voters: (b-a)/max(a,b), a and b the mean distances to the own and next group."""
    members = np.zeros((len(spots), len(sizes)))
    members[np.arange(len(spots)), labels] = weights
    sums = np.concatenate(
        [_distances(spots[start : start + _BLOCK], spots) @ members for start in range(0, len(spots), _BLOCK)]
    )
    rows, own = np.arange(len(spots)), sizes[labels]
    within = sums[rows, labels] / np.maximum(own - 1, 1)
    sums[rows, labels] = np.inf
    beside = (sums / np.maximum(sizes, 1)).min(axis=1)
    scores = np.where(own > 1, (beside - within) / np.maximum(np.maximum(beside, within), _NOTHING), 0)
    return math.fsum(scores * weights) / float(weights.sum())


def _distances(spots: Floats, others: Floats) -> Floats:
    """Give the distances between two lists of places, rounded to 1/_SHORT."""
    distances: Floats = np.rint(np.sqrt(_squares(spots, others)) * _SHORT) / _SHORT
    return distances


def _lettered(spots: Floats, weights: Ints, labels: Ints) -> tuple[list[str], tuple[tuple[float, float], ...]]:
    """Name groups A, B, C…: the largest first, then the one furthest to the right, then the highest."""
    count = int(labels.max()) + 1
    sizes, middles = np.bincount(labels, weights, count), _means(spots, weights, labels, count).tolist()
    ranked = sorted(range(count), key=lambda label: (sizes[label], middles[label]), reverse=True)
    letters = {label: string.ascii_uppercase[rank] for rank, label in enumerate(ranked)}
    return [letters[int(label)] for label in labels], tuple((middles[label][0], middles[label][1]) for label in ranked)
