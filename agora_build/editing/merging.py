"""Turns a YAML text and the values it must have into the text that has them, letter for letter the same elsewhere."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from agora_build.content import plain_yaml
from agora_build.content.strict_yaml import read_yaml
from agora_build.editing.shown import same
from agora_build.record import Record, field

_DASH = re.compile(r" *- +")
_BLANK_FIRST = re.compile(r"^[ \t]*\t", re.MULTILINE)
_IN_FLOW = re.compile(r"[^\s\[\]{},:#&*!|>'\"%@`?-][^\[\]{},:#\n]*(?<!\s)")


class UnmergeableError(ValueError):
    """Says that a text is written in a way that cannot be changed in one place alone."""


def merged(text: str, wanted: Mapping[str, Any], order: Sequence[str]) -> str:
    """Give a YAML text in which keys have the values that are `wanted`; `order` says where a new key goes.

    What already means the same is left as it is written: comments, quotes, order, blank lines.
    """
    for whole in (False, True):
        try:
            again = _merged(text, wanted, order, whole=whole)
        except UnmergeableError:
            continue
        reading = read_yaml(again)
        if not reading.flaws and same(reading.data or {}, dict(wanted)):
            return again
    raise UnmergeableError(text)


def rendered(meta: Mapping[str, Any], indent: str = "") -> str:
    """Write metadata that nobody wrote yet; texts of several lines are blocks."""
    return "".join(f"{line}\n" for name, value in meta.items() for line in _pair(name, value, indent))


def _merged(text: str, wanted: Mapping[str, Any], order: Sequence[str], *, whole: bool) -> str:
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise UnmergeableError(text) from error
    if node is None or not isinstance(node, yaml.MappingNode) or not node.value:
        return text + rendered(wanted)
    edits = _Edits(text, order, whole)
    edits.table(node, wanted)
    return edits.done()


class _Edits(Record):
    """The places where a text changes, found by walking what it says beside what it must say."""

    text: str
    order: Sequence[str]
    whole: bool  # whether a key that changed is written anew, with all that is in it
    cuts: list[tuple[int, int, str]] = field(default_factory=list)

    def done(self) -> str:
        """Make all changes, the last first: those before keep their place."""
        text = self.text
        for start, end, new in sorted(self.cuts, key=lambda cut: cut[:2], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def table(self, node: Any, wanted: Mapping[str, Any]) -> None:  # noqa: ANN401 - PyYAML has no types
        """Change a mapping."""
        if node.flow_style:
            self.cuts.append((node.start_mark.index, node.end_mark.index, self._flow(node, wanted)))
            return
        indent = " " * node.value[0][0].start_mark.column
        for key, value in node.value:
            if key.value in wanted:
                self._key(key, value, wanted[key.value], indent)
            elif not _is_left_empty(value):
                self._drop(key, value)
        self._add(node, wanted, indent)

    def _key(self, key: Any, node: Any, wanted: Any, indent: str) -> None:  # noqa: ANN401
        if same(_data(node), wanted):
            return
        if not self.whole and isinstance(node, yaml.MappingNode) and isinstance(wanted, dict):
            self.table(node, wanted)
        elif not self.whole and isinstance(node, yaml.SequenceNode) and isinstance(wanted, list):
            self._list(node, wanted)
        elif isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">") and isinstance(wanted, str):
            self._scalar(key.value, node, wanted, indent)
        else:
            again = "\n".join(_pair(key.value, wanted, indent))
            self.cuts.append((key.start_mark.index, self._end(node), again.removeprefix(indent)))

    def _scalar(self, key: str, node: Any, wanted: str, indent: str) -> None:  # noqa: ANN401
        """Change a value on its line; what follows it there stays."""
        start, end = node.start_mark.index, node.end_mark.index
        alone = not self.text[end : self._line_end(end)].strip()
        quoted = node.style in ("'", '"') and "\n" not in wanted
        first, *more = _pair(key, wanted, indent, quoted=quoted, block=alone)
        new = "\n".join([first.removeprefix(f"{indent}{key}: "), *more])
        self.cuts.append((start, end, new if self.text[start - 1] == " " else f" {new}"))

    def _list(self, node: Any, wanted: list[Any]) -> None:  # noqa: ANN401
        if node.flow_style:
            self.cuts.append((node.start_mark.index, node.end_mark.index, self._flow(node, wanted)))
            return
        indent = " " * node.start_mark.column
        old = [_data(item) for item in node.value]
        steps = difflib.SequenceMatcher(None, list(map(_mark, old)), list(map(_mark, wanted)), autojunk=False)
        for step, first, last, new_first, new_last in steps.get_opcodes():
            if step != "equal":
                self._items(node.value, (first, last), wanted[new_first:new_last], indent)

    def _items(self, nodes: list[Any], span: tuple[int, int], wanted: list[Any], indent: str) -> None:
        """Make some items of a list into others: one by one, then those that are left over."""
        first, last = span
        both = min(last - first, len(wanted))
        for node, item in zip(nodes[first : first + both], wanted, strict=False):
            self._item(node, item, indent)
        for node in nodes[first + both : last]:
            self.cuts.append((self._dash(node), self._next_line(node), ""))
        if new := wanted[both:]:
            at = self._next_line(nodes[first + both - 1]) if first + both else self._dash(nodes[0])
            lines = "".join(f"{line}\n" for item in new for line in _item(item, indent))
            self._insert(at, lines)

    def _item(self, node: Any, wanted: Any, indent: str) -> None:  # noqa: ANN401
        if same(_data(node), wanted):
            return
        keeps = isinstance(node, yaml.MappingNode) and isinstance(wanted, dict)
        if keeps and (node.flow_style or (node.value and node.value[0][0].value in wanted)):
            self.table(node, wanted)
        else:
            self.cuts.append((self._dash(node), self._next_line(node), "\n".join([*_item(wanted, indent), ""])))

    def _drop(self, key: Any, node: Any) -> None:  # noqa: ANN401
        start = self._line_start(key.start_mark.index)
        if self.text[start : key.start_mark.index].strip():
            raise UnmergeableError(key.value)  # it stands after a dash
        self.cuts.append((start, self._next_line(node), ""))

    def _add(self, node: Any, wanted: Mapping[str, Any], indent: str) -> None:  # noqa: ANN401
        """Put each new key after the one that its model names before it."""
        there = {key.value: value for key, value in node.value}
        last = node.value[0][1]
        lines: dict[int, str] = {}
        for name in sorted(wanted, key=self._rank):
            if name in there:
                last = there[name]
            else:
                at = self._next_line(last)
                new = "".join(f"{line}\n" for line in _pair(name, wanted[name], indent))
                lines[at] = lines.get(at, "") + new
        for at, new in lines.items():
            self._insert(at, new)

    def _rank(self, name: str) -> int:
        return self.order.index(name) if name in self.order else len(self.order)

    def _insert(self, at: int, lines: str) -> None:
        broken = at and self.text[at - 1] != "\n"
        self.cuts.append((at, at, f"\n{lines.removesuffix(chr(10))}" if broken else lines))

    def _flow(self, node: Any, wanted: Any) -> str:  # noqa: ANN401
        """Write what stands between braces or brackets; what means the same keeps its writing."""
        if node is not None and same(_data(node), wanted):
            return self.text[node.start_mark.index : node.end_mark.index]
        if isinstance(wanted, dict):
            old = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
            pairs = (f"{key}: {self._flow(old.get(key), value)}" for key, value in wanted.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(wanted, list):
            items = node.value if isinstance(node, yaml.SequenceNode) else []
            known = {_mark(_data(item)): item for item in items}
            return f"[{', '.join(self._flow(known.get(_mark(item)), item) for item in wanted)}]"
        return wanted if _IN_FLOW.fullmatch(wanted) else _quoted(wanted)

    def _end(self, node: Any) -> int:  # noqa: ANN401
        """Give the place after the last character of a value, without the blank lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return start + len(self.text[start:end].rstrip("\n ")) if node.style in ("|", ">") else end

    def _next_line(self, node: Any) -> int:  # noqa: ANN401
        return min(len(self.text), self._line_end(self._end(node)) + 1)

    def _line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _dash(self, node: Any) -> int:  # noqa: ANN401
        """Give the beginning of the line of an item of a list."""
        start = self._line_start(node.start_mark.index)
        if not _DASH.fullmatch(self.text[start : node.start_mark.index]):
            raise UnmergeableError(self.text[start:])
        return start


