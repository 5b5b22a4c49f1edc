"""Interrupted at each of its steps, a publication leaves the old site or the new one, and the next one goes well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from interrupting import SCENARIOS

SCRIPT = Path(__file__).with_name("interrupting.py")


def outcome(folder: Path, *what: str) -> tuple[list[str], int]:
    """Interrupt a publication in a process of its own; give the faults found, and how many times it was."""
    command = [sys.executable, str(SCRIPT), str(folder), *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *faults, last = done.stdout.splitlines()
    return faults, int(last.removeprefix("interrupted "))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["exchange", "renames"])
@pytest.mark.parametrize("how", ["kill", "full"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_at_every_step_the_site_is_whole(name: str, how: str, way: str, tmp_path: Path) -> None:
    faults, steps = outcome(tmp_path, name, how, way)
    assert faults == []
    least = {"kill": 9, "full": 1} if name == "rollback" else {"kill": 80, "full": 33}
    assert steps >= least[how]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["exchange", "renames"])
@pytest.mark.parametrize("name", ["update", "no-lag", "rolled-back"])
def test_killed_twice_in_a_row_the_site_is_whole(name: str, way: str, tmp_path: Path) -> None:
    faults, times = outcome(tmp_path, name, "twice", way)
    assert faults == []
    assert times >= 100
