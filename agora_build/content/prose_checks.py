"""Checks the prose of staff (links, anchors, pictures, headings, HTML) and the size of citizens' text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from agora_build.content import markdown_scan
from agora_build.content.draft import Document, Draft
from agora_build.content.fields import MAX_CITIZEN_TEXT, PICTURES
from agora_build.content.places import Path
from agora_build.content.references import near_file
from agora_build.content.staff_text import staff_values
from agora_build.content.tree import WITH_ID, found_at
from agora_build.content.validate import nearest, shown
from agora_build.problems import Problem
from agora_build.record import Record

_STAFF = ("pages", "campaign", "debates", "resources", "kits", "episodes", "decisions", "juries", "answers")
_CITIZENS = ("contributions", "places", "workshops", "questions")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ALLOWED_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_MARKER = re.compile(r"[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))")
_RUN = re.compile(r"[*_]{41,}(?=[^\s*_])|(?<=[^\s*_])[*_]{41,}")
_BRACKETS = re.compile(r"[\[\]]|\n\s*\n")
MAX_NESTING = 20
_NESTED = re.compile(rf"^(?:[^\S\n]|[>+*\-.)0-9]){{{MAX_NESTING + 1}}}", re.MULTILINE)  # where a line may be nested so


class Passage(Record, frozen=True):
    """A text in a file: the body, or a value of the metadata (then `path` names it)."""

    document: Document
    text: str
    path: Path = ()

    def problem(self, code: str, start: int, length: int, /, **values: str) -> Problem:
        """Make a problem at a place of the text, found again in the file."""
        before = self.text[:start]
        line, column = before.count("\n"), start - before.rfind("\n")
        if not self.path:
            return self.document.at_text(code, self.document.source.body_line + line, column, length, **values)
        return self._in_value(code, start, length, values)

    def _in_value(self, code: str, start: int, length: int, values: dict[str, str]) -> Problem:
        """Find the piece of text again in the lines of the value: the same occurrence of it."""
        source = self.document.source
        mark = source.marks[self.path]
        piece = self.text[start : start + length].split("\n")[0]
        rank = self.text.count(piece, 0, start) if piece else 0
        for number in range(mark.value.line, mark.last + 1):
            line = source.line(number)
            place = line.find(piece, mark.value.column - 1 if number == mark.value.line else 0)
            while piece and place >= 0:
                if rank == 0:
                    return self.document.at_text(code, number, place + 1, len(piece), **values)
                rank -= 1
                place = line.find(piece, place + 1)
        return self.document.at_value(code, *self.path, **values)


def check_prose(draft: Draft, document: Document) -> Iterator[Problem]:
    """Check every text of a file."""
    checker = _Checker(draft)
    source = document.source
    found = found_at(document.found.of) or document.found  # a translation is written as its original is
    if found.folder in _STAFF and source.body:
        yield from checker.staff(Passage(document, source.body))
    elif found.folder in _CITIZENS and source.body:
        yield from _citizen(Passage(document, source.body))
    for path, text, staff in staff_values(document.found.model, document.written):
        passage = Passage(document, text, path)
        yield from checker.staff(passage) if staff else _nesting(passage)


class _Checker:
    """Checks staff prose against what the city has."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def staff(self, passage: Passage) -> Iterator[Problem]:
        masked = markdown_scan.without_code(passage.text)
        for link in markdown_scan.links(masked):
            if link.picture and link.text is not None and not _words(passage, link):
                start = link.start or 0
                yield passage.problem("missing-alt", start, max(1, len(link.target)), value=shown(link.target))
            if link.target or (link.text is not None and not link.picture):
                yield from self._link(passage, link)
            if link.target and link.text is not None and not link.picture and not _words(passage, link):
                yield passage.problem("link-without-words", link.start, len(link.target), value=shown(link.target))
        for start, tag in markdown_scan.tags(masked):
            yield passage.problem("raw-html", start, len(tag), value=shown(tag))
        yield from _levels(passage, masked)
        yield from _nesting(passage)
        yield from _inline_nesting(passage, masked)

    def _link(self, passage: Passage, link: markdown_scan.Link) -> Iterator[Problem]:
        target, length = link.target, len(link.target)
        scheme = _SCHEME.match(target)
        code = ""
        if scheme and scheme[0].lower() not in _ALLOWED_SCHEMES:
            code = "link-scheme"
        elif link.picture and (scheme or target.startswith("//")):
            code = "remote-picture"
        elif not target:
            code = "empty-link"
        elif target.startswith("/"):
            code = "link-absolute"
        elif not scheme and re.search(r"\.html?(?:[?#]|$)", target):
            code = "link-to-html"
        if code:
            yield passage.problem(code, link.start, length, value=shown(target))
        elif not scheme:
            yield from self._internal(passage, link)

    def _internal(self, passage: Passage, link: markdown_scan.Link) -> Iterator[Problem]:
        written, _, fragment = link.target.partition("#")
        source = passage.document.path
        folder = posixpath.dirname(source)
        name = unquote(written)
        target = posixpath.normpath(posixpath.join(folder, name)) if name else source
        values = {"value": shown(link.target)}
        if not target.startswith("content/") or "\\" in name:
            yield passage.problem("link-escapes", link.start, len(link.target), **values)
        elif target in self._draft.found and self._draft.found[target].folder == "answers":
            yield passage.problem("link-to-answer", link.start, len(link.target), **values)
        elif name and target in self._draft.found and self._draft.found[target].language:
            written = self._draft.found[target].of
            named = {"original": posixpath.relpath(written, folder)}
            yield passage.problem("link-to-translation", link.start, len(link.target), **values, **named)
        elif target in self._draft.found and not link.picture:
            yield from self._anchor(passage, link, target, unquote(fragment))
        elif target in self._draft.files:
            passage.document.named.add(target)
            if link.picture and not target.endswith(PICTURES.suffixes):
                allowed = ", ".join(PICTURES.suffixes)
                yield passage.problem("not-a-picture", link.start, len(link.target), allowed=allowed, **values)
        elif self._withdrawn(target):
            yield passage.problem("withdrawn-contribution", link.start, len(link.target), **values)
        else:
            near = near_file(self._draft, folder, target, frozenset() if link.picture else frozenset(self._draft.found))
            code = "missing-image" if link.picture else "broken-internal-link"
            yield passage.problem(code, link.start, len(link.target), near=near, **values)

    def _withdrawn(self, target: str) -> bool:
        found = found_at(target)
        return found is not None and found.folder in WITH_ID and found.slug in self._draft.withdrawn(found.campaign)

    def _anchor(self, passage: Passage, link: markdown_scan.Link, target: str, name: str) -> Iterator[Problem]:
        known = self._draft.offer(target)
        people = self._draft.found[target].folder in _CITIZENS
        if not name or not target.endswith(".md") or not known.read or people:
            return
        if name not in known.anchors:
            start = link.start + link.target.index("#")
            values = {"value": shown(name), "near": nearest(name, known.anchors), "target": target}
            yield passage.problem("unknown-anchor", start, len(link.target) - link.target.index("#"), **values)


