"""Turns a content file into the same one whose links and file names lead to where files have moved."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from agora_build.content import markdown_scan
from agora_build.content.places import Path
from agora_build.content.source import Source, read_source
from agora_build.migrations.edits import Edit, edited
from agora_build.problems import Span

_BEFORE = ("", " ", '"', "'", "(", "<", ",", "[", "{", ":")  # what may stand around a name in the lines of a value
_AFTER = ("", " ", '"', "'", ")", ">", ",", "]", "}")


def repointed(path: str, text: str, moves: Mapping[str, str]) -> str:
    """Follow files that have moved (paths from the city's root), in values as in prose; the file itself stays."""
    plain = unquote(text) if "%" in text else text
    if not any(posixpath.basename(old) in plain for old in moves):
        return text
    source = read_source(path, text.encode())
    if source.data is None:  # it cannot be read, and `agora check` says why
        return text
    found = {edit.span: edit for edit in (*_in_values(source, moves), *_in_body(source, moves))}
    return edited(text, found.values())


def _in_body(source: Source, moves: Mapping[str, str]) -> Iterator[Edit]:
    for link in markdown_scan.links(markdown_scan.without_code(source.body)):
        new = _moved(source.path, link.target, moves)
        if new:
            before = source.body[: link.start]
            line, column = source.body_line + before.count("\n"), link.start - before.rfind("\n")
            yield Edit(Span(line, column, len(link.target)), new)


def _in_values(source: Source, moves: Mapping[str, str]) -> Iterator[Edit]:
    """Find values that name a file, and the links of values that are prose."""
    for place, value in _leaves(source.data, ()):
        targets = [value, *(link.target for link in markdown_scan.links(markdown_scan.without_code(value)))]
        for target in dict.fromkeys(targets):
            new = _moved(source.path, target, moves)
            if new:
                yield from _written(source, place, target, new)


def _written(source: Source, place: Path, target: str, new: str) -> Iterator[Edit]:
    """Find a target in the lines of a value."""
    mark = source.marks[place]
    for number in range(mark.value.line, max(mark.last, mark.value.line) + 1):
        line = source.line(number)
        start = line.find(target, mark.value.column - 1 if number == mark.value.line else 0)
        while start >= 0:
            end = start + len(target)
            if line[max(0, start - 1) : start] in _BEFORE and line[end : end + 1] in _AFTER:
                yield Edit(Span(number, start + 1, len(target)), new)
            start = line.find(target, end)


def _leaves(value: object, place: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*place, index))


def _moved(path: str, target: str, moves: Mapping[str, str]) -> str:
    """Give what to write for a target that has moved, '' for any other."""
    name, hash_, anchor = target.partition("#")
    if not name or "://" in name or "\n" in name or name.startswith("/"):
        return ""
    folder = posixpath.dirname(path)
    new = moves.get(posixpath.normpath(posixpath.join(folder, unquote(name))))
    return f"{posixpath.relpath(new, folder)}{hash_}{anchor}" if new else ""
