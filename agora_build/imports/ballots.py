"""Turns the rows of a vote on statements, those that were changed later too, into each voter's last word.

Voters come out under numbers drawn anew: the numbers of the system they come from would tell who wrote which statement.
The draw depends on all the votes and on nothing else, so the same file gives the same numbers.
"""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

WORDS = {1: "agree", 0: "pass", -1: "disagree"}


class Ballots:
    """The votes of a conversation, in a temporary file of SQLite whatever their number."""

    def __init__(self) -> None:
        self.rows = 0
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE votes(voter TEXT, statement TEXT, at INTEGER, vote INTEGER, PRIMARY KEY(voter, statement))"
            " WITHOUT ROWID;"
            "CREATE TABLE statements(statement TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;"
            "CREATE TABLE voters(voter TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;"
            "BEGIN;"
        )

    def close(self) -> None:
        """Forget all."""
        self._db.close()

    def cast(self, voter: str, statement: str, at: int, vote: int) -> None:
        """Note a vote; the latest of a voter on a statement counts, and of two at one time, the one read last."""
        self.rows += 1
        self._db.execute(
            "INSERT INTO votes VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, vote = excluded.vote"
            " WHERE excluded.at >= at",
            (voter, statement, at, vote),
        )

    @property
    def superseded(self) -> int:
        """How many votes were changed later."""
        kept: int = self._db.execute("SELECT count(*) FROM votes").fetchone()[0]
        return self.rows - kept

    def of(self, voter: str) -> Mapping[str, int]:
        """Give the last words of a voter, by statement."""
        return dict(self._db.execute("SELECT statement, vote FROM votes WHERE voter = ?", (voter,)))

    def keep(self, names: Mapping[str, str]) -> int:
        """Say the name here of each statement; give how many votes are on none of these, and left."""
        self._db.executemany("INSERT INTO statements VALUES(?, ?)", names.items())
        return self._db.execute("DELETE FROM votes WHERE statement NOT IN (SELECT statement FROM statements)").rowcount

    def span(self, zone: ZoneInfo) -> tuple[datetime.date, datetime.date] | None:
        """Give the days of the first and of the last vote; None when there is none."""
        first, last = self._db.execute("SELECT min(at), max(at) FROM votes").fetchone()
        return None if first is None else (_day(first, zone), _day(last, zone))

    def table(self, sign: int, zone: ZoneInfo) -> Iterator[str]:
        """Write the lines of votes.csv; `sign` is the number that says agree."""
        self._number()
        yield "voter,statement,vote,date\n"
        for number, name, vote, at in self._db.execute(
            "SELECT number, name, vote, at FROM votes JOIN voters USING(voter) JOIN statements USING(statement)"
            " ORDER BY number, name"
        ):
            yield f"{number},{name},{WORDS[vote * sign]},{_day(at, zone)}\n"

    def _number(self) -> None:
        """Draw the numbers of voters."""
        seed = hashlib.sha256()
        for row in self._db.execute("SELECT voter, statement, vote, at FROM votes ORDER BY voter, statement"):
            seed.update(repr(row).encode())
        drawn = sorted(
            (hashlib.sha256(seed.digest() + voter.encode()).digest(), voter)
            for (voter,) in self._db.execute("SELECT DISTINCT voter FROM votes")
        )
        rows = ((voter, number) for number, (_, voter) in enumerate(drawn, 1))
        self._db.executemany("INSERT OR REPLACE INTO voters VALUES(?, ?)", rows)


def _day(milliseconds: int, zone: ZoneInfo) -> datetime.date:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, zone).date()
