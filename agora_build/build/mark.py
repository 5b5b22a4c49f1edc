"""Turns the mark of a published folder into what it says: the release it holds, and the names a build made there."""

# os.path and open, not Path objects: this is read before anything else is imported.
# ruff: noqa: PTH116, PTH118, PTH123
from __future__ import annotations

import os

NAME = ".agora-site"  # lists what a build put at the top of the folder: anything else there is somebody's
_RELEASE = "release "


def release_of(tree: str) -> str:
    """Give the release that a folder holds, whole; '' when it holds none, or is being changed."""
    first = _lines(tree)[:1]
    return first[0].removeprefix(_RELEASE) if first and first[0].startswith(_RELEASE) else ""


def changed_at(tree: str) -> int:
    """Tell, in nanoseconds, when a file last came to the top of a folder or went from it; 0 when it is not there."""
    try:
        return os.stat(tree).st_mtime_ns
    except OSError:
        return 0


def made_in(tree: str) -> frozenset[str]:
    """Give the names that a build put at the top of a folder."""
    return frozenset(line for line in _lines(tree) if not line.startswith(_RELEASE))


def written(release: str, names: list[str]) -> str:
    """Give the text of a mark; without a release, it is that of a folder being changed."""
    head = [f"{_RELEASE}{release}"] if release else []
    return "\n".join([*head, *sorted(names)]) + "\n"


def _lines(tree: str) -> list[str]:
    try:
        with open(os.path.join(tree, NAME), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []
