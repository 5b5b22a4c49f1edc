"""Votes, groups of opinion and their statistics: by hand, beside a slow reference, and whatever the order or names."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import math
import os
import pickle
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora_build.civic import consensus, opinions, representation, votes
from agora_build.civic.opinions import Opinions, Tally
from agora_build.civic.votes import AGREE, MISSING, PASS, Fault, matrix

Row = tuple[str, str, str, str]
WORDS = ("agree", "disagree", "pass")
DAY = "2016-11-15"


def cast(table: dict[str, str], day: str = DAY) -> list[Row]:
    """Give the rows of voters written as a letter a statement: a, d, p or a dot for no vote."""
    words = {"a": "agree", "d": "disagree", "p": "pass"}
    return [
        (voter, f"s{column}", words[letter], day)
        for voter, line in table.items()
        for column, letter in enumerate(line)
        if letter != "."
    ]


def asked(count: int) -> list[str]:
    return [f"s{column}" for column in range(count)]


def planted(shares: tuple[int, ...], statements: int, seen: float, seed: int, noise: float = 0.1) -> list[Row]:
    """Give votes of groups of so many voters, who mostly say what their group says; voters' ids begin with its rank."""
    draw = random.Random(seed)  # noqa: S311
    views = [[draw.choice(WORDS[:2]) for _ in range(statements)] for _ in shares]
    rows = []
    for rank, size in enumerate(shares):
        for voter in range(size):
            for column in range(statements):
                if draw.random() < seen:
                    word = views[rank][column] if draw.random() > noise else draw.choice(WORDS)
                    rows.append((f"{rank}-{voter:03d}", f"s{column}", word, DAY))
    return rows


# The table


def test_the_latest_vote_counts_and_among_equal_dates_the_last_row() -> None:
    rows = [
        ("v", "s0", "agree", "2016-11-03"),
        ("v", "s0", "disagree", "2016-11-01"),
        ("v", "s1", "agree", "2016-11-02"),
        ("v", "s1", "pass", "2016-11-02"),
    ]
    table = matrix(rows, asked(3))
    assert [table.vote("v", statement) for statement in asked(3)] == [AGREE, PASS, MISSING]
    assert (table.rows, table.faults) == (4, ())


ROWS = st.lists(
    st.tuples(
        st.sampled_from("uvwxyz"),
        st.sampled_from(asked(4)),
        st.sampled_from(WORDS),
        st.sampled_from(["2016-02-29", "2016-11-02", "2017-01-01"]),
    ),
    max_size=60,
)


@given(ROWS)
def test_the_table_is_what_a_dictionary_would_hold(rows: list[Row]) -> None:
    last: dict[tuple[str, str], tuple[str, int, str]] = {}
    for rank, (voter, statement, word, date) in enumerate(rows):
        last[voter, statement] = max(last.get((voter, statement), ("", 0, "")), (date, rank, word))
    table = matrix(rows, asked(4))
    for voter, statement in itertools.product(table.voters, table.statements):
        *_, word = last.get((voter, statement), ("", 0, ""))
        assert table.vote(voter, statement) == votes.VALUES.get(word, MISSING)
    assert table.voters == tuple(sorted({voter for voter, *_ in rows}))


def test_bad_rows_are_told_apart_and_left_out() -> None:
    rows = [
        ("v", "s0", "agree", DAY),
        ("v", "s9", "agree", DAY),
        ("v", "s0", "oui", DAY),
        ("", "s0", "agree", DAY),
        ("v", "s0"),
        ("v", "s0", "pass", DAY, "x"),
        *(("v", "s0", "pass", date) for date in ("2016-11-31", "20161115", "2016-W46-2", "1999-12-31", "٢٠١٦-11-15")),
        ("w", "s0", "pass", "2016-02-30"),
    ]
    table = matrix(rows, ["s0"])
    assert table.faults == (
        Fault(2, "statement", "s9"),
        Fault(3, "vote", "oui"),
        Fault(4, "voter", ""),
        Fault(5, "columns", "v,s0"),
        Fault(6, "columns", f"v,s0,pass,{DAY},x"),
        Fault(7, "date", "2016-11-31"),
        Fault(8, "date", "20161115"),
        Fault(9, "date", "2016-W46-2"),
        Fault(10, "date", "1999-12-31"),
        Fault(11, "date", "٢٠١٦-11-15"),
        Fault(12, "date", "2016-02-30"),
    )
    assert table.voters == ("v",)
    assert table.vote("v", "s0") == AGREE


