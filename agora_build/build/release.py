"""Turns rendered files into the published folder: written aside, whole, then swapped for the previous one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agora_build.problems import START, Problem

MARK = ".agora-site"  # lists what a build put at the top of the folder: anything else there is somebody's
_SOURCES = ("content", "themes")


def refused(root: Path, output: Path) -> list[Problem]:
    """Say why a site cannot take the place of the folder `output`: it would delete what no build made."""
    city = root.resolve()
    if city.is_relative_to(output) or any(output.is_relative_to(city / name) for name in _SOURCES):
        return [Problem(str(output), START, "output-misplaced", {"value": str(output)})]
    if not output.is_dir():
        return []
    mark = output / MARK
    made = {MARK, *(mark.read_text("utf-8").splitlines() if mark.is_file() else ())}
    others = sorted(path.name for path in output.iterdir() if path.name not in made)
    return [
        Problem(str(output), START, "output-not-ours", {"value": str(output), "other": name}) for name in others[:1]
    ]


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Wait until no other build publishes here; the system lets go when a build dies."""
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(output.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def recover(output: Path) -> None:
    """Put the last good site back, when a build was killed between the two moves of a swap.

    A build that is between these moves now holds the lock: it is waited for, and then nothing is missing.
    """
    if _interrupted(output):
        with alone(output):
            _put_back(output)


def write_aside(files: Iterable[tuple[str, bytes]], output: Path) -> Path:
    """Write every file into a new folder beside `output`, and give that folder.

    A folder left by an interrupted build is removed first, and so is this one when it cannot be finished.
    Raises OSError when the disk refuses.
    """
    aside = _beside(output, "new")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        tops = _write(files, aside)
        (aside / MARK).write_text("\n".join(sorted(tops)) + "\n", "utf-8")
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return aside


def swap(aside: Path, output: Path) -> None:
    """Put the new folder in the place of the old one, which is deleted only after that; to be called `alone`."""
    _put_back(output)
    previous = _beside(output, "old")
    shutil.rmtree(previous, ignore_errors=True)
    if output.exists():
        output.rename(previous)
    try:
        aside.rename(output)
    except OSError:
        if previous.exists():
            previous.rename(output)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _write(files: Iterable[tuple[str, bytes]], aside: Path) -> set[str]:
    """Write the files; give the names at the top of the folder."""
    made: set[str] = set()
    tops: set[str] = set()
    aside.mkdir(parents=True)
    for path, content in files:
        target = os.path.join(aside, path)  # noqa: PTH118 - pathlib costs more than the write
        folder = os.path.dirname(target)  # noqa: PTH120
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            made.add(folder)
        tops.add(path.partition("/")[0])
        with open(target, "wb") as file:  # noqa: PTH123
            file.write(content)
    return tops


def _interrupted(output: Path) -> bool:
    return _beside(output, "old").is_dir() and not output.exists()


def _put_back(output: Path) -> None:
    if _interrupted(output):
        _beside(output, "old").rename(output)


def _beside(output: Path, role: str) -> Path:
    return output.with_name(f".{output.name}.{role}")
