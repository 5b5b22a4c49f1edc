"""Turns what is sent into rows of the journal, in SQLite or PostgreSQL, and rows back into entries.

The store itself keeps things single: an entry's id and key, a ballot's receipt, a code's mark. A method that returned
has been written and synchronised; one that raised JournalError left nothing behind.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError, IntegrityError

from agora_build.intake.durable import make_folder, sync_folder
from agora_build.intake.forge import BRANCHES
from agora_build.intake.journal import (
    PUBLISHED,
    STATES,
    Cast,
    Change,
    Contact,
    Counts,
    Entry,
    EntryKind,
    Outcome,
    Sent,
    State,
    with_new_id,
)

_TABLES = sql.MetaData()
_ENTRIES = sql.Table(
    "entries",
    _TABLES,
    sql.Column("sequence", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("id", sql.String(40), nullable=False, unique=True),
    sql.Column("key", sql.String(64), nullable=False, unique=True),
    sql.Column("kind", sql.String(20), nullable=False),
    sql.Column("campaign", sql.String(60), nullable=False),
    sql.Column("target", sql.String(60), nullable=False),
    sql.Column("path", sql.String(300), nullable=False),
    sql.Column("content", sql.Text, nullable=False),
    sql.Column("sha256", sql.String(64), nullable=False),
    sql.Column("day", sql.Date, nullable=False),
    sql.Column("labels", sql.String(400), nullable=False),
    sql.Column("state", sql.String(10), nullable=False, index=True),
    sql.Column("branch", sql.String(60), nullable=False, index=True),
    sql.Column("request", sql.String(40), nullable=False),
    sql.Column("commit", sql.String(64), nullable=False),
    sql.Column("reason", sql.String(60), nullable=False),
    sql.Column("message", sql.Text, nullable=False),
)
_CONTACTS = sql.Table(
    "contacts",
    _TABLES,
    sql.Column("id", sql.String(40), primary_key=True),
    sql.Column("email", sql.String(200), nullable=False),
    sql.Column("until", sql.Date, nullable=False, index=True),
)
# No number tells which came when: what is sent is not tied to the code that allowed it.
_CAST = sql.Table(
    "cast_votes",
    _TABLES,
    sql.Column("mark", sql.String(64), primary_key=True),
    sql.Column("vote", sql.String(130), nullable=False),
    sql.Column("secret", sql.Boolean, nullable=False),  # a ballot, not votes on sentences
    sql.Column("choices", sql.Text, nullable=False),
    sql.Column("day", sql.Date, nullable=False),
    sql.Column("batch", sql.String(40), nullable=False, index=True),  # the entry that carries it; '' while it waits
    sqlite_with_rowid=False,
)
_SPENT = sql.Table(
    "spent_codes",
    _TABLES,
    sql.Column("vote", sql.String(130), primary_key=True),
    sql.Column("code", sql.String(64), primary_key=True),
    sql.Column("batch", sql.String(40), nullable=False, index=True),
    sqlite_with_rowid=False,
)
_SOLVED = sql.Table(  # challenges that served, and for which sending
    "solved_challenges",
    _TABLES,
    sql.Column("mark", sql.String(64), primary_key=True),
    sql.Column("key", sql.String(64), nullable=False),
    sql.Column("until", sql.BigInteger, nullable=False, index=True),  # Unix time: forgotten after
)
_PROBE = sql.Table("probe", _TABLES, sql.Column("mark", sql.Integer, nullable=False))
_COLUMNS = [column for column in _ENTRIES.columns if column.name != "key"]
_PER_QUERY = 500
_MAKING = 20_160_307  # any number, the same in every endpoint
_RACES = ("40001", "40P01")  # PostgreSQL: a transaction gave way to another, or to a deadlock


class JournalError(Exception):
    """Says that the journal could not be read or written: a full disk, a folder that refuses, no database."""


class TakenError(JournalError):
    """Says that another batch carries some of these votes."""


class _RacedError(JournalError):
    """Says that another process was writing the same thing: each of the group is to be tried alone."""


class Journal:
    """The journal at an address: `sqlite:///…/journal.sqlite` or `postgresql+psycopg://…`."""

    def __init__(self, address: str) -> None:
        """Open the journal, and make it where there is none."""
        self._engine = _engine(address)
        self._writing = self._engine.execution_options(writes=True)
        with _told(), self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":  # two endpoints may start together
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")
            _TABLES.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def accept(self, group: Sequence[Sent]) -> list[Outcome]:
        """Store a group of entries in one transaction, each of them once; give what became of each, in order."""
        try:
            with _told(), self._writing.begin() as connection:
                return _accepted(connection, group)
        except (IntegrityError, _RacedError):  # another process stored one of them meanwhile, or an id came twice
            return [self._alone(sent) for sent in group]

    def _alone(self, sent: Sent) -> Outcome:
        for _ in range(10):
            try:
                with _told(), self._writing.begin() as connection:
                    return _accepted(connection, [sent])[0]
            except (IntegrityError, _RacedError):
                sent = with_new_id(sent)
        msg = "no free id"
        raise JournalError(msg)

    def cast(self, group: Sequence[Cast]) -> list[Outcome]:
        """Store votes or ballots in one transaction: a code serves once, and the same receipt is the same ballot."""
        try:
            with _told(), self._writing.begin() as connection:
                # In one order for all endpoints, or two would each wait for a code of the other.
                ordered = sorted(range(len(group)), key=lambda rank: (group[rank].vote, group[rank].code, rank))
                done = {rank: _cast(connection, group[rank]) for rank in ordered}
                return [done[rank] for rank in range(len(group))]
        except (IntegrityError, _RacedError):
            return [self._cast_alone(item) for item in group]

    def _cast_alone(self, item: Cast) -> Outcome:
        for _ in range(10):
            try:
                with _told(), self._writing.begin() as connection:
                    return _cast(connection, item)
            except (IntegrityError, _RacedError):  # it is there now: look again
                continue
        msg = "a ballot that comes and goes"
        raise JournalError(msg)

    def entry(self, identity: str) -> Entry | None:
        """Give an entry."""
        found = self._entries(_ENTRIES.c.id == identity)
        return next(found, None)

    def entries(self, *states: State, kind: EntryKind | None = None) -> Iterator[Entry]:
        """Give the entries in some states (in any, without), in the order they came, without holding them all."""
        wanted = sql.true() if not states else _ENTRIES.c.state.in_(states)
        return self._entries(wanted if kind is None else wanted & (_ENTRIES.c.kind == kind))

    def carried(self, branch: str) -> list[Entry]:
        """Give the entries that a branch carries, or carried, in the order they came."""
        return list(self._entries(_ENTRIES.c.branch == branch))

    def _entries(self, wanted: sql.ColumnElement[bool]) -> Iterator[Entry]:
        last = 0
        while True:
            query = sql.select(*_COLUMNS).where(wanted, _ENTRIES.c.sequence > last).order_by(_ENTRIES.c.sequence)
            with _told(), self._engine.connect() as connection:
                rows = connection.execute(query.limit(_PER_QUERY)).mappings().all()
            yield from (_entry(row) for row in rows)
            if len(rows) < _PER_QUERY:
                return
            last = rows[-1]["sequence"]

    def move(self, identity: str, old: State, new: State, **facts: str) -> bool:
        """Take an entry from a state to another, with its `branch`, `request`, `commit`, `reason` or `message`.

        Give False, and change nothing, when it is no longer in the old state.
        """
        change = sql.update(_ENTRIES).where(_ENTRIES.c.id == identity, _ENTRIES.c.state == old)
        with _told(), self._writing.begin() as connection:
            return connection.execute(change.values(state=new, **facts)).rowcount == 1

    def move_all(self, changes: Sequence[Change]) -> list[bool]:
        """Take several entries from a state to another in one transaction; tell, in order, which were still there."""
        with _told(), self._writing.begin() as connection:
            return [
                connection.execute(
                    sql.update(_ENTRIES)
                    .where(_ENTRIES.c.id == change.id, _ENTRIES.c.state == change.old)
                    .values(state=change.new, **change.facts)
                ).rowcount
                == 1
                for change in changes
            ]

    def assign(self, identities: Sequence[str], branch: str) -> None:
        """Say which branch will carry entries that wait and have none."""
        free = (_ENTRIES.c.state == "waiting") & (_ENTRIES.c.branch == "")
        change = sql.update(_ENTRIES).where(_ENTRIES.c.id.in_(identities), free)
        with _told(), self._writing.begin() as connection:
            connection.execute(change.values(branch=branch))

    def branches(self, *states: State) -> set[str]:
        """Give the branches that carry entries in some states (in any, without), or will."""
        query = sql.select(_ENTRIES.c.branch, _ENTRIES.c.id).where(_ENTRIES.c.kind.in_(PUBLISHED))
        query = query.where(_ENTRIES.c.state.in_(states)) if states else query
        with _told(), self._engine.connect() as connection:
            return {branch or f"{BRANCHES}{identity}" for branch, identity in connection.execute(query)}

    def erase(self, identity: str, *states: State) -> bool:
        """Destroy the text and the contact of an entry in some states (in any, without); tell whether it was in one.

        Its id, hash and day stay, to answer for it; its key goes too: what its author sends anew is new.
        """
        mine = _ENTRIES.c.id == identity
        change = sql.update(_ENTRIES).where(mine & _ENTRIES.c.state.in_(states) if states else mine)
        with _told(), self._writing.begin() as connection:
            empty = {"content": "", "message": "", "labels": "", "key": f"erased {identity}"}
            done = connection.execute(change.values(state="erased", **empty)).rowcount == 1
            if done:
                connection.execute(sql.delete(_CONTACTS).where(_CONTACTS.c.id == identity))
        self._shred()
        return done

    def forget_texts(self, identities: Sequence[str]) -> int:
        """Destroy the texts and the contacts of refused entries, whose state and reason stay; give how many had one."""
        refused = _ENTRIES.c.id.in_(identities) & (_ENTRIES.c.state == "refused") & (_ENTRIES.c.content != "")
        with _told(), self._writing.begin() as connection:
            count = connection.execute(sql.update(_ENTRIES).where(refused).values(content="", labels="")).rowcount
            connection.execute(sql.delete(_CONTACTS).where(_CONTACTS.c.id.in_(identities)))
        self._shred()
        return count

    def rewritten(self, commits: Mapping[str, str]) -> None:
        """Note the new ids of commits, after the history of git was written again."""
        with _told(), self._writing.begin() as connection:
            for old, new in commits.items():
                connection.execute(sql.update(_ENTRIES).where(_ENTRIES.c.commit == old).values(commit=new))

    def drop_contact(self, identity: str) -> None:
        """Destroy the contact of an entry."""
        with _told(), self._writing.begin() as connection:
            connection.execute(sql.delete(_CONTACTS).where(_CONTACTS.c.id == identity))
        self._shred()

    def contact(self, identity: str) -> Contact | None:
        """Give the contact of an entry."""
        query = sql.select(_CONTACTS.c.email, _CONTACTS.c.until).where(_CONTACTS.c.id == identity)
        with _told(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Contact(row.email, row.until) if row else None

    def awaits_erasure(self, identity: str) -> bool:
        """Tell whether an author asked for an entry to be erased, and staff have not seen to it."""
        about = (_ENTRIES.c.target == identity) & (_ENTRIES.c.kind == "erasure") & (_ENTRIES.c.state == "waiting")
        with _told(), self._engine.connect() as connection:
            return connection.execute(sql.select(_ENTRIES.c.id).where(about)).first() is not None

    def purge(self, today: datetime.date) -> int:
        """Destroy the contacts whose day has come; give how many."""
        with _told(), self._writing.begin() as connection:
            count = connection.execute(sql.delete(_CONTACTS).where(_CONTACTS.c.until < today)).rowcount
        self._shred()
        return count

    def waiting_votes(self) -> dict[tuple[str, bool], int]:
        """Count what waits for a batch, by vote (`campaign/debate`) and whether they are ballots."""
        query = (
            sql.select(_CAST.c.vote, _CAST.c.secret, sql.func.count())
            .where(_CAST.c.batch == "")
            .group_by(_CAST.c.vote, _CAST.c.secret)
        )
        with _told(), self._engine.connect() as connection:
            return {(vote, bool(secret)): count for vote, secret, count in connection.execute(query)}

    def cast_of(self, vote: str, *, secret: bool, batch: str = "") -> tuple[list[Cast], list[str]]:
        """Give the votes or ballots of a batch (without: those that wait) by their marks; apart, the spent codes."""
        mine = (_CAST.c.vote == vote) & (_CAST.c.secret == secret) & (_CAST.c.batch == batch)
        query = sql.select(_CAST.c.mark, _CAST.c.vote, _CAST.c.choices, _CAST.c.day).where(mine).order_by(_CAST.c.mark)
        spent = sql.select(_SPENT.c.code).where(_SPENT.c.vote == vote, _SPENT.c.batch == batch).order_by(_SPENT.c.code)
        with _told(), self._engine.connect() as connection, _one_moment(connection):
            cast = [Cast(row.mark, row.vote, row.choices, row.day) for row in connection.execute(query)]
            codes = list(connection.execute(spent).scalars()) if secret else []
        return cast, codes

    def gather(self, sent: Sent, cast: Iterable[str], codes: Iterable[str]) -> Outcome:
        """Store a batch, and note which votes, by their marks, and which codes it carries; all of it or nothing.

        Raises TakenError when one of them is in another batch already.
        """
        vote = f"{sent.entry.campaign}/{sent.entry.target}"
        with _told(), self._writing.begin() as connection:
            outcome = _accepted(connection, [sent])[0]
            if outcome.verdict == "same":
                return outcome
            mine = [sql.update(_CAST).where(_CAST.c.mark == mark, _CAST.c.batch == "") for mark in cast]
            mine += [
                sql.update(_SPENT).where(_SPENT.c.vote == vote, _SPENT.c.code == code, _SPENT.c.batch == "")
                for code in codes
            ]
            for each in mine:
                if connection.execute(each.values(batch=outcome.id)).rowcount != 1:
                    raise TakenError
        return outcome

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Tell whether nobody else does this work on the journal now, and keep others off until it is done.

        The right goes with the process, or with its connection to PostgreSQL, however it ends.
        """
        if self._engine.dialect.name == "sqlite":
            file = self._engine.url.database or ""
            lock = os.open(f"{file}.{work}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                yield _locked(lock)
            finally:
                os.close(lock)
            return
        number = int.from_bytes(hashlib.sha256(f"agora {work}".encode()).digest()[:8], "big", signed=True)
        with _told(), self._engine.connect() as connection:
            right = connection.execute(sql.select(sql.func.pg_try_advisory_lock(number))).scalar_one()
            connection.commit()
            try:
                yield bool(right)
            finally:
                if right:
                    connection.execute(sql.select(sql.func.pg_advisory_unlock(number)))

    def spend(self, mark: str, key: str, now: int, until: int) -> bool:
        """Let a challenge serve for one sending, however often that is sent; tell whether it may."""
        known = sql.select(_SOLVED.c.key).where(_SOLVED.c.mark == mark)
        try:
            with _told(), self._writing.begin() as connection:
                connection.execute(sql.delete(_SOLVED).where(_SOLVED.c.until < now))
                found = connection.execute(known).scalar()
                if found is None:
                    connection.execute(sql.insert(_SOLVED).values(mark=mark, key=key, until=until))
        except IntegrityError:  # another endpoint was quicker
            with _told(), self._engine.connect() as connection:
                found = connection.execute(known).scalar()
        return found in (None, key)

    def probe(self) -> None:
        """Write something and synchronise it, as an entry would be; raise JournalError when that cannot be done."""
        with _told(), self._writing.begin() as connection:
            connection.execute(sql.delete(_PROBE))
            connection.execute(sql.insert(_PROBE).values(mark=1))

    def counts(self) -> Counts:
        """Count the entries in each state, and what waits for a batch."""
        query = sql.select(_ENTRIES.c.state, sql.func.count()).group_by(_ENTRIES.c.state)
        with _told(), self._engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        waiting = self.waiting_votes()
        return Counts(
            {state: found.get(state, 0) for state in STATES},
            sum(count for (_, secret), count in waiting.items() if not secret),
            sum(count for (_, secret), count in waiting.items() if secret),
        )

    def damage(self) -> str:
        """Say what is damaged in the file of SQLite; '' when nothing is. PostgreSQL looks after its own."""
        if self._engine.dialect.name != "sqlite":
            return ""
        with _told(), self._engine.connect() as connection:
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
        return "" if said == "ok" else said

    def _shred(self) -> None:
        """Leave nothing of what was deleted in the files of the database; raise JournalError while it cannot be done.

        SQLite overwrites it, and its log is emptied. PostgreSQL writes its tables again without it.
        """
        if self._engine.dialect.name != "sqlite":
            with _told(), self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM (FULL) entries, contacts")
            return
        with _told(), self._engine.connect() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if busy:
            raise JournalError("somebody reads what is erased; ask again")


@contextmanager
def _one_moment(connection: sql.Connection) -> Iterator[None]:
    """Let several readings see the journal as it is at one moment; SQLite does so by itself."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _told() -> Iterator[None]:
    """Tell every fault of the database as a JournalError, but a broken rule of uniqueness and a race."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, OSError) as error:
        if getattr(getattr(error, "orig", None), "sqlstate", "") in _RACES:
            raise _RacedError from error
        raise JournalError(str(error.__cause__ or error)) from error


def address_in(root: Path, store: str) -> str:
    """Give the address of a city's journal from its settings; a file of SQLite is named from the city's folder."""
    url = sql.make_url(store)
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(root.resolve() / url.database))
    return url.render_as_string(hide_password=False)


