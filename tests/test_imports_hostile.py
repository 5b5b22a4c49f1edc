"""Files of others are whatever they are: nothing in them acts, no row takes another with it, memory stays the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cities import minimal_city
from exports import added, imported, nanterre, places, run, texts, write_csv
from hostile import HOSTILE
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agora_build.imports.rows import Flaw, Row, open_table

DAY = ("--date", "2016-06-01")
NAME = re.compile(r"20160601-[0-9a-hjkmnp-tv-z]{8}\.md")
ROW = ["Les Quais", "Les usages", "", "", "../../compte", "", "", ""]
ANSWER = ("--debate", "usages", "--column", "text=texte", "--column", "title=titre", "--column", "id=id", *DAY)
# Cells as csv.writer writes them come back as they were, but for line ends and what is read as no character.
CELLS = st.text(st.characters(exclude_characters="\r\ufffd\ufeff", exclude_categories=["Cs"]), max_size=12)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def test_nothing_that_people_typed_acts(city: Path, tmp_path: Path) -> None:
    """Formulas, scripts, fences, keys of ours, paths: all become text of a file that the checks accept."""
    files = {path for path in city.rglob("*") if path.is_file()}
    hostile = [
        '=HYPERLINK("https://x.example";"ici")', "+1", "@SUM(A1)", "</script><script>alert(1)</script>", "---", "--- #",
        "---\nvoice: collective\n---\n{{ 7*7 }}", "key: value", "nul\x00, cloche\x07, \x1b[31m", "\u202eenvers",
        "../../../etc/passwd", "a\u2028b\u2029c", "&amp; <b>gras</b>", "'; DROP TABLE names; --", "😀" * 20,
    ]  # fmt: skip
    ids = ["../../etc/passwd", "/etc/passwd", "CON", "a" * 5000, "<script>", "\x00", "moi@exemple.fr", "=1", "é", "~"]
    rows = [[text, text.split("\n")[0], f"{ids[rank % len(ids)]}{rank}"] for rank, text in enumerate(hostile)]
    file = write_csv(tmp_path / "t.csv", [["texte", "titre", "id"], *rows])
    before = texts(city)
    code, told = imported(city, "spreadsheet", file, *ANSWER)
    assert (code, told["problems"]) == (0, [])
    assert run("check", str(city))[0] == 0
    made = {path for path in city.rglob("*") if path.is_file() and city / ".agora" not in path.parents} - files
    assert len(made) == len(hostile)
    assert all(NAME.fullmatch(path.name) and path.parent.name == "contributions" for path in made)
    assert not [text for text in added(city, before) if re.search("[\x00\x07\x1b]", text)]


@pytest.mark.parametrize("rank", range(0, len(HOSTILE), 12))
def test_what_strangers_send_to_the_form_comes_in_by_no_other_door(city: Path, tmp_path: Path, rank: int) -> None:
    """Each is written as a file in order, or refused at its line."""
    rows = [[text, "", str(number)] for number, text in enumerate(HOSTILE[rank : rank + 12])]
    file = write_csv(tmp_path / "t.csv", [["texte", "titre", "id"], *rows], encoding="utf-8")
    _, told = imported(city, "spreadsheet", file, *ANSWER)
    assert sum(told["taken"].values()) + told["refused"] == len([row for row in rows if any(map(str.strip, row))])
    assert run("check", str(city))[0] == 0


def test_a_cell_of_ten_megabytes_takes_no_other_row_with_it(city: Path, tmp_path: Path) -> None:
    big = "x" * 10_000_000
    rows = [
        [*ROW[:-1], text]
        for text in ("Avant.", big, "Entre.", f'{big[:2_000_000]}"fin', "Après.", "y" * 200_000, "Fin.")
    ]
    code, told = imported(city, "democracyos", nanterre(tmp_path / "c.csv", *rows), *DAY)
    assert (code, told["taken"]) == (1, {"contributions": 4})
    assert places(told) == [(3, "import-too-big"), (5, "import-too-big"), (7, "import-too-big")]


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(";,\t"))
@example([['"', '""', 'a"b']], ";")
@example([["a\nb", '"\n"', ""]], ",")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_come_back_as_they_were_written(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    file = write_csv(tmp_path / "t.csv", [["un", "deux", "trois"], *rows], delimiter=delimiter)
    read = list(open_table(file, ("un", "deux", "trois"), "utf-8", delimiter).rows())
    wanted = [row for row in rows if any(cell and not cell.isspace() for cell in row)]
    assert [[row.cells[name] for name in ("un", "deux", "trois")] for row in read if isinstance(row, Row)] == wanted


def lines_with_a_stray_quote() -> Iterator[tuple[str, set[str]]]:
    """Give files with a quotation mark somewhere, and the rows that must be read whatever it does."""
    good = ['1;un;"a ; b"', "2;deux;b", '3;trois;"c\nd"', "4;quatre;d"]
    for rank in range(len(good) + 1):
        for stray in ('x;"ouvert;z', 'x;y;"z', '"x;y;z', 'x;mi"lieu;z', 'x;y"', '"', 'x;"a" b;z', '"x;"y";z'):
            yield "\n".join(["id;nom;texte", *good[:rank], stray, *good[rank:]]), {"1", "2", "3", "4"}


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_stray_quotation_mark_costs_its_line_alone(tmp_path: Path, end: str) -> None:
    """Every other row is read, and the line is refused, unless it is a row that such a mark is part of."""
    file = tmp_path / "t.csv"
    for content, wanted in lines_with_a_stray_quote():
        file.write_text(content + end, "utf-8")
        read = list(open_table(file, ("id", "nom", "texte")).rows())
        found = {row.cells["id"] for row in read if isinstance(row, Row)}
        assert wanted <= found, content
        assert found - wanted <= {"x"}, content


def test_two_lines_between_marks_that_make_no_row_are_read_apart(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('id;nom;texte\nx;"ouvert\n5;cinq;12"\n6;six;c\n', "utf-8")
    read = list(open_table(file, ("id", "nom", "texte")).rows())
    assert [row.cells["texte"] if isinstance(row, Row) else row.line for row in read] == [2, '12"', "c"]


def test_lines_are_numbered_as_an_editor_shows_them(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(b'sep=;\r\nid;texte\r\n1;"a\r\nb"\r\n\r\n2;c;d\r\n3;e\r\n')
    read = list(open_table(file).rows())
    assert [(row.line, type(row)) for row in read] == [(3, Row), (6, Flaw), (7, Row)]


_MEASURED = """
import sys
from agora_build import cli
cli.main(sys.argv[1:])
"""


def peak(city: Path, file: Path) -> int:
    """Give the most memory that a preview of a file takes, in kilobytes."""
    command = [
        sys.executable, "-c", _MEASURED, "import", "democracyos", str(file), *DAY, "--city", str(city),
        "--campaign", "les-quais", "--dry-run",
    ]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_maxrss


def long_file(path: Path, rows: int, taken: int) -> Path:
    """Write a long export of Nanterre of which some rows are taken, and the others refused for want of a debate."""
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write("Concertation;Débat;Contribution collective;Nombre de participants;user-id;Age;Quartier;text\r\n")
        for rank in range(rows):
            debate = "Les usages" if rank < taken else "?"
            text = f"{rank} fois le même texte, à peu près. " * 6
            file.write(f"Les Quais;{debate};;;{rank:024x};30-34;Les Quais;{text}\r\n")
    return path


@pytest.mark.slow
def test_fifty_thousand_rows_take_no_more_memory_than_a_few(city: Path, tmp_path: Path) -> None:
    few = peak(city, long_file(tmp_path / "few.csv", 1_000, 400))
    many = peak(city, long_file(tmp_path / "many.csv", 50_000, 400))
    assert many - few < 12_000, (few, many)


@pytest.mark.soak
def test_the_open_contributions_of_a_whole_country(city: Path, tmp_path: Path) -> None:
    """As many rows as the largest consultation there was had open contributions; all are taken."""
    few = peak(city, long_file(tmp_path / "few.csv", 3_000, 3_000))
    many = peak(city, long_file(tmp_path / "many.csv", 569_020, 569_020))
    print(f"569 020 lignes : {many // 1024} Mo au plus ; 3 000 lignes : {few // 1024} Mo")  # noqa: T201
    assert many - few < 40_000, (few, many)
