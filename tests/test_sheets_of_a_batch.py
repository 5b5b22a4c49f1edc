"""A batch of paper sheets: reserved, numbered, ready to print, with two tables to enter it that import as they are."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner, Result

from agora_build.cli import main
from agora_build.content.loader import load
from agora_build.imports import ods
from agora_build.imports.tables import read_table

DAY = datetime.date(2016, 5, 12)
BATCHES = "content/campaigns/les-quais/batches"


def run(city: Path, *arguments: str) -> Result:
    day = () if "--now" in arguments else ("--now", DAY.isoformat())
    return CliRunner().invoke(main, [*arguments, "--city", str(city), *day])


def prepared(tmp_path: Path, *options: str) -> tuple[Path, Path]:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    result = run(city, "sheets", "les-quais", "--count", "3", "--out", str(out), *options)
    assert result.exit_code == 0, result.output
    return city, out / "les-quais-lot-1"


def test_a_batch_is_reserved_numbered_and_printed(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "--workshop", "atelier")
    assert (city / BATCHES / "1.yml").read_text("utf-8") == (
        "date: 2016-05-12\ndebate: usages\nworkshop: atelier\nsheets: 3\n"
    )
    assert load(city, DAY).problems == []
    html = (folder / "lot-1-a-imprimer.html").read_text("utf-8")
    boxes = re.findall(r'class="leaf__value">(\d*)<', html)
    assert boxes == ["1", "1", "1", "2", "1", "3"]  # batch and sheet, three times
    for asked in re.findall(r'(?:href|src)="(?!https:|mailto:)([^"#]+)"', html):
        assert (folder / asked).is_file(), asked


def test_sheets_are_in_a_language_of_the_site(tmp_path: Path) -> None:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    config = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(config.replace("[city]\n", '[city]\nlanguages = ["fr", "ar"]\n', 1), "utf-8")
    asked = "---\nquestion: ما رأيكم في الأرصفة؟\n---\n"
    (city / "content/campaigns/les-quais/debates/usages.ar.md").write_text(asked, "utf-8")
    where = ("sheets", "les-quais", "--place", "Accueil", "--count", "2", "--out", str(out), "--language")
    refused = run(city, *where, "de")
    assert (refused.exit_code, "fr, ar" in refused.stderr) == (2, True), refused.output
    assert run(city, *where, "ar").exit_code == 0
    html = (out / "les-quais-lot-1/lot-1-a-imprimer.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl"' in html
    assert html.count("ما رأيكم في الأرصفة؟") >= 2
    assert "/ar/campagnes/les-quais/debats/usages/" in html
    for shown in re.findall(r'(?:href|src)="(?!https:|mailto:)([^"#]+)"', html):
        assert (out / "les-quais-lot-1" / shown).is_file(), shown
    assert (out / "les-quais-lot-1/lot-1-saisie-1.csv").read_text("utf-8-sig").startswith("lot;saisie;feuille")


@pytest.mark.parametrize("suffix", [".csv", ".ods"])
def test_its_two_tables_are_imported_as_they_are(tmp_path: Path, suffix: str) -> None:
    city, folder = prepared(tmp_path, "--place", "Accueil de la mairie")
    both = [folder / f"lot-1-saisie-{entry}{suffix}" for entry in (1, 2)]
    for entry, path in enumerate(both, 1):
        header, *rows = read_table(path)
        assert header.cells[:3] == ("lot", "saisie", "feuille")
        assert "J’accepte que mon nom soit publié" in header.cells
        assert [row.cells[:3] for row in rows] == [("les-quais/1", str(entry), str(n)) for n in (1, 2, 3)]
    result = run(city, "import", "paper", *map(str, both), "--entered-by", "SV", "--signed-by", "ML")
    assert result.exit_code == 0, result.output
    assert "0 revenue" in result.output
    assert load(city, DAY).problems == []


def test_numbers_follow_and_nothing_is_overwritten(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "--place", "Accueil")
    (folder / "lot-1-saisie-1.csv").write_text("saisie en cours", "utf-8")
    again = run(city, "sheets", "les-quais/usages", "--count", "2", "--place", "Accueil", "--out", str(folder.parent))
    assert again.exit_code == 0
    assert (folder.parent / "les-quais-lot-2").is_dir()
    (city / BATCHES / "2.yml").unlink()
    refused = run(city, "sheets", "les-quais", "--count", "2", "--place", "Accueil", "--out", str(folder.parent))
    assert (refused.exit_code, "existe déjà" in refused.stderr) == (2, True)
    assert (folder / "lot-1-saisie-1.csv").read_text("utf-8") == "saisie en cours"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("les-quais", "--count", "3"), "--workshop"),
        (("les-quais", "--count", "3", "--place", "Ici", "--workshop", "atelier"), "--workshop"),
        (("les-quai", "--count", "3", "--place", "Ici"), "les-quais"),
        (("les-quais/usage", "--count", "3", "--place", "Ici"), "usages"),
        (("les-quais", "--count", "3", "--workshop", "ateliers"), "atelier"),
        (
            ("les-quais", "--count", "3", "--place", "Ici", "--now", "2016-07-01"),
            "le 01/07/2016, le débat « usages » est clos",
        ),
        (("les-quais", "--count", "0", "--place", "Ici"), "--count : écrivez un nombre de 1 à 500"),
        (("les-quais", "--count", "3", "--kind", "avis"), "--kind : écrivez contribution, votes, question ou place"),
        (("les-quais", "--count", "3", "--now", "demain"), "--now : écrivez un jour, comme 2026-09-21"),
        (("les-quais", "--count", "3", "--place", " "), "en une ligne"),
        (("les-quais", "--count", "3", "--place", "Ici\nou là"), "en une ligne"),
        (("les-quais", "--count", "3", "--place", "Ici" * 60), "en une ligne"),
    ],
)
def test_what_cannot_be_prepared_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    city = minimal_city(tmp_path)
    result = run(city, "sheets", *arguments, "--out", str(tmp_path / "out"))
    assert (result.exit_code, said in result.stderr) == (2, True), result.output
    assert not (tmp_path / "out").exists()


def test_what_is_said_beside_a_vote_has_its_sheets_and_comes_back(tmp_path: Path) -> None:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    debate = city / "content/campaigns/les-quais/debates/voter.md"
    vote = "options:\n  - id: bancs\n    title: Des bancs\n  - id: bus\n    title: Un bus\nballot:\n  kind: approval\n"
    meta = f"title: Voter\nquestion: Que faire ?\nopens: 2016-03-07\ncloses: 2016-06-30\nmethod: priorities\n{vote}"
    debate.write_text(f"---\n{meta}---\n", "utf-8")
    where = ("--place", "Accueil", "--count", "1", "--out", str(out))
    refused = run(city, "sheets", "les-quais/voter", "--kind", "votes", *where)
    assert (refused.exit_code, "votes/voter/paper.csv" in refused.stderr) == (2, True), refused.output
    made = run(city, "sheets", "les-quais/voter", *where)
    assert made.exit_code == 0, made.output
    both = [out / f"les-quais-lot-1/lot-1-saisie-{entry}.csv" for entry in (1, 2)]
    for path in both:
        header, row = path.read_text("utf-8-sig").splitlines()
        cells = row.split(";")
        cells[header.split(";").index("texte")] = "Ni l’un ni l’autre."
        path.write_text(f"{header}\n{';'.join(cells)}\n", "utf-8")
    entered = run(city, "import", "paper", *map(str, both), "--entered-by", "SV", "--signed-by", "ML")
    assert entered.exit_code == 0, entered.output
    assert "1 contribution écrite" in entered.output
    assert load(city, DAY).problems == []


def test_what_people_write_stays_out_of_the_repository(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    result = run(city, "sheets", "les-quais", "--count", "3", "--place", "Ici", "--out", str(city / "content/lots"))
    assert (result.exit_code, "hors du dépôt" in result.stderr) == (2, True)


def test_without_the_library_the_tables_are_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ods.importlib.util, "find_spec", lambda _name: None)
    city = minimal_city(tmp_path)
    result = run(city, "sheets", "les-quais", "--count", "3", "--place", "Ici", "--out", str(tmp_path / "out"))
    assert "odfpy" in result.output
    assert not list((tmp_path / "out").rglob("*.ods"))


def test_a_campaign_without_a_debate_is_told_how_to_begin_one(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    told = ("--title", "Le port", "--summary", "Deux.", "--question", "Que faire ?")
    assert run(city, "new", "campaign", *told).exit_code == 0
    refused = run(city, "sheets", "le-port", "--place", "Accueil", "--count", "2", "--out", str(tmp_path / "out"))
    assert (refused.exit_code, "agora new debate --campaign le-port" in refused.stderr) == (2, True), refused.output
