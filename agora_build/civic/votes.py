"""Turns the rows of a votes file into a table: what each voter last said of each statement.

    votes.csv:  voter,statement,vote,date        vote: agree | disagree | pass;  date: YYYY-MM-DD

For one voter and one statement the row with the latest date counts; among equal dates, the last row.
"""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

COLUMNS = ("voter", "statement", "vote", "date")
AGREE, PASS, DISAGREE, MISSING = 1, 0, -1, 2  # what a cell of the table holds, as a signed byte
VALUES = {"agree": AGREE, "disagree": DISAGREE, "pass": PASS}
MOST_FAULTS = 1_000  # beyond, faults are counted, and no longer kept
_BYTES = {word: value & 0xFF for word, value in VALUES.items()}
_BEFORE = datetime.date(1999, 12, 31).toordinal()  # days are told from here in two bytes: up to the year 2179
_LAST = 0xFFFF

Field = Literal["voter", "statement", "vote", "date", "columns"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be counted.

    `row` is its rank, 1 for the first row after the header; `field` is the column that is wrong, or "columns" when
    there are not exactly four; `value` is what was written there.
    """

    row: int
    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Votes as a table, voters in rows and statements in columns.

    `voters` are in the order of their ids, `statements` in `order` (the oldest first); `cells` holds a signed byte for
    each voter and statement, row by row: AGREE, DISAGREE, PASS or MISSING. `rows` counts the rows read, votes that were
    changed later included; `faults` are the rows left out, at most MOST_FAULTS of `faulty`.
    """

    voters: tuple[str, ...]
    statements: tuple[str, ...]
    cells: bytes
    rows: int = 0
    faults: tuple[Fault, ...] = ()
    faulty: int = 0

    def vote(self, voter: str, statement: str) -> int:
        """Give what a voter last said of a statement: AGREE, DISAGREE, PASS or MISSING."""
        place = self.voters.index(voter) * len(self.statements) + self.statements.index(statement)
        value = self.cells[place]
        return value if value < 0x80 else value - 0x100  # noqa: PLR2004


def order(statement: str) -> tuple[int, str]:
    """Sort statements as they were numbered or dated: 9 before 10, 2016-11-02 before 2016-11-10."""
    return len(statement), statement


def matrix(rows: Iterable[Sequence[str]], statements: Collection[str]) -> Matrix:
    """Read the rows that follow the header of a votes file (`csv.reader` gives them), in the order of the file.

    `statements` are the ids that may be voted on; a row about another one is a fault. The result depends neither on the
    order of statements nor, but for votes of one person on one day, on the order of rows.
    """
    return _Table(tuple(sorted(set(statements), key=order))).read(rows)


class _Table:
    """The table while it is being read: a block of cells and of days for each voter, in the order they appear."""

    def __init__(self, statements: tuple[str, ...]) -> None:
        self._statements = statements
        self._columns = {statement: column for column, statement in enumerate(statements)}
        self._starts: dict[str, int] = {}
        self._cells = bytearray()
        self._days = array("H")
        self._known: dict[str, int] = {}
        self._faults: list[Fault] = []
        self._faulty = 0

    def read(self, rows: Iterable[Sequence[str]]) -> Matrix:
        number = 0
        cells, days, starts, columns, known = self._cells, self._days, self._starts, self._columns, self._known
        for number, row in enumerate(rows, 1):
            try:
                voter, statement, word, date = row
                value, day = _BYTES[word], known[date]
                place = starts[voter] + columns[statement]
            except (KeyError, ValueError):
                fault = self._fault(row)
                if fault:
                    self._keep(Fault(number, *fault))
                    continue
                value, day, place = self._first(*row)
            if day >= days[place]:
                cells[place], days[place] = value, day
        return self._done(number)

    def _fault(self, row: Sequence[str]) -> tuple[Field, str] | None:
        if len(row) != len(COLUMNS):
            return "columns", ",".join(row)
        voter, statement, word, date = row
        if not voter:
            return "voter", voter
        if statement not in self._columns:
            return "statement", statement
        if word not in VALUES:
            return "vote", word
        return None if _day(date) else ("date", date)

    def _keep(self, fault: Fault) -> None:
        self._faulty += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(fault)

    def _first(self, voter: str, statement: str, word: str, date: str) -> tuple[int, int, int]:
        """Make room for a voter, or learn a date, seen for the first time."""
        width = len(self._statements)
        if voter not in self._starts:
            self._starts[voter] = len(self._cells)
            self._cells.extend(bytes((MISSING,)) * width)
            self._days.frombytes(bytes(width * self._days.itemsize))
        day = self._known.setdefault(date, _day(date))
        return _BYTES[word], day, self._starts[voter] + self._columns[statement]

    def _done(self, rows: int) -> Matrix:
        voters, width = tuple(sorted(self._starts)), len(self._statements)
        view = memoryview(self._cells)
        cells = b"".join(view[self._starts[voter] : self._starts[voter] + width] for voter in voters)
        return Matrix(voters, self._statements, cells, rows, tuple(self._faults), self._faulty)


def _day(date: str) -> int:
    """Give the number of a day, from 1 in 2000 to 65,535 in 2179; 0 for what is not such a day."""
    try:
        number = datetime.datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=datetime.UTC).toordinal() - _BEFORE
    except ValueError:
        return 0
    return number if len(date) == len("2000-01-01") and date.isascii() and 0 < number <= _LAST else 0
