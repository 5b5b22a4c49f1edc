"""Turns what is said of a new file into its text: each key has the comment that teaches it, those left out too."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from agora_build.content.columns import inside
from agora_build.content.fields import Model, PartialDate
from agora_build.content.writing import yaml_of
from agora_build.starting.examples import Known, example_of, is_model

_WIDTH = 100
_FORMS: dict[object, str] = {
    datetime.date: "année-mois-jour, comme 2026-09-21",
    datetime.time: "heures:minutes, comme 18:30",
    bool: "true ou false",
}


def taught(model: type[Model], data: Mapping[str, Any], known: Known, body: str | None) -> str:
    """Write a file; without a body, it is one of metadata alone."""
    lines = "\n".join(_keys(model, data, known))
    return f"{lines}\n" if body is None else f"---\n{lines}\n---\n{body.rstrip()}\n"


def described(info: FieldInfo) -> str:
    """Say in a sentence what a key means."""
    return (info.description or "").rstrip(".")


def explained(info: FieldInfo) -> str:
    """Say what a key means, and how it is written unless that is said already."""
    meant, form = described(info), form_of(info)
    return f"{meant} ({form})" if form and form not in meant else meant


def form_of(info: FieldInfo) -> str:
    """Say how a value is written: the values among which one chooses, what a day looks like; '' for a text."""
    inner, _, _ = inside(info.annotation, list(info.metadata))
    if get_origin(inner) is Literal:
        return ", ".join(map(str, get_args(inner)))
    return "" if inner is PartialDate else _FORMS.get(inner, "")


def _keys(model: type[Model], data: Mapping[str, Any], known: Known) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield from _comment(info, needed=name in data)
        if name in data:
            yield from _value(name, info, data[name], known)
        else:
            example = yaml_of({name: example_of(info, known)})
            yield from (f"# {line}" for line in example.splitlines())


def _comment(info: FieldInfo, *, needed: bool) -> Iterator[str]:
    """Say above a key what it means and how it is written."""
    meant = explained(info)
    said = f"{meant if needed else f'Facultatif : {meant[:1].lower()}{meant[1:]}'}."
    for line in textwrap.wrap(said, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _value(name: str, info: FieldInfo, value: Any, known: Known) -> Iterator[str]:  # noqa: ANN401 - any value
    inner, _, _ = inside(info.annotation, list(info.metadata))
    if not is_model(inner):
        yield from yaml_of({name: value}).splitlines()
        return
    yield f"{name}:"
    if isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _item(list(_keys(inner, item, known)) if not rank else yaml_of(item).splitlines())
    else:
        yield from (f"  {line}" for line in _keys(inner, value, known))


def _item(lines: list[str]) -> Iterator[str]:
    """Write an item of a list; what is above its first key stays above the dash."""
    begun = False
    for line in lines:
        if begun:
            yield f"    {line}"
        else:
            begun = not line.startswith("#")
            yield f"  - {line}" if begun else f"  {line}"
