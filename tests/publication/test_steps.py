"""Interrupted at each of its steps, a publication leaves the old site or the new one, and the next one goes well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("interrupting.py")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "full"])
@pytest.mark.parametrize("name", ["second", "update", "rolled-back"])
def test_at_every_step_the_site_is_whole(name: str, how: str, tmp_path: Path) -> None:
    """Other scenarios can be run by hand: `python tests/publication/interrupting.py FOLDER first kill renames`."""
    command = [sys.executable, str(SCRIPT), str(tmp_path), name, how, "exchange"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *faults, last = done.stdout.splitlines()
    assert faults == []
    assert int(last.removeprefix("interrupted ")) >= {"kill": 60, "full": 25}[how]
