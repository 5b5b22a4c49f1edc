"""Two entries of a batch of paper sheets: what differs is shown, what is settled is published, once."""

from __future__ import annotations

import csv
import datetime
import re
import string
import zipfile
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora_build.cli import main
from agora_build.content.loader import load
from agora_build.content.sheet_ids import sheet_id

QUAIS = "content/campaigns/les-quais"
DAY = datetime.date(2016, 5, 12)
BATCH = "date: 2016-05-12\ndebate: usages\nworkshop: atelier\nsheets: 12\n"
HEADER = (
    "lot;saisie;feuille;état;date;titre;texte;nom;J’accepte que mon nom soit publié;groupe;personnes;quartier;thème"
)
SIGNED = ("--entered-by", "SV", "--signed-by", "ML", "--now", "2016-05-20")


def city_of(tmp_path: Path) -> Path:
    city = minimal_city(tmp_path)
    (city / QUAIS / "batches").mkdir()
    (city / QUAIS / "batches/7.yml").write_text(BATCH, "utf-8")
    return city


def line(entry: int, sheet: int | str, **cells: str) -> list[str]:
    names = ("state", "date", "title", "text", "name", "consent", "group", "people", "quarter", "theme")
    assert not cells.keys() - set(names)
    return ["les-quais/7", str(entry), str(sheet), *(cells.get(name, "") for name in names)]


def entry(tmp_path: Path, number: int, *lines: list[str], header: str = HEADER) -> Path:
    path = tmp_path / f"lot-7-saisie-{number}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header.split(";"), *lines])
    return path


