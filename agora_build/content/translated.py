"""Turns the files that translate others into rows of open data: each word of a file in each language it is said in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agora_build.content.fields import Model
from agora_build.content.site import Entry
from agora_build.content.words import Translation, word_fields
from agora_build.record import Record


class Wording(Record, frozen=True):
    """A text in another language: the table and the row of its original, and where in it (`rules.who`)."""

    kind: str
    of: str
    language: str
    key: str
    words: str


def wordings(translations: Iterable[Entry[Any]], published: Mapping[str, tuple[str, str]]) -> Iterator[Entry[Any]]:
    """List what is translated of what is published; `published`: by its path, the table and the id of each original."""
    for entry in translations:
        if entry.of in published:
            kind, of = published[entry.of]
            for key, words in _said(entry):
                name = f"{kind}.{of}.{entry.language}.{key}"
                said: Any = Wording(kind, of, entry.language, key, words)
                yield Entry(name, entry.campaign, entry.of, said, "")


def _said(entry: Entry[Any]) -> Iterator[tuple[str, str]]:
    if isinstance(entry.meta, Translation):
        yield from _words(type(entry.meta).original, entry.meta, "")
    if entry.body.strip():
        yield "text", entry.body


def _words(model: type[Model], given: Any, prefix: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a model made anew
    for field in word_fields(model):
        value, key = getattr(given, field.name, None), f"{prefix}{field.name}"
        if field.kind == "text" and value:
            yield key, value
        elif field.kind == "texts":
            yield from ((f"{key}.{rank}", text) for rank, text in enumerate(value or (), 1))
        elif field.inner and value:
            items = [(key, value)] if field.kind == "model" else _named(key, value)
            for name, item in items:
                yield from _words(field.inner, item, f"{name}.")


def _named(key: str, items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Name the items of a list by their ids, or by their ranks when they have none."""
    for rank, item in enumerate(items, 1):
        yield f"{key}.{getattr(item, 'id', rank)}", item