def test_a_file_of_faults_does_not_fill_the_memory() -> None:
    table = matrix((("v", "s0", "?", DAY) for _ in range(votes.MOST_FAULTS + 5)), ["s0"])
    assert (len(table.faults), table.faulty) == (votes.MOST_FAULTS, votes.MOST_FAULTS + 5)


def test_statements_are_in_the_order_of_their_numbers_or_dates() -> None:
    assert matrix([], ["10", "9", "2"]).statements == ("2", "9", "10")
    assert matrix([], ["2016-11-10-b", "2016-11-02-z"]).statements == ("2016-11-02-z", "2016-11-10-b")


# Statistics of given groups, written out from the formulas

HAND = {  # s0 divides, s1 is shared, s2 puzzles, s3 nobody saw
    "a1": "aap.",
    "a2": "aap.",
    "a3": "aad.",
    "a4": "aaa.",
    "a5": "pap.",
    "b1": "dap.",
    "b2": "da..",
    "b3": "dd..",
    "b4": "aap.",
    "c": "daa.",  # has no group
}
GROUPS = {voter: voter[0].upper() for voter in HAND if voter != "c"}


def test_statistics_by_hand() -> None:
    found = consensus.statistics(matrix(cast(HAND), asked(4)), GROUPS)
    assert found.groups == ("A", "B")
    divides, shares, puzzles, unseen = found.opinions
    assert (divides.tally, divides.groups) == (Tally(5, 4, 1), (Tally(4, 0, 1), Tally(1, 3, 0)))
    assert (shares.tally, shares.groups) == (Tally(9, 1, 0), (Tally(5, 0, 0), Tally(3, 1, 0)))
    assert (puzzles.tally, puzzles.groups) == (Tally(2, 1, 5), (Tally(1, 1, 3), Tally(0, 0, 2)))
    assert (unseen.tally, unseen.groups) == (Tally(0, 0, 0), (Tally(0, 0, 0), Tally(0, 0, 0)))
    assert divides.consensus == pytest.approx(5 / 7 * 2 / 6, abs=1e-15)
    assert divides.refusal == pytest.approx(1 / 7 * 4 / 6, abs=1e-15)
    assert shares.consensus == pytest.approx(6 / 7 * 4 / 6, abs=1e-15)
    assert unseen.consensus == 1 / 4
    a, b = found.stances
    assert [a[0].pa, a[0].pd, b[0].pa, b[0].pd] == pytest.approx([5 / 7, 1 / 7, 2 / 6, 4 / 6], abs=1e-15)
    assert a[0].pat == pytest.approx(2 * math.sqrt(6) * (5 / 6 - 1 / 2), abs=1e-12)  # 1.633
    assert a[0].pdt == pytest.approx(2 * math.sqrt(6) * (1 / 6 - 1 / 2), abs=1e-12)
    assert b[0].pat == pytest.approx(2 * math.sqrt(5) * (2 / 5 - 1 / 2), abs=1e-12)
    assert (a[0].ra, a[0].rd) == pytest.approx((15 / 7, 3 / 14), abs=1e-15)
    # (4+1)/(5+1) against (1+1)/(4+1), together 7/11
    assert a[0].rat == pytest.approx((5 / 6 - 2 / 5) / math.sqrt(7 / 11 * 4 / 11 * (1 / 6 + 1 / 5)), abs=1e-12)
    assert b[0].rat == pytest.approx(-a[0].rat, abs=1e-12)
    # (0+1)/(5+1) against (3+1)/(4+1), together 5/11
    assert a[0].rdt == pytest.approx((1 / 6 - 4 / 5) / math.sqrt(5 / 11 * 6 / 11 * (1 / 6 + 1 / 5)), abs=1e-12)
    assert (a[3].pa, a[3].pat, a[3].ra, a[3].rat) == (0.5, 1.0, 1.0, 0.0)


