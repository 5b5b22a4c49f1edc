"""Turns a batch of paper sheets into the tables in which two people enter it: one line a sheet, numbers filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agora_build.imports.sheet_columns import HEADERS, OF_VOTES, TEXT, vote_headers
from agora_build.record import Record

_WIDE = {
    TEXT: "12cm", "address": "6cm", "title": "5cm", "point": "4.5cm", "group": "4cm", "meeting": "4cm",
    "consent": "3cm", "reason": "4cm", "name": "3.5cm",
}  # fmt: skip


class SheetTable(Record, frozen=True):
    """A transcription sheet to fill in: its rows, titles first, and what a spreadsheet helps with, by column."""

    rows: list[list[str]]
    choices: Mapping[int, Sequence[str]]
    widths: Sequence[str]


def sheet_table(
    batch: str, entry: int, sheets: int, keys: Sequence[str], closed: Mapping[str, Sequence[str]]
) -> SheetTable:
    """Make the sheet of an entry, 1 or 2, of a batch (`campaign/number`); in `closed` columns one chooses."""
    empty = [""] * (len(keys) - 3)
    rows = [[batch, str(entry), str(number), *empty] for number in range(1, sheets + 1)]
    return SheetTable(
        [[HEADERS[key] for key in keys], *rows],
        {index: closed[key] for index, key in enumerate(keys) if key in closed},
        [_WIDE.get(key, "2.6cm") for key in keys],
    )


def vote_table(batch: str, entry: int, sheets: int, statements: Sequence[tuple[str, str]]) -> SheetTable:
    """Make the sheet of an entry of a batch of votes: a column for each sentence, given by its id and its words."""
    header = list(vote_headers(statements))
    first = len(OF_VOTES)
    rows = [[batch, str(entry), str(number), *[""] * (len(header) - 3)] for number in range(1, sheets + 1)]
    choices = {first + rank: ("d’accord", "pas d’accord", "passe") for rank in range(len(statements))}
    return SheetTable([header, *rows], choices, ["2.6cm"] * first + ["4cm"] * len(statements))
