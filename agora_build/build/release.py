"""Turns files written aside into the published site, in one step, and keeps the one before.

Two trees take turns: the site, and its spare beside it, which holds the site before. A new release is made in the
spare, brought up to date with what changed; then the two are exchanged by one system call. `output` stays a folder
like any other, and whoever reads it finds the old site or the new one.
"""

# os.path, several times quicker than Path objects: a site may have 500,000 files.
# ruff: noqa: PTH103, PTH105, PTH106, PTH107, PTH110, PTH112, PTH113, PTH118, PTH120, PTH121, PTH123, PTH208
from __future__ import annotations

import contextlib
import marshal
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from agora_build.build import exchange, locks, mark
from agora_build.problems import START, Problem

_SOURCES = ("content", "themes")
_SPARE, _STAGE, _TWIN, _OLD, _TRASH, _LAG = "previous", "new", "twin", "old", "trash", "lag"


def refused(root: Path, output: Path) -> list[Problem]:
    """Say why a site cannot take the place of the folder `output`: no city is there, or it would delete other files."""
    city = root.resolve()
    if not city.is_dir():
        return [Problem("agora.toml", START, "missing-config")]
    if city.is_relative_to(output) or any(output.is_relative_to(city / name) for name in _SOURCES):
        return [Problem(str(output), START, "output-misplaced", {"value": str(output)})]
    spare = _beside(output, _SPARE)  # marked by a build, it is ours, whatever a killed build left in it
    made = {mark.NAME, f"{mark.NAME}.new", *mark.made_in(str(output))}
    for tree in (output, *([] if (spare / mark.NAME).exists() else [spare])):
        others = sorted(path.name for path in tree.iterdir() if path.name not in made) if tree.is_dir() else []
        if others:
            return [Problem(str(tree), START, "output-not-ours", {"value": str(tree), "other": others[0]})]
    return []


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Wait until no other build publishes here; put back a site that a killed build had taken away."""
    with locks.alone(os.fspath(output.parent)):
        old = _beside(output, _OLD)
        if old.is_dir() and not output.exists():
            old.rename(output)
        yield


def stage(output: Path) -> str:
    """Give an empty folder beside the site, for the files of the next one."""
    folder = _beside(output, _STAGE)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return os.fspath(folder)


def twin(output: Path) -> str:
    """Give, for the first site published here, a folder for second names of its files: it will be the spare.

    Later sites need none ('' then): the site before becomes the spare.
    """
    folder = _beside(output, _TWIN)
    shutil.rmtree(folder, ignore_errors=True)
    if output.exists():
        return ""
    folder.mkdir(parents=True)
    return os.fspath(folder)


def spare(output: Path) -> Path:
    """Give the folder of the site before."""
    return _beside(output, _SPARE)


def unstage(output: Path) -> None:
    """Drop what was staged, published or not."""
    for role in (_STAGE, _TWIN, _TRASH):
        shutil.rmtree(_beside(output, role), ignore_errors=True)


def current(output: Path) -> str:
    """Give the release that is published; '' when none is, or when it is not known."""
    return mark.release_of(os.fspath(output))


def reachable(output: Path, release: str) -> bool:
    """Tell whether a release is whole on the disk: published, or in the spare."""
    return bool(release) and output.is_dir() and release in (current(output), current(_beside(output, _SPARE)))


def publish(output: Path, release: str) -> None:
    """Publish the staged files, which are a whole site; the site before becomes the spare."""
    staged, spare, old = (_beside(output, role) for role in (_STAGE, _SPARE, _OLD))
    _mark(os.fspath(staged), release)
    if not output.exists():
        _drop(os.fspath(spare))
        _mark(os.fspath(_beside(output, _TWIN)), release)
        _beside(output, _TWIN).rename(spare)
        staged.rename(output)
        _note_lag(output, (release, release), set())
        return
    exchange.exchange(os.fspath(staged), os.fspath(output), os.fspath(old))
    _drop(os.fspath(spare))
    staged.rename(spare)


def update(output: Path, base: str, release: str, written: Iterable[str], gone: Iterable[str]) -> None:
    """Publish release `base` with some staged files more, or other, and some paths less.

    Until the exchange, the published tree is not touched; a spare that is being changed says so in its mark.
    """
    live, spare, staged = (os.fspath(path) for path in (output, _beside(output, _SPARE), _beside(output, _STAGE)))
    lag = _lag(output)
    shown, kept = current(output), mark.release_of(spare)
    changed = {*written, *gone}
    if kept != base and lag is None:
        _drop(spare)
        os.makedirs(spare)
        _mark(spare, "")
        _copy(live, spare, _paths(live))
    _mark(spare, "")
    if kept != base and lag is not None:
        _copy(live, spare, lag - changed)
    for path in gone:
        _remove(spare, path)
    for path in written:
        _move(staged, spare, path)
    _mark(spare, release)
    exchange.exchange(spare, live, os.fspath(_beside(output, _OLD)))
    before = set() if shown == base else lag
    _note_lag(output, (shown, release), None if before is None else before | changed)


def forget(output: Path) -> None:
    """Drop the site before, and what was published of it: it holds what was erased since."""
    _drop(os.fspath(_beside(output, _SPARE)))
    _beside(output, _LAG).unlink(missing_ok=True)


def rollback(output: Path) -> Literal["", "none", "torn"]:
    """Exchange the site with the one before; say why that cannot be done."""
    spare = _beside(output, _SPARE)
    if not spare.is_dir() or not output.is_dir() or mark.release_of(os.fspath(spare)) == current(output):
        return "none"
    if not mark.release_of(os.fspath(spare)):
        return "torn"
    exchange.exchange(os.fspath(spare), os.fspath(output), os.fspath(_beside(output, _OLD)))
    return ""


def _beside(output: Path, role: str) -> Path:
    return output.with_name(f".{output.name}.{role}")


def _mark(tree: str, release: str) -> None:
    """Say which release a tree holds; '' while it is being changed."""
    names = [name for name in os.listdir(tree) if not name.startswith(mark.NAME)]
    target = os.path.join(tree, mark.NAME)
    with open(f"{target}.new", "w", encoding="utf-8") as file:
        file.write(mark.written(release, names))
    os.replace(f"{target}.new", target)


def _drop(tree: str) -> None:
    """Delete a tree, which is there no more as soon as that begins."""
    if os.path.isdir(tree):
        name, _, _ = tree.rpartition(".")
        shutil.rmtree(f"{name}.{_TRASH}", ignore_errors=True)
        os.replace(tree, f"{name}.{_TRASH}")
        shutil.rmtree(f"{name}.{_TRASH}", ignore_errors=True)


def _paths(tree: str) -> list[str]:
    """List the files of a tree but its mark."""
    found = [os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names]
    return [path for path in found if not path.startswith(mark.NAME)]


def _lag(output: Path) -> set[str] | None:
    """Give the paths in which the two trees differ; None when that is not known."""
    trees = {current(output), current(_beside(output, _SPARE))}
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
        known, paths = marshal.loads(_beside(output, _LAG).read_bytes())  # noqa: S302 - our own file
        if set(known) == trees and "" not in trees:
            return set(paths)
    return None


def _note_lag(output: Path, trees: tuple[str, str], paths: set[str] | None) -> None:
    file = _beside(output, _LAG)
    if paths is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(marshal.dumps((trees, sorted(paths))))


def _copy(source: str, tree: str, paths: Collection[str]) -> None:
    """Give a tree the files that another has at some paths, and take away those it has not.

    A file takes the place of another in one step: a slow reader may still be in this tree.
    """
    there = [path for path in paths if os.path.isfile(os.path.join(source, path))]
    for path in set(paths).difference(there):
        _remove(tree, path)
    for path in there:
        _room(tree, path)
        target = os.path.join(tree, path)
        link(os.path.join(source, path), f"{target}.new")
        os.replace(f"{target}.new", target)


def link(source: str, target: str) -> None:
    """Give a file a second name: trees share what is the same, because no file is ever changed in place."""
    try:
        os.link(source, target)
    except OSError:
        if not (os.path.exists(target) and os.path.samefile(source, target)):
            shutil.copyfile(source, target)


def _move(source: str, tree: str, path: str) -> None:
    _room(tree, path)
    os.replace(os.path.join(source, path), os.path.join(tree, path))


def _room(tree: str, path: str) -> None:
    """Make the folders of a path, in the place of the file that one of them may have been."""
    folder = os.path.dirname(os.path.join(tree, path))
    if os.path.isdir(folder):
        return
    above = os.path.dirname(path)
    while above:
        if os.path.isfile(os.path.join(tree, above)):
            os.remove(os.path.join(tree, above))
        above = os.path.dirname(above)
    os.makedirs(folder, exist_ok=True)


def _remove(tree: str, path: str) -> None:
    """Take a file away, and the folders that it leaves empty."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):  # it may be a folder by now
        os.remove(os.path.join(tree, path))
    folder = os.path.dirname(path)
    while folder:
        try:
            os.rmdir(os.path.join(tree, folder))
        except OSError:
            return
        folder = os.path.dirname(folder)
