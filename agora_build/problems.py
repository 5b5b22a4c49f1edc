"""Turns the mistakes found in a city's files into messages an author can act on: text, forge annotations or JSON."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from agora_build.record import Record, field

MESSAGES = Path(__file__).parent / "messages"


class Span(Record, frozen=True, order=True):
    """A place in a text file: 1-based line and column, length in characters (at least 1)."""

    line: int
    column: int
    length: int = 1


START = Span(1, 1)
_TABLE = re.compile(r"^\[([a-z0-9-]+)\]$", re.MULTILINE)
# What a screen would obey instead of showing it: controls, writing directions, halves of characters.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Problem(Record, frozen=True):
    """One mistake: where it is, its code, and the values its message needs."""

    path: str
    span: Span
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    source_line: str = ""

    @property
    def sort_key(self) -> tuple[str, Span, str, tuple[tuple[str, str], ...]]:
        """Order of a report: by file, then by place, then by code."""
        return (self.path, self.span, self.code, tuple(sorted(self.values.items())))


class Wording(Record, frozen=True):
    """The message and the hint of each problem code, in one language."""

    texts: Mapping[str, Mapping[str, str]]

    def message(self, problem: Problem) -> str:
        """Say what is wrong."""
        return printable(self.texts[problem.code]["message"].format_map(problem.values))

    def hint(self, problem: Problem) -> str:
        """Say what to do next; when what was meant can be guessed, say so first."""
        texts = self.texts[problem.code]
        hint = texts.get("hint-near", texts["hint"]) if problem.values.get("near") else texts["hint"]
        return printable(hint.format_map(problem.values))

    def label(self, name: str) -> str:
        """Give a word of the report itself, such as 'error'."""
        return self.texts["report"][name]


def wording(language: str) -> Wording:
    """Read the messages of a language (English when there are none in it)."""
    path = MESSAGES / f"{language}.toml"
    return Wording(_Tables((path if path.exists() else MESSAGES / "en.toml").read_text("utf-8")))


class _Tables(Mapping[str, Mapping[str, str]]):
    """The tables of a TOML file; each is parsed when it is asked for: a report needs few of hundreds."""

    def __init__(self, text: str) -> None:
        _, *parts = _TABLE.split(text)
        self._written = dict(zip(parts[::2], parts[1::2], strict=True))
        self._read: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, name: str) -> Mapping[str, str]:
        if name not in self._read:
            self._read[name] = tomllib.loads(self._written[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


def in_order(problems: list[Problem]) -> list[Problem]:
    """Sort the problems of a run and drop exact repetitions."""
    unique = {problem.sort_key: problem for problem in problems}
    return [unique[key] for key in sorted(unique)]


def as_text(problem: Problem, words: Wording) -> str:
    """Render a problem for a person: position, message, source line, caret, hint."""
    span = problem.span
    place = f"{printable(problem.path)}:{span.line}:{span.column}"
    head = f"{place}: {words.label('error')}{words.message(problem)} [{problem.code}]"
    lines = [head]
    if problem.source_line:
        shown, indent = excerpt(problem.source_line, span)
        lines += [
            "  |",
            f"  | {shown}",
            f"  | {indent}{'^' * max(1, min(span.length, len(shown) - len(indent)))}",
        ]
    lines.append(f"  = {words.label('hint')}{words.hint(problem)}")
    return "\n".join(lines)


def as_github(problem: Problem, words: Wording) -> str:
    """Render a problem as a forge's workflow command (`::error file=…`), which annotates the line."""
    span = problem.span
    place = {
        "file": printable(problem.path),
        "line": str(span.line),
        "col": str(span.column),
        "endColumn": str(span.column + span.length),
        "title": problem.code,
    }
    properties = ",".join(f"{key}={_escaped(value, property_=True)}" for key, value in place.items())
    return f"::error {properties}::{_escaped(words.message(problem) + chr(10) + words.hint(problem))}"


def as_json(problems: list[Problem], words: Wording) -> str:
    """Render problems for machines: a JSON list of objects, one a problem."""
    return json.dumps(
        [
            {
                "path": printable(problem.path),
                "line": problem.span.line,
                "column": problem.span.column,
                "length": problem.span.length,
                "code": problem.code,
                "message": words.message(problem),
                "hint": words.hint(problem),
            }
            for problem in problems
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_gitlab(problems: list[Problem], words: Wording) -> str:
    """Render problems as a report of code quality, which GitLab shows on the lines of a merge request."""
    return json.dumps(
        [
            {
                "description": f"{words.message(problem)} {words.hint(problem)}",
                "check_name": problem.code,
                "fingerprint": hashlib.sha256(repr((problem.sort_key, problem.source_line)).encode()).hexdigest(),
                "severity": "blocker",
                "location": {"path": printable(problem.path), "lines": {"begin": problem.span.line}},
            }
            for problem in problems
        ],
        ensure_ascii=False,
        indent=2,
    )


def printable(text: str) -> str:
    """Write what a screen would obey as an escape sequence: line ends, right-to-left overrides."""
    return _OBEYED.sub(lambda match: ascii(match[0])[1:-1], text)


def excerpt(line: str, span: Span, width: int = 100) -> tuple[str, str]:
    """Cut a long line around the span; give it with the blank run that leads to the caret."""
    start = max(0, span.column - 1 - width // 2) if len(line) > width else 0
    shown = "".join(character if character.isprintable() else " " for character in line[start : start + width])
    return shown, " " * (span.column - 1 - start)


def _escaped(text: str, *, property_: bool = False) -> str:
    """Escape a value for a workflow command, where % and line ends (and , and : in properties) are syntax."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(",", "%2C").replace(":", "%3A") if property_ else text