def test_what_represents_groups_by_hand() -> None:
    """In A and in B only s0 passes the tests.

    Going from the oldest statement, s0 is accepted first for A (pat 1.63), and kept: with ra over 1 it is the product
    ra rat pa pat that counts, and s1's is less. B accepts no agreement with s0, then s1 (3 of 4: pat 1.34).
    """
    a, b = consensus.statistics(matrix(cast(HAND), asked(4)), GROUPS).representative
    assert [(one.statement, one.direction, one.more, one.best_agreed) for one in a] == [("s0", "agree", "agree", True)]
    assert [(one.statement, one.direction, one.more, one.best_agreed) for one in b] == [
        ("s1", "agree", "disagree", True),
        ("s0", "disagree", "disagree", False),
    ]


# Statistics of given groups, beside a slow reference that shares nothing with the code


def reference(rows: list[Row], statements: list[str], groups: dict[str, str]) -> dict[str, dict[str, dict[str, float]]]:
    """Give group -> statement -> the numbers, one vote at a time, with fractions."""
    last = {(voter, statement): word for voter, statement, word, _ in rows}  # all on the same day
    found: dict[str, dict[str, dict[str, float]]] = {}
    for group in sorted(set(groups.values())):
        found[group] = {}
        for statement in statements:
            inside = [word for (v, s), word in last.items() if s == statement and groups.get(v) == group]
            rest = [word for (v, s), word in last.items() if s == statement and groups.get(v, group) != group]
            numbers: dict[str, float] = {}
            for letter, word in (("a", "agree"), ("d", "disagree")):
                n, n_rest = inside.count(word), rest.count(word)
                p = Fraction(n + 1, len(inside) + 2)
                p1, p2 = Fraction(n + 1, len(inside) + 1), Fraction(n_rest + 1, len(rest) + 1)
                both = Fraction(n + n_rest + 2, len(inside) + len(rest) + 2)
                spread = both * (1 - both) * (Fraction(1, len(inside) + 1) + Fraction(1, len(rest) + 1))
                numbers[f"p{letter}"] = float(p)
                numbers[f"p{letter}t"] = 2 * math.sqrt(len(inside) + 1) * float(p1 - Fraction(1, 2))
                numbers[f"r{letter}"] = float(p / Fraction(n_rest + 1, len(rest) + 2))
                numbers[f"r{letter}t"] = 0.0 if both == 1 else float(p1 - p2) / math.sqrt(spread)
            found[group][statement] = numbers
    return found


def reference_representative(numbers: dict[str, dict[str, float]], seen: set[str]) -> list[tuple[str, bool, bool]]:
    """Choose a group's statements, as (id, whether it agrees more than others, best agreed)."""
    best, chosen, most, at_most = None, [], None, -math.inf
    for statement, n in numbers.items():
        if (n["rat"] > 1.2816 and n["pat"] > 1.2816) or (n["rdt"] > 1.2816 and n["pdt"] > 1.2816):
            sign = "a" if n["rat"] > n["rdt"] else "d"
            metric = n[f"r{sign}"] * n[f"r{sign}t"] * n[f"p{sign}"] * n[f"p{sign}t"]
            chosen.append((-metric, len(chosen), statement))
        if max(n["rat"], n["rdt"]) > at_most:
            most, at_most = statement, max(n["rat"], n["rdt"])
        if statement not in seen:
            continue
        if best is None:
            better = n["pat"] > 1.2816 or (n["ra"] > 1 and n["pa"] > 0.5)
        else:
            names = ("ra", "rat", "pa", "pat") if numbers[best]["ra"] > 1 else ("pa", "pat")
            better = math.prod(n[name] for name in names) > math.prod(numbers[best][name] for name in names)
        if better:
            best = statement
    kept = [statement for *_, statement in sorted(chosen) if statement != best]
    listed = ([best] if best else []) + kept if chosen else [best or most]
    agreeing = {s: numbers[s]["rat"] > numbers[s]["rdt"] for s in listed[:5]}
    return [(s, agreeing[s], s == best) for wanted in (True, False) for s in listed[:5] if agreeing[s] is wanted]


