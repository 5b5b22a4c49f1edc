"""Turns the votes and ballots that wait into batches: entries that add lines to the files of a vote.

No batch says who came when: its lines are in the order of hashes. A ballot never travels alone, for the day it is
published must not tell whose it is.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agora_build.civic.seals import COLUMNS, SEALED, Seal, SealError, following, rules_of
from agora_build.content.draft import Offer, document_of, offer_of
from agora_build.content.ids import new_id
from agora_build.content.tables import HEADERS
from agora_build.content.tree import found_at
from agora_build.intake.journal import Cast, Entry, EntryKind, Sent, sha256_of
from agora_build.intake.repository import Repository
from agora_build.intake.store import Journal, TakenError

FEWEST_BALLOTS = 20
FEWEST_VOTERS = 5
BATCHES: tuple[EntryKind, ...] = ("votes", "ballots")


class BatchError(Exception):
    """Says why lines cannot be added to the files of a vote, by a code that `agora relay` has words for."""

    def __init__(self, code: str, vote: str) -> None:
        super().__init__(code, vote)
        self.code = code
        self.vote = vote


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a look at the votes that wait gave: batches made, and what keeps some from being made."""

    made: tuple[str, ...]
    problems: tuple[BatchError, ...]


def gather(journal: Journal, repository: Repository, base: str, day: datetime.date) -> Gathered:
    """Store a batch for each vote whose votes may be published on a day."""
    made, problems = [], []
    for vote, secret in sorted(journal.waiting_votes()):
        try:
            identity = _gathered(journal, vote, debate_at(repository, base, vote).period[1], day, secret=secret)
        except BatchError as error:
            problems.append(error)
        else:
            made += [identity] if identity else []
    return Gathered(tuple(made), tuple(problems))


def batch_files(entry: Entry, repository: Repository, commit: str) -> dict[str, bytes]:
    """Add the lines of a batch to the files of the vote as they are at a commit; raise BatchError."""
    added: Mapping[str, Sequence[str]] = json.loads(entry.content)
    tables = {name: _lines(repository, commit, entry, f"{name}.csv") for name in ("votes", "roots", *SEALED)}
    merged = dict(tables)
    for path, lines in added.items():
        name = path.rpartition("/")[2].removesuffix(".csv")
        missing = [line for line in lines if line not in frozenset(tables[name])]
        merged[name] = [*tables[name], *missing] if name == "votes" else sorted({*tables[name], *lines})
    if entry.kind == "ballots" and merged != tables:
        merged["roots"] = [
            *tables["roots"],
            ",".join(_seal(entry, repository, commit, tables["roots"], merged).cells()),
        ]
    return {
        f"{folder_of(entry)}/{name}.csv": _table(f"{name}.csv", lines)
        for name, lines in merged.items()
        if lines != tables[name]
    }


def folder_of(entry: Entry) -> str:
    """Give the folder of the files of a vote."""
    return f"content/campaigns/{entry.campaign}/votes/{entry.target}"


def is_published(entry: Entry, repository: Repository, commit: str) -> bool:
    """Tell whether every line of a batch is in the files of the vote at a commit."""
    for path, lines in json.loads(entry.content).items():
        there = frozenset(_lines(repository, commit, entry, path.rpartition("/")[2]))
        if not there.issuperset(lines):
            return False
    return True


def debate_at(repository: Repository, commit: str, vote: str) -> Offer:
    """Read the rules of a vote (`campaign/debate`) at a commit; raise BatchError."""
    campaign, _, debate = vote.partition("/")
    path = f"content/campaigns/{campaign}/debates/{debate}.md"
    found, raw = found_at(path), repository.read(commit, path)
    if found is None or raw is None:
        raise BatchError("no-debate", vote)
    return offer_of(document_of(found, raw))


