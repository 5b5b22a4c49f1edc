"""Compares what people were promised with what is kept, by other means than those of the project.

The client's ledger has one line of JSON for each thing it did: `{"sent": mark, "key": …, "text": …}` before it sends,
`{"receipt": mark, "id": …, "sha256": …}` once it has read a whole 2xx answer. What is kept is read with sqlite3,
psycopg and the git command. `python ledger.py LEDGER JOURNAL [REPOSITORY]` says each promise that was broken.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MARK = re.compile(r"\[m[0-9a-z-]+\]")  # in each text that is sent, and in no other
BASE = "main"
_BRANCH = "refs/heads/contribution/"
_COLUMNS = "id, key, kind, path, content, sha256, state"
_NEUTRAL = ("report", "erasure")  # never proposed


@dataclass
class Ledger:
    """What a client sent, and the receipts it read: texts and keys by mark, (id, hash) by mark."""

    texts: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def read(self, path: Path) -> Ledger:
        """Add the lines of a file; a last line that was cut is a thing nobody was told."""
        for line in path.read_text("utf-8").splitlines():
            try:
                done = json.loads(line)
            except ValueError:
                continue
            if "sent" in done:
                self.texts[done["sent"]] = done["text"]
                self.keys[done["sent"]] = done["key"]
            elif "receipt" in done:
                self.receipts.setdefault(done["receipt"], set()).add((done["id"], done["sha256"]))
        return self


@dataclass(frozen=True)
class Row:
    """A row of the journal, as the database gives it."""

    id: str
    key: str
    kind: str
    path: str
    content: str
    sha256: str
    state: str


@dataclass
class Kept:
    """What is kept: the rows of the journal, the files of the branches and of the published one, the refusals."""

    rows: list[Row] = field(default_factory=list)
    offered: dict[str, dict[str, bytes]] = field(default_factory=dict)  # branch -> the files it alone has
    published: dict[str, bytes] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


def rows_of(journal: str) -> list[Row]:
    """Read the journal at an address: a file, or `postgresql://…`."""
    query = f"SELECT {_COLUMNS} FROM entries ORDER BY sequence"  # noqa: S608 - our own words
    if journal.startswith("postgresql"):
        import psycopg

        with psycopg.connect(journal.replace("postgresql+psycopg", "postgresql")) as connection:
            return [Row(*row) for row in connection.execute(query).fetchall()]
    connection = sqlite3.connect(journal)
    try:
        faults = connection.execute("PRAGMA integrity_check").fetchall()
        assert faults == [("ok",)], faults
        return [Row(*row) for row in connection.execute(query)]
    finally:
        connection.close()


def marks_of(journal: str) -> list[str]:
    """Give the marks of the ballots and votes in a journal."""
    query = "SELECT mark FROM cast_votes"
    if journal.startswith("postgresql"):
        import psycopg

        with psycopg.connect(journal.replace("postgresql+psycopg", "postgresql")) as connection:
            return [row[0] for row in connection.execute(query).fetchall()]
    connection = sqlite3.connect(journal)
    try:
        return [row[0] for row in connection.execute(query)]
    finally:
        connection.close()


def kept_in(journal: str, repository: Path | None = None, base: str = BASE) -> Kept:
    """Read all that is kept."""
    kept = Kept(rows_of(journal))
    if repository is not None and repository.exists():
        _git(repository, "fsck", "--strict", "--no-dangling")
        kept.published = dict(_files(repository, f"refs/heads/{base}"))
        for name in _git(repository, "for-each-ref", "--format=%(refname)", _BRANCH).decode().split():
            files = _files(repository, name)
            kept.offered[name] = {path: data for path, data in files if kept.published.get(path) != data}
        for path, data in kept.published.items():
            if path.endswith("moderation.yml"):
                kept.refused |= set(re.findall(r"id: *['\"]?([0-9]{8}-[0-9a-z]+)", data.decode()))
    return kept


def _git(repository: Path, *words: str, given: bytes = b"") -> bytes:
    command = ["git", "--git-dir", str(repository), *words]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def _files(repository: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Give the files of the campaigns at a branch."""
    listed = _git(repository, "ls-tree", "-r", "-z", name).decode().split("\0")
    parts = [line.split("\t", 1) for line in listed if line]
    wanted = [(facts.split()[2], path) for facts, path in parts if "content/campaigns/" in path]
    said = _git(repository, "cat-file", "--batch", given="".join(f"{blob}\n" for blob, _ in wanted).encode())
    place = 0
    for _, path in wanted:
        head = said.index(b"\n", place)
        size = int(said[place:head].split()[2])
        yield path, said[head + 1 : head + 1 + size]
        place = head + size + 2


