"""Writes the files of a generator's site."""

from __future__ import annotations

import json
from pathlib import Path

from engine.corpus import Record

FIELDS = ("title", "date", "name", "quarter", "channel", "position", "voice", "illustrative")


def put(path: Path, text: str) -> None:
    """Write a file, in a folder that may not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def front_matter(record: Record, **more: object) -> str:
    """Write a record as Markdown with YAML front matter."""
    head = "".join(f"{name}: {_scalar(name, str(getattr(record, name)))}\n" for name in FIELDS)
    rest = "".join(f"{name}: {json.dumps(value)}\n" for name, value in more.items())
    return f"---\n{head}{rest}---\n{record.body}\n"


def _scalar(name: str, value: str) -> str:
    return value if name == "date" else json.dumps(value, ensure_ascii=False)
