"""Turns metadata and a body into the text of a content file, which the strict reader reads back as the same."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping

from agora_build.content import plain_yaml


def written(meta: Mapping[str, object], body: str = "") -> str:
    """Write a content file: metadata between fences, one key a line in the given order, then the body as it is.

    Values are texts, numbers, booleans, days, times, mappings of these, or lists of texts or mappings; a key whose
    value is None is left out. Texts hold none of the characters that no file may hold (`places.CONTROL`).
    """
    lines = "".join(_lines(meta, ""))
    return f"---\n{lines}---\n{body}\n" if body else f"---\n{lines}---\n"


def yaml_of(meta: Mapping[str, object]) -> str:
    """Write a file of metadata alone (.yml), in the same way."""
    return "".join(_lines(meta, ""))


def _lines(meta: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in meta.items():
        if isinstance(value, Mapping | list | tuple) and not value:
            yield f"{indent}{key}: {'{}' if isinstance(value, Mapping) else '[]'}\n"
        elif isinstance(value, Mapping):
            yield f"{indent}{key}:\n"
            yield from _lines(value, f"{indent}  ")
        elif isinstance(value, list | tuple):
            yield f"{indent}{key}:\n"
            for item in value:
                yield from _item(item, f"{indent}  ")
        elif value is not None:
            yield f"{indent}{_pair(key, _text(value))}\n"


def _item(item: object, indent: str) -> Iterator[str]:
    """Write an item of a list: a text, or a mapping, whose first key stands after the dash."""
    if isinstance(item, Mapping) and item:
        first, *rest = _lines(item, f"{indent}  ")
        yield f"{indent}- {first.removeprefix(f'{indent}  ')}"
        yield from rest
    elif isinstance(item, list | tuple | Mapping):  # JSON is YAML
        yield f"{indent}- {json.dumps(item, ensure_ascii=False)}\n"
    else:
        yield f"{indent}- {_quoted(str(item))}\n"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    return str(value)


def _pair(key: str, value: str) -> str:
    """Write a value as it is when nobody could read it as anything else, as JSON, which is YAML, otherwise."""
    line = f"{key}: {value}"
    return line if plain_yaml.is_plain(line) else f"{key}: {_quoted(value)}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