def broken(ledger: Ledger, kept: Kept, *, settled: bool = False, twice: Iterable[str] = ()) -> list[str]:
    """Say each promise that was broken.

    Once it is `settled`, after a whole turn of the relay, nothing may be in two places; before, a step may be half
    done. `twice` has the marks of what was sent again with another key, and may be there as many times.
    """
    said = [*_single(kept), *_kept(ledger, kept), *_sent(ledger, kept, set(twice))]
    for row in kept.rows:
        said += _placed(row, kept, settled=settled)
    return said


def _single(kept: Kept) -> Iterator[str]:
    for name, values in (("id", [row.id for row in kept.rows]), ("key", [row.key for row in kept.rows])):
        yield from (
            f"{value}: this {name} is there {count} times" for value, count in Counter(values).items() if count > 1
        )
    ids = {row.id for row in kept.rows}
    offering = Counter(
        path.rpartition("/")[2] for files in kept.offered.values() for path in files if path.endswith(".md")
    )
    yield from (f"{name}: offered by {count} branches" for name, count in offering.items() if count > 1)
    for branch, files in kept.offered.items():
        if not files:
            continue
        if not any(identity in branch or any(identity in path for path in files) for identity in ids):
            yield f"{branch}: the journal knows nothing of it"


def _kept(ledger: Ledger, kept: Kept) -> Iterator[str]:
    """Tell the receipts that nothing answers for."""
    by_id = {row.id: row for row in kept.rows}
    for mark, receipts in ledger.receipts.items():
        if len(receipts) > 1:
            yield f"{mark}: one key had {len(receipts)} receipts"
        for identity, digest in receipts:
            if identity not in by_id:
                yield f"{identity}: LOST, its receipt was given"
            elif by_id[identity].sha256 != digest:
                yield f"{identity}: its hash is not that of the receipt"
            elif by_id[identity].content and mark not in by_id[identity].content:
                yield f"{identity}: holds another text than the one of its receipt"


def _sent(ledger: Ledger, kept: Kept, twice: set[str]) -> Iterator[str]:
    """Tell what nobody sent, what is there in part, what is there twice."""
    seen: Counter[str] = Counter()
    for row in kept.rows:
        if row.state == "erased" or row.kind in ("votes", "ballots"):
            continue
        found = MARK.search(row.content)
        if found is None or found[0] not in ledger.texts:
            yield f"{row.id}: nobody sent it"
        elif row.kind not in _NEUTRAL and ledger.texts[found[0]] not in row.content:
            yield f"{row.id}: holds a part of what was sent"
        elif found[0] not in twice:
            seen[found[0]] += 1
    yield from (f"{mark}: sent once, there {count} times" for mark, count in seen.items() if count > 1)


def _placed(row: Row, kept: Kept, *, settled: bool) -> Iterator[str]:
    """Tell whether an entry is where its state says, whole, and nowhere else."""
    offers = [files[row.path] for files in kept.offered.values() if row.path in files]
    published = kept.published.get(row.path)
    tombstone = published is not None and b"\nerased:" in published
    if row.state != "erased" and hashlib.sha256(row.content.encode()).hexdigest() != row.sha256:
        yield f"{row.id}: the journal holds another text than its hash says"
    if row.kind in _NEUTRAL or row.kind in ("votes", "ballots"):
        return
    for data in [*offers, *([published] if published and not tombstone else [])]:
        if hashlib.sha256(data).hexdigest() != row.sha256:
            yield f"{row.id}: git holds another text than its hash says"
    places = {
        "waiting": not settled or (not offers and published is None),
        "proposed": len(offers) == 1 or (not settled and (published is not None or row.id in kept.refused)),
        "merged": published is not None and (not settled or not (tombstone or offers)),
        "refused": row.id in kept.refused and published is None and (not settled or not offers),
        "erased": not row.content and not offers and (published is None or tombstone),
    }
    if not places.get(row.state, False):
        yield f"{row.id}: {row.state}, offered {len(offers)} times, published: {published is not None}"


def main() -> None:
    """Say each promise that was broken, and how many were held."""
    file, journal, *repository = sys.argv[1:]
    ledger = Ledger().read(Path(file))
    said = broken(ledger, kept_in(journal, Path(repository[0]) if repository else None))
    print("\n".join(said))
    print(f"{len(ledger.receipts)} receipts, {len(said)} broken promises")
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
