"""A vote on a budget comes from Pabulib: its projects, its ballots and no voter; what cannot come is told line by line.

The files are written here, in the form that Pabulib documents; none is copied.
"""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest
from cities import minimal_city
from exports import imported, places, run, texts
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares
from sites import built

from agora_build.content.loader import load

META = {
    "description": "Budget participatif des quais", "country": "France", "unit": "Villeneuve", "instance": "2016",
    "num_projects": "4", "num_votes": "6", "budget": "100000", "vote_type": "approval", "rule": "greedy",
    "date_begin": "04.04.2016", "date_end": "2016-04-30", "max_length": "2",
}  # fmt: skip
PROJECTS = [
    "BO.1/arbres;60000;5;Des arbres;nature;1",
    'BO.2/lampes;50000.50;3;"Des lampes ; et des mâts";voirie;0',
    "BO.3/bancs;40000;4;Des bancs, écrire à marie.dupont@ville.example;voirie;1",
    "BO.4/fresque;10000;0;Une fresque;culture;0",
]
VOTES = [
    "voter-77;34;F;BO.1/arbres,BO.2/lampes", "voter-12;61;M;BO.3/bancs,BO.1/arbres", "voter-3;;;BO.1/arbres",
    "voter-40;;;BO.1/arbres,BO.3/bancs", "voter-41;;;BO.3/bancs", "voter-9;;;",
]  # fmt: skip
DAY = datetime.date(2017, 1, 20)
FOLDER = "content/campaigns/les-quais"
DEBATE = f"{FOLDER}/debates/budget-participatif-des-quais.md"
BALLOTS = f"{FOLDER}/votes/budget-participatif-des-quais/ballots.csv"


def pb(path: Path, votes: list[str] = VOTES, projects: list[str] = PROJECTS, columns: str = "", **meta: str) -> Path:
    """Write a file of Pabulib."""
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in {**META, **meta}.items() if value)]
    lines += ["PROJECTS", "project_id;cost;votes;name;category;selected", *projects]
    lines += ["VOTES", columns or "voter_id;age;sex;vote", *votes]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def test_a_vote_becomes_a_debate_that_counts_the_same(city: Path, tmp_path: Path) -> None:
    code, told = imported(city, "pabulib", pb(tmp_path / "villeneuve.pb"))
    assert (code, told["taken"]) == (0, {"debates": 1, "votes": 1})
    debate = (city / DEBATE).read_text("utf-8")
    assert "opens: 2016-04-04\ncloses: 2016-04-30\nmethod: budget\n" in debate
    assert "  - id: bo-2-lampes\n    title: Des lampes ; et des mâts\n    cost: 50000.50\n" in debate
    assert load(city, DAY).problems == []
    site = tmp_path / "site"
    assert built(city, site).problems == []
    page = (site / "campagnes/les-quais/debats/budget-participatif-des-quais/vote/index.html").read_text("utf-8")
    assert "Ce vote a eu lieu ailleurs" in page
    assert "2 projets sont financés" in page
    assert "verify_votes.py" not in page, "it has neither codes nor seals"
    code, said = run("tally", "les-quais/budget-participatif-des-quais", "--city", str(city))
    assert code == 0
    assert "financés : bo-1-arbres, bo-3-bancs ; reste 0" in said


def test_no_voter_comes_in_nor_an_address(city: Path, tmp_path: Path) -> None:
    """The same ballots in another order, by other people, make the same file: nothing of either is in it."""
    imported(city, "pabulib", pb(tmp_path / "one.pb"))
    ballots = (city / BALLOTS).read_bytes()
    others = [f"citizen-{n};{line.split(';', 1)[1]}" for n, line in enumerate(random.Random(3).sample(VOTES, 6))]  # noqa: S311
    (city / BALLOTS).unlink()
    code, told = imported(city, "pabulib", pb(tmp_path / "two.pb", others))
    assert (code, told["taken"], told["same"]) == (0, {"votes": 1}, {"debates": 1})
    assert (city / BALLOTS).read_bytes() == ballots
    written = b"".join(path.read_bytes() for path in city.rglob("*") if path.is_file())
    assert not any(secret in written for secret in (b"voter-", b"citizen-", b"marie.dupont", b";61;"))
    assert "(adresse électronique retirée)" in (city / DEBATE).read_text("utf-8")


def test_a_preview_writes_nothing_and_a_second_import_adds_nothing(city: Path, tmp_path: Path) -> None:
    file = pb(tmp_path / "villeneuve.pb")
    before = {path: path.read_bytes() for path in city.rglob("*") if path.is_file()}
    code, told = imported(city, "pabulib", file, "--dry-run")
    assert (code, told["taken"]) == (0, {"debates": 1, "votes": 1})
    assert "cost: 60000" in told["samples"][0]["text"]
    assert {path: path.read_bytes() for path in city.rglob("*") if path.is_file()} == before
    imported(city, "pabulib", file)
    once = texts(city, "debates")
    code, told = imported(city, "pabulib", file)
    assert (code, told["taken"], told["same"]) == (0, {}, {"debates": 1, "votes": 1})
    assert texts(city, "debates") == once


