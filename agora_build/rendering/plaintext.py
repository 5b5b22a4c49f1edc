"""Turns Markdown and typed text into plain text for files that are not HTML: calendars, feeds, transcripts."""

from __future__ import annotations

import re

from agora_build.rendering import citizen

# What XML 1.0 and iCalendar cannot hold: control characters, surrogates, the two last code points of the first plane.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_HEADING = re.compile(r"^(#{1,6} .*)$", re.MULTILINE)


def safe(text: str) -> str:
    """Drop characters that XML and iCalendar forbid, and write every line end as one newline."""
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(safe(text).split())


def paragraphs(text: str) -> str:
    """Reduce Markdown to its words, headings and paragraphs apart, with an empty line between them."""
    blocks = _BLANK_LINES.split(_HEADING.sub(r"\n\1\n", safe(text)))
    return "\n\n".join(plain for plain in map(citizen.plain, blocks) if plain)
