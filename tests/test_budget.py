"""A participatory budget funds what its rule says: the same as pabutools, on thousands of votes; each step is told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pabutools.election import AdditiveSatisfaction, CardinalBallot, CardinalProfile, Instance, Project
from pabutools.fractions import frac
from pabutools.rules import BudgetAllocation, greedy_utilitarian_welfare
from pabutools.rules.mes.mes_rule import method_of_equal_shares_scheme
from pabutools.tiebreaking import TieBreakingRule

from agora_build.civic.budget import Allocation, Choices, allocate
from agora_build.content.envelope import Envelope

TREES, BENCHES, LIGHTS, GAMES = "arbres", "bancs", "lampes", "jeux"


def envelope(rule: str, amount: int, **costs: int) -> Envelope:
    return Envelope(amount, rule, tuple(costs.items()))  # type: ignore[arg-type]


def approve(*projects: str, many: int = 1) -> tuple[Choices, int]:
    return dict.fromkeys(projects, 1), many


def told(found: Allocation) -> list[tuple[str, str, str, int]]:
    return [(step.project, step.part, step.fate, step.left) for step in found.steps]


def test_by_votes_passes_over_what_is_too_dear_and_goes_on() -> None:
    found = allocate(
        [approve(TREES, LIGHTS, many=5), approve(TREES, BENCHES, many=3), approve(LIGHTS, many=2)],
        envelope("greedy", 100, arbres=60, lampes=50, bancs=40, jeux=1),
    )
    assert told(found) == [
        (TREES, "votes", "funded", 40),
        (LIGHTS, "votes", "too-dear", 40),
        (BENCHES, "votes", "funded", 0),
        (GAMES, "votes", "nobody", 0),
    ]
    assert (found.funded, found.spent, found.left) == ((TREES, BENCHES), 100, 0)


def test_a_tie_is_told_and_the_cheapest_goes_first_then_the_order_of_the_debate() -> None:
    ballots = [approve(TREES, BENCHES, LIGHTS)]
    found = allocate(ballots, envelope("greedy", 50, arbres=60, lampes=50, bancs=50))
    assert [step.project for step in found.steps] == [LIGHTS, BENCHES, TREES]
    assert [step.tied for step in found.steps] == [(BENCHES, TREES), (TREES,), ()]
    shared = allocate(ballots, envelope("equal-shares", 50, arbres=60, lampes=50, bancs=50))
    assert (shared.steps[0].project, shared.steps[0].tied) == (LIGHTS, (BENCHES,))


def test_equal_shares_leaves_a_part_to_a_minority_that_votes_by_number_would_not() -> None:
    """Sixty want trees and lights, forty want benches: by votes, the sixty take all."""
    ballots = [approve(TREES, LIGHTS, many=60), approve(BENCHES, many=40)]
    costs = {"arbres": 5000, "lampes": 5000, "bancs": 4000}
    assert allocate(ballots, envelope("greedy", 10_000, **costs)).funded == (TREES, LIGHTS)
    found = allocate(ballots, envelope("equal-shares", 10_000, **costs))
    assert found.funded == (TREES, BENCHES)
    first, second, *others = found.steps
    assert (first.worth, first.price, first.left) == (60, Fraction(5000, 60), 5000)
    assert (second.worth, second.price, second.left) == (40, 100, 1000)
    assert [(step.project, step.part, step.fate) for step in others] == [
        (LIGHTS, "shares", "short"),
        (LIGHTS, "rest", "too-dear"),
    ]
    assert others[0].purse == 60 * found.shares[1] - 5000 if found.shares else False


def test_who_has_less_left_gives_all_of_it_and_the_worth_falls() -> None:
    """Two ballots of three have paid for trees: benches are worth fewer votes than they have."""
    found = allocate(
        [approve(TREES, BENCHES, many=2), approve(BENCHES)], envelope("equal-shares", 300, arbres=160, bancs=130)
    )
    assert [step.project for step in found.steps] == [BENCHES, TREES]
    assert found.steps[0].worth == 3
    dear = allocate(
        [approve(TREES, BENCHES, many=3), approve(TREES), approve(BENCHES)],
        envelope("equal-shares", 500, arbres=200, bancs=210),
    )
    assert [(step.project, step.worth) for step in dear.steps] == [(TREES, 4), (BENCHES, Fraction(210, 60))]
    assert dear.steps[1].votes == 4


def test_shares_grow_by_a_hundredth_as_long_as_the_money_is_enough() -> None:
    """One ballot of ten wants something: its share grows until it pays for it, and nobody loses anything."""
    found = allocate([approve(TREES), approve(BENCHES, many=9)], envelope("equal-shares", 1000, arbres=400, bancs=500))
    assert found.funded == (BENCHES, TREES)
    assert found.shares is not None
    assert found.shares[0] == 100
    assert 400 <= found.shares[1] < 405


def test_points_weigh_what_one_pays() -> None:
    found = allocate(
        [({TREES: 3, BENCHES: 1}, 1), ({TREES: 1}, 1)], envelope("equal-shares", 200, arbres=80, bancs=100)
    )
    assert (found.steps[0].project, found.steps[0].worth, found.steps[0].price) == (TREES, 4, 20)


@pytest.mark.parametrize("rule", ["greedy", "equal-shares"])
def test_without_a_ballot_nothing_is_funded(rule: str) -> None:
    found = allocate([({}, 12)], envelope(rule, 100, arbres=10, bancs=20))
    assert found.funded == ()
    assert {step.fate for step in found.steps} == {"nobody"}
    assert found.voters == 0


def test_a_thousand_different_ballots_are_counted_in_a_second_or_two() -> None:
    chance = random.Random(7)  # noqa: S311
    costs = tuple((f"p{n}", chance.randrange(10_000_00, 90_000_00)) for n in range(30))
    ballots = [approve(*chance.sample([name for name, _ in costs], 4)) for _ in range(1000)]
    found = allocate(ballots, Envelope(500_000_00, "equal-shares", costs))
    assert found.spent <= 500_000_00
    assert len(found.funded) > 3


# The same votes, counted by pabutools.

POINTS = some.dictionaries(some.sampled_from([TREES, BENCHES, LIGHTS, GAMES, "murs", "fleurs"]), some.integers(1, 4))
APPROVALS = some.sets(some.sampled_from([TREES, BENCHES, LIGHTS, GAMES, "murs", "fleurs"])).map(
    lambda names: dict.fromkeys(sorted(names), 1)
)
COSTS = some.tuples(*[some.integers(1, 60)] * 6)


class OurWorth(AdditiveSatisfaction):  # type: ignore[misc]
    """What a project is worth to a voter: its cost, times the points."""

    def __init__(self, instance: object, profile: object, ballot: object) -> None:
        super().__init__(instance, profile, ballot, lambda _i, _p, given, item, _: given.get(item, 0) * item.cost)


def theirs(ballots: Sequence[Choices], given: Envelope) -> tuple[set[str], int]:
    """Count with pabutools: what is funded, and the last share."""
    projects = {name: Project(name, cost) for name, cost in given.costs}
    instance = Instance(projects.values(), budget_limit=given.amount)
    profile = CardinalProfile(
        [CardinalBallot({projects[name]: points for name, points in ballot.items()}) for ballot in ballots if ballot],
        instance=instance,
    )
    rank = {name: number for number, (name, _) in enumerate(given.costs)}
    ties = TieBreakingRule(lambda _i, _p, project: (project.cost, rank[project.name]))
    chosen = {name for ballot in ballots for name in ballot}
    worths = profile.as_sat_profile(sat_class=OurWorth)

    def by_votes(already: list[Project]) -> set[str]:
        done = greedy_utilitarian_welfare(
            instance, profile, sat_profile=worths, tie_breaking=ties, initial_budget_allocation=already
        )
        return {project.name for project in done} & chosen

    if given.rule == "greedy" or not chosen:
        return by_votes([]), 0

    def bought(share: int) -> list[Project]:
        done = method_of_equal_shares_scheme(instance, profile, worths, frac(share), BudgetAllocation(), ties)
        return list(done)

    share = given.amount // len(profile)
    kept = bought(share)
    while any(
        projects[name] not in kept and projects[name].cost + sum(item.cost for item in kept) <= given.amount
        for name in chosen
    ):
        larger = share + max(1, share // 100)
        again = bought(larger)
        if sum(item.cost for item in again) > given.amount:
            break
        share, kept = larger, again
    return by_votes(kept), share


@pytest.mark.parametrize("rule", ["greedy", "equal-shares"])
@given(ballots=some.one_of(some.lists(POINTS, max_size=8), some.lists(APPROVALS, max_size=8)), costs=COSTS)
@settings(deadline=None, max_examples=60)
def test_pabutools_funds_the_same(rule: str, ballots: list[Choices], costs: tuple[int, ...]) -> None:
    names = (TREES, BENCHES, LIGHTS, GAMES, "murs", "fleurs")
    given_budget = Envelope(100, rule, tuple(zip(names, costs, strict=True)))  # type: ignore[arg-type]
    found = allocate([(ballot, 1) for ballot in ballots], given_budget)
    funded, share = theirs(ballots, given_budget)
    assert set(found.funded) == funded
    assert found.shares is None or found.shares[1] == share
    assert found.spent <= given_budget.amount
