"""Runs `points.py` on an act: gives what it found broken, and how many points it tried."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_PROGRAM = Path(__file__).with_name("points.py")


class Tried(NamedTuple):
    """What was found broken, and at how many points it was looked for."""

    broken: list[str]
    points: int


def tried(how: str, act: str, folder: Path, mutant: str = "", every: int = 1, **environment: str) -> Tried:
    """Try an act at one point in so many."""
    folder.mkdir(exist_ok=True)
    before = ("eatmydata",) if mutant == "eatmydata" else ()
    command = [*before, sys.executable, _PROGRAM, how, act, folder, mutant, str(every)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    *broken, last = done.stdout.splitlines()
    return Tried(broken, int(last.removesuffix(" points")))