TABLES = st.integers(1, 6).flatmap(
    lambda columns: st.lists(st.text("aadp.", min_size=columns, max_size=columns), min_size=1, max_size=14)
)


@given(TABLES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_statistics_are_those_of_the_reference(lines: list[str], draw: random.Random) -> None:
    rows = cast({f"v{rank:02d}": line for rank, line in enumerate(lines)})
    voters = sorted({voter for voter, *_ in rows})
    groups = {voter: draw.choice("ABC") for voter in voters if draw.random() < 0.9}
    assert_as_reference(rows, asked(len(lines[0])), groups)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [0.2, 0.7])
def test_statistics_of_planted_groups_are_those_of_the_reference(seed: int, noise: float) -> None:
    rows = planted((30, 20, 12), 16, 0.7, seed, noise)
    assert_as_reference(rows, asked(16), {voter: voter[0] for voter, *_ in rows})


def assert_as_reference(rows: list[Row], names: list[str], groups: dict[str, str]) -> None:
    found = consensus.statistics(matrix(rows, names), groups)
    expected = reference(rows, names, groups)
    assert found.groups == tuple(expected)
    for group, stances, chosen in zip(found.groups, found.stances, found.representative, strict=True):
        for stance in stances:
            for name, value in expected[group][stance.statement].items():
                assert getattr(stance, name) == pytest.approx(value, abs=1e-12, rel=1e-12)
        # Chosen from the numbers found, for ties must not hang on a last figure.
        numbers = {
            stance.statement: {name: getattr(stance, name) for name in expected[group][stance.statement]}
            for stance in stances
        }
        seen = {one.statement for one in stances if one.tally.agree + one.tally.disagree}
        listed = [(one.statement, one.more == "agree", one.best_agreed) for one in chosen]
        assert listed == reference_representative(numbers, seen)
    for said in found.opinions:
        words = [word for _, statement, word, _ in rows if statement == said.statement]
        assert said.tally == Tally(*(words.count(word) for word in WORDS))
        if groups:
            counted = [expected[group][said.statement] for group in found.groups]
            assert said.consensus == pytest.approx(math.prod(one["pa"] for one in counted), abs=1e-12)
            assert said.refusal == pytest.approx(math.prod(one["pd"] for one in counted), abs=1e-12)


# Lists


def test_lists_by_hand() -> None:
    found = consensus.statistics(matrix(cast(HAND), asked(4)), GROUPS).opinions
    assert [(f.statement, f.direction) for f in representation.shared(found)] == [("s1", "agree")]
    (first, *others) = representation.majority(found)
    assert (first.statement, first.direction, others) == ("s1", "agree", [])
    assert first.score == pytest.approx(10 / 12 * 2 * math.sqrt(11) * (10 / 11 - 1 / 2), abs=1e-12)
    (divides,) = representation.divisive(found)
    assert (divides.statement, divides.direction) == ("s0", None)
    assert divides.score == pytest.approx(5 / 7 * 4 / 6, abs=1e-15)
    (puzzles,) = representation.unclear(found)
    assert puzzles.statement == "s2"
    assert puzzles.score == pytest.approx((5 / 8) ** 2 * 5, abs=1e-15)


def counted(*groups: tuple[int, int, int]) -> opinions.Opinion:
    """Give what groups say of a statement from (agree, disagree, pass) each; everyone has a group."""
    tallies = tuple(Tally(*group) for group in groups)
    return representation.opinion("s", sum(tallies, Tally(0, 0, 0)), tallies)