def _engine(address: str) -> sql.Engine:
    url = sql.make_url(address)
    if url.get_backend_name() != "sqlite":
        return sql.create_engine(url, pool_pre_ping=True)
    if url.database:
        with _told():
            _made(Path(url.database))
    engine = sql.create_engine(url, connect_args={"timeout": 30})
    sql.event.listen(engine, "connect", _prepare)
    sql.event.listen(engine, "begin", _begin)
    return engine


def _made(path: Path) -> None:
    """Make the file of the journal, if it is not there, for its owner alone; SQLite gives its log the same mode."""
    make_folder(path.parent)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        sync_folder(path.parent)


def _begin(connection: sql.Connection) -> None:
    """Take the right to write before reading what the writing depends on; who only reads waits for nobody."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own
    """Write through to the disk before a commit returns, and overwrite what is deleted."""
    connection.isolation_level = None  # transactions begin when we say so
    _to_wal(connection)
    for setting in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _to_wal(connection: Any) -> None:  # noqa: ANN401 - sqlite3's own
    """Turn a new file to its write-ahead log; SQLite does not wait by itself for another who does so just now."""
    for pause in (*[0.05] * 100, None):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if pause is None or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # a disk that refuses, say
                raise
            time.sleep(pause)
        else:
            return


def _accepted(connection: sql.Connection, group: Sequence[Sent]) -> list[Outcome]:
    keys = {key for sent in group for key in (sent.key, sent.earlier) if key}
    query = sql.select(_ENTRIES.c.key, _ENTRIES.c.id).where(_ENTRIES.c.key.in_(keys))
    known = {key: identity for key, identity in connection.execute(query)}  # noqa: C416 - rows are not pairs
    outcomes, rows, contacts = [], [], []
    for sent in group:
        same = known.get(sent.key) or known.get(sent.earlier)
        if same:
            outcomes.append(Outcome("same", same))
            continue
        known[sent.key] = sent.entry.id
        outcomes.append(Outcome("stored", sent.entry.id))
        rows.append(_row(sent))
        if sent.contact:
            contacts.append({"id": sent.entry.id, "email": sent.contact.email, "until": sent.contact.until})
    if rows:
        connection.execute(sql.insert(_ENTRIES), rows)
    if contacts:
        connection.execute(sql.insert(_CONTACTS), contacts)
    return outcomes


def _cast(connection: sql.Connection, item: Cast) -> Outcome:
    if connection.execute(sql.select(_CAST.c.mark).where(_CAST.c.mark == item.mark)).first():
        return Outcome("same", item.mark)
    if item.code:
        served = sql.select(_SPENT.c.code).where(_SPENT.c.vote == item.vote, _SPENT.c.code == item.code)
        if connection.execute(served).first():
            return Outcome("spent", "")
        connection.execute(sql.insert(_SPENT).values(vote=item.vote, code=item.code, batch=""))
    row = {"mark": item.mark, "vote": item.vote, "secret": bool(item.code), "choices": item.choices, "day": item.day}
    connection.execute(sql.insert(_CAST).values(**row, batch=""))
    return Outcome("stored", item.mark)


def _row(sent: Sent) -> dict[str, object]:
    entry = sent.entry
    names = ("id", "kind", "campaign", "target", "path", "content", "sha256", "day", "state")
    own = {name: getattr(entry, name) for name in names}
    empty = dict.fromkeys(("branch", "request", "commit", "reason", "message"), "")
    return {**own, **empty, "key": sent.key, "labels": " ".join(entry.labels)}


def _entry(row: Any) -> Entry:  # noqa: ANN401 - a row of SQLAlchemy
    return Entry(**{**row, "labels": tuple(row["labels"].split())})
