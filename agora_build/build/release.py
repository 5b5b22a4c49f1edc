"""Turns rendered files into the published folder: written aside, whole, then swapped for the previous one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def write_aside(files: Iterable[tuple[str, bytes]], output: Path) -> Path:
    """Write every file into a new folder beside `output`, and give that folder.

    A folder left by an interrupted build is removed first. Raises OSError when the disk refuses.
    """
    aside = _beside(output, "new")
    shutil.rmtree(aside, ignore_errors=True)
    made: set[str] = set()
    for path, content in files:
        target = os.path.join(aside, path)  # noqa: PTH118 - pathlib costs more than the write
        folder = os.path.dirname(target)  # noqa: PTH120
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            made.add(folder)
        with open(target, "wb") as file:  # noqa: PTH123
            file.write(content)
    return aside


def swap(aside: Path, output: Path) -> None:
    """Put the new folder in the place of the old one; the old one is deleted only after that."""
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


def _beside(output: Path, role: str) -> Path:
    return output.with_name(f".{output.name}.{role}")
