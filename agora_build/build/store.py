"""Keeps what was parsed and rendered from one build to the next, in one SQLite file that can be deleted at any time."""

# os.path, several times quicker than Path objects: a city may have 500,000 files.
# ruff: noqa: PTH105, PTH107, PTH113
from __future__ import annotations

import contextlib
import os
import pickle
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from agora_build.content.site import Entry
from agora_build.content.tree import translated_by
from agora_build.record import Record

_FORMAT = 2  # of this file; another one is as good as none
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE documents (
    path TEXT PRIMARY KEY, digest TEXT, campaign TEXT, debate TEXT, entry BLOB, offer BLOB, named BLOB
) WITHOUT ROWID;
CREATE INDEX threads ON documents (debate, campaign);
CREATE TABLE scopes (
    name TEXT PRIMARY KEY, rows BLOB, sums BLOB, wants BLOB, summary BLOB, voices BLOB, listed BLOB
) WITHOUT ROWID;
CREATE TABLE made (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""


class Row(Record, frozen=True):
    """A content file as it was read: where it belongs, what it says, what it offers to others, the media it names."""

    path: str
    digest: str
    campaign: str
    debate: str  # of a contribution or of a file of a vote, else ''
    entry: bytes
    offer: bytes
    named: bytes


class ScopeRow(Record, frozen=True):
    """A scope as it was rendered; see scopes.Made for what each part holds."""

    name: str
    rows: bytes
    sums: bytes
    wants: bytes
    summary: bytes = b""
    voices: bytes = b""
    listed: bytes = b""


class Store:
    """The cache of one city; it is written as a whole or not at all."""

    def __init__(self, path: str, *, fresh: bool = False, reading: bool = False) -> None:
        """Open the cache; a fresh one is written beside the old one, and takes its place when it is kept.

        One that is only for reading takes no lock: nobody writes while other processes read.
        """
        self._path = path
        self._fresh = fresh
        at = f"{path}.new" if fresh else path
        if fresh:
            _remove(at)
        self._at = at
        self._database = sqlite3.connect(at, isolation_level=None)
        self._database.execute("PRAGMA synchronous = OFF")
        if fresh:
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.executescript(f"PRAGMA user_version = {_FORMAT}; {_TABLES}")
        if not reading:
            self._database.execute("BEGIN")

    @classmethod
    def opened(cls, path: str) -> Store | None:
        """Open the cache of an earlier build; None when there is none that can serve."""
        if not os.path.isfile(path):
            return None
        with contextlib.suppress(sqlite3.DatabaseError):
            store = cls(path)
            if store._database.execute("PRAGMA user_version").fetchone()[0] == _FORMAT:
                return store
            store.close()
        return None

    def reader(self) -> Store:
        """Open the same file again, in another process."""
        return Store(self._at, reading=True)

    @property
    def is_fresh(self) -> bool:
        """Tell whether nothing was known when this build began."""
        return self._fresh

    def pause(self) -> None:
        """Write down what was given so far, so that other processes can read it."""
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")

    def keep(self) -> None:
        """Make all that was given last: from now on it is what the next build finds."""
        self._database.execute("COMMIT")
        self._database.close()
        if self._fresh:
            os.replace(self._at, self._path)

    def close(self) -> None:
        """Forget all that was given."""
        self._database.close()
        if self._fresh:
            _remove(self._at)

    def fact(self, name: str) -> bytes:
        """Give a fact about the whole build; b'' when it is not known."""
        found = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return found[0] if found else b""

    def note(self, name: str, value: bytes) -> None:
        """Keep a fact about the whole build."""
        self._database.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))

    def add(self, rows: Iterable[Row]) -> None:
        """Keep content files, in place of those of the same path."""
        values = ((r.path, r.digest, r.campaign, r.debate, r.entry, r.offer, r.named) for r in rows)
        self._database.executemany("REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def remove(self, paths: Iterable[str]) -> None:
        """Forget content files."""
        self._database.executemany("DELETE FROM documents WHERE path = ?", ((path,) for path in paths))

    def row(self, path: str) -> Row | None:
        """Give a content file."""
        found = self._database.execute("SELECT * FROM documents WHERE path = ?", (path,)).fetchone()
        return Row(*found) if found else None

    def digests(self) -> dict[str, tuple[str, str, str]]:
        """Give the digest, the campaign and the debate of every content file, by path."""
        rows = self._database.execute("SELECT path, digest, campaign, debate FROM documents")
        return {path: (digest, campaign, debate) for path, digest, campaign, debate in rows}

    def named(self, without: Collection[str] = ()) -> set[str]:
        """Give every media file that content names, but some files of it."""
        rows = self._database.execute("SELECT path, named FROM documents WHERE debate = ''")
        blobs = [blob for path, blob in rows if blob and path not in without]
        return {name for blob in blobs for name in pickle.loads(blob)}  # noqa: S301 - our own file

    def entries(self, campaign: str | None = None, debate: str = "") -> list[Entry[Any]]:
        """Give the entries of a thread, or all those of the city that are in no thread."""
        query = "SELECT entry, digest FROM documents WHERE debate = ?"
        rows = (
            self._database.execute(query, (debate,))
            if campaign is None
            else self._database.execute(f"{query} AND campaign = ?", (debate, campaign))
        )
        return [entry_from(blob, digest) for blob, digest in rows]

    def entry(self, path: str) -> Entry[Any] | None:
        """Give one entry."""
        row = self.row(path)
        return entry_from(row.entry, row.digest) if row else None

    def scope(self, name: str) -> ScopeRow | None:
        """Give a scope as it was last rendered."""
        found = self._database.execute("SELECT * FROM scopes WHERE name = ?", (name,)).fetchone()
        return ScopeRow(*found) if found else None

    def scopes(self, column: str) -> Iterator[tuple[str, bytes]]:
        """Give one column of every scope, in the order of names."""
        return self._database.execute(f"SELECT name, {column} FROM scopes ORDER BY name")  # noqa: S608 - ours

    def sizes(self) -> dict[tuple[str, str], int]:
        """Count the contributions of each thread that has some, by campaign and debate."""
        query = "SELECT campaign, debate, count(*) FROM documents WHERE debate > '' GROUP BY debate, campaign"
        return {(campaign, debate): count for campaign, debate, count in self._database.execute(query)}

    def paths(self) -> list[str]:
        """Give the paths of the files of all scopes but those that are made from this very list."""
        rows = self._database.execute("SELECT sums FROM scopes WHERE name NOT IN ('~sitemap', '~record')")
        return [line[66:] for (sums,) in rows for line in sums.decode().splitlines()]

    def names(self) -> set[str]:
        """Give the names of all scopes."""
        return {name for (name,) in self._database.execute("SELECT name FROM scopes")}

    def add_scope(self, row: ScopeRow) -> None:
        """Keep a scope."""
        values = (row.name, row.rows, row.sums, row.wants, row.summary, row.voices, row.listed)
        self._database.execute("REPLACE INTO scopes VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def remove_scope(self, name: str) -> None:
        """Forget a scope."""
        self._database.execute("DELETE FROM scopes WHERE name = ?", (name,))

    def made(self, key: bytes) -> bytes | None:
        """Give what was made from something, by the hash of what it was made from."""
        found = self._database.execute("SELECT value FROM made WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def add_made(self, key: bytes, value: bytes) -> None:
        """Keep what was made from something."""
        self._database.execute("REPLACE INTO made VALUES (?, ?)", (key, value))


def entry_blob(entry: Entry[Any]) -> bytes:
    """Write an entry down."""
    value = (entry.slug, entry.campaign, entry.path, entry.meta, entry.body)
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def entry_from(blob: bytes, digest: str) -> Entry[Any]:
    """Read an entry back."""
    slug, campaign, path, meta, body = pickle.loads(blob)  # noqa: S301 - our own file, in a folder of the city
    of, language = translated_by(path)
    return Entry(slug, campaign, path, meta, body, digest, language, of)


def _remove(path: str) -> None:
    for name in (path, f"{path}-journal", f"{path}-wal"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(name)