def _words(passage: Passage, link: markdown_scan.Link) -> str:
    """Give what a link or a picture says as it was written: code and escaped signs are words too."""
    if not link.text or link.text.strip():
        return (link.text or "").strip()
    return passage.text[: link.start].rpartition("](")[0][-len(link.text) :].strip()


def _levels(passage: Passage, masked: str) -> Iterator[Problem]:
    before = 1
    for heading in markdown_scan.headings(passage.text, masked):
        values = {"value": shown(heading.title), "level": str(heading.level)}
        if heading.level == 1:
            yield passage.problem("heading-level-one", heading.start, heading.length, **values)
        elif heading.level > before + 1:
            expected = "#" * (before + 1)
            yield passage.problem("heading-skipped", heading.start, heading.length, expected=expected, **values)
        before = max(2, heading.level)


def _citizen(passage: Passage) -> Iterator[Problem]:
    length = len(passage.text)
    if length > MAX_CITIZEN_TEXT:
        values = {"length": str(length), "limit": str(MAX_CITIZEN_TEXT)}
        yield passage.problem("citizen-text-too-long", MAX_CITIZEN_TEXT, 1, **values)
    yield from _nesting(passage)


def _nesting(passage: Passage) -> Iterator[Problem]:
    """Refuse quotations and lists nested beyond reason: they cost a lot to render and nobody reads them."""
    if not _NESTED.search(passage.text):
        return
    start = 0
    for line in passage.text.split("\n"):
        depth, place = 0, 0
        indent = (len(line) - len(line.lstrip())) // 2
        while match := _MARKER.match(line, place):
            depth, place = depth + 1, match.end()
        if depth and depth + indent > MAX_NESTING:
            yield passage.problem("too-nested", start, min(len(line), 80), limit=str(MAX_NESTING))
            return
        start += len(line) + 1


def _inline_nesting(passage: Passage, masked: str) -> Iterator[Problem]:
    """Refuse emphasis and brackets opened one in another beyond reason, for the same reason."""
    starts = [match.start() for match in (_RUN.search(masked),) if match]
    depth = 0
    for match in _BRACKETS.finditer(masked):
        depth = {"[": depth + 1, "]": max(0, depth - 1)}.get(match[0], 0)
        if depth > MAX_NESTING:
            starts.append(match.start())
            break
    if starts:
        yield passage.problem("too-nested", min(starts), 1, limit=str(MAX_NESTING))