def test_what_a_majority_of_each_group_says_is_shared_if_it_is_not_by_chance() -> None:
    agreed, refused = counted((9, 0, 1), (6, 1, 1)), counted((0, 9, 1), (1, 6, 1))
    (yes,), (no,) = representation.shared([agreed]), representation.shared([refused])
    assert (yes.direction, yes.score) == ("agree", pytest.approx(10 / 12 * 7 / 10))
    assert (no.direction, no.score) == ("disagree", pytest.approx(10 / 12 * 7 / 10))
    assert not representation.shared([counted((30, 0, 0), (1, 1, 0))])
    assert not representation.shared([counted((4, 2, 0), (3, 2, 0))])  # 7 of 11


def test_what_divides_sets_the_most_opposed_groups_against_each_other() -> None:
    (found,) = representation.divisive([counted((18, 0, 0), (14, 4, 0), (2, 16, 0), (0, 8, 0))])
    assert found.score == pytest.approx(19 / 20 * 9 / 10)
    assert not representation.divisive([counted((18, 0, 0), (9, 9, 0))])


def test_what_three_in_ten_pass_on_is_not_yet_unclear() -> None:
    assert not representation.unclear([counted((4, 3, 3))])
    assert representation.unclear([counted((4, 2, 4))])[0].score == pytest.approx(0.4**2 * 4)


def test_what_everyone_refuses_is_shared_too_and_lists_are_short() -> None:
    rows = cast({f"v{rank}": "d" * 7 + "a" for rank in range(6)})
    found = consensus.statistics(matrix(rows, asked(8)), {}).opinions
    assert len(representation.shared(found)) == opinions.MOST_LISTED
    against = representation.majority(found)
    assert [(f.statement, f.direction) for f in against] == [
        ("s7", "agree"),
        *((s, "disagree") for s in asked(5)),
    ]


# Groups


def rand(letters: dict[str, str]) -> float:
    """Give the adjusted Rand index between the groups found and those planted."""
    pairs = [(voter.split("-")[0], letter) for voter, letter in letters.items()]

    def together(labels: list[object]) -> int:
        return sum(math.comb(labels.count(label), 2) for label in set(labels))

    both, one, other = together(list(pairs)), together([p for p, _ in pairs]), together([q for _, q in pairs])
    chance = one * other / math.comb(len(pairs), 2)
    return (both - chance) / ((one + other) / 2 - chance)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shares", [(60, 40), (150, 20), (50, 40, 30), (90, 60, 20)])
@pytest.mark.parametrize("seen", [1.0, 0.5])
def test_planted_groups_are_recovered(shares: tuple[int, ...], seed: int, seen: float) -> None:
    found = consensus.grouping(matrix(planted(shares, 40, seen, seed), asked(40)))
    assert len(set(found.letters.values())) == len(shares)
    assert rand(dict(found.letters)) > 0.95
    assert found.silhouette > opinions.DISTINCT


def test_letters_go_from_the_largest_group() -> None:
    found = consensus.opinions(matrix(planted((20, 70, 40), 40, 0.8, 1), asked(40)))
    assert [(group.letter, group.size) for group in found.groups] == [("A", 70), ("B", 40), ("C", 20)]
    assert sum(spot.voters for spot in found.spots) == found.placed == 130


CROWDS = st.builds(
    planted,
    st.sampled_from([(9, 7), (12, 12), (20, 9, 7), (30,), (15, 15, 15, 15)]),
    st.sampled_from([4, 9, 15]),
    st.sampled_from([0.3, 0.7, 1.0]),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.2, 0.6]),
)


