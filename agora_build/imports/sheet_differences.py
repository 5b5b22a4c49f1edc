"""Turns two entries of the same sheets into one, or into what differs between them, field by field, to settle.

Two texts that differ in spaces, line breaks, quotation marks or dashes alone are the same: the first entry is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from agora_build.imports.sheet_columns import (
    CONSENT,
    HEADERS,
    POINT,
    STATE,
    Words,
    header_of,
    metres,
    plain,
    typed_of,
    value_of,
    wrong_words,
)
from agora_build.imports.sheet_entry import ABSENT, NOTHING, Sheet, Typed
from agora_build.imports.tables import Row
from agora_build.problems import Problem, Span
from agora_build.record import Record, field, replace

SETTLED_HEADERS = ("feuille", "colonne", "saisie 1", "saisie 2", "retenu")
FIRST_KEPT, SECOND_KEPT = "saisie 1", "saisie 2"
SAME_SPOT = 50  # metres: two people click beside each other on a map
_FREE = ("title", "text", "address", "name", "group", "spokesperson", "meeting")
_ORDER = tuple(HEADERS)
_LOOKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"})
_LOOKS |= str.maketrans({"…": "...", "\u2011": "-", "\u00ad": ""})


class Difference(Record, frozen=True):
    """What two people typed otherwise of one field of a sheet."""

    sheet: int
    key: str
    first: str
    second: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """How it is written in the file where differences are settled."""
        one, two = (typed_of(self.key, value) for value in (self.first, self.second))
        return str(self.sheet), header_of(self.key), one, two


class Merged(Record):
    """Two entries as one: the sheets, what differs, how many fields differ in signs alone, or points by steps."""

    sheets: dict[int, Sheet] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    alike: int = 0
    near: int = 0


def merged(first: Typed, second: Typed) -> Merged:
    """Compare two entries; where they differ, the first stands until somebody settles it."""
    found = Merged()
    for number in sorted(first.sheets.keys() | second.sheets.keys()):
        one = first.sheets.get(number) or _absent(second.sheets[number])
        two = second.sheets.get(number) or _absent(one)
        found.sheets[number] = one
        for key in (STATE, *sorted(one.values.keys() | two.values.keys(), key=_rank)):
            a, b = _value(one, key), _value(two, key)
            if a != b and key in _FREE and looks(a) == looks(b):
                found.alike += 1
            elif a != b and key == POINT and metres(a, b) <= SAME_SPOT:
                found.near += 1
            elif a != b and not _unpublished(key, one, two):
                found.differences.append(Difference(number, key, a, b))
    return found


def _rank(key: str) -> tuple[int, str]:
    """Put columns in their order, then sentences by id."""
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key)


def looks(text: str) -> str:
    """Reduce a text to what two careful people type alike: spaces, quotation marks and dashes of one kind."""
    plain_signs = unicodedata.normalize("NFKC", text.translate(_LOOKS)).replace("' '", '"')
    spaced = re.sub(r"\s+", " ", plain_signs)
    return re.sub(r'(?<=") | (?=["!?;:%])', "", spaced).strip()


def settled(found: Merged, choices: Mapping[tuple[int, str], str]) -> Merged:
    """Apply what was settled; what was not stays a difference."""
    left = [item for item in found.differences if (item.sheet, item.key) not in choices]
    sheets = dict(found.sheets)
    for (number, key), value in choices.items():
        sheet = sheets[number]
        if key == STATE:
            sheets[number] = replace(sheet, state=value)
        else:
            rest = {name: said for name, said in sheet.values.items() if name != key}
            sheets[number] = replace(sheet, values={**rest, **({key: value} if value else {})})
    return Merged(sheets, left, found.alike, found.near)


def read_choices(
    path: str, rows: Sequence[Row], differences: Sequence[Difference], words: Words
) -> tuple[dict[tuple[int, str], str], list[Problem]]:
    """Read what people kept of each difference; a row that no longer tells what was typed is a problem."""
    choices: dict[tuple[int, str], str] = {}
    problems: list[Problem] = []
    if tuple(plain(cell) for cell in rows[0].cells[:5]) != tuple(plain(name) for name in SETTLED_HEADERS):
        return choices, [Problem(path, Span(rows[0].number, 1), "not-differences")]
    by_place = {item.cells[:2]: item for item in differences}
    for row in rows[1:]:
        cells = (*row.cells, "", "", "", "", "")[:5]
        item = by_place.get((cells[0], cells[1]))
        if item is None or not cells[4]:
            continue  # settled since by a correction, or not settled yet
        if _told(cells[2:4]) == _told(item.cells[2:4]):
            kept = {FIRST_KEPT: item.first, SECOND_KEPT: item.second}.get(cells[4].casefold())
            value = value_of(item.key, cells[4], words) if kept is None else kept
            choices[item.sheet, item.key] = value
            wrong = wrong_words(item.key, value)
            if wrong:
                problems.append(Problem(path, Span(row.number, 1), "not-one-of", wrong))
        else:
            turned = _told(cells[2:4]) == _told(item.cells[3:1:-1])
            code = "differences-turned" if turned else "differences-changed"
            problems.append(Problem(path, Span(row.number, 1), code, {"sheet": cells[0], "column": cells[1]}))
    return choices, problems


def _told(cells: Sequence[str]) -> list[str]:
    return [looks(cell) for cell in cells]


def _absent(other: Sheet) -> Sheet:
    return Sheet(other.number, other.row, ABSENT, NOTHING)


def _value(sheet: Sheet, key: str) -> str:
    return sheet.state if key == STATE else sheet.values.get(key, "")


def _unpublished(key: str, one: Sheet, two: Sheet) -> bool:
    """Tell whether a difference is in a name that nobody agreed to publish."""
    return key == "name" and all(sheet.values.get(CONSENT) != "yes" for sheet in (one, two))


def excerpts(first: str, second: str) -> Iterator[tuple[str, str]]:
    """Show where two texts differ, with a few words around."""
    import difflib

    one, two = first.split(), second.split()
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=len(one) > 400)  # noqa: PLR2004 - longer is slow
    for group in matcher.get_grouped_opcodes(4):
        (_, a, _, c, _), (_, _, b, _, d) = group[0], group[-1]
        yield _around(one, a, b), _around(two, c, d)


def _around(words: list[str], start: int, end: int) -> str:
    before, after = "… " if start > 0 else "", " …" if end < len(words) else ""
    return f"{before}{' '.join(words[start:end])}{after}"
