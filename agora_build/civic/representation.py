"""Turns counts of votes by group into statistics, and chooses the statements that represent, unite, divide or puzzle.

The formulas are those that Polis published; only `shared` and `divisive` are ours, and are made of the same pieces.
Plain arithmetic on whole numbers: the same everywhere, to the last figure but that of a square root.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from agora_build.civic.opinions import (
    MAJORITY,
    MOST_LISTED,
    UNCLEAR,
    Z90,
    Direction,
    Finding,
    Opinion,
    Representative,
    Stance,
    Tally,
)

NOBODY = Tally(0, 0, 0)


def probability(count: int, votes: int) -> float:
    """Estimate the probability of a vote from its count, one of each added so that few votes say little."""
    return (count + 1) / (votes + 2)


def one_proportion(count: int, votes: int) -> float:
    """Give the standard score of a share being over one half."""
    return 2 * math.sqrt(votes + 1) * ((count + 1) / (votes + 1) - 0.5)


def two_proportions(count: int, votes: int, others: int, others_votes: int) -> float:
    """Give the standard score of a share being over that of the others."""
    mine, theirs, my_votes, their_votes = count + 1, others + 1, votes + 1, others_votes + 1
    pooled = (mine + theirs) / (my_votes + their_votes)
    if mine + theirs == my_votes + their_votes:
        return 0.0
    spread = math.sqrt(pooled * (1 - pooled) * (1 / my_votes + 1 / their_votes))
    return (mine / my_votes - theirs / their_votes) / spread


def stance(statement: str, tally: Tally, rest: Tally) -> Stance:
    """Compare what a group says of a statement with what all the other groups say."""
    pa, pd = probability(tally.agree, tally.votes), probability(tally.disagree, tally.votes)
    return Stance(
        statement,
        tally,
        pa=pa,
        pd=pd,
        pat=one_proportion(tally.agree, tally.votes),
        pdt=one_proportion(tally.disagree, tally.votes),
        ra=pa / probability(rest.agree, rest.votes),
        rd=pd / probability(rest.disagree, rest.votes),
        rat=two_proportions(tally.agree, tally.votes, rest.agree, rest.votes),
        rdt=two_proportions(tally.disagree, tally.votes, rest.disagree, rest.votes),
    )


def opinion(statement: str, tally: Tally, groups: tuple[Tally, ...]) -> Opinion:
    """Say what everyone and each group think of a statement, with its group-informed consensus."""
    asked = groups or (tally,)
    consensus = math.prod(probability(group.agree, group.votes) for group in asked)
    refusal = math.prod(probability(group.disagree, group.votes) for group in asked)
    return Opinion(statement, tally, groups, consensus, refusal)


def stances(opinions: Sequence[Opinion], group: int) -> tuple[Stance, ...]:
    """Compare one group (its rank) with the others, statement by statement."""
    found = []
    for said in opinions:
        rest = sum((tally for rank, tally in enumerate(said.groups) if rank != group), NOBODY)
        found.append(stance(said.statement, said.groups[group], rest))
    return tuple(found)


def representative(group: Sequence[Stance]) -> tuple[Representative, ...]:
    """Choose the statements that tell a group from the others: agreed ones first, at most MOST_LISTED.

    Stances are looked at in their order, the oldest first, which decides between equals and is part of Polis' rule for
    the statement best agreed with.
    """
    agreed = _best_agreed(group)
    enough = [one for one in group if _tested(one)]
    if not enough:
        tested = max(group, key=lambda one: max(one.rat, one.rdt), default=None)
        return tuple(_chosen(one, agreed) for one in (agreed or tested,) if one)
    ranked = sorted((one for one in enough if one is not agreed), key=_weight, reverse=True)
    kept = [_chosen(one, agreed) for one in ([agreed] if agreed else []) + ranked][:MOST_LISTED]
    return tuple(sorted(kept, key=lambda chosen: chosen.more == "disagree"))


def shared(opinions: Iterable[Opinion]) -> tuple[Finding, ...]:
    """List what a majority of each group, and a tested majority of everyone, is for (or against)."""
    found = []
    for said in opinions:
        asked = said.groups or (said.tally,)
        if _majority(said.tally, "agree") and all(probability(t.agree, t.votes) > MAJORITY for t in asked):
            found.append(Finding(said, "agree", said.consensus))
        if _majority(said.tally, "disagree") and all(probability(t.disagree, t.votes) > MAJORITY for t in asked):
            found.append(Finding(said, "disagree", said.refusal))
    return _strongest(found)


def majority(opinions: Sequence[Opinion]) -> tuple[Finding, ...]:
    """List what everyone taken together has a tested majority for, then against, groups left aside."""
    return _majorities(opinions, "agree") + _majorities(opinions, "disagree")


def divisive(opinions: Iterable[Opinion]) -> tuple[Finding, ...]:
    """List what one group has a tested majority for, and another against.

    The score is the probability that someone of the first agrees and someone of the second disagrees.
    """
    found = []
    for said in opinions:
        for_it = [probability(t.agree, t.votes) for t in said.groups if one_proportion(t.agree, t.votes) > Z90]
        against = [probability(t.disagree, t.votes) for t in said.groups if one_proportion(t.disagree, t.votes) > Z90]
        if for_it and against:
            found.append(Finding(said, None, max(for_it) * max(against)))
    return _strongest(found)


def unclear(opinions: Iterable[Opinion]) -> tuple[Finding, ...]:
    """List what many pass on: more than UNCLEAR of those who saw it."""
    found = []
    for said in opinions:
        share = said.tally.passes / max(said.tally.votes, 1)
        if share > UNCLEAR:
            found.append(Finding(said, None, share * share * said.tally.passes))
    return _strongest(found)


def _strongest(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: finding.score, reverse=True)[:MOST_LISTED])


def _count(tally: Tally, direction: Direction) -> int:
    return tally.agree if direction == "agree" else tally.disagree


def _majority(tally: Tally, direction: Direction) -> bool:
    count = _count(tally, direction)
    return probability(count, tally.votes) > MAJORITY and one_proportion(count, tally.votes) > Z90


def _majorities(opinions: Iterable[Opinion], direction: Direction) -> tuple[Finding, ...]:
    found = []
    for said in opinions:
        count, votes = _count(said.tally, direction), said.tally.votes
        if _majority(said.tally, direction):
            found.append(Finding(said, direction, probability(count, votes) * one_proportion(count, votes)))
    return _strongest(found)


def _tested(one: Stance) -> bool:
    return (one.rat > Z90 and one.pat > Z90) or (one.rdt > Z90 and one.pdt > Z90)


def _more(one: Stance) -> Direction:
    return "agree" if one.rat > one.rdt else "disagree"


def _weight(one: Stance) -> float:
    """Say how strongly a statement represents a group, the product of what was estimated and tested."""
    if _more(one) == "agree":
        return one.ra * one.rat * one.pa * one.pat
    return one.rd * one.rdt * one.pd * one.pdt


def _best_agreed(group: Iterable[Stance]) -> Stance | None:
    """Find the statement to show first because the group agrees with it, if there is one."""
    best: Stance | None = None
    for one in group:
        if one.tally.agree + one.tally.disagree and _agreed_more(one, best):
            best = one
    return best


def _agreed_more(one: Stance, best: Stance | None) -> bool:
    if best is None:
        return one.pat > Z90 or (one.ra > 1 and one.pa > MAJORITY)
    if best.ra > 1:
        return one.ra * one.rat * one.pa * one.pat > best.ra * best.rat * best.pa * best.pat
    return one.pa * one.pat > best.pa * best.pat


def _chosen(one: Stance, agreed: Stance | None) -> Representative:
    return Representative(one, _more(one), one is agreed)
