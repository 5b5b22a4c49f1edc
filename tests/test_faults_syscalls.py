"""Whatever system call is the last one, or fails, what was promised is kept, and what was not can be done again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from faults.tried import tried

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed: sudo apt-get install strace"),
]
soak = pytest.mark.soak
# How many system calls there are between two points: all of them are tried in the long tests.
KILLS = [
    ("accept", 20),
    ("accept-more", 10),
    ("cast", 12),
    ("erase", 10),
    ("relay", 90),
    ("publish", 60),
    ("refuse", 90),
    ("withdraw", 90),
    ("endpoint", 110),
]
FAILURES = [("accept", 30), ("cast", 20), ("relay", 180), ("publish", 120), ("endpoint", 250)]


def sizes(*acts: tuple[str, int]) -> list[object]:
    short = [pytest.param(act, every, id=act) for act, every in acts]
    return [*short, *(pytest.param(act, 1, id=f"{act}-all", marks=soak) for act, _ in acts)]


@pytest.mark.parametrize(("act", "every"), sizes(*KILLS))
def test_a_process_killed_at_any_system_call_breaks_no_promise(act: str, every: int, tmp_path: Path) -> None:
    found = tried("kill", act, tmp_path / "points", every=every)
    print(f"{act}: killed at {found.points} system calls")
    assert found.points > 1
    assert found.broken == []


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EINTR"])
@pytest.mark.parametrize(("act", "every"), sizes(*FAILURES))
def test_a_system_call_that_fails_breaks_no_promise(act: str, every: int, error: str, tmp_path: Path) -> None:
    found = tried(error, act, tmp_path / "points", every=every)
    print(f"{act}: {error} at {found.points} system calls")
    assert found.points > 1
    assert found.broken == []


@pytest.mark.parametrize(("act", "every"), sizes(("accept", 8), ("cast", 8), ("erase", 8)))
def test_a_write_that_is_short_breaks_no_promise(act: str, every: int, tmp_path: Path) -> None:
    """Files may only grow to so many bytes: the write that crosses it is cut, and the next one fails."""
    found = tried("room", act, tmp_path / "points", every=every)
    print(f"{act}: no more room after {found.points} lengths")
    assert found.points > 5
    assert found.broken == []


def test_a_writer_that_answers_before_it_wrote_is_found(tmp_path: Path) -> None:
    assert tried("kill", "accept-more", tmp_path / "points", "answers-first", 4).broken
