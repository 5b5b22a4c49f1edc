"""Turns a text and edits at places of it into the text edited: all the rest stays letter for letter, line ends too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agora_build.problems import Span
from agora_build.record import Record

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARK = "\ufeff"  # that old editors put at the head of a file; no column counts it


class Edit(Record, frozen=True):
    """Words to put in the place of others, on one line."""

    span: Span
    words: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Make the edits, given the places they had before any of them."""
    mark = _MARK if text.startswith(_MARK) else ""
    lines = _LINE.findall(text.removeprefix(_MARK))
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        line, start = lines[edit.span.line - 1], edit.span.column - 1
        lines[edit.span.line - 1] = line[:start] + edit.words + line[start + edit.span.length :]
    return mark + "".join(lines)


def inserted(text: str, number: int, added: Sequence[str]) -> str:
    """Put whole lines before a line, with the line ends that the text has."""
    mark = _MARK if text.startswith(_MARK) else ""
    lines = _LINE.findall(text.removeprefix(_MARK))
    end = next((ending for ending in ("\r\n", "\n", "\r") if ending in text), "\n")
    lines[number - 1 : number - 1] = [f"{line}{end}" for line in added]
    return mark + "".join(lines)
