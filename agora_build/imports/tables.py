"""Turns the bytes of a spreadsheet that somebody saved, .csv or .ods, into rows of clean cells, or into a problem."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from agora_build.content.places import CONTROL
from agora_build.problems import START, Problem, Span
from agora_build.record import Record
from agora_build.rendering.csv_file import csv_of

MAX_BYTES = 20_000_000
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LIKE_A_FORMULA = re.compile(r"'(?=[=+\-@])")


class Row(Record, frozen=True):
    """A row of a table: its number as a spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[str, ...]


class TableError(Exception):
    """Says why a file cannot be read as a table."""

    def __init__(self, code: str, row: int = 1, /, **values: str) -> None:
        super().__init__(code)
        self.code, self.row, self.values = code, row, values

    def problem(self, path: str) -> Problem:
        """Make the problem of a file."""
        return Problem(path, Span(self.row, 1) if self.row > 1 else START, self.code, self.values)


def read_table(path: Path) -> list[Row]:
    """Read the rows that hold something; raise TableError when there are none, or they cannot be read."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TableError("file-too-big", value=path.name, size=str(-(-size // 1_000_000)), limit="20")
    suffix = path.suffix.lower()
    if suffix == ".ods":
        from agora_build.imports.ods import read_ods  # an extra: most cities save .csv

        found = read_ods(path.read_bytes())
    elif suffix == ".csv":
        found = _read_csv(path.read_bytes())
    else:
        raise TableError("table-suffix", value=path.name)
    rows = [row for row in found if any(row.cells)]
    if not rows:
        raise TableError("table-empty", value=path.name)
    return rows


def cleaned(text: str) -> str:
    """Give the words of a cell: one kind of line end, no control character, no space at the ends of its lines.

    An apostrophe that keeps a spreadsheet from reading a text as a formula goes too.
    """
    lines = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)).split("\n")
    plain = "\n".join(CONTROL.sub("", line).rstrip() for line in lines).strip()
    return _LIKE_A_FORMULA.sub("", plain, count=1) if plain.startswith("'") else plain


def write_csv(path: Path, rows: list[list[str]]) -> None:
    """Write a table that every spreadsheet opens as it should: semicolons, a byte order mark, no formula."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(csv_of(rows))
    aside.replace(path)


def _read_csv(raw: bytes) -> Iterator[Row]:
    text = _decoded(raw)
    before = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        for before, cells in enumerate(reader, 1):
            yield Row(before, tuple(cleaned(cell) for cell in cells))
    except csv.Error:  # a quotation mark left open swallows what follows
        raise TableError("table-quotes", before + 1, line=str(before)) from None


def _decoded(raw: bytes) -> str:
    """Read what the spreadsheets of an office save: Unicode with or without its mark, or the Windows code page."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("windows-1252")
    except UnicodeDecodeError:
        raise TableError("table-not-text") from None


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip(";, \t")), "")
    return max(";,\t", key=header.count)
