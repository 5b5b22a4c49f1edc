"""Turns a content file into a line of JSON, and back into the same bytes, or into a file that says the same.

A record says where a file is, its metadata as text, its body, and its front matter as written when that is not what we
would write ourselves. Who changes the metadata of a record need not touch that front matter: what it no longer says
is left out, and it is written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from agora_build.content.source import read_source
from agora_build.content.tree import Found, found_at
from agora_build.content.writing import written, yaml_of

KEYS = ("path", "kind", "campaign", "id", "language", "meta", "front", "body")
_FENCES = re.compile(r"---[ \t]*\r?\n.*?^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class RecordError(ValueError):
    """Says by a code why a record is not one of ours."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def record_of(found: Found, raw: bytes) -> dict[str, Any]:
    """Make the record of a file that the checks accept."""
    text = raw.decode("utf-8")
    meta = read_source(found.path, raw).data or {}
    fences = _FENCES.match(text) if found.path.endswith(".md") else None
    front = fences[0] if fences else text
    said: dict[str, Any] = {"path": found.path, "kind": found.folder, "campaign": found.campaign, "id": found.slug}
    said |= {"language": found.language} if found.language else {}
    said["meta"] = meta
    if front != _front(found.path, meta):
        said["front"] = front
    return {**said, "body": text[len(front) :]}


def line_of(record: Mapping[str, Any]) -> bytes:
    """Write a record as a line."""
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def file_of(line: bytes) -> tuple[str, bytes]:
    """Read a line: the path of the file and its bytes; raise RecordError when it is not a record."""
    record = _read(line)
    path, meta, body = record["path"], record["meta"], record["body"]
    front = record.get("front")
    if front is None or read_source(path, (front + body).encode("utf-8", "replace")).data != meta:
        front = _front(path, meta)
    return path, (front + body).encode("utf-8", "replace")


def _front(path: str, meta: Mapping[str, Any]) -> str:
    """Write metadata as we would: between fences, or alone."""
    return written(meta) if path.endswith(".md") else yaml_of(meta)


def _read(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise RecordError("exchange-not-json") from None
    if not isinstance(record, dict) or not {"path", "meta", "body"} <= record.keys() <= {*KEYS}:
        raise RecordError("exchange-not-a-record", keys=", ".join(KEYS))
    path = record["path"]
    if not isinstance(path, str) or not is_safe(path) or not path.endswith((".md", ".yml")) or found_at(path) is None:
        raise RecordError("exchange-bad-path", value=str(path)[:120])
    if (
        not isinstance(record["body"], str)
        or not isinstance(record.get("front", ""), str)
        or not _is_text(record["meta"])
    ):
        raise RecordError("exchange-not-a-record", keys=", ".join(KEYS))
    return record


def is_safe(path: str) -> bool:
    """Tell whether a path stays below the folder where it is written, on any system."""
    parts = path.split("/")
    return not re.search(r'[\\:*?"<>|\x00-\x1f\x7f]', path) and not any(part in ("", ".", "..") for part in parts)


def _is_text(meta: object, depth: int = 0) -> bool:
    """Tell whether metadata is a mapping of texts, lists and mappings, as the strict reader gives it."""

    def fits(value: object) -> bool:
        if isinstance(value, list):
            return all(fits(item) for item in value)
        return isinstance(value, str) or _is_text(value, depth + 1)

    named = isinstance(meta, dict) and depth < 10 and all(re.fullmatch(r"[a-z_]+", str(key)) for key in meta)  # noqa: PLR2004
    return named and all(fits(value) for value in meta.values())  # type: ignore[attr-defined]
