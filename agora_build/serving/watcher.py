"""Turns a city's folder into the files that somebody just changed, as soon as nothing moves for a moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from agora_build.build import signature
from agora_build.content.config_file import NAME

_QUIET = 5  # milliseconds: what is written in one go, or renamed into place, is told once
_LONGEST = 400  # milliseconds after which what changed is told, even if something still moves
_TURN = 200  # milliseconds between two looks at agora.toml, which no folder of ours holds
_LOOK = 0.4  # seconds between two looks at everything, where the system does not say what changes
_FOLDERS = ("content", "themes")


def changes(root: Path, stop: threading.Event) -> Iterator[set[str]]:
    """Give, until `stop`, the paths from the city's root of the files that changed, came or went, folders too.

    An empty set says that watching just began: anything may have changed before.
    """
    try:
        import watchfiles  # noqa: F401 - whether it is installed
    except ModuleNotFoundError:
        yield from _compared(root, stop)
        return
    there = os.path.realpath(root)
    try:
        while not stop.is_set():
            yield from _told(there, stop)
    except OSError:  # the system watches no more folders for us
        yield from _compared(root, stop)


def counts(path: str) -> bool:
    """Tell whether a site is made of what is at a path: not what editors leave beside files, nor what a build makes."""
    parts = Path(path).parts
    if any(part[:1] == "." or part == "__pycache__" for part in parts) or path[-1:] == "~":
        return False
    return parts[0] in _FOLDERS or path == NAME


def _told(root: str, stop: threading.Event) -> Iterator[set[str]]:
    """Give what the system says of the folders that are there now; end when another comes or goes."""
    from watchfiles import watch

    folders, settings, begun = _folders(root), _settings(root), False
    for found in watch(
        *folders, watch_filter=None, step=_QUIET, debounce=_LONGEST, stop_event=stop, rust_timeout=_TURN,
        yield_on_timeout=True, raise_interrupt=False, ignore_permission_denied=True,
    ):  # fmt: skip
        seen = {path for _, where in found if counts(path := os.path.relpath(where, root))}
        if _settings(root) != settings:
            settings = _settings(root)
            seen.add(NAME)
        if _folders(root) != folders:
            return
        if seen or not begun:
            yield seen if begun else set()
        begun = True


def _folders(root: str) -> list[str]:
    return [path for name in _FOLDERS if os.path.isdir(path := os.path.join(root, name))]  # noqa: PTH112, PTH118


def _settings(root: str) -> signature.Signatures:
    return signature.of_files([os.path.join(root, NAME)])  # noqa: PTH118


def _compared(root: Path, stop: threading.Event) -> Iterator[set[str]]:
    """Look at all files again and again, and compare."""
    before = signature.of_city(os.fspath(root))[1]
    yield set()
    while not stop.wait(_LOOK):
        now = signature.of_city(os.fspath(root))[1]
        found = {path.rstrip("/") for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        before = now
        if seen := set(filter(counts, found)):
            yield seen
