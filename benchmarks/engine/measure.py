"""Turns a command into what it costs: wall and processor seconds, and peak memory, of all its processes together."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.04  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command cost; memory in MiB is the most that its processes held at one moment (PSS)."""

    wall: float
    processor: float
    memory: float


class FailedError(Exception):
    """Says that a generator did not build the site."""


def cost(command: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float) -> Cost:
    """Run a command to its end; raise FailedError when it fails or takes longer than `limit` seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, peak = time.perf_counter(), 0.0
    with open(folder / "benchmark.log", "wb") as log:  # noqa: PTH123
        process = subprocess.Popen(
            command, cwd=folder, env={**_ordinary(), **environment}, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        pause = 0.002
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            if time.perf_counter() - began > limit:
                process.kill()
                process.wait()
                msg = f"not finished after {limit:.0f} s"
                raise FailedError(msg)
            time.sleep(pause)
            pause = min(_EVERY, pause * 1.5)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise FailedError((folder / "benchmark.log").read_text("utf-8", "replace")[-2_000:])
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(wall, used, peak / 1024)


def _ordinary() -> dict[str, str]:
    """Give the environment; Python may keep what it compiled, as pip does when it installs a program."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _memory(pid: int) -> float:
    """Add the proportional share of memory (KiB) of a process and of its children; pages they share count once."""
    total = 0.0
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:  # noqa: PTH123
            total += next((float(line.split()[1]) for line in file if line.startswith("Pss:")), 0.0)
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:  # noqa: PTH123
                total += sum(_memory(int(child)) for child in file.read().split())
    except (OSError, StopIteration):
        return total
    return total