@given(CROWDS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_and_statements_changes_nothing(rows: list[Row], draw: random.Random) -> None:
    names = asked(15)
    before = consensus.opinions(matrix(rows, names))
    draw.shuffle(rows)
    draw.shuffle(names)
    assert consensus.opinions(matrix(rows, names)) == before


@given(CROWDS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_names_of_voters_change_nothing(rows: list[Row], draw: random.Random) -> None:
    voters = sorted({voter for voter, *_ in rows})
    names = dict(zip(voters, draw.sample(voters, len(voters)), strict=True))
    renamed = [(names[voter], *rest) for voter, *rest in rows]
    before, after = matrix(rows, asked(15)), matrix(renamed, asked(15))
    assert consensus.opinions(before) == consensus.opinions(after)
    letters = consensus.grouping(before).letters
    assert consensus.grouping(after).letters == {names[voter]: letter for voter, letter in letters.items()}


@given(st.integers(0, 10_000), st.sampled_from([(9, 7), (20, 9, 7), (30, 25, 12)]), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_names_of_statements_change_only_names(seed: int, shares: tuple[int, ...], draw: random.Random) -> None:
    rows = planted(shares, 12, 0.8, seed, 0.3)
    names = dict(zip(asked(12), draw.sample([f"t{column}" for column in range(12)], 12), strict=True))
    renamed = [(voter, names[statement], word, day) for voter, statement, word, day in rows]
    before, after = consensus.opinions(matrix(rows, asked(12))), consensus.opinions(matrix(renamed, names.values()))
    assert [(g.letter, g.size) for g in after.groups] == [(g.letter, g.size) for g in before.groups]
    assert after.spots == before.spots
    for said in before.statements:
        assert after.opinion(names[said.statement]) == dataclasses.replace(said, statement=names[said.statement])
    for name in ("shared", "majority", "divisive", "unclear"):
        assert [f.score for f in getattr(after, name)] == [f.score for f in getattr(before, name)]


@given(CROWDS)
@settings(deadline=None, max_examples=25)
def test_a_double_is_in_the_group_of_whom_they_repeat(rows: list[Row]) -> None:
    first = rows[0][0]
    doubled = rows + [("double", *rest) for voter, *rest in rows if voter == first]
    letters = consensus.grouping(matrix(doubled, asked(15))).letters
    assert letters.get("double") == letters.get(first)


@given(CROWDS)
@settings(deadline=None, max_examples=25)
def test_a_statement_without_votes_changes_nothing_else(rows: list[Row]) -> None:
    before, after = (consensus.opinions(matrix(rows, names)) for names in (asked(15), [*asked(15), "s99"]))
    empty = after.opinion("s99")
    assert empty.tally == Tally(0, 0, 0)
    assert {tally.votes for tally in empty.groups} <= {0}
    kept = tuple(said for said in after.statements if said is not empty)
    assert dataclasses.replace(after, statements=kept, groups=()) == dataclasses.replace(before, groups=())


@given(CROWDS, st.sets(st.sampled_from(asked(15))))
@settings(deadline=None, max_examples=25)
def test_hidden_statements_are_as_though_never_asked(rows: list[Row], hidden: set[str]) -> None:
    asked_only = [row for row in rows if row[1] not in hidden]
    shown = [name for name in asked(15) if name not in hidden]
    found = consensus.opinions(matrix(rows, asked(15)), hidden)
    assert found == consensus.opinions(matrix(asked_only, shown))
    assert [said.statement for said in found.statements] == sorted(shown, key=votes.order)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "no-vote"),
        (cast({"v": "adp"}), "few-voters"),
        (cast({f"v{rank}": "adp" for rank in range(7)}), "few-voters"),
        (cast({f"v{rank}": "aaa" for rank in range(50)}), "alike"),
        (cast({f"v{rank}": "adp" for rank in range(50)}), "alike"),
        (cast({f"v{rank}": "adp"[: rank % 3 + 1] for rank in range(50)}), "alike"),
        (cast({"odd": "ddd"} | {f"v{rank}": "aaa" for rank in range(50)}), "undivided"),
        (cast({f"v{rank}": "a" if rank % 2 else "d" for rank in range(50)}), None),
    ],
)
def test_when_there_are_no_groups_it_is_said_why(rows: list[Row], reason: str | None) -> None:
    found = consensus.opinions(matrix(rows, asked(3)))
    assert found.reason == reason
    assert bool(found.groups) == (reason is None)
    assert found.votes == len(rows)
    assert found.voters == len({voter for voter, *_ in rows})
    assert {spot.group for spot in found.spots} <= ({"A", "B"} if found.groups else {""})
    assert not found.divisive or found.groups


