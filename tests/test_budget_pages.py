"""The page of a participatory budget says, step by step, why each project is funded or not; its forms say the costs."""

from __future__ import annotations

import datetime
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import html5lib
import pytest
from cities import minimal_city
from click.testing import CliRunner
from sites import built

from agora_build.civic.seals import COLUMNS, SEALED, Seal, rules_of, sealed
from agora_build.civic.vote_verification import verify
from agora_build.cli import main
from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot

DAY = datetime.date
OPENS, CLOSES = DAY(2016, 4, 1), DAY(2016, 5, 1)
CAMPAIGN = "content/campaigns/les-quais"
VOTE = "campagnes/les-quais/debats/budget/vote"
COSTS = (("arbres", 6_000_000), ("lampes", 5_000_050), ("bancs", 4_000_000), ("fresque", 100_000))
ENVELOPE = Envelope(10_000_000, "greedy", COSTS)
BALLOTS = ["arbres;lampes"] * 5 + ["arbres;bancs"] * 3 + ["lampes"]
DEBATE = """---
title: Le budget des quais
question: Quels projets financer ?
opens: 2016-04-01
closes: 2016-05-01
method: budget
budget: 100000
rule: greedy
projects:
  - {id: arbres, title: Des arbres, cost: 60000}
  - {id: lampes, title: Des lampes, cost: 50000.50}
  - {id: bancs, title: Des bancs, cost: 40000}
  - {id: fresque, title: Une fresque, cost: 1000}
ballot: {kind: approval, choices: 2}
---
Choisissons.
"""


