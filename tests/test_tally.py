"""Ballots are read one way only and counted as the rules say; ties are told, never broken."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from agora_build.civic.choices import ChoicesError, choices
from agora_build.civic.tally import Count, count, holds, passed
from agora_build.content.models import Ballot

OPTIONS = ("arbres", "bancs", "jeux", "lampes")
APPROVAL, POINTS, RANKING = (
    Ballot.model_validate(values)
    for values in ({"kind": "approval", "choices": 3}, {"kind": "points", "points": 10, "most": 6}, {"kind": "ranking"})
)
YES_NO = Ballot.model_validate({"kind": "yes-no"})


def counted(ballot: Ballot, written: Iterable[str], options: tuple[str, ...] = OPTIONS) -> Count:
    return count([(choices(text, ballot, options), 1) for text in written], ballot, options)


def ranks(result: Count) -> dict[str, int]:
    return {item.option: item.rank for item in result.scores}


def test_points_are_added_and_a_tie_shares_a_rank() -> None:
    result = counted(POINTS, ["arbres:6;bancs:4", "bancs:2", "jeux:6;lampes:1", ""])
    assert [(item.option, item.score, item.ballots, item.rank) for item in result.scores] == [
        ("arbres", 6, 1, 1),
        ("bancs", 6, 2, 1),
        ("jeux", 6, 1, 1),
        ("lampes", 1, 1, 4),
    ]
    assert result.first == ("arbres", "bancs", "jeux")
    assert (result.ballots, result.blank) == (4, 1)


def test_approvals_are_added() -> None:
    result = counted(APPROVAL, ["arbres;bancs", "bancs", "bancs;jeux"])
    assert ranks(result) == {"bancs": 1, "arbres": 2, "jeux": 2, "lampes": 4}


def test_borda_and_condorcet_may_differ() -> None:
    """Borda's own example turned: three of five put trees first, and benches still get more points."""
    result = counted(RANKING, ["arbres;bancs;jeux;lampes"] * 3 + ["bancs;jeux;lampes;arbres"] * 2)
    assert result.first == ("bancs",)
    assert result.unbeaten == ("arbres",)
    assert {item.option: item.score for item in result.scores} == {"bancs": 12, "arbres": 9, "jeux": 7, "lampes": 2}


def test_options_that_beat_each_other_in_a_circle_are_all_told() -> None:
    """Condorcet's paradox: no one of the three wins."""
    result = counted(RANKING, ["arbres;bancs;jeux", "bancs;jeux;arbres", "jeux;arbres;bancs"])
    assert result.unbeaten == ("arbres", "bancs", "jeux")
    assert result.first == ("arbres", "bancs", "jeux")


def test_an_option_left_out_loses_to_those_ranked_and_says_nothing_of_another() -> None:
    result = counted(RANKING, ["jeux"])
    duels = {(duel.one, duel.other): (duel.for_one, duel.for_other) for duel in result.duels}
    assert duels["arbres", "jeux"] == (0, 1)
    assert duels["arbres", "bancs"] == (0, 0)
    assert result.unbeaten == ("jeux",)


@pytest.mark.parametrize(("yes", "no", "wins"), [(3, 2, True), (2, 2, False), (2, 3, False)])
def test_yes_must_pass_the_majority(yes: int, no: int, wins: bool) -> None:  # noqa: FBT001
    result = counted(YES_NO, ["yes"] * yes + ["no"] * no + ["abstain"] * 5)
    assert passed(result, YES_NO) is wins


def test_nobody_who_says_yes_or_no_decides_nothing() -> None:
    assert passed(counted(YES_NO, ["abstain", ""]), YES_NO) is None


def test_a_qualified_majority_and_a_turnout() -> None:
    two_thirds = Ballot.model_validate({"kind": "yes-no", "majority": 66, "turnout": 20})
    assert passed(counted(two_thirds, ["yes"] * 66 + ["no"] * 34), two_thirds) is False
    assert passed(counted(two_thirds, ["yes"] * 67 + ["no"] * 33), two_thirds) is True
    assert (holds(19, 100, two_thirds), holds(20, 100, two_thirds), holds(0, 0, YES_NO)) == (False, True, True)


@pytest.mark.parametrize(
    ("ballot", "text", "code"),
    [
        (APPROVAL, "bancs;arbres", "choices-out-of-order"),
        (APPROVAL, "arbres;arbres", "option-chosen-twice"),
        (APPROVAL, "arbres;bancs;jeux;lampes", "too-many-choices"),
        (APPROVAL, "Arbres", "unknown-option"),
        (APPROVAL, "arbres;", "unknown-option"),
        (POINTS, "arbres:7", "too-many-points"),
        (POINTS, "arbres:6;bancs:5", "too-many-points"),
        (POINTS, "arbres:0", "bad-points"),
        (POINTS, "arbres: 3", "bad-points"),
        (POINTS, "arbres:٣", "bad-points"),
        (POINTS, "arbres", "bad-points"),
        (RANKING, "arbres:1", "points-not-asked"),
        (YES_NO, "yes;no", "too-many-choices"),
        (YES_NO, "oui", "unknown-option"),
    ],
)
def test_there_is_one_way_to_write_a_ballot(ballot: Ballot, text: str, code: str) -> None:
    with pytest.raises(ChoicesError) as refused:
        choices(text, ballot, OPTIONS)
    assert refused.value.code == code


RANKINGS = some.lists(some.lists(some.sampled_from(OPTIONS), unique=True).map(";".join), max_size=12)


@given(RANKINGS, some.permutations(OPTIONS))
def test_neither_voters_nor_names_nor_order_matter(written: list[str], order: list[str]) -> None:
    """Anonymity and neutrality: another order of ballots or of options changes no score, rank or duel."""
    one, other = counted(RANKING, written), counted(RANKING, written[::-1], tuple(order))
    assert {(item.option, item.score, item.rank) for item in one.scores} == {
        (item.option, item.score, item.rank) for item in other.scores
    }
    assert set(one.unbeaten) == set(other.unbeaten)


@given(RANKINGS.filter(any))
def test_the_unbeaten_are_the_smallest_set_that_beats_all_others(written: list[str]) -> None:
    """Compared with every subset of the options."""
    result = counted(RANKING, written)
    won = {(d.one, d.other): d.for_one - d.for_other for d in result.duels}
    won |= {(b, a): -margin for (a, b), margin in won.items()}
    dominating = [
        set(subset)
        for size in range(1, len(OPTIONS) + 1)
        for subset in permutations(OPTIONS, size)
        if all(won[a, b] > 0 for a in subset for b in OPTIONS if b not in subset)
    ]
    assert set(result.unbeaten) == min(dominating, key=len)


@given(RANKINGS, RANKINGS)
def test_counts_of_two_piles_add_up(one: list[str], other: list[str]) -> None:
    both, first, second = counted(RANKING, one + other), counted(RANKING, one), counted(RANKING, other)
    assert all(item.score == first.score(item.option) + second.score(item.option) for item in both.scores)
    assert both.ballots == first.ballots + second.ballots
