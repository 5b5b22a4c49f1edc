"""Turns rows of values into the bytes of a CSV file that spreadsheets open as text, and never run as a formula."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from agora_build.content.fields import PartialDate

_WIDE = "＝＋－＠"  # which some spreadsheets read as the narrow ones
_SUSPECT = frozenset(f"'=+-@\t\r\n{_WIDE}")  # what a text that needs a look begins with
_LIKE_A_FORMULA = re.compile(rf"'*[=+\-@\t\r\n{_WIDE}]")


def csv_of(rows: Iterable[Sequence[Any]], delimiter: str = ";", *, bom: bool = True) -> bytes:
    """Write rows, the header first; line ends as RFC 4180 says, quotes where they are needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(
        [value if type(value) is str and value[:1] not in _SUSPECT else cell(value) for value in row] for row in rows
    )  # most values need nothing, not even to be asked
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def cell(value: Any) -> str:  # noqa: ANN401 - what a model holds
    """Write a value as a cell: days and hours as ISO 8601 says, several names with a space between, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return inert(value) if value[:1] in _SUSPECT else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return inert(" ".join(map(str, value))) if isinstance(value, tuple) else written(value)


def written(value: Any) -> str:  # noqa: ANN401 - the same
    """Write a number, a day, an hour, or a day that is not known whole."""
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    if isinstance(value, PartialDate):
        return "-".join(f"{part:02}" for part in (value.year, value.month, value.day) if part)
    return str(value)


def inert(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula; who takes one apostrophe away has the text again."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def as_it_was(text: str) -> str:
    """Give back a text that was made inert."""
    return text[1:] if text.startswith("'") and _LIKE_A_FORMULA.match(text) else text
