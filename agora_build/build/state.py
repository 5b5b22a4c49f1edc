"""Turns what an earlier build left in `.agora/` into what this one may rely on: signatures, release, day."""

# os.path, several times quicker than Path objects, and `os` alone: this is read before anything else is imported.
# ruff: noqa: PTH105, PTH118, PTH123
from __future__ import annotations

import marshal
import os

FOLDER = ".agora"
STORE, _STATE = "cache.sqlite", "state"
_FORMAT = 1


def read(folder: str) -> dict[str, object]:
    """Read what the last build of a city left in its folder; {} when there is nothing that can serve."""
    try:
        with open(os.path.join(folder, _STATE), "rb") as file:
            state = marshal.loads(file.read())  # noqa: S302 - our own file, in a folder of the city
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return state if isinstance(state, dict) and state.get("format") == _FORMAT else {}


def write(folder: str, state: dict[str, object]) -> None:
    """Leave a state for the next build, in one step."""
    path = os.path.join(folder, _STATE)
    with open(f"{path}.new", "wb") as file:
        file.write(marshal.dumps({**state, "format": _FORMAT}))
    os.replace(f"{path}.new", path)
