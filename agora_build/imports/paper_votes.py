"""Turns the votes that people ticked on paper sheets into rows of a debate's votes.csv, beside those of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agora_build.content.models import Batch
from agora_build.imports.sheet_columns import is_statement
from agora_build.imports.sheet_differences import Difference
from agora_build.imports.sheet_entry import WRITTEN, Sheet
from agora_build.record import Record

HEADER = "voter,statement,vote,date"


class Ticked(Record, frozen=True):
    """A vote on a sheet, as the row that says it."""

    sheet: Sheet
    statement: str
    row: str


def ticked(batch: Batch, number: str, sheets: Mapping[int, Sheet]) -> list[Ticked]:
    """List the votes of a batch; who voted is known by the number of the sheet, which has no name on it."""
    return [
        Ticked(sheet, key, f"{_voter(number)}{sheet.number},{key},{vote},{sheet.values.get('date', batch.date)}")
        for sheet in sheets.values()
        if sheet.state == WRITTEN
        for key, vote in sorted(sheet.values.items())
        if is_statement(key)
    ]


def apart(text: str, number: str) -> tuple[list[str], list[str]]:
    """Take the rows of a batch out of a table of votes: those of others, then its own."""
    rows = text.splitlines()[1:]
    own = [row for row in rows if row.startswith(_voter(number))]
    return [row for row in rows if not row.startswith(_voter(number))], own


def changes(number: str, before: list[str], now: list[Ticked]) -> Iterator[Difference]:
    """Compare the votes that are published of a batch with those entered now."""
    old = {tuple(row.split(",")[:2]): row.split(",")[2] for row in before}
    new = {tuple(item.row.split(",")[:2]): item.row.split(",")[2] for item in now}
    for voter, statement in sorted(old.keys() | new.keys()):
        one, two = old.get((voter, statement), ""), new.get((voter, statement), "")
        if one != two:
            yield Difference(int(voter.removeprefix(_voter(number))), statement, one, two)


def _voter(number: str) -> str:
    return f"paper-{number}-"