def _gathered(journal: Journal, vote: str, closes: datetime.date | None, day: datetime.date, *, secret: bool) -> str:
    """Store the batch of a vote, if it is time; give its id."""
    closed = closes is not None and day > closes
    if _is_too_soon(journal, vote, day, closed, secret=secret):
        return ""
    cast, codes = journal.cast_of(vote, secret=secret)
    if not closed and (len(cast) < FEWEST_BALLOTS if secret else len(_voters(cast)) < FEWEST_VOTERS):
        return ""
    if secret and len(cast) != len(codes):
        raise BatchError("uneven", vote)
    entry = _entry(vote, cast, codes, day, secret=secret)
    marks = [item.mark for item in cast]
    key = hashlib.sha256("\n".join([entry.kind, vote, *marks]).encode()).hexdigest()
    try:
        outcome = journal.gather(Sent(key, entry), marks, codes)
    except TakenError:  # another relay was quicker
        return ""
    return outcome.id if outcome.verdict == "stored" else ""


def _is_too_soon(journal: Journal, vote: str, day: datetime.date, closed: bool, *, secret: bool) -> bool:  # noqa: FBT001
    """Tell whether a batch of the vote is on its way, or was made the same day while people still vote."""
    kind: EntryKind = "ballots" if secret else "votes"
    earlier = [entry for entry in journal.entries(kind=kind) if f"{entry.campaign}/{entry.target}" == vote]
    return any(
        entry.state in ("waiting", "proposed") or (entry.state == "merged" and entry.day >= day and not closed)
        for entry in earlier
    )


def _entry(vote: str, cast: Sequence[Cast], codes: Sequence[str], day: datetime.date, *, secret: bool) -> Entry:
    campaign, _, debate = vote.partition("/")
    folder, identity = f"content/campaigns/{campaign}/votes/{debate}", new_id(day)
    if secret:
        lines = {"ballots.csv": sorted(f"{item.mark},{item.choices}" for item in cast), "spent.csv": sorted(codes)}
    else:
        lines = {"votes.csv": _shuffled(identity, (",".join(row) for item in cast for row in json.loads(item.choices)))}
    content = json.dumps({f"{folder}/{name}": some for name, some in lines.items()}, ensure_ascii=False)
    kind: EntryKind = "ballots" if secret else "votes"
    return Entry(identity, kind, campaign, debate, folder, content, sha256_of(content), day)


def _shuffled(identity: str, lines: Iterable[str]) -> list[str]:
    """Put lines in an order that chance gave, through the id of their batch, and in which nothing of theirs is left."""
    return sorted(lines, key=lambda line: hashlib.sha256(f"{identity}\n{line}".encode()).digest())


def _voters(cast: Iterable[Cast]) -> frozenset[str]:
    return frozenset(row[0] for item in cast for row in json.loads(item.choices))


def _seal(
    entry: Entry, repository: Repository, commit: str, roots: Sequence[str], merged: Mapping[str, Sequence[str]]
) -> Seal:
    """Seal the files with the lines of a batch in them; the last seal, which closes, is for staff to make."""
    vote = f"{entry.campaign}/{entry.target}"
    offer = debate_at(repository, commit, vote)
    if offer.ballot is None or offer.options is None:
        raise BatchError("no-ballot", vote)
    try:
        before = [Seal.read(line) for line in roots]
        rules = rules_of(vote, offer.period, offer.options, offer.ballot, offer.envelope)
        return following(before, entry.day, "day", rules, merged)
    except SealError as error:
        raise BatchError(str(error), vote) from error
    except ValueError as error:
        raise BatchError("bad-seal", vote) from error


def _lines(repository: Repository, commit: str, entry: Entry, name: str) -> list[str]:
    """Give the lines of a table at a commit, below its header."""
    raw = repository.read(commit, f"{folder_of(entry)}/{name}")
    return raw.decode("utf-8").splitlines()[1:] if raw else []


def _table(name: str, lines: Sequence[str]) -> bytes:
    header = ",".join(COLUMNS if name == "roots.csv" else HEADERS[name])
    return "".join(f"{line}\n" for line in (header, *lines)).encode()