def run(city: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", "paper", *map(str, arguments), "--city", str(city)])


def pair(tmp_path: Path, **cells: str) -> tuple[Path, Path]:
    return entry(tmp_path, 1, line(1, 1, **cells)), entry(tmp_path, 2, line(2, 1, **cells))


def tree(city: Path) -> dict[str, bytes]:
    return {str(path.relative_to(city)): path.read_bytes() for path in sorted(city.rglob("*")) if path.is_file()}


def written(city: Path, sheet: int) -> str:
    return (city / QUAIS / "contributions" / f"{sheet_id('les-quais', '7', DAY, sheet)}.md").read_text("utf-8")


def codes_of(result: Result) -> list[str]:
    return re.findall(r" \[([a-z0-9-]+)\]$", result.stdout, re.MULTILINE)


def test_what_two_people_read_alike_is_published_once(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    collective = {"text": "Des bancs.", "group": "Les amis du quai", "people": "14", "quarter": "Les Quais"}
    lines = [line(1, 1, **collective), line(1, 2, state="blanche"), line(1, 3, date="14/05/2016", text="Un\npont.")]
    both = entry(tmp_path, 1, *lines), entry(tmp_path, 2, *([name, "2", *rest] for name, _, *rest in lines))
    result = run(city, *both, *SIGNED)
    assert result.exit_code == 0, result.output
    assert "3 revenues, dont 1 blanche" in result.output
    assert written(city, 1) == (
        "---\ndebate: usages\ndate: 2016-05-12\nvoice: collective\nchannel: paper\ngroup: Les amis du quai\n"
        "people: 14\nquarter: les-quais\nworkshop: atelier\nbatch: 7\nsheet: 1\n---\nDes bancs.\n"
    )
    assert "date: 2016-05-14\nvoice: individual\n" in written(city, 3)
    assert (city / QUAIS / "batches/7.yml").read_text("utf-8") == BATCH + (
        "returned: 3\nblank: 1\nentered_by: SV\nchecked_by: ML\nchecked: 2016-05-20\ndifferences: 0\n"
    )
    assert load(city, DAY).problems == []
    before = tree(city)
    again = run(city, *both[::-1], *SIGNED[:-1], "2016-06-30")  # given in the other order, another day
    assert again.exit_code == 0
    assert "0 contribution écrite, 2 déjà là et identiques" in again.output
    assert tree(city) == before


def test_differences_are_shown_settled_and_counted(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    one = entry(tmp_path, 1, line(1, 4, text="Des arbres et des bancs.", group="Les amis", people="14"))
    two = entry(tmp_path, 2, line(2, 4, text="Des arbres et trois bancs.", group="Les amis", people="41"))
    before = tree(city)
    shown = run(city, one, two, *SIGNED)
    assert shown.exit_code == 1
    assert "Feuille 4 · personnes" in shown.stdout
    assert re.search(r"^ 14 +\| 41$", shown.stdout, re.MULTILINE)
    assert max(map(len, shown.stdout.splitlines())) <= 79
    assert tree(city) == before
    path = tmp_path / "lot-7-differences.csv"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == ["feuille", "colonne", "saisie 1", "saisie 2", "retenu"]
    rows[1][4] = "saisie 2"
    settle(path, rows)
    assert "personnes" in run(city, one, two, *SIGNED, "--settled", path).stdout
    assert tree(city) == before
    rows[2][4] = "15"
    settle(path, rows)
    done = run(city, one, two, *SIGNED, "--settled", path)
    assert done.exit_code == 0, done.output
    assert "people: 15\n" in written(city, 4)
    assert written(city, 4).endswith("---\nDes arbres et trois bancs.\n")
    assert "differences: 2\n" in (city / QUAIS / "batches/7.yml").read_text("utf-8")
    assert load(city, DAY).problems == []


def settle(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)  # as another spreadsheet may save it: commas, no byte order mark


def test_what_was_settled_of_other_words_is_refused(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    one, two = entry(tmp_path, 1, line(1, 1, text="Un pont.")), entry(tmp_path, 2, line(2, 1, text="Un port."))
    path = tmp_path / "lot-7-differences.csv"
    header = ["feuille", "colonne", "saisie 1", "saisie 2", "retenu"]
    settle(path, [header, ["1", "texte", "Un pont.", "Un parc.", "saisie 1"]])
    assert codes_of(run(city, one, two, *SIGNED, "--settled", path)) == ["differences-changed"]
    settle(path, [header, ["1", "texte", "Un port.", "Un pont.", "saisie 1"]])
    assert codes_of(run(city, one, two, *SIGNED, "--settled", path)) == ["differences-turned"]
    assert codes_of(run(city, one, two, *SIGNED, "--settled", one)) == ["not-differences"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("L’été, « près » de l’eau", "L'été, \"près\" de l'eau"),
        ("Un  banc\nà l'ombre", "Un banc à l’ombre "),
        ("Pourquoi\u00a0?", "Pourquoi ?"),
        ("Oui — tout de suite…", "Oui - tout de suite..."),
    ],
)
def test_spaces_and_signs_alone_are_told_and_the_first_kept(tmp_path: Path, first: str, second: str) -> None:
    city = city_of(tmp_path)
    result = run(city, entry(tmp_path, 1, line(1, 1, text=first)), entry(tmp_path, 2, line(2, 1, text=second)), *SIGNED)
    assert result.exit_code == 0, result.output
    assert "la première saisie est gardée" in result.output
    assert written(city, 1).endswith(f"---\n{first}\n")


@pytest.mark.parametrize(
    ("consent", "published"), [("oui", True), ("Oui ", True), ("x", True), ("", False), ("non", False)]
)
def test_a_name_is_published_only_when_the_sheet_says_so(tmp_path: Path, consent: str, *, published: bool) -> None:
    city = city_of(tmp_path)
    result = run(city, *pair(tmp_path, text="Un banc.", name="La voisine du 3", consent=consent), *SIGNED)
    assert result.exit_code == 0, result.output
    held = b"".join(tree(city).values())
    assert (b"La voisine du 3" in held) is published
    assert ("1 nom tu" in result.output) is not published


def test_what_may_be_private_is_told_before_it_is_published(tmp_path: Path) -> None:
    both = pair(tmp_path, text="Un banc au 3 rue des Lilas. Appelez-moi au 06 12 34 56 78, ou zoe@quai.example.")
    city = city_of(tmp_path)
    result = run(city, *both, *SIGNED)
    assert result.exit_code == 0, result.output
    told = re.findall(r"feuille 1 : avant de publier, relisez ; le texte dit peut-être (.*)", result.output)
    assert told == ["un numéro de téléphone : 06 12 34 56 78", "une adresse électronique : zoe@quai.example"]
    assert "relisez" not in run(city, *both, *SIGNED).output


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("Courriel", "contact-column"),
        ("Adresse e-mail", "contact-column"),
        ("N° de téléphone", "contact-column"),
        ("quartié", "unknown-column"),
        ("texte", "repeated-column"),
    ],
)
def test_columns_that_have_no_place_are_refused(tmp_path: Path, column: str, code: str) -> None:
    city = city_of(tmp_path)
    before = tree(city)
    one = entry(tmp_path, 1, [*line(1, 1, text="Un banc."), "?"], header=f"{HEADER};{column}")
    result = run(city, one, entry(tmp_path, 2, line(2, 1, text="Un banc.")), *SIGNED)
    assert (result.exit_code, codes_of(result)) == (1, [code])
    assert tree(city) == before


@pytest.mark.parametrize(
    ("cells", "code", "said"),
    [
        ({"text": "Mot. " * 1601}, "citizen-text-too-long", "8000"),
        ({"text": "Oui.", "quarter": "Les Qais"}, "unknown-quarter", "les-quais"),
        ({"text": "Oui.", "theme": "jeu"}, "unknown-theme", "jeux, nature"),
        ({"text": "Oui.", "group": "Nous", "people": "quatorze"}, "bad-number", "écrivez 14"),
        ({"text": "Oui.", "group": "Nous", "people": "0"}, "out-of-range", "personnes"),
        ({"text": "Oui.", "group": "Nous"}, "collective-needs", "personnes"),
        ({"text": "Oui.", "date": "12/13/2017"}, "bad-date", "2017-13-12"),
        ({"text": "Oui.", "date": "le 12 mars"}, "bad-date", "le 12 mars"),
        ({"title": "Un titre seul"}, "empty-body", ""),
        ({"text": "Oui.", "state": "blanche"}, "blank-with-text", "blanche"),
        ({"text": "Oui.", "consent": "peut-être"}, "not-one-of", "oui, non"),
    ],
)
def test_what_cannot_be_published_is_told_at_its_cell(
    tmp_path: Path, cells: dict[str, str], code: str, said: str
) -> None:
    city = city_of(tmp_path)
    before = tree(city)
    result = run(city, *pair(tmp_path, **cells), *SIGNED)
    assert result.exit_code == 1
    assert set(codes_of(result)) == {code}
    assert said in result.stdout
    assert "feuille 1 · " in result.stdout
    assert "lot-7-saisie-1.csv:2:" in result.stdout
    assert tree(city) == before


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([line(1, 2, text="Oui."), line(1, 2, text="Non.")], "sheet-twice"),
        ([line(1, 13, text="Oui.")], "sheets-beyond"),
        ([line(1, "", text="Oui.")], "no-sheet-number"),
        ([line(1, "douze", text="Oui.")], "no-sheet-number"),
        ([line(2, 1, text="Oui.")], "same-entry"),
        ([["les-quais/8", *line(1, 1, text="Oui.")[1:]]], "other-batch"),
        ([line(1, 1, text="Oui."), ["les-quais/8", *line(1, 2)[1:]]], "two-batches"),
        ([["", *line(1, 1, text="Oui.")[1:]]], "no-batch-named"),
    ],
)
def test_sheets_that_are_not_in_their_place_are_refused(tmp_path: Path, lines: list[list[str]], code: str) -> None:
    city = city_of(tmp_path)
    before = tree(city)
    result = run(city, entry(tmp_path, 1, *lines), entry(tmp_path, 2, line(2, 1, text="Oui.")), *SIGNED)
    assert (result.exit_code, codes_of(result)) == (1, [code])
    assert tree(city) == before


