"""Turns the rows of a transcription sheet into what one person read on each numbered sheet, or into problems."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from agora_build.content.models import Batch
from agora_build.content.validate import nearest, shown
from agora_build.imports.sheet_columns import (
    BATCH,
    ENTRY,
    HEADERS,
    POINT,
    PREFILLED,
    REASON,
    SHEET,
    STATE,
    TEXT,
    Columns,
    Words,
    asked_on,
    columns_of,
    header_of,
    in_digits,
    is_point,
    is_statement,
    typed_of,
    value_of,
    wrong_words,
)
from agora_build.imports.tables import Row
from agora_build.problems import Problem, Span
from agora_build.record import Record, field

WRITTEN, BLANK, REFUSED, ABSENT = "written", "blank", "refused", "absent"
NOTHING: Mapping[str, str] = {}


class Sheet(Record, frozen=True):
    """What one person typed of a sheet: its number, its row, what became of it, and the values that are not empty."""

    number: int
    row: int
    state: str
    values: Mapping[str, str]


class Typed(Record):
    """A transcription sheet as read: the batch it names, whose entry it is, its sheets by number, what is wrong."""

    path: str
    batch: str = ""  # campaign/number
    entry: str = ""  # 1 or 2, when the sheet says
    sheets: dict[int, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, sheet: Sheet, key: str, code: str, /, **values: str) -> Problem:
        """Make a problem of a cell; its line is the row that a spreadsheet shows."""
        return at_cell(self.path, sheet, key, code, **values)


def at_cell(path: str, sheet: Sheet, key: str, code: str, /, **values: str) -> Problem:
    """Make a problem of a cell of a file, shown with the number of its sheet and the name of its column."""
    said = shown(typed_of(key, sheet.values.get(key, "")))
    before = f"feuille {sheet.number} · {HEADERS.get(key, key)} : "
    return Problem(path, Span(sheet.row, len(before) + 1, max(1, len(said))), code, values, before + said)


def typed(path: str, rows: Sequence[Row]) -> Typed:
    """Find the columns and the batch; the sheets are still to read."""
    columns = columns_of(path, rows[0].number, rows[0].cells)
    found = Typed(path, problems=list(columns.problems))
    if found.problems:
        return found
    found.batch = _same(found, rows, columns, BATCH, "two-batches")
    found.entry = _same(found, rows, columns, ENTRY, "two-entries")
    if not found.batch and not found.problems:
        found.problems.append(Problem(path, Span(rows[0].number, 1), "no-batch-named"))
    return found


def _same(found: Typed, rows: Sequence[Row], columns: Columns, key: str, code: str) -> str:
    """Give the one value of a column that is the same all along."""
    first = ""
    for row in rows[1:]:
        value = _cell(row, columns, key)
        first = first or value
        if value and value != first:
            found.problems.append(Problem(found.path, Span(row.number, 1), code, {"value": value, "first": first}))
            break
    return first


def read_sheets(
    found: Typed, rows: Sequence[Row], batch: Batch, words: Words, statements: Collection[str] = ()
) -> None:
    """Read what was typed of each sheet of a batch; `statements` are the ids of sentences to vote on."""
    columns = columns_of(found.path, rows[0].number, rows[0].cells)
    found.problems += _misplaced(found, rows[0], columns, batch, statements)
    beyond: list[Sheet] = []
    for row in rows[1:]:
        values = dict(_values(row, columns, words))
        sheet = _numbered(found, row, columns, values)
        if sheet is None:
            continue
        if sheet.number > batch.sheets:
            beyond.append(sheet)
            continue
        earlier = found.sheets.setdefault(sheet.number, sheet)
        if earlier is not sheet:
            found.problems.append(found.at(sheet, SHEET, "sheet-twice", value=str(sheet.number), row=str(earlier.row)))
        found.problems += _wrong(found, sheet)
    for sheet in beyond[:1]:  # one is told for all: a table of another batch has hundreds
        given = {"value": str(sheet.number), "limit": str(batch.sheets), "count": str(len(beyond))}
        found.problems.append(found.at(sheet, SHEET, "sheets-beyond", **given))


def _misplaced(
    found: Typed, header: Row, columns: Columns, batch: Batch, statements: Collection[str]
) -> Iterator[Problem]:
    """Tell of columns that sheets of this kind do not have: texts beside votes, votes on what is not a sentence."""
    votes, asked = batch.kind == "votes", asked_on(batch.kind)
    for key in columns.places:
        place = Span(header.number, 1)
        if is_statement(key) and votes and key not in statements:
            yield Problem(found.path, place, "unknown-statement", {"value": key, "debate": batch.debate or ""})
        elif key not in asked and not (votes and is_statement(key)):
            allowed = (header_of(name) for name in asked)
            values = {"value": header_of(key), "near": "", "allowed": ", ".join(allowed)}
            yield Problem(found.path, place, "unknown-column", values)


def _cell(row: Row, columns: Columns, key: str) -> str:
    place = columns.places.get(key)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _values(row: Row, columns: Columns, words: Words) -> Iterator[tuple[str, str]]:
    for key in columns.places:
        said = _cell(row, columns, key)
        if said and key not in PREFILLED:
            yield key, value_of(key, said, words)


def _numbered(found: Typed, row: Row, columns: Columns, values: dict[str, str]) -> Sheet | None:
    """Give a row the number of its sheet; None, and a problem when something is written in it, when it has none."""
    written = _cell(row, columns, SHEET)
    if re.fullmatch(r"0*[1-9][0-9]{0,5}", written):
        number = int(written)
        return Sheet(number, row.number, values.pop(STATE, "") or (WRITTEN if values else ABSENT), values)
    if values or written:
        found.problems.append(Problem(found.path, Span(row.number, 1), "no-sheet-number", {"value": shown(written)}))
    return None


def _wrong(found: Typed, sheet: Sheet) -> Iterator[Problem]:
    """Tell of closed questions with another answer, of numbers in words, and of a blank sheet that says something."""
    wrong = wrong_words(STATE, sheet.state)
    if wrong:
        yield found.at(sheet, STATE, "not-one-of", **wrong)
    for key, value in sheet.values.items():
        wrong = wrong_words(key, value)
        if wrong:
            yield found.at(sheet, key, "not-one-of", **wrong)
    people = sheet.values.get("people", "0")
    if not people.isdecimal():
        given = {"key": HEADERS["people"], "value": shown(people), "near": in_digits(people)}
        yield found.at(sheet, "people", "bad-number", **given)
    if REASON in sheet.values and sheet.state != REFUSED:
        yield found.at(sheet, REASON, "reason-without-refusal", value=shown(sheet.values[REASON]))
    if not is_point(sheet.values.get(POINT, "0 0")):
        yield found.at(sheet, POINT, "bad-point", value=shown(sheet.values[POINT]))
    if sheet.state in (BLANK, ABSENT) and TEXT in sheet.values:
        yield found.at(sheet, TEXT, "blank-with-text", value=typed_of(STATE, sheet.state))


def same_batch(first: Typed, second: Typed) -> Iterator[Problem]:
    """Tell when two files are not the two entries of one batch."""
    if first.batch and second.batch and first.batch != second.batch:
        yield Problem(second.path, Span(1, 1), "other-batch", {"value": second.batch, "first": first.batch})
    elif first.entry and first.entry == second.entry:
        yield Problem(second.path, Span(1, 1), "same-entry", {"value": first.entry, "other": first.path})


def batch_named(written: str, known: Sequence[str]) -> dict[str, str] | None:
    """Tell what is wrong with the batch that a sheet names, when there is none of that name."""
    if written in known:
        return None
    return {"value": shown(written), "near": nearest(written, known)}
