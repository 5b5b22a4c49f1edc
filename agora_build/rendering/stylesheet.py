"""Turns a stylesheet into the custom properties that it declares: of which selectors, on which media, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agora_build.problems import Span
from agora_build.record import Record

_UNSAID = re.compile(r"/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_PIECE = re.compile(r"([^{};]*)([{};]|\Z)")
_DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*(.*\S)", re.DOTALL)


class Declared(Record, frozen=True):
    """A custom property as one rule declares it."""

    selectors: tuple[str, ...]
    media: tuple[str, ...]  # the conditions around the rule, from the outermost
    name: str
    value: str
    span: Span
    source_line: str


def declared(text: str) -> Iterator[Declared]:
    """Read the custom properties of a stylesheet, in its order; what is no stylesheet declares nothing."""
    said = _UNSAID.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    around: list[str] = []
    for piece in _PIECE.finditer(said):
        found = _DECLARATION.search(piece[1])
        if found and around and piece[2] != "{":
            selectors = next((item for item in reversed(around) if not item.startswith("@")), "")
            yield Declared(
                selectors=tuple(selector.strip() for selector in selectors.split(",")),
                media=tuple(item for item in around if item.startswith("@media")),
                name=found[1],
                value=found[2],
                span=_span(said, piece.start() + found.start(), len(found[0])),
                source_line=_line(text, piece.start() + found.start()),
            )
        if piece[2] == "{":
            around.append(" ".join(piece[1].split()))
        elif piece[2] == "}" and around:
            around.pop()


def _span(text: str, start: int, length: int) -> Span:
    return Span(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), length)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[text.rfind("\n", 0, start) + 1 : end if end >= 0 else len(text)]
