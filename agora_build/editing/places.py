"""Turns a path that a browser sends into one that the editor may read or write, or refuses it."""

from __future__ import annotations

import os
from pathlib import Path

from agora_build.content.announcement import NetworkCopy
from agora_build.content.models import Batch, Draw, MeetingTallies, PaperCount, Table
from agora_build.content.tree import TRANSLATIONS, Found, found_at, is_media, well_named
from agora_build.editing.clone import RefusedError

_LONGEST = 300
_OF_COMMANDS = (Batch, Draw, MeetingTallies, NetworkCopy, PaperCount, Table)  # commands write them, not people


def entry_at(root: Path, path: object) -> Found:
    """Give the content file of a path that people edit, whether it is there or not."""
    known = inside(root, path)
    found = found_at(known)
    if found is None or found.folder == TRANSLATIONS or found.model in _OF_COMMANDS:
        raise RefusedError("editor-not-here", path=known)
    return found


def new_entry(found: Found) -> None:
    """Refuse a name that no content file may have."""
    if not well_named(found):
        raise RefusedError("editor-bad-name", path=found.path)


def media_at(root: Path, path: object) -> str:
    """Give the path of a picture, a sound or a document that is published with the files beside it."""
    known = inside(root, path)
    if not is_media(known):
        raise RefusedError("editor-not-here", path=known)
    return known


def inside(root: Path, path: object) -> str:
    """Give a path that stays in content/, whatever links there are; raise RefusedError for any other."""
    if not isinstance(path, str) or not _is_plain(path):
        raise RefusedError("editor-not-here", path=str(path)[:_LONGEST])
    top = Path(os.path.realpath(root / "content"))
    there = root / path
    if Path(os.path.realpath(there)) != top / path.removeprefix("content/") or top != root.resolve() / "content":
        raise RefusedError("editor-not-here", path=path)
    return path


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return (
        len(path) <= _LONGEST
        and path.isprintable()
        and not set(path) & set('\\:*?"<>|')
        and parts[0] == "content"
        and len(parts) > 1
        and all(part and not part.startswith(".") for part in parts)
    )
