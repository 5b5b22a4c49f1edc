"""Turns folders into signatures: what the disk says of each file (mode, size, dates, number), without reading it.

Two equal signatures mean that nothing changed. It imports nothing but `os`, because a build where nothing changed is
over as soon as this is known.
"""

# os.path, several times quicker than Path objects: a city may have 500,000 files.
# ruff: noqa: PTH100, PTH112, PTH118, PTH120, PTH208
from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable

Sign = tuple[int, ...]
Signatures = dict[str, Sign]
Taken = tuple[int, Signatures]  # nanoseconds, and what was found from then on
UNSURE: Sign = ()  # equal to no signature
_TICK = 12_000_000  # nanoseconds, over the tick of any kernel: a file could change again and keep the same dates
_KIND, _IS_FOLDER = 0o170000, 0o040000  # S_IFMT, S_IFDIR: the module stat is not imported for two numbers
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def of_city(root: str) -> Taken:
    """Sign everything under content/ and themes/, and agora.toml; say when that was begun."""
    since = time.time_ns()
    found: Signatures = {}
    for name in ("agora.toml", "content", "themes"):
        _sign(root, name, found)
    return since, found


def settled(found: Signatures, since: int) -> Signatures:
    """Give the signatures to compare with next time; `since` is when these were begun to be taken, in nanoseconds.

    A file that changed just before could change again and keep the same dates: its signature will equal no other.
    """
    limit = since - _TICK
    return {path: UNSURE if sign[2] > limit or sign[3] > limit else sign for path, sign in found.items()}


def of_files(paths: Iterable[str]) -> Signatures:
    """Sign some files; () for one that is not there."""
    return {path: _told(os.lstat(path)) if os.path.lexists(path) else UNSURE for path in paths}


def of_code(root: str) -> list[tuple[str, Sign]]:
    """Sign what builds: Agora's own files with its base theme, unless it is the city's, and the libraries' versions."""
    found: Signatures = {}
    folder, name = os.path.split(_PACKAGE)
    _sign(folder, name, found)
    if os.path.realpath(root) != folder:
        _sign(os.path.join(folder, "themes"), "agora", found)
    libraries = sorted(
        name
        for place in sys.path
        if place.endswith("-packages") and os.path.isdir(place)
        for name in os.listdir(place)
        if name.endswith(".dist-info")
    )
    return [*sorted(found.items()), (" ".join((sys.version, *libraries)), UNSURE)]


def _sign(root: str, path: str, found: Signatures) -> None:
    """Sign a file, or a folder and all that is in it, following no link."""
    try:
        stat = os.lstat(os.path.join(root, path))
    except OSError:
        return
    if stat.st_mode & _KIND == _IS_FOLDER:
        _sign_folder(root, path, found)
    else:
        found[path] = _told(stat)


def _sign_folder(root: str, folder: str, found: Signatures) -> None:
    found[f"{folder}/"] = (0, 0, 0, 0)
    prefix = f"{folder}/"
    with os.scandir(os.path.join(root, folder)) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == "." or name == "__pycache__":
                continue
            if entry.is_dir(follow_symlinks=False):
                _sign_folder(root, prefix + name, found)
            else:
                stat = entry.stat(follow_symlinks=False)
                found[prefix + name] = (stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def _told(stat: os.stat_result) -> Sign:
    return (stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
