"""A power cut takes no receipt away, on a disk that loses what was not synchronised; wrong writers are found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.tried import tried

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("fusermount3"), reason="fuse3 is not installed")]
MUTANTS = {
    "synchronous-off": ("accept-more", 6),
    "synchronous-normal": ("accept-more", 6),
    "answers-first": ("accept-more", 6),
    "folders-not-synced": ("accept", 60),
    "eatmydata": ("accept-more", 6),
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What tells a trial where the file system that loses what is not synchronised is."""
    lossy_control = pytest.importorskip("faults.lossy_control")
    try:
        with lossy_control.lossy(tmp_path) as (mount, control):
            yield {"LOSSY_MOUNT": str(mount), "LOSSY_CONTROL": str(control)}
    except OSError as error:
        pytest.skip(f"no file system of our own may be mounted here (FUSE): {error}")


@pytest.mark.parametrize("how", ["power", "power-partly"])
@pytest.mark.parametrize(
    ("act", "every"),
    [
        *(("accept", 24), ("accept-more", 12), ("cast", 16), ("erase", 12), ("endpoint", 75), ("relay", 150)),
        *(pytest.param(act, 1, marks=pytest.mark.soak) for act in ("accept", "accept-more", "cast", "erase")),
        *(
            pytest.param(act, 3, marks=pytest.mark.soak)
            for act in ("endpoint", "relay", "publish", "refuse", "withdraw")
        ),
    ],
)
def test_a_power_cut_at_any_moment_breaks_no_promise(
    how: str, act: str, every: int, disk: dict[str, str], tmp_path: Path
) -> None:
    found = tried(how, act, tmp_path / "points", every=every, **disk)
    print(f"{act}: {how}, cut at {found.points} changes of the disk")
    assert found.points > 1
    assert found.broken == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_writer_that_is_wrong_is_found(mutant: str, disk: dict[str, str], tmp_path: Path) -> None:
    if mutant == "eatmydata" and not shutil.which("eatmydata"):
        pytest.skip("eatmydata is not installed")
    act, every = MUTANTS[mutant]
    assert tried("power", act, tmp_path / "points", mutant, every, **disk).broken
