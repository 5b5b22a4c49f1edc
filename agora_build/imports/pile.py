"""Turns ballots, read one at a time, into lines that say nothing of who cast them, whatever their number.

Each line has a receipt made of what the ballot says and of its rank among those that say the same: neither voters nor
the order in which they came leave a trace, and the same ballots make the same lines.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator


class Pile:
    """Ballots, in a temporary file of SQLite."""

    def __init__(self, vote: str) -> None:
        self._vote = vote
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE voters(voter TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE said(choices TEXT PRIMARY KEY, many INTEGER) WITHOUT ROWID;"
            "CREATE TABLE lines(receipt TEXT PRIMARY KEY, choices TEXT) WITHOUT ROWID;"
            "BEGIN;"
        )

    def close(self) -> None:
        """Forget all."""
        self._db.close()

    def cast(self, voter: str, choices: str) -> bool:
        """Note a ballot; tell whether it is the first of its voter, '' being many people."""
        if voter and not self._db.execute("INSERT OR IGNORE INTO voters VALUES(?)", (voter,)).rowcount:
            return False
        self._db.execute("INSERT INTO said VALUES(?, 1) ON CONFLICT DO UPDATE SET many = many + 1", (choices,))
        return True

    def counts(self) -> Iterator[tuple[str, int]]:
        """Give what ballots say, and how many say it."""
        yield from self._db.execute("SELECT choices, many FROM said")

    def table(self) -> Iterator[str]:
        """Write ballots.csv, in the order of the receipts."""
        self._db.execute("DELETE FROM lines")
        for choices, many in self._db.execute("SELECT choices, many FROM said").fetchall():
            marks = (hashlib.sha256(f"{self._vote}|{choices}|{rank}".encode()).hexdigest() for rank in range(many))
            self._db.executemany("INSERT INTO lines VALUES(?, ?)", ((mark, choices) for mark in marks))
        yield "receipt,choices\n"
        for receipt, choices in self._db.execute("SELECT receipt, choices FROM lines ORDER BY receipt"):
            yield f"{receipt},{choices}\n"
