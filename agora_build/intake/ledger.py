"""Keeps the ids of what was erased, in a file of its own: a restored backup is told again what it must not know."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

NAME = ".agora/intake/erased.txt"


def note(city: Path, identity: str, day: datetime.date) -> None:
    """Add an id, unless it is there; it is on the disk when this returns."""
    if identity in noted(city):
        return
    path = city / NAME
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{identity} {day}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def noted(city: Path) -> list[str]:
    """Give the ids, in the order they were erased."""
    path = city / NAME
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [line.split()[0] for line in lines if line.strip()]