def with_budget(city: Path, *, added: bool = False) -> None:
    """Give a city a participatory budget with nine ballots and one on paper, or six that count with the others."""
    ballot = Ballot(kind="approval", choices=2, paper="added") if added else Ballot(kind="approval", choices=2)
    debate = DEBATE.replace("choices: 2}", "choices: 2, paper: added}") if added else DEBATE
    (city / CAMPAIGN / "debates/budget.md").write_text(debate, "utf-8")
    codes = sorted(hashlib.sha256(bytes([n])).hexdigest() for n in range(12))
    cast = [f"{hashlib.sha256(bytes([n, 1])).hexdigest()},{said}" for n, said in enumerate(BALLOTS)]
    lists = {
        "codes": codes,
        "void": [],
        "spent": codes[:9],
        "ballots": sorted(cast),
        "paper": ["bancs;fresque,6" if added else "bancs;fresque,1"],
    }
    options = tuple(project for project, _ in COSTS)
    rules = rules_of("les-quais/budget", (OPENS, CLOSES), options, ballot, ENVELOPE)
    seals: list[Seal] = [sealed([], DAY(2016, 3, 20), "opening", rules, {"codes": codes})]
    seals.append(sealed(seals, CLOSES, "closing", rules, lists))
    folder = city / CAMPAIGN / "votes/budget"
    folder.mkdir(parents=True)
    headers = {"ballots": "receipt,choices", "paper": "choices,count", "roots": ",".join(COLUMNS)}
    rows = {**lists, "roots": [",".join(seal.cells()) for seal in seals]}
    for name in (*SEALED, "roots"):
        text = "".join(f"{line}\n" for line in (headers.get(name, "code"), *rows[name]))
        (folder / f"{name}.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = minimal_city(tmp_path_factory.mktemp("city"))
    with_budget(made)
    return made


@pytest.fixture(scope="module")
def site(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("site")
    assert built(city, output, DAY(2016, 6, 1)).problems == []
    return output


def read(page: Path) -> Any:
    return html5lib.parse(page.read_text("utf-8"), treebuilder="etree", namespaceHTMLElements=False)


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def test_each_step_says_the_votes_the_cost_what_is_left_and_why(site: Path) -> None:
    page = read(site / VOTE / "index.html")
    steps, on_paper, scores = page.iter("table")
    assert [words(row) for row in steps.findall("tbody/tr")] == [
        "1 Des arbres 8 60 000 € 40 000 € Financé",
        "2 Des lampes 6 50 000,50 € 40 000 € Non financé : il coûte plus que ce qui reste.",
        "3 Des bancs 3 40 000 € 0 € Financé",
        "4 Une fresque 0 1 000 € 0 € Non financé : personne ne l’a choisi.",
    ]
    assert [len(table.findall("tbody/tr")) for table in (on_paper, scores)] == [4, 4]
    said = words(page)
    assert "2 projets sont financés : Des arbres, Des bancs." in said
    assert "100 000 € dépensés sur 100 000 € ; il reste 0 €." in said
    assert "1 Une fresque 1 1 000 € 99 000 € Financé À égalité avec : Des bancs" in words(on_paper)
    assert "Sur papier seulement, avec la même règle 2 projets sont financés : Une fresque, Des bancs." in said
    drawn = page.find(".//figure/{*}svg")
    assert len(drawn) == 3, "what there is, and two projects"


def test_nothing_of_the_result_is_known_before_its_day(city: Path, tmp_path: Path) -> None:
    assert built(city, tmp_path, CLOSES).problems == []
    assert not any("Financé" in path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    assert not (tmp_path / VOTE / "tally.json").exists()
    assert "Des lampes 50 000,50 €" in words(read(tmp_path / "campagnes/les-quais/debats/budget/index.html"))


def test_the_published_files_vouch_for_the_projects_that_are_funded(site: Path) -> None:
    files = {path.name: path.read_bytes() for path in (site / VOTE).iterdir() if path.suffix in (".csv", ".json")}
    assert verify(files) == []
    files["tally.json"] = files["tally.json"].replace(b'"funded":["arbres","bancs"]', b'"funded":["arbres","lampes"]')
    assert [finding.code for finding in verify(files)] == ["another-count"]


def test_the_command_counts_again_and_says_every_step(city: Path) -> None:
    done = CliRunner().invoke(main, ["tally", "les-quais/budget", "--city", str(city)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "financés : arbres, bancs ; reste 0" in done.output
    assert "6 voix, coûte 50000.50 ; reste 40000 : trop cher" in done.output


# --- Paper that counts with the codes


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    city, output = minimal_city(tmp_path_factory.mktemp("added")), tmp_path_factory.mktemp("site")
    with_budget(city, added=True)
    assert built(city, output, DAY(2016, 6, 1)).problems == []
    return output


def test_paper_that_the_rules_add_counts_with_the_codes(added: Path) -> None:
    """Six ballots on paper for the benches: with them, benches and a mural are paid for, and lamps are not."""
    page = read(added / VOTE / "index.html")
    said, (steps, *_) = words(page), page.iter("table")
    assert [words(row) for row in steps.findall("tbody/tr")] == [
        "1 Des bancs 9 40 000 € 60 000 € Financé",
        "2 Des arbres 8 60 000 € 0 € Financé",
        "3 Une fresque 6 1 000 € 0 € Non financé : il coûte plus que ce qui reste. À égalité avec : Des lampes",
        "4 Des lampes 6 50 000,50 € 0 € Non financé : il coûte plus que ce qui reste.",
    ]
    assert "Tous les bulletins ensemble, comme le disent les règles" in said
    assert "comptés avec les autres" in said
    assert "Les bulletins sur papier comptent avec ceux des codes" in said
    assert "jamais additionnés" not in said
    assert "Avec un code seulement, avec la même règle" in said


def test_the_choice_is_sealed_with_the_rules_and_both_verifiers_count_it(added: Path) -> None:
    files = {path.name: path.read_bytes() for path in (added / VOTE).iterdir() if path.suffix in (".csv", ".json")}
    assert json.loads(files["vote.json"])["paper"] == "added"
    tally = json.loads(files["tally.json"])
    assert [tally[pile]["ballots"] for pile in ("online", "paper", "together")] == [9, 6, 15]
    assert tally["together"]["budget"]["funded"] == ["bancs", "arbres"]
    assert verify(files) == []
    program = [sys.executable, "-I", added / "assets/programs/verify_votes.py", added / VOTE]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Projets financés : bancs, arbres" in done.stdout
    files["tally.json"] = files["tally.json"].replace(b'"funded":["bancs","arbres"]', b'"funded":["arbres","lampes"]')
    assert [finding.code for finding in verify(files)] == ["another-count"]


def test_the_file_of_researchers_holds_every_ballot_that_counted(added: Path) -> None:
    text = (added / VOTE / "budget.pb").read_text("utf-8")
    assert "num_votes;15\n" in text
    assert "\nbancs;40000;9;Des bancs;1\n" in text
    assert text.count(";bancs,fresque\n") == 6


def test_a_budget_voted_on_paper_alone_is_counted_and_given(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_budget(city, added=True)
    for name in ("codes", "void", "spent", "ballots", "roots"):
        (city / CAMPAIGN / f"votes/budget/{name}.csv").unlink()
    assert built(city, tmp_path / "site", DAY(2016, 6, 1)).problems == []
    folder = tmp_path / "site" / VOTE
    assert "num_votes;6\n" in (folder / "budget.pb").read_text("utf-8")
    assert json.loads((folder / "tally.json").read_bytes())["together"]["budget"]["funded"] == ["fresque", "bancs"]
    package = json.loads((tmp_path / "site/campagnes/les-quais/datapackage.json").read_bytes())
    assert "debats/budget/vote/budget.pb" in {item["path"] for item in package["resources"]}


def test_a_vote_without_paper_ballots_is_counted_alone(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_budget(city, added=True)
    debate = city / CAMPAIGN / "debates/budget.md"
    assert built(city, tmp_path / "before", CLOSES).problems == []
    assert "Les bulletins sur papier comptent avec" in words(read(tmp_path / "before" / VOTE / "index.html"))
    debate.write_text(debate.read_text("utf-8").replace("method: budget", "method: priorities"), "utf-8")
    assert "method-forbids" in {problem.code for problem in built(city, tmp_path / "other", CLOSES).problems}
