"""Turns a table that another system wrote into rows with the number of their line, one at a time, whatever its size.

What cannot be read is a flaw of its line, and the reading goes on with the next one: a quotation mark left open takes
no other row with it.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TextIO

from agora_build.imports import tables
from agora_build.imports.encodings import Dialect, dialect_of
from agora_build.record import Record, field

State = Literal["open", "closed", "broken"]
MAX_RECORD = 1_000_000  # characters of a row: beyond, it is not a row, or nobody wrote it


class Row(Record, frozen=True):
    """A row: its line in the file, and its cells by the folded name of their column."""

    line: int
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Give the first cell that is not empty among some columns, without the spaces around it."""
        for name in names:
            cell = self.cells.get(name, "").strip()
            if cell:
                return cell
        return ""


class Flaw(Record, frozen=True):
    """A row that cannot be read: its line, and the code of what is wrong with the values that its message needs."""

    line: int
    code: str
    values: dict[str, str] = field(default_factory=dict)


class Table(Record, frozen=True):
    """A table: its file, how it is written, its columns as they are written and folded."""

    path: Path
    dialect: Dialect
    header: tuple[str, ...]
    first: int  # the line below the header
    sheet: tuple[tables.Row, ...] = ()  # the rows of an .ods, which is read whole

    @property
    def columns(self) -> tuple[str, ...]:
        """The folded names of the columns."""
        return tuple(folded(name) for name in self.header)

    def rows(self) -> Iterator[Row | Flaw]:
        """Read the rows."""
        columns = self.columns
        if self.sheet:
            for row in self.sheet:
                wide = (*row.cells, *[""] * len(columns))[: len(columns)]
                yield Row(row.number, dict(zip(reversed(columns), reversed(wide), strict=True)))
            return
        with self.path.open(encoding=self.dialect.encoding, errors="replace", newline="") as file:
            lines = _Lines(file)
            for _ in range(self.first - 1):
                lines.take()
            for line, cells in _read(lines, self.dialect.separator, len(columns)):
                if isinstance(cells, Flaw):
                    yield cells
                elif any(cell and not cell.isspace() for cell in cells):
                    yield Row(line, dict(zip(reversed(columns), reversed(cells[: len(columns)]), strict=True)))


class NotATableError(Exception):
    """Says by a code why a file is no table, with the values that its message needs."""

    def __init__(self, code: str, /, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def open_table(path: Path, columns: Iterable[str] = (), encoding: str = "", separator: str = "") -> Table:
    """Read the header of a table; raise NotATableError when there is none."""
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        return _open_sheet(path)
    dialect = dialect_of(path, encoding, separator, columns)
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
        lines = _Lines(file)
        if dialect.said:
            lines.take()
        for _line, cells in _read(lines, dialect.separator, None):
            if isinstance(cells, Flaw):
                break
            if any(cell.strip() for cell in cells):
                return Table(path, dialect, tuple(cell.strip() for cell in cells), lines.number + 1)
    raise NotATableError("import-no-header")


def _open_sheet(path: Path) -> Table:
    """Read an OpenDocument spreadsheet, whose size is bounded; no other packed file is read."""
    if path.suffix.lower() != ".ods":
        raise NotATableError("import-not-csv")
    try:
        header, *rows = tables.read_table(path)
    except tables.TableError as error:
        raise NotATableError(error.code, **error.values) from None
    if not rows:
        raise NotATableError("table-empty", value=path.name)
    return Table(path, Dialect("", ""), header.cells, header.number + 1, tuple(rows))


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str] | Flaw]]:
    """Read the records of a file that holds several tables, each record with the number of its line."""
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
        yield from _read(_Lines(file), dialect.separator, None)


def folded(name: str) -> str:
    """Write a name of a column as all its spellings: no capitals, one kind of space, no mark of order of bytes."""
    return " ".join(unicodedata.normalize("NFC", name).replace("\ufeff", "").casefold().split())


class _Lines:
    """The lines of a file, which can be given back; a line that is too long is cut, and not kept."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: list[tuple[int, str]] = []
        self._count = 0
        self.number = 0  # of the line that was taken last

    def take(self) -> tuple[int, str] | None:
        """Give the next line and its number; None at the end. A line that was cut is empty, without a line end."""
        if self._back:
            self.number, text = self._back.pop()
            return self.number, text
        text = self._file.readline(MAX_RECORD)
        if not text:
            return None
        self._count += 1
        self.number = self._count
        whole = True
        while len(text) == MAX_RECORD and text[-1] not in "\r\n":
            whole, text = False, self._file.readline(MAX_RECORD)
        return self.number, text if whole else ""

    def give_back(self, lines: list[tuple[int, str]]) -> None:
        """Put lines back, to be taken again."""
        self._back += reversed(lines)


def _read(lines: _Lines, separator: str, width: int | None) -> Iterator[tuple[int, list[str] | Flaw]]:
    """Read records, each on a line or, between quotation marks, on some."""
    while (first := lines.take()) is not None:
        number, text = first
        if not text:
            yield number, Flaw(number, "import-too-big", {"limit": f"{MAX_RECORD:,}".replace(",", " ")})
            continue
        more = _rest(lines, separator, text)
        cells = None if more is None else _cells([text, *(line for _, line in more)], separator)
        if more is None:
            yield number, Flaw(number, "import-open-quote")
        elif cells is None:
            yield number, Flaw(number, "import-too-big", {"limit": f"{csv.field_size_limit():,}".replace(",", " ")})
        elif width is None or len(cells) == width or (len(cells) > width and not any(cells[width:])):
            yield number, cells
        elif more:
            lines.give_back(more)
            yield number, Flaw(number, "import-open-quote")
        elif any(cell.strip() for cell in cells):
            yield number, Flaw(number, "import-cells", {"cells": str(len(cells)), "wanted": str(width)})


def _rest(lines: _Lines, separator: str, text: str) -> list[tuple[int, str]] | None:
    """Take the lines that a record goes on with; None, and they are given back, when its quotation marks are wrong."""
    taken: list[tuple[int, str]] = []
    size, state = len(text), _state(text, separator, "closed")
    while state == "open":
        line = lines.take()
        if line is not None:
            taken.append(line)
            size += len(line[1])
        if line is None or not line[1] or size > MAX_RECORD:
            break
        state = _state(line[1], separator, state)
    if state == "closed":
        return taken
    lines.give_back(taken)
    return None


def _state(line: str, separator: str, before: State) -> State:
    """Tell how a line leaves its quotation marks: one opens at the start of a cell alone, and closes at its end."""
    if '"' not in line:
        return before
    at, inside = 0, before == "open"
    while True:
        if not inside and line.startswith('"', at):
            inside, at = True, at + 1
        if inside:
            at = _closing(line, at)
            if at < 0:
                return "open"
            inside = False
            after = line[at:].lstrip(" ")[:1] if line.startswith(" ", at) else line[at : at + 1]
            if after not in ("", "\r", "\n", separator):
                return "broken"
        at = line.find(separator, at) + 1
        if not at:
            return "closed"


def _closing(line: str, at: int) -> int:
    """Give the place after the quotation mark that closes a cell; -1 when there is none."""
    while True:
        quote = line.find('"', at)
        if quote < 0:
            return -1
        if not line.startswith('""', quote):
            return quote + 1
        at = quote + 2


def _cells(lines: list[str], separator: str) -> list[str] | None:
    """Cut a record into cells; None when one of them is too big."""
    try:
        found = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return None
    return found[0] if found else []