def test_the_batch_of_another_campaign_is_refused(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    both = [entry(tmp_path, n, ["la-boule/7", *line(n, 1, text="Oui.")[1:]]) for n in (1, 2)]
    result = run(city, *both, *SIGNED)
    assert codes_of(result) == ["no-such-batch"]


def test_two_people_sign_each_for_one_entry(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    one, two = pair(tmp_path, text="Un banc.")
    before = tree(city)
    for arguments, said in (
        ((one, "--single", *SIGNED), "deux personnes"),
        ((one, *SIGNED), "deux personnes"),
        ((one, one, *SIGNED), "deux fois le même fichier"),
        ((one, two), "--entered-by"),
        ((one, two, "--entered-by", "SV", "--signed-by", "SV"), "ne peut pas relire"),
        ((one, two, "--entered-by", "SV", "--signed-by", "Une Personne"), "jamais un nom"),
    ):
        result = run(city, *arguments)
        assert (result.exit_code, said in result.stderr) == (2, True), result.output
    preview = run(city, one, two, "--dry-run")
    assert preview.exit_code == 0
    assert "1 contribution à écrire" in preview.output
    assert tree(city) == before


def test_what_is_published_changes_only_when_one_says_so(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    assert run(city, *pair(tmp_path, text="Un banc."), *SIGNED).exit_code == 0
    before = tree(city)
    now = pair(tmp_path, text="Un blanc.")
    result = run(city, *now, *SIGNED)
    assert result.exit_code == 1
    assert re.search(r"^ Un banc\. +\| Un blanc\.$", result.stdout, re.MULTILINE)
    assert tree(city) == before
    assert run(city, *now, *SIGNED, "--keep").exit_code == 0
    assert tree(city) == before
    assert run(city, *now, *SIGNED, "--replace").exit_code == 0
    assert written(city, 1).endswith("---\nUn blanc.\n")


def test_what_was_withdrawn_or_erased_does_not_come_back(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    both = pair(tmp_path, text="Un banc.")
    assert run(city, *both, *SIGNED).exit_code == 0
    name = sheet_id("les-quais", "7", DAY, 1)
    (city / QUAIS / "contributions" / f"{name}.md").unlink()
    log = f"withdrawn:\n  - id: {name}\n    date: 2016-05-30\n    reason: Une personne y était nommée.\n"
    (city / QUAIS / "moderation.yml").write_text(log, "utf-8")
    before = tree(city)
    result = run(city, *both, *SIGNED)
    assert "ne revient pas" in result.output
    assert tree(city) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_files_are_read_as_offices_save_them(tmp_path: Path, encoding: str, delimiter: str) -> None:
    city = city_of(tmp_path)
    for number in (1, 2):
        path = entry(tmp_path, number)
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(
                [HEADER.split(";"), line(number, 1, text='L’été, des "jeux" ;\r\nÀ l’ombre, œuvre.')]
            )
    result = run(city, tmp_path / "lot-7-saisie-1.csv", tmp_path / "lot-7-saisie-2.csv", *SIGNED)
    assert result.exit_code == 0, result.output
    assert written(city, 1).endswith('---\nL’été, des "jeux" ;\nÀ l’ombre, œuvre.\n')


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "table-empty"),
        (b";;;\n;;\n", "table-empty"),
        (b"\x81\x8d\x8f\x90", "table-not-text"),
        (f'{HEADER}\nles-quais/7;1;1;"ouvert;;;\n'.encode(), "table-quotes"),
        (b"lot;feuille\nles-quais/7;1\n", "missing-column"),
    ],
)
def test_files_that_are_no_table_are_refused(tmp_path: Path, raw: bytes, code: str) -> None:
    city = city_of(tmp_path)
    one = entry(tmp_path, 1)
    one.write_bytes(raw)
    result = run(city, one, entry(tmp_path, 2, line(2, 1, text="Oui.")), *SIGNED)
    assert (result.exit_code, codes_of(result)) == (1, [code])


def test_a_formula_of_a_citizen_is_text_in_our_files_and_inert_in_those_for_spreadsheets(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    one = entry(tmp_path, 1, line(1, 1, text="'=2+2"))
    two = entry(tmp_path, 2, line(2, 1, text="=2+3"))
    assert run(city, one, two, *SIGNED).exit_code == 1
    path = tmp_path / "lot-7-differences.csv"
    assert "1;texte;'=2+2;'=2+3;" in path.read_text("utf-8-sig")
    path.write_text(path.read_text("utf-8-sig").replace("'=2+3;", "'=2+3;saisie 1"), "utf-8")
    assert run(city, one, two, *SIGNED, "--settled", path).exit_code == 0
    assert written(city, 1).endswith("---\n=2+2\n")


def test_a_hundred_thousand_lines_are_refused_in_a_sane_time(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    lines = [line(1, number, text="Oui.") for number in range(1, 100_001)]
    result = run(city, entry(tmp_path, 1, *lines), entry(tmp_path, 2, line(2, 1, text="Oui.")), *SIGNED)
    assert (result.exit_code, codes_of(result)) == (1, ["sheets-beyond"])
    assert "lignes au-delà du lot : 99988" in result.stdout.replace("\u00a0", " ")


WORDS = st.text(string.ascii_letters + "éàœ’«»\"' ;,\n=+-@#:|>*_[]()<&\\", max_size=60)
SHEET = st.fixed_dictionaries(
    {},
    optional={
        "text": WORDS,
        "title": WORDS.map(lambda text: " ".join(text.split())),
        "name": st.sampled_from(["La voisine", "A: b", "- c"]),
        "consent": st.sampled_from(["oui", "non", ""]),
        "quarter": st.sampled_from(["centre", "Les Quais", ""]),
        "theme": st.sampled_from(["Jeux", "nature", ""]),
        "state": st.sampled_from(["", "remplie"]),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=st.dictionaries(st.integers(1, 12), SHEET, min_size=1, max_size=5))
def test_whatever_the_sheets_importing_twice_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, sheets: dict[int, dict[str, str]]
) -> None:
    tmp_path = tmp_path_factory.mktemp("batch")
    city = city_of(tmp_path)
    both = [entry(tmp_path, n, *(line(n, sheet, **cells) for sheet, cells in sheets.items())) for n in (1, 2)]
    before = tree(city)
    result = run(city, *both, *SIGNED)
    if result.exit_code == 1:
        assert codes_of(result)
        assert tree(city) == before
        return
    assert result.exit_code == 0, result.output
    assert load(city, DAY).problems == []
    after = tree(city)
    assert run(city, *both, *SIGNED).exit_code == 0
    assert tree(city) == after


def ods(path: Path, content: str) -> Path:
    """Make a spreadsheet by hand, as an office suite packs one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", CONTENT.replace("ROWS", content))
    return path


MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/"'
    ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="Saisie">ROWS</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
EMPTY_ROWS = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def cell(said: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{attributes}><text:p>{said}</text:p></table:table-cell>'


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def spreadsheet(path: Path, entry_number: int, *rows: str) -> Path:
    names = ("lot", "saisie", "feuille", "date", "texte", "groupe", "personnes")
    header = row(*map(cell, names), '<table:table-cell table:number-columns-repeated="16377"/>')
    mine = "".join(item.replace("ENTRY", str(entry_number)) for item in rows)
    return ods(path, f"<table:table-header-rows>{header}</table:table-header-rows>{mine}{EMPTY_ROWS}")


def test_a_spreadsheet_is_read_with_its_repeated_cells_dates_and_line_breaks(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
    date = (
        '<table:table-cell office:value-type="date" office:date-value="2016-05-14"><text:p>14/05/16</text:p>'
        "</table:table-cell>"
    )
    text = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>Relire</text:p></office:annotation>'
        '<text:p>Un<text:s text:c="2"/>banc<text:line-break/>à <text:span>l’ombre</text:span></text:p>'
        "<text:p>et deux</text:p></table:table-cell>"
    )
    named = cell("les-quais/7") + number.format("ENTRY")
    rows = (
        row(named, number.format(1), date, text),
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>',
        row(
            named, number.format(2), "<table:table-cell/>", cell("Oui"), cell("Les amis"), number.format("14"),
            '<table:table-cell table:number-columns-repeated="16377"/>',
        ),
    )  # fmt: skip
    both = [spreadsheet(tmp_path / f"lot-7-saisie-{n}.ods", n, *rows) for n in (1, 2)]
    result = run(city, *both, *SIGNED)
    assert result.exit_code == 0, result.output
    assert written(city, 1).endswith("---\nUn  banc\nà l’ombre\net deux\n")
    assert "date: 2016-05-14\n" in written(city, 1)
    assert "people: 14\n" in written(city, 2)
    mixed = entry(tmp_path, 2, line(2, 1, text="Oui"), line(2, 2, text="Oui"))
    assert "saisie 1" in run(city, both[0], mixed, *SIGNED).output


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (row(cell("les-quais/7"), cell("1"), cell("1"), cell("2", ' table:formula="of:=1+1"')), "table-formula"),
        (f'<table:table-row table:number-rows-repeated="1000000">{cell("x")}</table:table-row>', "table-too-long"),
    ],
)
def test_a_spreadsheet_with_formulas_or_endless_rows_is_refused(tmp_path: Path, rows: str, code: str) -> None:
    city = city_of(tmp_path)
    one = spreadsheet(tmp_path / "lot-7-saisie-1.ods", 1, rows)
    result = run(city, one, entry(tmp_path, 2, line(2, 1, text="Oui.")), *SIGNED)
    assert (result.exit_code, codes_of(result)) == (1, [code])


def test_what_is_no_spreadsheet_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    two = entry(tmp_path, 2, line(2, 1, text="Oui."))
    path = tmp_path / "lot-7-saisie-1.ods"
    path.write_bytes(b"PK not a zip")
    assert codes_of(run(city, path, two, *SIGNED)) == ["table-not-ods"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("content.xml", "w") as file:
        for _ in range(101):
            file.write(bytes(1_000_000))
    assert path.stat().st_size < 200_000
    assert codes_of(run(city, path, two, *SIGNED)) == ["table-bomb"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a>")
    assert codes_of(run(city, path, two, *SIGNED)) == ["table-not-ods"]
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "x">{entities}]><a>&e9;</a>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", bomb)
    assert codes_of(run(city, path, two, *SIGNED)) == ["table-not-ods"]
    other = path.with_suffix(".xlsx")
    other.write_bytes(b"x")
    assert codes_of(run(city, other, two, *SIGNED)) == ["table-suffix"]
    mixed = entry(tmp_path, 1, line(1, 1, text="Oui."), line(2, 2, text="Oui."))
    assert codes_of(run(city, mixed, two, *SIGNED)) == ["two-entries"]
