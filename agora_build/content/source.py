"""Turns the bytes of a content file into a Source: metadata as text, the place of every key, and the body."""

from __future__ import annotations

import re
from typing import Any

from agora_build.content import plain_yaml
from agora_build.content.places import CONTROL, Mark, Path
from agora_build.problems import START, Problem, Span
from agora_build.record import Record, field

MAX_FRONT_MATTER = 64_000
_SURELY_SMALL = MAX_FRONT_MATTER // 4  # characters of at most four bytes
FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def split(text: str) -> tuple[str, str]:
    """Give the front matter, which starts on line 2, and the body; raise ValueError with a problem's code."""
    opening = FENCE.match(text)
    closing = FENCE.search(text, opening.end() + 1) if opening else None
    if opening is None or closing is None:
        raise ValueError("no-fence" if opening is None else "unclosed-fence")
    return text[opening.end() + 1 : closing.start()], text[closing.end() + 1 :]


class Source(Record):
    """A content file as it was read; `data` is None when its metadata could not be."""

    path: str
    text: str = ""
    data: dict[str, Any] | None = None
    empty: list[Path] = field(default_factory=list)
    broken: list[Path] = field(default_factory=list)
    body: str = ""
    body_line: int = 1
    problems: list[Problem] = field(default_factory=list)
    found_marks: dict[Path, Mark] | None = None  # None until they are asked for
    plain: str = ""  # front matter that was read quickly, without the places

    @property
    def marks(self) -> dict[Path, Mark]:
        """The place of every key; where it was not needed to read the file, it is looked for when it is asked."""
        if self.found_marks is None:
            from agora_build.content.strict_yaml import read_yaml

            self.found_marks = read_yaml(self.plain, 1).marks
        return self.found_marks

    def line(self, number: int) -> str:
        """Give a line of the file, for the report."""
        lines = self.text.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def problem(self, code: str, span: Span, /, **values: str) -> Problem:
        """Make a problem of this file at a place of it."""
        return Problem(self.path, span, code, values, self.line(span.line))

    def at_value(self, path: Path) -> Span:
        """Give the place of a value, or of the nearest thing around it."""
        mark = self.marks.get(path)
        if mark:
            return mark.value
        return self.at_key(path[:-1]) if path else START

    def at_key(self, path: Path) -> Span:
        """Give the place of a key (of the value, in a list), or of the nearest thing around it."""
        mark = self.marks.get(path) if path else None
        if mark:
            return mark.key or mark.value
        return self.at_key(path[:-1]) if path else START


def read_source(path: str, raw: bytes) -> Source:
    """Read a content file: Markdown with front matter (.md) or YAML alone (.yml)."""
    source = Source(path)
    if not _decode(source, raw):
        return source
    if path.endswith(".md"):
        _split(source)
    else:
        _read(source, source.text, 0)
    return source


def decoded(path: str, raw: bytes) -> tuple[str, list[Problem]]:
    """Decode a text file: UTF-8 without byte order mark or control characters, any kind of line end."""
    source = Source(path)
    _decode(source, raw)
    return source.text, source.problems


def _decode(source: Source, raw: bytes) -> bool:
    if raw.startswith(b"\xef\xbb\xbf"):
        source.problems.append(Problem(source.path, START, "bom"))
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        source.text = _newlines(raw.decode("utf-8", "replace"))
        before = _newlines(raw[: error.start].decode("utf-8"))
        source.problems.append(source.problem("not-utf-8", _place(before), value=f"{raw[error.start]:02X}"))
        return False
    source.text = text if "\r" not in text else _newlines(text)
    match = CONTROL.search(source.text)
    if match:
        span = _place(source.text[: match.start()])
        source.problems.append(source.problem("control-character", span, value=f"U+{ord(match[0]):04X}"))
    return match is None


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _place(before: str) -> Span:
    """Give the place of the character that follows a text."""
    return Span(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _split(source: Source) -> None:
    try:
        front, body = split(source.text)
    except ValueError as error:
        source.problems.append(source.problem(str(error), Span(1, 1, max(1, len(source.line(1))))))
        return
    source.body_line = front.count("\n") + 3
    source.body = body.rstrip("\n")
    _read(source, front, 1)


def _read(source: Source, text: str, lines_before: int) -> None:
    size = len(text) if len(text) < _SURELY_SMALL else len(text.encode("utf-8"))
    if size > MAX_FRONT_MATTER:
        values = {"value": str(-(-size // 1000)), "limit": str(MAX_FRONT_MATTER // 1000)}
        source.problems.append(source.problem("front-matter-too-big", START, **values))
        return
    plain = plain_yaml.read(text) if lines_before else None
    if plain is not None:
        source.data, source.plain = plain, text
        return
    from agora_build.content.strict_yaml import read_yaml  # most files do without it, and many builds too

    reading = read_yaml(text, lines_before)
    source.found_marks, source.empty, source.broken = reading.marks, reading.empty, reading.broken
    source.problems += [source.problem(flaw.code, flaw.span, **flaw.values) for flaw in reading.flaws]
    if isinstance(reading.data, dict):
        source.data = reading.data
    elif reading.data == "" and () not in source.marks and not reading.flaws:
        source.data = {}
    elif not reading.flaws:
        source.problems.append(source.problem("not-a-mapping-at-top", source.at_value(())))
