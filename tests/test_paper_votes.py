"""Votes on sentences, ticked on paper: two tables, one count, beside the votes of the site."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner, Result

from agora_build.cli import main
from agora_build.content.loader import load

QUAIS = "content/campaigns/les-quais"
DAY = datetime.date(2016, 5, 12)
ONE, TWO = "20160402-aaaabbb1", "20160403-aaaabbb2"
SITE = f"voter,statement,vote,date\n1,{ONE},agree,2016-04-03\n"
SIGNED = ("--entered-by", "SV", "--signed-by", "ML")


def city_of(tmp_path: Path) -> Path:
    city = minimal_city(tmp_path)
    debate = (
        "---\ntitle: Phrases\nquestion: Que dire ?\nopens: 2016-04-01\ncloses: 2016-06-30\nmethod: statements\n---\n"
    )
    (city / QUAIS / "debates/phrases.md").write_text(debate, "utf-8")
    for name, said in ((ONE, "Des bancs partout."), (TWO, "Moins de voitures.")):
        meta = f"debate: phrases\ndate: {name[:4]}-{name[4:6]}-{name[6:8]}\nvoice: individual\nchannel: web\n"
        (city / QUAIS / f"contributions/{name}.md").write_text(f"---\n{meta}---\n{said}\n", "utf-8")
    (city / QUAIS / "votes/phrases").mkdir(parents=True)
    (city / QUAIS / "votes/phrases/votes.csv").write_text(SITE, "utf-8")
    return city


def run(city: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--city", str(city), "--now", DAY.isoformat()])


def prepared(tmp_path: Path) -> tuple[Path, list[Path]]:
    city, out = city_of(tmp_path), tmp_path / "out"
    arguments = ("--kind", "votes", "--place", "Accueil", "--count", "3", "--out", str(out))
    result = run(city, "sheets", "les-quais/phrases", *arguments)
    assert result.exit_code == 0, result.output
    return city, [out / f"les-quais-lot-1/lot-1-saisie-{entry}.csv" for entry in (1, 2)]


def tick(path: Path, votes: dict[int, tuple[str, str]]) -> None:
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    for row in rows[1:]:
        row[-2:] = votes.get(int(row[2]), ("", ""))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def imported(city: Path, both: list[Path], *more: str) -> Result:
    return run(city, "import", "paper", *map(str, both), *SIGNED, *more)


def votes(city: Path) -> str:
    return (city / QUAIS / "votes/phrases/votes.csv").read_text("utf-8")


def test_votes_ticked_on_paper_stand_beside_those_of_the_site(tmp_path: Path) -> None:
    city, both = prepared(tmp_path)
    html = (both[0].parent / "lot-1-a-imprimer.html").read_text("utf-8")
    assert html.count("Des bancs partout.") == 3
    tick(both[0], {1: ("d’accord", "pas d'accord"), 3: ("+", "?")})
    tick(both[1], {1: ("oui", "-"), 3: ("accord", "Passe")})
    result = imported(city, both)
    assert result.exit_code == 0, result.output
    assert "4 votes sur des phrases, écrits" in result.output
    assert votes(city) == SITE + (
        f"paper-1-1,{ONE},agree,2016-05-12\npaper-1-1,{TWO},disagree,2016-05-12\n"
        f"paper-1-3,{ONE},agree,2016-05-12\npaper-1-3,{TWO},pass,2016-05-12\n"
    )
    assert load(city, DAY).problems == []
    before = votes(city)
    again = imported(city, both)
    assert (again.exit_code, "déjà là" in again.output) == (0, True)
    assert votes(city) == before


def test_votes_read_otherwise_are_settled_or_replaced(tmp_path: Path) -> None:
    city, both = prepared(tmp_path)
    tick(both[0], {2: ("+", "")})
    tick(both[1], {2: ("-", "")})
    result = imported(city, both)
    assert result.exit_code == 1
    assert re.search(r"^ d’accord +\| pas d’accord$", result.stdout, re.MULTILINE)
    assert votes(city) == SITE
    path = both[0].with_name("lot-1-differences.csv")
    path.write_text(path.read_text("utf-8-sig").replace("d’accord;\n", "d’accord;peut-être\n"), "utf-8")
    assert "[not-one-of]" in imported(city, both, "--settled", str(path)).stdout
    path.write_text(path.read_text("utf-8").replace("peut-être", "saisie 2"), "utf-8")
    assert imported(city, both, "--settled", str(path)).exit_code == 0
    assert f"paper-1-2,{ONE},disagree," in votes(city)
    for file in both:
        tick(file, {2: ("+", "")})
    assert imported(city, both).exit_code == 1
    assert imported(city, both, "--replace").exit_code == 0
    assert f"paper-1-2,{ONE},agree," in votes(city)
    assert votes(city).count("paper-") == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (ONE, "20160402-aaaabbb9", "unknown-statement"),
        ("date", "texte", "unknown-column"),
        (";\r\n", ";bof\r\n", "not-one-of"),
    ],
)
def test_what_is_no_vote_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    city, both = prepared(tmp_path)
    for file in both:
        file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))
    result = imported(city, both)
    assert (result.exit_code, f"[{code}]" in result.stdout) == (1, True), result.output
    assert votes(city) == SITE
