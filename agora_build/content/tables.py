"""Turns the CSV files of a vote into rows of cells with their places, or into problems: no quotes, one line a row."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from agora_build.civic.seals import COLUMNS
from agora_build.content.source import Source, decoded
from agora_build.problems import Span

HEADERS = {
    "votes.csv": ("voter", "statement", "vote", "date"),
    "codes.csv": ("code",),
    "void.csv": ("code",),
    "spent.csv": ("code",),
    "ballots.csv": ("receipt", "choices"),
    "roots.csv": COLUMNS,
    "paper.csv": ("choices", "count"),
}


def read_table(path: str, raw: bytes) -> Source:
    """Read a table; its data are `rows`, how many there are below the header."""
    source = Source(path)
    source.text, source.problems = decoded(path, raw)
    if source.problems:
        return source
    if b"\r" in raw or not raw.endswith(b"\n"):  # who verifies compares bytes
        source.problems.append(source.problem("table-line-ends", Span(1, 1)))
    header, _, _ = source.text.partition("\n")
    wanted = ",".join(HEADERS[posixpath.basename(path)])
    if header != wanted:
        source.problems.append(source.problem("table-header", Span(1, 1, max(1, len(header))), wanted=wanted))
        return source
    columns = wanted.count(",")
    count = 0
    for number, line in _lines(source.text):
        count += 1
        if line.count(",") != columns or '"' in line:
            source.problems.append(source.problem("table-cells", Span(number, 1, max(1, len(line))), wanted=wanted))
    if not source.problems:
        source.data = {"rows": str(count)}
    return source


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each row of a table that is right, with the number of its line."""
    return ((number, line.split(",")) for number, line in _lines(text))


def at_cell(number: int, cells: list[str], index: int) -> Span:
    """Give the place of a cell of a row."""
    return Span(number, sum(len(cell) + 1 for cell in cells[:index]) + 1, max(1, len(cells[index])))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    last = len(lines) - 1 if lines[-1] == "" else len(lines)
    return ((number, lines[number - 1]) for number in range(2, last + 1))
