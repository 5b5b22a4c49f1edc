"""Turns what identifies a row elsewhere into a name here, the same each time, and remembers the names given.

A name is a hash: nobody reads an account's id in it. The memory is a temporary file of SQLite, whatever the size of
what is imported; nothing of it is left behind.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterable

from agora_build.content.ids import symbols
from agora_build.record import Record

TAIL = 8  # characters, of five bits each


class Claim(Record, frozen=True):
    """What is known of a row: the end of its name, and, when something has that name, its name.

    `line` is where it was met before in this import, and `digest` the hash of what it gave; 0 and nothing otherwise.
    """

    tail: str
    name: str = ""
    line: int = 0
    digest: bytes = b""


def source_of(*parts: str) -> bytes:
    """Hash what identifies a row in the system it comes from."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")).digest()


class Register:
    """The names that are taken in a campaign, and by which row."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
            "CREATE TABLE names(folder TEXT, tail TEXT, name TEXT, source BLOB, line INTEGER, digest BLOB, debate TEXT,"
            " PRIMARY KEY(folder, tail)) WITHOUT ROWID;"
            "CREATE TABLE alike(source BLOB PRIMARY KEY, met INTEGER, line INTEGER) WITHOUT ROWID;"
            "BEGIN;"
        )

    def close(self) -> None:
        """Forget all."""
        self._db.close()

    def there(self, folder: str, names: Iterable[str]) -> None:
        """Note the names that a folder of the campaign holds already."""
        self._db.executemany(
            "INSERT OR IGNORE INTO names VALUES(?, ?, ?, NULL, 0, NULL, '')",
            ((folder, name[-TAIL:], name) for name in names),
        )

    def claim(self, folder: str, source: bytes) -> Claim:
        """Find the name of a row; another row whose hash ends alike gets another end."""
        for salt in itertools.count():
            tail = _tail(source, salt)
            row = self._db.execute(
                "SELECT name, source, line, digest FROM names WHERE folder = ? AND tail = ?", (folder, tail)
            ).fetchone()
            if row is None:
                return Claim(tail)
            if row[1] in (None, source):
                return Claim(tail, row[0], row[2], row[3] or b"")
        raise AssertionError

    def settle(self, folder: str, source: bytes, claim: Claim, debate: str = "") -> None:
        """Note that a row has its name."""
        self._db.execute(
            "INSERT OR REPLACE INTO names VALUES(?, ?, ?, ?, ?, ?, ?)",
            (folder, claim.tail, claim.name, source, claim.line, claim.digest, debate),
        )

    def met(self, folder: str, name: str) -> str | None:
        """Give the debate of what this import gave a name to; None when it did not."""
        row = self._db.execute(
            "SELECT debate, source, name FROM names WHERE folder = ? AND tail = ?", (folder, name[-TAIL:])
        ).fetchone()
        return row[0] if row and row[1] is not None and row[2] == name else None

    def alike(self, source: bytes, line: int) -> tuple[int, int]:
        """Count the rows met before that say the same, and give the line of the first; then count this one."""
        met, first = self._db.execute(
            "INSERT INTO alike VALUES(?, 1, ?) ON CONFLICT DO UPDATE SET met = met + 1 RETURNING met, line",
            (source, line),
        ).fetchone()
        return met - 1, first


def _tail(source: bytes, salt: int) -> str:
    return symbols(hashlib.sha256(source + salt.to_bytes(4, "big")).digest())
