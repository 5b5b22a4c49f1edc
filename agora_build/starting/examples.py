"""Turns a key of a model into a right value of it: what a commented line shows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from agora_build.content.columns import inside
from agora_build.content.fields import FileReference, Model, PartialDate, Reference

DAY = datetime.date(2026, 9, 21)
# The first that a key takes is its example: from what only a text takes to what is narrower.
_TRIED = (
    "À écrire", DAY.isoformat(), "18:30", "48.8924", "12", "60", "true", "mot-court", "service@ville.example",
    "https://ville.example/document", "20260921-k7m2q9xw", "AB", "a" * 64,
)  # fmt: skip
_FILES = {".mp3": "emission.mp3", ".svg": "media/plan.svg", ".pdf": "document.pdf"}
Known = Mapping[str, tuple[str, ...]]  # what can be named: by kind of reference, the ids that are there


def example_of(info: FieldInfo, known: Known) -> object:
    """Give a right value of a key, as text, or mappings and lists of texts."""
    inner, marks, many = inside(info.annotation, list(info.metadata))
    if is_model(inner):
        value: object = _of_model(inner, known)
    else:
        value = _of_value(inner, marks, known)
    return [value] if many else value


def is_model(inner: object) -> bool:
    """Tell whether a value is a table of keys, and not a text."""
    return isinstance(inner, type) and issubclass(inner, Model) and inner is not PartialDate


def _of_model(model: type[Model], known: Known) -> dict[str, object]:
    """Give the keys that are needed; the first two when none is."""
    fields = model.model_fields
    needed = [name for name, info in fields.items() if info.is_required()] or list(fields)[:2]
    return {name: example_of(fields[name], known) for name in needed}


def _of_value(inner: Any, marks: list[Any], known: Known) -> str:  # noqa: ANN401 - any annotation
    if get_origin(inner) is Literal:
        return str(get_args(inner)[0])
    for mark in marks:
        if isinstance(mark, Reference):
            return next(iter(known.get(mark.kind, ())), "nom-du-fichier")
        if isinstance(mark, FileReference):
            return next(name for suffix, name in _FILES.items() if suffix in mark.suffixes)
    return _first_right(inner, tuple(marks))


def _first_right(inner: Any, marks: tuple[Any, ...]) -> str:  # noqa: ANN401 - any annotation
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[(inner, *marks)] if marks else inner)
    for text in _TRIED:
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        return text
    raise LookupError(inner)
