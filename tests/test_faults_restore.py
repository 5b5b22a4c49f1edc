"""What a backup and the forge still hold is the same inbox again; a byte that changed is found, and named."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest
from faults.ledger import MARK, rows_of
from faults.towns import Town

pytestmark = pytest.mark.slow


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A city where four contributions are proposed, one of them is published, and two wait."""
    town = Town(tmp_path)
    ids = town.receive(4, "r")
    assert town.agora("relay", "--once").returncode == 0
    assert town.agora("inbox", "accept", ids[0], "--no-build").returncode == 0
    town.receive(2, "w")
    assert town.broken() == []
    return town


def backup(town: Town, path: Path) -> None:
    """Copy the journal as docs say, while it may be in use."""
    source, target = sqlite3.connect(town.journal), sqlite3.connect(path)
    source.backup(target)
    source.close()
    target.close()


def test_a_journal_of_yesterday_and_the_forge_give_the_inbox_of_today(town: Town, tmp_path: Path) -> None:
    """The forge knows what became since of what the backup has."""
    backup(town, tmp_path / "backup.sqlite")
    assert town.agora("relay", "--once").returncode == 0
    second = sorted(town.states())[1]
    for identity, state in town.states().items():
        if state == "proposed" and identity >= second:
            assert town.agora("inbox", "accept", identity, "--no-build").returncode == 0
            break
    today = town.states()
    for path in town.journal.parent.glob("journal.sqlite*"):
        path.unlink()
    shutil.copyfile(tmp_path / "backup.sqlite", town.journal)
    assert town.states() != today
    assert town.agora("relay", "--once").returncode == 0
    assert town.states() == today
    assert town.broken() == []
    assert town.agora("verify", "inbox").returncode == 0


def test_a_journal_without_its_repository_makes_it_again(town: Town) -> None:
    assert town.agora("relay", "--once").returncode == 0
    before = town.states()
    shutil.rmtree(town.forge)
    assert town.agora("relay", "--once").returncode == 0
    assert town.agora("relay", "--once").returncode == 0
    assert town.states() == before
    assert town.broken() == []
    assert town.agora("verify", "inbox").returncode == 0


def test_a_byte_of_the_journal_that_changed_is_found_and_named(town: Town) -> None:
    whole = town.journal.read_bytes()
    rows, chance = rows_of(os.fspath(town.journal)), random.Random(8)  # noqa: S311 - not a secret
    whole = town.journal.read_bytes()
    for row in rows:
        found = MARK.search(row.content)
        assert found
        place = whole.index(found[0].encode()) + chance.randrange(len(found[0]))
        flipped = bytearray(whole)
        flipped[place] ^= 1
        town.journal.write_bytes(bytes(flipped))
        said = town.agora("verify", "inbox")
        assert (said.returncode, row.id in said.stdout + said.stderr) == (1, True), said.stdout + said.stderr
        others = [other.id for other in rows if other.id != row.id]
        assert not [other for other in others if other in said.stdout + said.stderr]
    town.journal.write_bytes(whole)
    assert town.agora("verify", "inbox").returncode == 0


def test_a_byte_of_an_object_of_git_that_changed_is_found_and_named(town: Town) -> None:
    assert town.agora("relay", "--once").returncode == 0
    rows = rows_of(os.fspath(town.journal))
    tried = 0
    for path in sorted(town.forge.glob("objects/??/*")):
        raw = path.read_bytes()
        plain = zlib.decompress(raw)
        row = next((row for row in rows if plain.endswith(row.content.encode()) and plain.startswith(b"blob")), None)
        if row is None or tried == 4:
            continue
        tried += 1
        flipped = bytearray(raw)
        flipped[len(raw) // 2] ^= 4
        path.chmod(0o600)
        path.write_bytes(bytes(flipped))
        said = town.agora("verify", "inbox")
        path.write_bytes(raw)
        assert (said.returncode, row.id in said.stdout + said.stderr) == (1, True), said.stdout + said.stderr
    assert tried
    assert town.agora("verify", "inbox").returncode == 0
