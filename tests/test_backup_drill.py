"""Types what the guide of operators tells to: a backup, an exercise that touches nothing, a disaster, a restoration."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults.towns import Town

pytestmark = pytest.mark.slow
SERVER = Path(__file__).parents[1] / "docs" / "serveur"


def typed(script: str, *words: object) -> subprocess.CompletedProcess[str]:
    own = {"AGORA": f"{sys.executable} -m agora_build", "PATH": "/usr/bin:/bin"}
    command = ["sh", str(SERVER / script), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own, timeout=60)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
def test_a_backup_is_made_exercised_and_restored(tmp_path: Path) -> None:
    town, copies = Town(tmp_path), tmp_path / "copies"
    town.receive(2, "a")
    assert town.agora("relay", "--once").returncode == 0
    before = town.states()

    saved = typed("sauvegarder.sh", town.city, copies)
    assert saved.returncode == 0, saved.stderr
    assert {path.stem.partition("-")[0] for path in copies.iterdir()} == {"journal", "depot"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies.iterdir()), "nobody else reads what people sent"
    hour = next(copies.glob("journal-*")).stem.removeprefix("journal-")

    exercised = typed("exercice.sh", town.city, copies, hour)
    assert exercised.returncode == 0, exercised.stdout + exercised.stderr
    assert "se restaure" in exercised.stdout
    assert town.states() == before

    shutil.rmtree(town.forge)
    town.journal.write_bytes(b"what a dying disk left")
    restored = typed("restaurer.sh", town.city, copies, hour)
    assert restored.returncode == 0, restored.stderr
    assert town.states() == before
    assert town.broken() == []
    assert (town.journal.parent / "avant/journal.sqlite").read_bytes() == b"what a dying disk left"

    again = typed("restaurer.sh", town.city, copies, hour)
    assert (again.returncode, "avant" in again.stderr) == (1, True), "what was put aside is never written over"


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
def test_a_damaged_backup_fails_the_exercise(tmp_path: Path) -> None:
    town, copies = Town(tmp_path), tmp_path / "copies"
    town.receive(1, "a")
    assert town.agora("relay", "--once").returncode == 0
    assert typed("sauvegarder.sh", town.city, copies).returncode == 0
    saved = next(copies.glob("journal-*"))
    saved.write_bytes(saved.read_bytes()[:4096])
    exercised = typed("exercice.sh", town.city, copies, saved.stem.removeprefix("journal-"))
    assert exercised.returncode != 0
    assert "se restaure" not in exercised.stdout
