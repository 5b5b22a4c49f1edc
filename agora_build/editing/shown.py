"""Turns the metadata of a file into the values that the editor's fields show, and what comes back into text again."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from agora_build.content.columns import inside
from agora_build.content.fields import Model, PartialDate, Unit

BODY = "body"  # what the editor calls the text under the metadata
BASE = "agora_base"  # names the state of the file that was opened; it comes back with what is saved
NAMED = "agora_id"  # the id of what a new file answers, whose name it takes
OWN = (BODY, BASE, NAMED)
_WHOLE, _DECIMAL = re.compile(r"[+-]?[0-9]{1,15}"), re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
_TRUTHS = {"true": True, "false": False}


def shown(model: type[Model], data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the metadata of a file as the fields of the editor take it; what no field is for stays as it is."""
    fields = model.model_fields
    return {name: _field(fields[name], value) if name in fields else value for name, value in data.items()}


def taken(model: type[Model], sent: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the editor sends as the text of metadata, where what was not touched is what it was `before`.

    A field left empty is no key, nor is one that a new file has by itself.
    """
    found: dict[str, Any] = {}
    for name, value in sent.items():
        info, old = model.model_fields.get(name), before.get(name)
        one = _unlisted(info, value)
        again = _text(info, one, old)
        if name in before and _same(old, again):
            found[name] = old
        elif not _is_empty(again) and (name in before or not _by_itself(info, again)):
            found[name] = again
    return found


def same(one: object, other: object) -> bool:
    """Tell whether two texts, or tables of texts, mean the same: nothing counts of the blanks around them."""
    return _same(one, other)


def is_table(inner: object) -> TypeGuard[type[Model]]:
    """Tell whether a field holds keys, and not a text."""
    return isinstance(inner, type) and issubclass(inner, Model) and inner is not PartialDate


def is_optional_table(info: Any) -> bool:  # noqa: ANN401 - a field of pydantic
    """Tell whether a field holds keys, or nothing: the editor shows it as a list of one at most."""
    inner, _, many = inside(info.annotation, list(info.metadata))
    return is_table(inner) and not many and not info.is_required()


def typed_as(inner: object, marks: list[Any]) -> type:
    """Tell what one types in a field: bool, int, float or str; money and durations are texts."""
    spelt = any(isinstance(mark, Unit) and mark.name in ("money", "second") for mark in marks)
    return inner if isinstance(inner, type) and inner in (bool, int, float) and not spelt else str


def _field(info: Any, value: Any) -> Any:  # noqa: ANN401 - any value
    inner, marks, many = inside(info.annotation, list(info.metadata))
    if many:
        return [_value(inner, marks, item) for item in value] if isinstance(value, list) else value
    one = _value(inner, marks, value)
    return [one] if is_optional_table(info) else one


def _value(inner: Any, marks: list[Any], value: Any) -> Any:  # noqa: ANN401 - any value
    if is_table(inner):
        return shown(inner, value) if isinstance(value, dict) else value
    if not isinstance(value, str):
        return value
    text, kind = value.strip(), typed_as(inner, marks)
    if kind is bool:
        return _TRUTHS.get(text.lower(), text)
    if kind is int and _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if kind is float and _DECIMAL.fullmatch(text) else text


def _unlisted(info: Any, value: Any) -> Any:  # noqa: ANN401 - any value
    if info is None or not is_optional_table(info) or not isinstance(value, list):
        return value
    return value[0] if value else None


def _text(info: Any, value: Any, old: Any) -> Any:  # noqa: ANN401 - any value
    """Write a value as text; `old` tells how it was written, when it means the same."""
    inner, marks, _ = inside(info.annotation, list(info.metadata)) if info is not None else (str, [], False)
    if isinstance(value, dict) and is_table(inner):
        return taken(inner, value, old if isinstance(old, dict) else {})
    if isinstance(value, list):
        return [_item(inner, marks, item, was) for item, was in _paired(inner, marks, value, old)]
    return _item(inner, marks, value, old)


def _paired(inner: Any, marks: list[Any], items: list[Any], old: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Give each item of a list with what it was before others came, left or moved around it; None for a new one."""
    known = old if isinstance(old, list) else []
    was = [json.dumps(_value(inner, marks, item), sort_keys=True) for item in known]
    now = [json.dumps(item, sort_keys=True) for item in items]
    for _, first, last, start, end in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        before = known[first:last]
        yield from itertools.zip_longest(items[start:end], before[: end - start])


def _item(inner: Any, marks: list[Any], value: Any, old: Any) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, dict):
        return taken(inner, value, old if isinstance(old, dict) else {}) if is_table(inner) else value
    if value is None or isinstance(value, list):
        return value
    if isinstance(old, str) and _value(inner, marks, old) == value:
        return old
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("\r\n", "\n").strip()


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _by_itself(info: Any, value: object) -> bool:  # noqa: ANN401 - a field of pydantic
    """Tell whether a value is what a field has when nobody writes it."""
    if info is None or info.is_required() or isinstance(value, list | dict):
        return False
    return bool(value == (str(info.default).lower() if isinstance(info.default, bool) else str(info.default)))


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return one is other
