"""Turns what an earlier build left in `.agora/` into what this one may rely on: signatures, release, day."""

# os.path, several times quicker than Path objects, and `os` alone: this is read before anything else is imported.
# ruff: noqa: PTH103, PTH105, PTH118, PTH120, PTH123
from __future__ import annotations

import fcntl
import marshal
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agora_build.build.signature import Signatures

FOLDER = ".agora"
STORE, _STATE = "cache.sqlite", "state"
_FORMAT = 1


def read(root: str) -> dict[str, Any]:
    """Read what the last build of a city left; {} when there is nothing that can serve."""
    try:
        with open(os.path.join(root, FOLDER, _STATE), "rb") as file:
            state = marshal.loads(file.read())  # noqa: S302 - our own file, in a folder of the city
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return state if isinstance(state, dict) and state.get("format") == _FORMAT else {}


def write(root: str, state: dict[str, Any]) -> None:
    """Leave a state for the next build, in one step."""
    path = os.path.join(root, FOLDER, _STATE)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.new", "wb") as file:
        file.write(marshal.dumps({**state, "format": _FORMAT}))
    os.replace(f"{path}.new", path)


@contextmanager
def alone(root: str) -> Iterator[None]:
    """Wait until no other build of this city uses the same cache; the system lets go when a build dies."""
    folder = os.path.join(root, FOLDER)
    os.makedirs(folder, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def forget(root: str) -> None:
    """Forget the last build: the next one makes everything again."""
    try:
        os.remove(os.path.join(root, FOLDER, _STATE))  # noqa: PTH107
    except FileNotFoundError:
        return


def signatures(state: dict[str, Any]) -> Signatures:
    """Give the signatures of the city at the last build."""
    found: Signatures = state.get("city", {})
    return found
