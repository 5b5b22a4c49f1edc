"""Turns a folder into the files of a city, and a migration of them into the folder: all of it or nothing.

The number in agora.toml is written last: stopped in any way, a migration that is called again ends what was begun.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from agora_build import git
from agora_build.content.config_file import NAME
from agora_build.content.schema_number import PODCAST
from agora_build.migrations.files import Files
from agora_build.migrations.steps import Migration

_TEXTS = (".md", ".yml")
_BESIDE = ".agora/migration"
Undo = Callable[[], object]


def read(root: Path) -> Files:
    """Read the texts of a city, and list its other files; links are followed by nobody, and left alone."""
    texts, others = {NAME: _text(root / NAME)}, set()
    for folder, folders, names in os.walk(root / "content"):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            path = file.relative_to(root).as_posix()
            if name.startswith(".") or file.is_symlink():
                continue
            try:
                if file.suffix in _TEXTS:
                    texts[path] = _text(file)
                    continue
            except UnicodeDecodeError:  # `agora check` says so; here it goes as it is
                pass
            others.add(path)
    return Files(texts, frozenset(others))


def uncommitted(root: Path) -> list[str] | None:
    """List what of a city is not in git as it is on the disk; None when git keeps nothing of it."""
    try:
        done = git.run(root, ("status", "--porcelain", "-z", "--", NAME, "content"))
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    return [line[3:].decode("utf-8", "replace") for line in done.stdout.split(b"\0") if line]


def write(root: Path, migration: Migration) -> None:
    """Write what changed; when anything is refused on the way, put everything back as it was.

    Words change where they are, then files move, then the number is written: each step can be taken again. All that
    takes room on the disk, the new texts and a copy of the old ones, is written beside before anything changes.
    """
    undo: list[Undo] = []
    beside = root / _BESIDE
    old = {new: path for path, new in migration.moves.items()}
    texts = {old.get(path, path): text for path, text in migration.texts.items()}
    shutil.rmtree(beside, ignore_errors=True)
    try:
        for path, text in texts.items():
            _prepare(root / path, text, beside / "old" / path, beside / "new" / path)
        for path in sorted(texts, key=lambda path: path == NAME):
            if path == NAME:
                _move(root, migration, undo)
            (beside / "new" / path).replace(root / path)
            undo.append(partial((beside / "old" / path).replace, root / path))
    except BaseException:
        if not [step for step in reversed(undo) if not _undone(step)]:  # else the copies are the way back
            shutil.rmtree(beside, ignore_errors=True)
        raise
    shutil.rmtree(beside, ignore_errors=True)
    _without_empty(root / PODCAST)


def _undone(step: Undo) -> bool:
    try:
        step()
    except OSError:
        return False
    return True


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def _prepare(path: Path, text: str, old: Path, new: Path) -> None:
    """Write a copy of a file, and what it is to say, down to the disk."""
    for place, data in ((old, path.read_bytes()), (new, text.encode("utf-8"))):
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        place.chmod(path.stat().st_mode & 0o777)


def _move(root: Path, migration: Migration, undo: list[Undo]) -> None:
    for old, new in ((root / old, root / new) for old, new in migration.moves.items()):
        _make_folder(new.parent, undo)
        old.rename(new)
        undo.append(partial(new.rename, old))


def _make_folder(folder: Path, undo: list[Undo]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, undo)
        folder.mkdir()
        undo.append(folder.rmdir)


def _without_empty(folder: Path) -> None:
    """Remove the folders that a move has left empty."""
    if not folder.is_dir():
        return
    for inside, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):  # something else is in it
            Path(inside).rmdir()
