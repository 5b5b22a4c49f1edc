"""Turns YAML text into dictionaries, lists and text with the place of each, and refuses what a clerk never means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from agora_build.content.places import CONTROL, Mark, Path
from agora_build.problems import Span
from agora_build.record import Record, field

MAX_DEPTH = 10
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# What the parser says (its words are English, and about parsing) -> our code, which tells what to do.
_SYNTAX = (
    ("maximum nesting depth", "too-deep"),  # libyaml looks ahead: it may stop before we do
    ("mapping values are not allowed", "yaml-colon"),
    ("could not find expected ':'", "yaml-colon-missing"),
    ("cannot start any token", "yaml-first-character"),
    ("expected alphabetic or numeric character", "yaml-first-character"),
    ("quoted scalar", "yaml-quote"),
    ("flow sequence", "yaml-bracket"),
    ("flow mapping", "yaml-bracket"),
    ("flow node", "yaml-bracket"),
    ("did not find expected key", "yaml-indentation"),
    ("expected '-' indicator", "yaml-indentation"),
    ("expected <block end>", "yaml-indentation"),
    ("block sequence entries are not allowed", "yaml-indentation"),
)

Value = str | list[Any] | dict[str, Any]


class Flaw(Record, frozen=True):
    """A refusal of the strict reading, before it is known in which file."""

    span: Span
    code: str
    values: dict[str, str] = field(default_factory=dict)


class Reading(Record):
    """What was read: the values, their places, the keys left without a value, the refusals."""

    data: Value = ""
    marks: dict[Path, Mark] = field(default_factory=dict)
    empty: list[Path] = field(default_factory=list)
    broken: list[Path] = field(default_factory=list)  # values refused here already: nothing more is said of them
    flaws: list[Flaw] = field(default_factory=list)


def read_yaml(text: str, lines_before: int = 0) -> Reading:
    """Read YAML in which every scalar is text; `lines_before` is the number of lines above it in its file."""
    reader = _Reader(text, lines_before)
    reader.read()
    return reader.reading


class _TooDeepError(Exception):
    """Ends the reading of a text nested beyond reason."""


class _Reader:
    """Builds values from the parser's events, one document, noting the place of each."""

    def __init__(self, text: str, lines_before: int) -> None:
        self.reading = Reading()
        self._lines = text.split("\n")
        self._shift = lines_before + 1
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def read(self) -> None:
        for number, line in enumerate(self._lines):
            blank = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in blank and line.strip():
                span = Span(self._shift + number, blank.index("\t") + 1)
                self.reading.flaws.append(Flaw(span, "tab"))
        if self.reading.flaws:
            return
        try:
            self._documents()
        except _TooDeepError:
            pass
        except yaml.MarkedYAMLError as error:
            self._syntax(error)

    def _documents(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:  # noqa: PLR2004
                    self._flaw(event, "several-documents")
                    return
            elif isinstance(event, yaml.NodeEvent):
                self.reading.data = self._node(event, (), None)

    def _node(self, event: Any, path: Path, key: Span | None) -> Value:  # noqa: ANN401 - PyYAML has no types
        span, last = self._span(event), self._last(event)
        if isinstance(event, yaml.AliasEvent):
            self._flaw(event, "alias", value=f"*{event.anchor}")
            self.reading.broken.append(path)
            self.reading.marks[path] = Mark(key, span, last)
            return ""
        if event.anchor is not None:
            self._flaw(event, "anchor", value=f"&{event.anchor}")
        if event.tag is not None:
            self._flaw(event, "tag", value=event.tag.replace("tag:yaml.org,2002:", "!!"))
        if isinstance(event, yaml.ScalarEvent):
            self.reading.marks[path] = Mark(key, span, last - (event.style in ("|", ">")))
            if event.style == '"' and (found := CONTROL.search(event.value)):  # written as an escape: "\\x00"
                self._flaw(event, "control-character", value=f"U+{ord(found[0]):04X}")
            return str(event.value)
        if len(path) >= MAX_DEPTH:
            self._flaw(event, "too-deep", limit=str(MAX_DEPTH))
            self.reading.broken.append(path[:1])
            raise _TooDeepError
        mapping = isinstance(event, yaml.MappingStartEvent)
        value, last = self._mapping(path) if mapping else self._sequence(path)
        self.reading.marks[path] = Mark(key, span, last)
        return value

    def _last(self, event: Any) -> int:  # noqa: ANN401
        return int(event.end_mark.line) + self._shift

    def _sequence(self, path: Path) -> tuple[list[Any], int]:
        found: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return found, self._last(event)
            found.append(self._node(event, (*path, len(found)), None))
        return found, self._shift

    def _mapping(self, path: Path) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return found, self._last(event)
            self._pair(event, path, found)
        return found, self._shift

    def _pair(self, event: Any, path: Path, found: dict[str, Any]) -> None:  # noqa: ANN401
        span = self._span(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._flaw(event, "yaml-key")
            self._node(event, (*path, ""), None)
            self._node(next(self._events), (*path, ""), None)
            return
        key = str(event.value)
        value_event = next(self._events)
        place = (*path, key)
        if key == "<<":
            self._flaw(event, "merge-key")
            self._skip(value_event)
        elif place in self.reading.marks:
            first = self.reading.marks[place].key or span
            self._flaw(event, "duplicate-key", key=key, line=str(first.line))
            self._skip(value_event)
        elif _is_empty(value_event):
            self.reading.marks[place] = Mark(span, self._span(value_event), span.line)
            self.reading.empty.append(place)
        else:
            found[key] = self._node(value_event, place, span)

    def _skip(self, event: Any) -> None:  # noqa: ANN401
        """Read on past a value that counts for nothing."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return
            event = next(self._events)

    def _span(self, event: Any) -> Span:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        simple = isinstance(event, yaml.ScalarEvent | yaml.AliasEvent)
        if simple and end.line == start.line:
            length = end.column - start.column
        else:
            length = len(self._lines[start.line].rstrip()) - start.column if start.line < len(self._lines) else 1
        return Span(start.line + self._shift, start.column + 1, max(1, length))

    def _flaw(self, event: Any, code: str, **values: str) -> None:  # noqa: ANN401
        self.reading.flaws.append(Flaw(self._span(event), code, values))

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        said = f"{error.context or ''} {error.problem or ''}"
        code = next((code for words, code in _SYNTAX if words in said), "yaml-syntax")
        opened = code in ("yaml-quote", "yaml-bracket", "yaml-colon-missing") and error.context_mark
        mark = (opened and error.context_mark) or error.problem_mark or error.context_mark
        line = min(mark.line, len(self._lines) - 1) if mark else 0
        column = mark.column if mark else 0
        values = {"limit": str(MAX_DEPTH)} if code == "too-deep" else {}
        self.reading.flaws.append(Flaw(Span(line + self._shift, column + 1), code, values))
        self.reading.broken.append(())


def _is_empty(event: Any) -> bool:  # noqa: ANN401
    """Tell a key left without a value (`closes:`), which counts as absent, from an empty text in quotes."""
    return isinstance(event, yaml.ScalarEvent) and not event.value and event.style not in ("'", '"', "|", ">")