def test_when_everybody_agrees_that_is_what_is_shared() -> None:
    found = consensus.opinions(matrix(cast({f"v{rank}": "aad" for rank in range(50)}), asked(3)))
    assert [(f.statement, f.direction) for f in found.shared] == [("s0", "agree"), ("s1", "agree"), ("s2", "disagree")]
    assert found.shared[2].score == found.statements[2].refusal == 51 / 52
    assert found.shared[0].score == found.statements[0].consensus == 51 / 52


def test_what_a_few_voters_say_is_not_called_shared() -> None:
    for voters, shared in ((1, 0), (7, 0), (8, 1)):
        found = consensus.opinions(matrix(cast({f"v{rank}": "a" for rank in range(voters)}), asked(1)))
        assert (found.statements[0].tally.agree, len(found.shared)) == (voters, shared)


def test_nothing_is_asked() -> None:
    for found in (
        consensus.opinions(matrix([], [])),
        consensus.opinions(matrix(cast(HAND), asked(4)), hidden=asked(4)),
    ):
        assert (found.voters, found.votes, found.statements, found.groups, found.reason) == (0, 0, (), (), "no-vote")


@pytest.mark.parametrize(
    ("counts", "placed", "needed"),
    [
        ([9] * 20 + [6] * 5, 20, 7),
        ([9] * 10 + [6] * 5 + [3] * 5, 15, 6),
        ([9] * 10 + [6] * 9 + [3] * 5, 19, 6),  # those who tie all enter
        ([9] * 10 + [1], 11, 1),
    ],
)
def test_who_is_placed(counts: list[int], placed: int, needed: int) -> None:
    draw = random.Random(5)  # noqa: S311
    rows = cast({f"v{rank:02d}": "".join(draw.choices("ad", k=n)) for rank, n in enumerate(counts)})
    found = consensus.opinions(matrix(rows, asked(10)))
    assert (found.placed, found.votes_to_be_placed) == (placed, needed)


def test_with_few_statements_all_must_be_voted_on() -> None:
    rows = cast({f"v{rank}": "ada" if rank % 3 else "dad" for rank in range(30)} | {"w": "ad."})
    found = consensus.opinions(matrix(rows, asked(3)))
    assert (found.voters, found.placed, found.votes_to_be_placed) == (31, 30, 3)


def test_one_eccentric_does_not_make_a_group() -> None:
    rows = planted((30, 20), 40, 0.8, 3)
    alone = [("w", f"s{column}", "disagree" if column % 2 else "agree", DAY) for column in range(40)]
    found = consensus.opinions(matrix(rows + alone, asked(40)))
    assert sorted(group.size for group in found.groups) in ([20, 31], [21, 30])


def test_one_far_from_all_does_not_hide_the_groups_of_the_others() -> None:
    """One says the contrary of everyone on 380 statements; on 20 others there are two groups."""
    rows = cast({f"v{rank:02d}": ("ad"[rank % 2] * 20) + "a" * 380 for rank in range(60)} | {"w": "p" * 20 + "d" * 380})
    found = consensus.opinions(matrix(rows, asked(400)))
    assert [group.size for group in found.groups] == [31, 30]


@pytest.mark.parametrize(("shares", "groups"), [((4, 4, 3), 2), ((4, 4, 4), 3)])
def test_few_voters_make_few_groups(shares: tuple[int, ...], groups: int) -> None:
    assert len(consensus.opinions(matrix(planted(shares, 40, 1, 2, 0), asked(40))).groups) == groups