def _data(node: Any) -> Any:  # noqa: ANN401 - PyYAML has no types
    """Give what a node says, as the strict reader does: a key left without a value is no key."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _data(value) for key, value in node.value if not _is_left_empty(value)}
    if isinstance(node, yaml.SequenceNode):
        return [_data(item) for item in node.value]
    return node.value


def _is_left_empty(node: Any) -> bool:  # noqa: ANN401
    return isinstance(node, yaml.ScalarNode) and not node.value and node.style is None


def _mark(value: object) -> str:
    """Name a value so that what means the same has the same name."""
    return json.dumps(value, sort_keys=True)


def _pair(key: str, value: Any, indent: str, *, quoted: bool = False, block: bool = True) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, dict):
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _pair(name, inner, f"{indent}  ")
    elif isinstance(value, list):
        yield f"{indent}{key}:"
        for item in value:
            yield from _item(item, f"{indent}  ")
    elif block and "\n" in value and not _BLANK_FIRST.search(value) and value == value.strip():
        yield f"{indent}{key}: |"
        yield from (f"{indent}  {line}" if line else "" for line in value.split("\n"))
    else:
        plain = not quoted and plain_yaml.is_plain(f"k: {value}")
        yield f"{indent}{key}: {value if plain else _quoted(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401
    """Write an item of a list; the first key of a table stands after the dash."""
    if isinstance(value, dict) and value:
        lines = [line for name, inner in value.items() for line in _pair(name, inner, f"{indent}  ")]
        yield f"{indent}- {lines[0].removeprefix(f'{indent}  ')}"
        yield from lines[1:]
    elif isinstance(value, str):
        yield f"{indent}- {value if plain_yaml.is_plain(f'k: {value}') else _quoted(value)}"
    else:
        raise UnmergeableError(_mark(value))


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
