"""Turns what people type where a number, a day, an hour or a point is asked into the way files write it.

A browser with a calendar, a clock and a keypad sends that already; an old one, or another one's, sends what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from agora_build.content.forms import FieldKind

_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d)")
_DECIMAL = re.compile(r"(?<=\d)[,٫](?=\d)")
_DAY = re.compile(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})")
_HOUR = re.compile(r"(\d{1,2})\s?(?:[h.]\s?(\d{2})?|:(\d{2})(?::\d{2})?)", re.IGNORECASE)


def entered(kind: FieldKind, typed: str) -> str:
    """Write an answer as files do; what is not understood stays as it was typed, to be refused."""
    how = _HOW.get(kind)
    return how(_in_figures(typed)) if how else typed


def _in_figures(text: str) -> str:
    """Write the figures of any script as 0 to 9."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


def _number(text: str) -> str:
    return _SPACES.sub("", text)


def _point(text: str) -> str:
    return _DECIMAL.sub(".", text).replace("−", "-")


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text


def _hour(text: str) -> str:
    found = _HOUR.fullmatch(text)
    return f"{int(found[1]):02}:{found[2] or found[3] or '00'}" if found else text


_HOW: Mapping[FieldKind, Callable[[str], str]] = {
    "number": _number,
    "points": _number,
    "point": _point,
    "day": _day,
    "time": _hour,
}
