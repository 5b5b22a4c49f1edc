"""Turns staff prose into what the checks look at: its links, pictures, headings and HTML, each with its place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from agora_build.record import Record
from agora_build.urls import anchor

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:[^\n]|\n(?!\s*\n))+?)(?<!`)\1(?!`)")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_BRACKET = re.compile(r"!\[|\[|\]")
_TARGET = re.compile(
    r"""\([ \t\n]*(?:<([^<>\n]*)>|([^"'()\s](?:[^()\n]*?(?:\([^()\n]*\)[^()\n]*?)*)|))"""
    r"""(?:[ \t\n]+(?:"[^"]*"|'[^']*'))?[ \t\n]*\)"""
)
_LABEL = re.compile(r"\s?\[([^\[\]]*)\]")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]+)\]:[ \t]*\n?[ \t]*<?([^\s<>]+)", re.MULTILINE)
_TAG = re.compile(r"(?<!\]\()<(?:/?[a-zA-Z][\w-]*(?=[\s/>])[^<>]*>|!--|\?|![A-Za-z])")
_AUTO = re.compile(r"<((?:https?|mailto|ftp|javascript|data|file|tel):[^<>\s]*)>", re.IGNORECASE)
_ATX = re.compile(r"^(#{1,6})(.*?)#*\s*$")
_EXPLICIT = re.compile(r"\s*\{:?\s*[^{}]*#([\w:.-]+)[^{}]*\}\s*$")
_LIST = re.compile(r"^\s*(?:[-+*]|\d+[.)])\s")


class Link(Record, frozen=True):
    """A link or picture: its target as written, where that is in the text, the text shown for it."""

    target: str
    start: int
    picture: bool
    text: str | None  # None when the text is not known here (a reference definition)


class Heading(Record, frozen=True):
    """A heading: its level, its words, the id it gives itself ('' when none), where it is in the text."""

    level: int
    title: str
    id: str
    start: int
    length: int


def without_code(text: str) -> str:
    """Blank out code and escaped characters, so that every other character keeps its place."""
    lines = text.split("\n")
    fence, after_blank, in_list = "", True, False
    for number, line in enumerate(lines):
        opened = _FENCE.match(line)
        if fence:
            closing = opened is not None and opened[1].startswith(fence) and not line.strip(" `~")
            lines[number], fence = " " * len(line), "" if closing else fence
        elif opened:
            lines[number], fence = " " * len(line), opened[1]
        elif after_blank and not in_list and line.startswith(("    ", "\t")):
            lines[number] = " " * len(line)
            continue
        if line.strip() and not line.startswith((" ", "\t")):
            in_list = bool(_LIST.match(line))
        after_blank = not line.strip()
    masked = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), "\n".join(lines))
    return _ESCAPE.sub("  ", masked)


def links(masked: str) -> Iterator[Link]:
    """Find links and pictures: inline, by reference, automatic."""
    opened: list[re.Match[str]] = []
    picture_labels: set[str] = set()
    for match in _BRACKET.finditer(masked):
        if match[0] != "]":
            opened.append(match)
            continue
        if not opened:
            continue
        first = opened.pop()
        picture, text = first[0] == "![", masked[first.end() : match.start()]
        target = _TARGET.match(masked, match.end())
        if target:
            group = 1 if target[1] is not None else 2
            yield Link(target[group], target.start(group), picture, text)
        elif picture:
            label = _LABEL.match(masked, match.end())
            picture_labels.add((label[1] if label and label[1] else text).lower())
            yield Link("", first.start(), picture=True, text=text)
    for match in _DEFINITION.finditer(masked):
        yield Link(match[2], match.start(2), match[1].lower() in picture_labels, None)
    for match in _AUTO.finditer(masked):
        yield Link(match[1], match.start(1), picture=False, text=match[1])


def tags(masked: str) -> Iterator[tuple[int, str]]:
    """Find HTML, with its place."""
    for match in _TAG.finditer(masked):
        yield match.start(), match[0]


def headings(text: str, masked: str) -> list[Heading]:
    """Find the headings, in order, marked with # or underlined."""
    found = []
    start, block_start = 0, True
    shown, lines = text.split("\n"), masked.split("\n")
    for number, line in enumerate(lines):
        atx = _ATX.match(line)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if atx:
            title = re.sub(r"#*\s*$", "", shown[number][len(atx[1]) :])
            found.append(_heading(len(atx[1]), title, start, len(line)))
        elif block_start and line.strip() and re.fullmatch(r"[=-]+ *", following):
            level = 1 if following[0] == "=" else 2
            found.append(_heading(level, shown[number], start, len(line)))
        block_start = not line.strip()
        start += len(line) + 1
    return found


def _heading(level: int, title: str, start: int, length: int) -> Heading:
    explicit = _EXPLICIT.search(title)
    title = title[: explicit.start()] if explicit else title
    return Heading(level, title.strip(), explicit[1] if explicit else "", start, length)


def anchors(text: str) -> frozenset[str]:
    """Give the ids of a text's headings, as the page will have them."""
    return frozenset(anchors_in_order(text))


def anchors_in_order(text: str) -> tuple[str, ...]:
    """Give the id of each heading of a text."""
    found = headings(text, without_code(text))
    used = {heading.id for heading in found if heading.id}
    ids = []
    for heading in found:
        ids.append(heading.id or _unique(anchor(plain_title(heading.title)), used))
        used.add(ids[-1])
    return tuple(ids)


def plain_title(title: str) -> str:
    """Give the words of a heading without its markup."""
    title = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", title)
    title = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", title)
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])|[*`]", r"\1", title))


def _unique(name: str, used: set[str]) -> str:
    """Give an id that is not used yet: 'dates', 'dates_1', 'dates_2'."""
    if name not in used:
        return name
    match = re.fullmatch(r"(.*)_(\d+)", name)
    base, count = (match[1], int(match[2])) if match else (name, 0)
    count += 1
    while f"{base}_{count}" in used:
        count += 1
    return f"{base}_{count}"
