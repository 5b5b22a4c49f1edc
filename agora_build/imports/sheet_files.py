"""Turns a paper sheet into the content file that it makes, and that back into the columns of the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agora_build.content.draft import Document
from agora_build.content.models import Batch, Contribution, Place, Question, SheetContent
from agora_build.content.writing import written, yaml_of
from agora_build.imports.sheet_columns import ADDRESS, CONSENT, HEADERS, POINT, TEXT
from agora_build.imports.sheet_differences import Difference
from agora_build.imports.sheet_entry import Sheet, at_cell
from agora_build.problems import Problem

_KEYS: dict[SheetContent, tuple[str, ...]] = {
    "contribution": tuple(key for key in Contribution.model_fields if key not in ("location", "reply_to")),
    "question": tuple(Question.model_fields),
    "place": tuple(Place.model_fields),
}
_WHERE = {"lat": POINT, "lon": POINT, "location": POINT, "address": ADDRESS}  # columns, by the keys of a file


def sheet_text(batch: Batch, number: str, sheet: Sheet) -> bytes:
    """Write the file that a sheet makes; a name that nobody agreed to publish stays out."""
    values = dict(sheet.values)
    if values.get(CONSENT) != "yes":
        values.pop("name", None)
    voice = "collective" if "group" in values or "people" in values else "individual"
    given = {
        "debate": batch.debate,
        "layer": batch.layer,
        **values,
        "date": values.get("date", str(batch.date)),
        "voice": values.get("voice", voice),
        "channel": "paper",
        "location": _location(values),
        "workshop": batch.workshop,
        "batch": number,
        "sheet": str(sheet.number),
        "illustrative": True if batch.illustrative else None,
    }
    meta = {key: given.get(key) for key in _KEYS[batch.kind]}
    return written(meta, values.get(TEXT, "")).encode()


def _location(values: Mapping[str, str]) -> dict[str, str] | None:
    """Write where a point is: an address that the clerk copied or looked up, a point taken from the map, or both."""
    lat, _, lon = values.get(POINT, "").partition(" ")
    known = {"address": values.get(ADDRESS), "lat": lat, "lon": lon}
    return {key: value for key, value in known.items() if value} or None


def told(problem: Problem, document: Document, sheet: Sheet, path: str) -> Problem:
    """Tell a problem of the file that a sheet makes at the cell where it was typed, in the words of the sheet."""
    source, named = document.source, problem.values.get("key", "")
    key = TEXT
    if problem.span.line < source.body_line:
        key = source.line(problem.span.line).partition(":")[0].strip()
    if problem.code in ("empty-body", "citizen-text-too-long"):
        key = TEXT
    key, named = _WHERE.get(key, key), _WHERE.get(named, named)
    if key not in HEADERS:
        key = named if named in HEADERS else TEXT
    values = {**problem.values, **({"key": HEADERS.get(named, named)} if named else {})}
    return at_cell(path, sheet, key, problem.code, **values)


def changed_in(before: Document, now: Document, sheet: int, asked: Sequence[str]) -> Iterator[Difference]:
    """Compare what is published with what is entered now."""
    for key in asked:
        old, new = (_published(document, key) for document in (before, now))
        if old != new:
            yield Difference(sheet, key, old, new)


def _published(document: Document, key: str) -> str:
    """Give what a file says of a column of its sheet."""
    if key == TEXT:
        return document.source.body
    if key in (ADDRESS, POINT):
        location = document.written.get("location")
        where = location if isinstance(location, dict) else {}
        names = ("address",) if key == ADDRESS else ("lat", "lon")
        return " ".join(str(where[name]) for name in names if name in where)
    return str(document.written.get(key, ""))


def batch_text(batch: Batch) -> bytes:
    """Write the record of a batch; what it does not say yet is left out."""
    usual = {key: info.default for key, info in Batch.model_fields.items()}
    return yaml_of({key: value for key, value in vars(batch).items() if value != usual[key]}).encode()
