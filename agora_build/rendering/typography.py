"""Turns ordinary spaces into the no-break spaces that French typography asks for, in text and in HTML."""

from __future__ import annotations

import re
from functools import lru_cache

NARROW = "\u202f"
WIDE = "\u00a0"
_RULES = re.compile(
    r" (?=[;!?»])(?![;!?]\w)"  # narrow space before high punctuation
    r"|(?<=«) "
    r"|(?P<colon> (?=:(?:\s|$)))"
    r"|(?<=\d) (?=(?:h|%|€|km|m|m²|ha|min)(?:\W|$))"
    r"|(?<=\d h) (?=\d\d)"
    r"|(?:(?<=(?<!\d)\d)|(?<=(?<!\d)\d\d)|(?<=(?<!\d)\d{3})) (?=\d{3}(?!\d))"  # thousands, but no year before a number
)
_TAGS = re.compile(r"(<[^>]*>)")
_VERBATIM = re.compile(r"<(/?)(code|pre)\b", re.IGNORECASE)


@lru_cache(maxsize=4_000)  # labels, names of places: most short texts come back on page after page
def text(value: str, language: str) -> str:
    """Set the no-break spaces of a plain text; other languages are left as they are."""
    if language != "fr" or " " not in value:
        return value
    return _RULES.sub(lambda match: WIDE if match["colon"] else NARROW, value)


def html(value: str, language: str) -> str:
    """Set the no-break spaces between the tags of an HTML fragment, but for code."""
    if language != "fr":
        return value
    parts, verbatim = _TAGS.split(value), 0
    for index, part in enumerate(parts):
        if index % 2:
            match = _VERBATIM.match(part)
            verbatim += 0 if not match else -1 if match[1] else 1
        elif not verbatim:
            parts[index] = text(part, language)
    return "".join(parts)
