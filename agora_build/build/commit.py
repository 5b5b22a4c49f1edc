"""Turns the repository that holds a city into the id of the commit that is checked out, without running git."""

# os.path alone: this is asked at every build, before anything else is imported.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123, PTH110, PTH112
from __future__ import annotations

import os

_ID_LENGTHS = (40, 64)  # SHA-1, SHA-256
_HEX = frozenset("0123456789abcdef")


def commit_of(root: str) -> str:
    """Give the id of the commit checked out around a folder; '' outside a repository, or before the first commit."""
    folder = os.path.abspath(root)
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    own = _git_folder(folder)
    head = _read(os.path.join(own, "HEAD"))
    if not head.startswith("ref: "):
        return _id(head)
    common = os.path.normpath(os.path.join(own, _read(os.path.join(own, "commondir")) or "."))
    name = head.removeprefix("ref: ")
    return _id(_read(os.path.join(common, name))) or _packed(common, name)


def _git_folder(folder: str) -> str:
    """Follow the file that stands for the folder .git in a worktree or a submodule."""
    path = os.path.join(folder, ".git")
    if os.path.isdir(path):
        return path
    return os.path.normpath(os.path.join(folder, _read(path).removeprefix("gitdir: ")))


def _packed(folder: str, name: str) -> str:
    lines = _read(os.path.join(folder, "packed-refs")).splitlines()
    return next((_id(line.partition(" ")[0]) for line in lines if line.partition(" ")[2] == name), "")


def _id(text: str) -> str:
    return text if len(text) in _ID_LENGTHS and set(text) <= _HEX else ""


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
