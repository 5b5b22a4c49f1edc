"""Turns the bytes of somebody else's JSON into data, or into the name of what no honest file has."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from agora_build.content.places import CONTROL

MOST_BYTES, DEPTH, LONGEST_NUMBER = 1_000_000, 8, 30
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)  # a text without its end goes to the end of all


class JsonError(ValueError):
    """Says what is wrong: too-big, not-utf-8, not-json, too-deep, repeated-key, strange-number, control, not-object."""


def read_json(raw: bytes) -> dict[str, Any]:
    """Read an object; its keys are there once, its numbers are such as people write, its texts hold no controls."""
    if len(raw) > MOST_BYTES:
        raise JsonError("too-big")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise JsonError("not-utf-8") from None
    if _depth(text) > DEPTH:
        raise JsonError("too-deep")
    try:
        data = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_constant
        )
    except JsonError:
        raise
    except (ValueError, RecursionError):
        raise JsonError("not-json") from None
    if not isinstance(data, dict):
        raise JsonError("not-object")
    return data


def _depth(text: str) -> int:
    """Tell how deep lists and objects are nested, before anything is made of them."""
    depth = deepest = 0
    for match in _MARKS.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JsonError("repeated-key")
    for key, value in pairs:
        for text in (key, *(value if isinstance(value, list) else (value,))):
            if isinstance(text, str) and (CONTROL.search(text) or not _sayable(text)):
                raise JsonError("control")
    return made


def _sayable(text: str) -> bool:
    """Tell whether a text holds no half of a character, which JSON can write and no file can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise JsonError("strange-number")
    return int(digits)


def _decimal(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise JsonError("strange-number")
    return float(digits)


def _constant(_name: str) -> NoReturn:
    raise JsonError("strange-number")
