"""Turns rendered files into the published folder: written aside, whole, then swapped for the previous one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agora_build.build import mark
from agora_build.problems import START, Problem

MARK = mark.NAME
_SOURCES = ("content", "themes")


def refused(root: Path, output: Path) -> list[Problem]:
    """Say why a site cannot take the place of the folder `output`: it would delete what no build made."""
    city = root.resolve()
    if city.is_relative_to(output) or any(output.is_relative_to(city / name) for name in _SOURCES):
        return [Problem(str(output), START, "output-misplaced", {"value": str(output)})]
    if not output.is_dir():
        return []
    made = {MARK, *mark.made_in(str(output))}
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


def stage(output: Path) -> str:
    """Give an empty folder beside the site, for the files of the next one."""
    folder = _beside(output, "new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return os.fspath(folder)


def reachable(output: Path, release: str) -> bool:
    """Tell whether a release is whole on the disk: published, or the one before."""
    return bool(release) and release in (_holds(output), _holds(_beside(output, "previous")))


def publish(output: Path, folder: str, release: str) -> None:
    """Put a whole new tree in the place of the site, which becomes the previous one."""
    _mark(Path(folder), release)
    previous = _beside(output, "previous")
    if output.exists():
        shutil.rmtree(previous, ignore_errors=True)
        _exchange(folder, os.fspath(output))
        os.rename(folder, previous)
    else:
        os.rename(folder, output)


def update(output: Path, folder: str, base: str, release: str, written: Iterable[str], gone: Iterable[str]) -> None:
    """Bring the previous tree to the new release, with the staged files, and put it in the place of the site."""
    spare = _beside(output, "previous")
    if _holds(spare) != base:
        shutil.rmtree(spare, ignore_errors=True)
        shutil.copytree(output, spare, copy_function=os.link)
    (spare / MARK).unlink(missing_ok=True)
    for path in gone:
        (spare / path).unlink(missing_ok=True)
        for above in Path(path).parents[:-1]:
            if (spare / above).is_dir() and not any((spare / above).iterdir()):
                (spare / above).rmdir()
    for path in written:
        target = spare / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(Path(folder, path), target)
    _mark(spare, release)
    _exchange(os.fspath(spare), os.fspath(output))


def _holds(tree: Path) -> str:
    return mark.release_of(str(tree))


def _mark(tree: Path, release: str) -> None:
    names = [path.name for path in tree.iterdir() if path.name != MARK]
    (tree / MARK).write_text(mark.written(release, names), "utf-8")


def _exchange(one: str, other: str) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(-100, one.encode(), -100, other.encode(), 2):
        raise OSError(ctypes.get_errno(), "renameat2", one)


def _interrupted(output: Path) -> bool:
    return _beside(output, "old").is_dir() and not output.exists()


def _put_back(output: Path) -> None:
    if _interrupted(output):
        _beside(output, "old").rename(output)


def _beside(output: Path, role: str) -> Path:
    return output.with_name(f".{output.name}.{role}")
