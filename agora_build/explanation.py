"""Turns the code of a problem into a lesson: the remedy first, then why, then an example to avoid and one to follow."""

from __future__ import annotations

import string
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from agora_build.problems import MESSAGES, Wording
from agora_build.record import Record

_UNSAID = "…"  # in place of what a message takes from the file at fault


class Example(Record, frozen=True):
    """What not to write, what to write instead, and the file it is written in; '' when it is the name of a file."""

    file: str
    wrong: str
    right: str


@cache
def examples() -> dict[str, Example]:
    """Read the examples, by code."""
    read = tomllib.loads((MESSAGES / "examples.toml").read_text("utf-8"))
    return {code: Example(item.get("file", ""), item["wrong"], item["right"]) for code, item in read.items()}


def codes(words: Wording) -> list[str]:
    """List every code a problem can have."""
    return [code for code in words.texts if code != "report"]


def themes(words: Wording) -> dict[str, list[str]]:
    """Sort the codes by theme; the first code of a theme names it."""
    sorted_: dict[str, list[str]] = {}
    theme = ""
    for code in codes(words):
        theme = words.texts[code].get("theme", theme)
        sorted_.setdefault(theme, []).append(code)
    return sorted_


def explained(code: str, words: Wording) -> str:
    """Explain a code."""
    texts = words.texts[code]
    parts = [
        f"{code} — {_general(texts['message'])}",
        _part(words.label("fix"), _general(texts["hint"])),
        _part(words.label("why"), texts["why"]),
    ]
    example = examples().get(code)
    if example:
        where = f" ({example.file})" if example.file else ""
        parts.append(_part(words.label("wrong") + where, example.wrong))
        parts.append(_part(words.label("right"), example.right or words.label("nothing")))
    return "\n\n".join(parts)


def listed(words: Wording) -> str:
    """List the codes by theme, each with its message."""
    width = max(map(len, codes(words)))
    parts = [
        "\n".join([theme, *(f"  {code:<{width}}  {_general(words.texts[code]['message'])}" for code in members)])
        for theme, members in themes(words).items()
    ]
    return "\n\n".join(parts)


def _general(text: str) -> str:
    """Write a message without the values of any one problem."""
    values: Mapping[str, str] = defaultdict(lambda: _UNSAID)
    return string.Formatter().vformat(text, (), values)


def _part(title: str, text: str) -> str:
    return "\n".join([title, *(f"  {line}".rstrip() for line in text.split("\n"))])
