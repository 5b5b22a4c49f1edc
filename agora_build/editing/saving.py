"""Turns a content file into what the editor opens, and what the editor saves into the text of the file."""

from __future__ import annotations

import json
from typing import Any

from agora_build.content.source import read_source, split
from agora_build.content.tree import WITH_ID, Found
from agora_build.editing.clone import RefusedError
from agora_build.editing.merging import UnmergeableError, merged, rendered
from agora_build.editing.shown import BASE, BODY, NAMED, OWN, shown, taken


def opened(found: Found, raw: bytes, base: str) -> str:
    """Give a file as the editor reads it: one table in JSON, the text under the metadata in it."""
    source = read_source(found.path, raw)
    if source.data is None or source.problems:
        raise RefusedError("editor-unreadable", path=found.path)
    table = shown(found.model, source.data)
    if found.path.endswith(".md"):
        table[BODY] = source.body.strip("\n")
    if found.folder == "answers":
        table[NAMED] = found.slug
    return json.dumps({**table, BASE: base}, ensure_ascii=False)


def saved(found: Found, sent: dict[str, Any], raw: bytes | None) -> bytes:
    """Give the bytes of a file that the editor saves, `raw` being those it had; the same when nothing changed."""
    before = raw or (b"---\n---\n" if found.path.endswith(".md") else b"")
    source = read_source(found.path, before)
    if source.data is None:
        raise RefusedError("editor-unreadable", path=found.path)
    wanted = taken(found.model, {key: value for key, value in sent.items() if key not in OWN}, source.data)
    if not found.path.endswith(".md"):
        text = _front(source.text, wanted, found)
    else:
        front, body = split(source.text)
        text = f"---\n{_front(front, wanted, found)}---\n{_body(body, str(sent.get(BODY) or ''))}"
    if text == source.text:
        return before
    return text.replace("\n", "\r\n").encode() if b"\r\n" in before else text.encode()


def is_letter_for_letter(found: Found) -> bool:
    """Tell whether a file holds what somebody said, in a text of which nothing is to change."""
    return found.folder in WITH_ID


def body_of(found: Found, raw: bytes) -> str:
    """Give the text under the metadata of a file, without the blanks around it."""
    return read_source(found.path, raw).body.strip()


def _front(text: str, wanted: dict[str, Any], found: Found) -> str:
    if not text.strip():
        return rendered({name: wanted[name] for name in found.model.model_fields if name in wanted})
    try:
        return merged(text, wanted, tuple(found.model.model_fields))
    except UnmergeableError:
        raise RefusedError("editor-unmergeable", path=found.path) from None


def _body(before: str, sent: str) -> str:
    """Keep the blank lines around a text, and the text itself when nothing changed in it."""
    text = sent.replace("\r\n", "\n")
    if text.strip("\n") == before.strip("\n"):
        return before
    blank = before[: len(before) - len(before.lstrip("\n"))] if before.strip("\n") else ""
    return f"{blank}{text.strip(chr(10))}\n" if text.strip() else ""