def test_what_cannot_be_taken_is_told_at_its_line(city: Path, tmp_path: Path) -> None:
    projects = [*PROJECTS, "BO.5/pont;200000;1;Un pont;;1", "BO.6;0;1;Rien;;0", "BO.6;10;1;Rien;;0", "!!;10;0;Quoi;;0"]
    votes = [
        "a;;;BO.1/arbres,BO.9/lune", "b;;;BO.1/arbres,BO.1/arbres", "c;;;BO.1/arbres,BO.2/lampes,BO.3/bancs",
        "d;;;BO.1/arbres,BO.5/pont", "d;;;BO.3/bancs", "e;;;BO.3/bancs;;trop",
    ]  # fmt: skip
    code, told = imported(city, "pabulib", pb(tmp_path / "v.pb", votes, projects))
    assert code == 1
    assert places(told) == [
        (21, "project-over-budget"), (22, "import-bad-cost"), (23, "import-repeated-project"),
        (24, "import-bad-project"), (27, "import-unknown-project"), (28, "option-chosen-twice"),
        (29, "too-many-choices"), (31, "import-voted-twice"), (32, "import-cells"),
    ]  # fmt: skip
    assert told["left"] == {"pabulib-choices-left": 1}
    assert (city / BALLOTS).read_text("utf-8").splitlines()[1].endswith(",bo-1-arbres")


def test_points_come_as_points(city: Path, tmp_path: Path) -> None:
    votes = ["a;BO.2/lampes,BO.1/arbres;3,2", "b;BO.1/arbres,BO.3/bancs;5,0", "c;BO.1/arbres;9", "d;BO.1/arbres;1,2"]
    limits = {"vote_type": "cumulative", "max_sum_points": "5", "max_points": "5", "max_length": ""}
    file = pb(tmp_path / "v.pb", votes, columns="voter_id;vote;points", **limits)
    code, told = imported(city, "pabulib", file)
    assert (code, places(told)) == (1, [(26, "too-many-points"), (27, "import-points-count")])
    said = sorted(line.partition(",")[2] for line in (city / BALLOTS).read_text("utf-8").splitlines()[1:])
    assert said == ["bo-1-arbres:2;bo-2-lampes:3", "bo-1-arbres:5"]
    assert load(city, DAY).problems == []


@pytest.mark.parametrize(
    ("meta", "code"),
    [
        ({"vote_type": "ordinal"}, "import-pabulib-type"),
        ({"vote_type": "scoring", "default_score": "1"}, "import-pabulib-type"),
        ({"vote_type": "cumulative"}, "import-pabulib-points"),
        ({"rule": "greedy-exclusive"}, "import-pabulib-rule"),
        ({"budget": "beaucoup"}, "import-pabulib-missing"),
        ({"date_begin": ""}, "import-pabulib-days"),
        ({"date_begin": "2003", "date_end": "2003"}, "outside-campaign"),
    ],
)
def test_a_vote_that_the_method_cannot_hold_is_refused_with_its_reason(
    meta: dict[str, str], code: str, city: Path, tmp_path: Path
) -> None:
    before = texts(city, "debates")
    done, told = imported(city, "pabulib", pb(tmp_path / "v.pb", **meta))
    assert done == 1
    assert {item["code"] for item in told["problems"]} == {code}
    assert texts(city, "debates") == before


def test_another_rule_may_be_asked_for_and_what_it_changes_is_told(city: Path, tmp_path: Path) -> None:
    file = pb(
        tmp_path / "v.pb",
        projects=[line.replace("Une fresque;culture;0", "Une fresque;culture;1") for line in PROJECTS],
    )
    code, told = imported(city, "pabulib", file, "--rule", "equal-shares", "--debate", "quais-2016")
    assert code == 0
    assert "rule: equal-shares" in (city / FOLDER / "debates/quais-2016.md").read_text("utf-8")
    assert (20, "import-pabulib-selected") in places(told, "notes")


def test_what_is_no_file_of_pabulib_is_said_so(city: Path, tmp_path: Path) -> None:
    for text in ("a;b\n1;2\n", "", "\n\n"):
        (tmp_path / "v.pb").write_text(text, "utf-8")
        code, told = imported(city, "pabulib", tmp_path / "v.pb")
        assert (code, [item["code"] for item in told["problems"]]) == (1, ["import-not-pabulib"])


@pytest.mark.parametrize("rule", ["greedy", "equal-shares"])
def test_a_file_of_hundreds_of_ballots_funds_what_pabutools_reads_in_it(rule: str, city: Path, tmp_path: Path) -> None:
    """Both read the same file, each by itself; equal shares are compared before any completion, which is ours."""
    drawn = random.Random(11)  # noqa: S311 - a vote, not a secret
    projects = [f"P{n};{drawn.randrange(80, 400) * 100};0;Projet {n};;0" for n in range(12)]
    votes = [f"v{n};;;{','.join(drawn.sample([f'P{p}' for p in range(12)], drawn.randint(1, 4)))}" for n in range(300)]
    file = pb(tmp_path / "v.pb", votes, projects, max_length="4")
    code, _ = imported(city, "pabulib", file, "--debate", "quais", "--rule", rule)
    assert code == 0
    instance, profile = parse_pabulib(str(file))
    if rule == "greedy":
        theirs = {project.name for project in greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat)}
    else:
        theirs = {project.name for project in method_of_equal_shares(instance, profile, sat_class=Cost_Sat)}
    said = run("tally", "les-quais/quais", "--city", str(city))[1]
    ours = set(said.partition("financés : ")[2].partition(" ;")[0].split(", "))
    assert len(theirs) > 1
    assert ours == {name.lower() for name in theirs} if rule == "greedy" else ours >= {name.lower() for name in theirs}
