"""Questions and points of the map on paper: printed with a number, entered twice, published and counted as the rest."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner, Result
from sites import theme_of

from agora_build.cli import main
from agora_build.content.loader import load
from agora_build.content.sheet_ids import sheet_id
from agora_build.content.site import Site
from agora_build.content.voices import of_batch
from agora_build.imports.sheet_columns import metres, point_of
from agora_build.imports.tables import read_table
from agora_build.outputs import batch_pages, map_pages, question_pages

QUAIS = "content/campaigns/les-quais"
DAY = datetime.date(2016, 5, 12)
SIGNED = ("--entered-by", "SV", "--signed-by", "ML")
BENCH = {"titre": "Le coude du quai", "texte": "On s’y assoit par terre.", "coordonnées": "48,89210 ; 2,20660"}
ASKED = {"à qui": "conseil municipal", "texte": "Qui paie ?", "groupe": "Les amis du quai", "personnes": "14"}


def run(city: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--city", str(city), "--now", str(DAY)])


def prepared(tmp_path: Path, kind: str, *options: str) -> tuple[Path, Path]:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    given = ("sheets", "les-quais", "--kind", kind, "--count", 3, "--place", "Accueil", "--out", out)
    result = run(city, *given, *options)
    assert result.exit_code == 0, result.output
    return city, out / "les-quais-lot-1"


def filled(folder: Path, entry: int, **cells: str) -> Path:
    """Fill the first sheet of a table in."""
    path = folder / f"lot-1-saisie-{entry}.csv"
    header, first, *rest = (list(row.cells) for row in read_table(path))
    first = [cells.get(name, said) for name, said in zip(header, first, strict=True)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, first, *rest])
    return path


def entered(city: Path, folder: Path, cells: dict[str, str], other: dict[str, str] | None = None) -> Result:
    both = filled(folder, 1, **cells), filled(folder, 2, **(other or cells))
    return run(city, "import", "paper", *both, *SIGNED)


def words_of_batches(site: Site) -> str:
    """Give what the page of batches says of the first, up to how many differences were settled."""
    page = next(iter(batch_pages.outputs(site, DAY)))
    said = page.bytes(theme_of(site)).decode().partition('id="lot-1"')[2].partition("<dt>Différences")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", said).split()).replace(" ,", ",")


def written(city: Path, folder: str) -> str:
    return (city / QUAIS / folder / f"{sheet_id('les-quais', '1', DAY, 1)}.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "record", "asked"),
    [
        ("question", "date: 2016-05-12\nkind: question\nplace: Accueil\nsheets: 3\n", "Que voulez-vous demander"),
        ("place", "date: 2016-05-12\nlayer: bancs\nkind: place\nplace: Accueil\nsheets: 3\n", "Où manque-t-il un banc"),
    ],
)
def test_a_batch_is_reserved_numbered_and_printed(tmp_path: Path, kind: str, record: str, asked: str) -> None:
    city, folder = prepared(tmp_path, kind, "--variant", "large")
    assert (city / QUAIS / "batches/1.yml").read_text("utf-8") == record
    assert load(city, DAY).problems == []
    html = (folder / "lot-1-a-imprimer.html").read_text("utf-8")
    assert re.findall(r'class="leaf__value">(\d*)<', html) == ["1", "1", "1", "2", "1", "3"]
    assert asked in html
    assert "leaf--large" in html
    for shown in re.findall(r'(?:href|src)="(?!https:|mailto:)([^"#]+)"', html):
        assert (folder / shown).is_file(), shown
    assert "plan.svg" not in html  # this city has no basemap: an empty frame would be no map


def test_a_sheet_shows_the_map_of_a_city_that_has_one(tmp_path: Path) -> None:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    line = '{"type": "LineString", "coordinates": [[2.17, 48.88], [2.24, 48.91]]}'
    feature = f'{{"type": "Feature", "properties": {{"kind": "rail"}}, "geometry": {line}}}'
    (city / "content/map").mkdir()
    (city / "content/map/plan.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}', "utf-8")
    config = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(
        config.replace("[map]\n", '[map]\nbasemap = "content/map/plan.geojson"\n'), "utf-8"
    )
    result = run(city, "sheets", "les-quais", "--kind", "place", "--count", 1, "--place", "Accueil", "--out", out)
    assert result.exit_code == 0, result.output
    html = (out / "les-quais-lot-1/lot-1-a-imprimer.html").read_text("utf-8")
    assert "croix sur la carte" in html
    assert "<path" in (out / "les-quais-lot-1/plan.svg").read_text("utf-8")


def test_a_question_on_paper_is_published_counted_and_entered_once(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "question")
    result = entered(city, folder, ASKED)
    assert result.exit_code == 0, result.output
    assert "1 question écrite" in result.output
    assert written(city, "questions") == (
        "---\nto: conseil-municipal\ndate: 2016-05-12\nvoice: collective\nchannel: paper\ngroup: Les amis du quai\n"
        "people: 14\nbatch: 1\nsheet: 1\n---\nQui paie ?\n"
    )
    loaded = load(city, DAY)
    assert loaded.problems == []
    assert loaded.site is not None
    voices = of_batch(loaded.site.microsites[0], "1")
    assert (voices.individual, voices.collective, voices.people, voices.channels) == (0, 1, 14, (("paper", 1),))
    page = next(item for item in question_pages.outputs(loaded.site, DAY) if "/questions/2016" in item.path)
    assert 'lots/index.html#lot-1">Lot 1, feuille 1</a>' in page.bytes(theme_of(loaded.site)).decode()
    assert words_of_batches(loaded.site).endswith("1 question, au nom de 14 personnes")
    again = entered(city, folder, ASKED)
    assert "0 question écrite, 1 déjà là et identique" in again.output


def test_a_cross_is_one_place_though_two_people_click_beside_each_other(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "place")
    result = entered(city, folder, BENCH, {**BENCH, "coordonnées": "48.89230 2.20680"})
    assert result.exit_code == 0, result.output
    assert "à moins de 50 mètres" in result.output
    assert "location:\n  lat: 48.89210\n  lon: 2.20660\n" in written(city, "places")
    site = load(city, DAY).site
    assert site is not None
    pages = [item.bytes(theme_of(site)).decode() for item in map_pages.outputs(site, DAY)]
    assert any("sur papier, lot 1, saisi et relu" in page for page in pages)
    assert words_of_batches(site).endswith("1 point de la carte")
    assert metres("48.89210 2.20660", "48.89230 2.20680") == pytest.approx(26.6, abs=0.5)


def test_two_places_are_a_difference_to_settle(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "place")
    result = entered(city, folder, BENCH, {**BENCH, "coordonnées": "48.8993 2.2066"})
    assert result.exit_code == 1
    assert "Feuille 1 · coordonnées" in result.output
    assert not (city / QUAIS / "places" / f"{sheet_id('les-quais', '1', DAY, 1)}.md").exists()


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({**BENCH, "coordonnées": "40.0 2.2"}, "outside-city", "coordonnées"),
        ({**BENCH, "coordonnées": "2.2066 48.8921"}, "swapped-coordinates", "coordonnées"),
        ({**BENCH, "coordonnées": "près de la gare"}, "bad-point", "coordonnées"),
        ({"texte": "Là.", "titre": "Le quai"}, "missing-key", "coordonnées"),
        ({"texte": "Là.", "adresse": "3, quai Aulagnier"}, "missing-key", "titre"),
    ],
)
def test_what_is_wrong_of_a_place_is_told_at_its_cell(
    tmp_path: Path, cells: dict[str, str], code: str, column: str
) -> None:
    city, folder = prepared(tmp_path, "place")
    result = entered(city, folder, cells)
    assert result.exit_code == 1
    assert f"[{code}]" in result.output, result.output
    assert f"feuille 1 · {column} :" in result.output


def test_a_clerk_who_finds_no_point_gives_the_address(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "place")
    where = {"adresse": "angle de la rue du Port et du quai", "coordonnées": "", "quartier": "Les Quais"}
    assert entered(city, folder, {**BENCH, **where}).exit_code == 0
    assert "location:\n  address: angle de la rue du Port et du quai\n" in written(city, "places")
    assert load(city, DAY).problems == []


def test_a_sheet_has_the_columns_of_its_kind(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "question")
    path = folder / "lot-1-saisie-2.csv"
    path.write_text(path.read_text("utf-8").replace("à qui", "coordonnées", 1), "utf-8")
    result = run(city, "import", "paper", folder / "lot-1-saisie-1.csv", path, *SIGNED)
    assert "[unknown-column]" in result.output


def test_a_sheet_goes_where_its_batch_says(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "question")
    assert entered(city, folder, ASKED).exit_code == 0
    path = city / QUAIS / "batches/1.yml"
    path.write_text(path.read_text("utf-8").replace("kind: question\n", "debate: usages\n"), "utf-8")
    assert [problem.code for problem in load(city, DAY).problems] == ["sheet-of-another-kind"]
    path.write_text(path.read_text("utf-8").replace("debate: usages\n", "kind: place\n"), "utf-8")
    assert "batch-about" in [problem.code for problem in load(city, DAY).problems]


LOG = "# Le journal\nreasons:\n- id: injure\n  title: Injure ou menace\n  text: Le texte insulte.\nrefused: []\n"


def test_a_refused_sheet_enters_the_log_once_with_its_reason(tmp_path: Path) -> None:
    city, folder = prepared(tmp_path, "question")
    log = city / QUAIS / "moderation.yml"
    log.write_text(LOG, "utf-8")
    name = sheet_id("les-quais", "1", DAY, 1)
    cells = {"état": "refusée", "raison du refus": "injure ou menace", "texte": "Un mot blessant."}
    result = entered(city, folder, cells)
    assert result.exit_code == 0, result.output
    assert f"feuille 1 refusée : {name} entre dans moderation.yml" in result.output
    line = f"refused:\n  - id: {name}\n    kind: question\n    date: 2016-05-12\n    reason: injure\n"
    assert log.read_text("utf-8") == LOG.replace("refused: []\n", line)
    assert "refused: 1\n" in (city / QUAIS / "batches/1.yml").read_text("utf-8")
    assert load(city, DAY).problems == []
    before = log.read_bytes()
    assert entered(city, folder, cells).exit_code == 0
    assert log.read_bytes() == before
    assert "blessant" not in "".join(path.read_text("utf-8") for path in city.rglob("*.*ml"))


@pytest.mark.parametrize(
    ("cells", "code", "said"),
    [
        ({"état": "refusée", "texte": "Un mot."}, "refusal-reason", "injure"),
        ({"état": "refusée", "raison du refus": "mauvais goût"}, "refusal-reason", "injure"),
        ({"raison du refus": "injure", "texte": "Un mot.", "à qui": "Conseil municipal"}, "reason-without-refusal", ""),
    ],
)
def test_a_refusal_and_its_reason_go_together(tmp_path: Path, cells: dict[str, str], code: str, said: str) -> None:
    city, folder = prepared(tmp_path, "question")
    (city / QUAIS / "moderation.yml").write_text(LOG, "utf-8")
    result = entered(city, folder, cells)
    assert (result.exit_code, f"[{code}]" in result.output) == (1, True), result.output
    assert said in result.output
    assert (city / QUAIS / "moderation.yml").read_text("utf-8") == LOG


@pytest.mark.parametrize("state", ["blanche", "non rendue", "refusée"])
def test_a_published_sheet_said_otherwise_is_told_with_what_to_do(tmp_path: Path, state: str) -> None:
    city, folder = prepared(tmp_path, "question")
    assert entered(city, folder, ASKED).exit_code == 0
    log = city / QUAIS / "moderation.yml"
    log.write_text(LOG, "utf-8")
    reason = {"raison du refus": "injure"} if state == "refusée" else {}
    other = {**dict.fromkeys(ASKED, ""), "état": state, **reason}
    result = entered(city, folder, other)
    name = sheet_id("les-quais", "1", DAY, 1)
    assert (result.exit_code, "[sheet-published]" in result.output) == (1, True), result.output
    assert f"questions/{name}.md" in result.output
    assert "withdrawn" in result.output
    (city / QUAIS / f"questions/{name}.md").unlink()  # what the message says
    withdrawn = (
        f"withdrawn:\n  - id: {name}\n    date: 2016-05-12\n    by: conseil-municipal\n    reason: Une erreur.\n"
    )
    log.write_text(LOG.replace("refused: []\n", withdrawn), "utf-8")
    assert entered(city, folder, other).exit_code == 0
    assert load(city, DAY).problems == []


@pytest.mark.parametrize("typed", ["48.8921 2.2066", "48.8921, 2.2066", "48,8921 ; 2,2066", " 48,8921/2,2066 "])
def test_a_point_is_copied_in_any_usual_way(typed: str) -> None:
    assert point_of(typed) == "48.8921 2.2066"
