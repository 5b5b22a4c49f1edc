"""Builds the wheel as one publishes it, and runs programs outside the environment of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_OWN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


def built_wheel(folder: Path) -> Path:
    """Build the wheel into a folder."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
    (built,) = folder.glob("agora_build-*.whl")
    return built


def outside(**more: str) -> dict[str, str]:
    """Give the variables of somebody who has never heard of these tests."""
    return {name: value for name, value in os.environ.items() if name not in _OWN} | more


def run(*command: str | Path, cwd: Path | None = None, **more: str) -> str:
    """Run a command outside the repository's own environment, and give what it prints; show all of it when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=outside(**more), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} -> {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