def test_few_votes_do_not_draw_a_voter_to_the_middle_as_much() -> None:
    """Someone with 7 votes of 16 is placed sqrt(7/16) as far as those who voted alike on all, and not 7/16."""
    rows = cast({f"v{rank}": "ad"[rank % 2] * 16 for rank in range(40)} | {"w": "a" * 7})
    found = consensus.grouping(matrix(rows, asked(16)))
    far, near = {spot.x for spot in found.spots if spot.voters > 1}, [s.x for s in found.spots if s.voters == 1]
    assert abs(near[0]) / max(far) == pytest.approx(math.sqrt(7 / 16), abs=0.05)


@pytest.mark.parametrize("count", [1, 4, 5, 8, 16])
def test_a_place_on_the_edge_of_a_step_falls_on_the_same_side_for_all(count: int) -> None:
    """Of 729 people 200 agree and 200 disagree: 27/20 of the standard deviation, 13.5 steps from the middle."""
    rows = cast({f"v{rank}": ("a" if rank < 200 else "d" if rank < 400 else "p") * count for rank in range(729)})
    spots = consensus.grouping(matrix(rows, asked(count))).spots
    assert [(spot.x, spot.y, spot.voters) for spot in spots] == [(-14, 0, 200), (0, 0, 329), (14, 0, 200)]


def test_the_silhouette_is_the_mean_over_voters() -> None:
    draw = random.Random(8)  # noqa: S311
    found = consensus.grouping(matrix(planted((20, 14, 9), 12, 0.8, 4, 0.5), asked(12)))
    places = [(s.x, s.y, s.group) for s in found.spots for _ in range(s.voters)]
    draw.shuffle(places)
    scores = []
    for rank, (x, y, own) in enumerate(places):
        away: dict[str, list[float]] = {}
        for other, (u, v, group) in enumerate(places):
            if other != rank:
                away.setdefault(group, []).append(math.hypot(x - u, y - v))
        mean = {group: sum(distances) / len(distances) for group, distances in away.items()}
        a, b = mean[own], min(value for group, value in mean.items() if group != own)
        scores.append((b - a) / max(a, b))
    assert found.silhouette == pytest.approx(sum(scores) / len(scores), abs=1e-6)


def plain(value: object) -> bool:
    if dataclasses.is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or type(value) in {int, float, str, bool}


def test_opinions_are_plain_and_travel() -> None:
    found = consensus.opinions(matrix(planted((20, 14), 12, 0.8, 4), asked(12)))
    assert plain(found)
    copied: Opinions = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert copied == found


def test_no_processor_changes_anything() -> None:
    """OpenBLAS adds in another order on other processors and threads; as if on the oldest, it agrees."""
    lines = (
        "from test_consensus import *",
        "for seed in range(6):",
        "    rows = planted((40, 30, 14), 20, 0.6, seed, 0.5) + cast({f'u{n}': 'aaddp'[n % 4 :] for n in range(40)})",
        "    print(consensus.opinions(matrix(rows, asked(20))))",
        "for other in 'd.p':  # three groups, each for six statements of its own: all directions are worth the same",
        "    rows = [other * 6 * part + 'a' * 6 + other * (12 - 6 * part) for part in range(3) for _ in range(9)]",
        "    print(consensus.opinions(matrix(cast({f'v{n}': line for n, line in enumerate(rows)}), asked(18))))",
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", "\n".join(lines)],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parent,
            env=dict(os.environ) | processor,
        ).stdout
        for processor in ({}, {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"})
    }
    assert len(said) == 1
    assert all(len(text) > 10_000 for text in said)


def test_a_city_without_statements_never_loads_numpy() -> None:
    modules = ("civic.votes", "civic.opinions", "civic.representation", "rendering.opinion_picture", "pipeline")
    lines = [*(f"import agora_build.{name}" for name in modules), "import sys", "print('numpy' in sys.modules)"]
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "False"


def test_a_csv_file_is_read_as_it_is() -> None:
    lines = ["voter,statement,vote,date\r\n", '"u,1",s0,agree,2016-11-15\r\n', "u2,s0,pass,2016-11-15\r\n"]
    rows = csv.reader(lines)
    assert tuple(next(rows)) == votes.COLUMNS
    assert matrix(rows, ["s0"]).voters == ("u,1", "u2")
