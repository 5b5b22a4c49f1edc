"""Turns what staff accept into a merge of the bare repository, noted in the journal: what is merged is published."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from agora_build.intake.batches import BATCHES, folder_of
from agora_build.intake.changes import Changes
from agora_build.intake.forge import BRANCHES
from agora_build.intake.guard import guard
from agora_build.intake.journal import Change, Entry
from agora_build.intake.proposal import Proposal, UnfitError, branch_of, check, own_branch, prepared
from agora_build.intake.repository import Move, Repository, RepositoryError
from agora_build.intake.store import Journal

_TRIES = 5  # times that the published branch may move under our hands


def accept(journal: Journal, repository: Repository, identity: str, day: datetime.date) -> list[Entry]:
    """Merge what an entry, or the branch of a digest, offers; give the entries that are published by it.

    Raises UnfitError when there is nothing to accept (`unknown`, or the state the entry is in), when its author wants
    it erased (`erasure-asked`), or when the city would not be right with it (`refused-by-guard`).
    """
    entries = _offered(journal, identity)
    for entry in entries:
        check(entry)
    for _ in range(_TRIES):
        base = repository.head()
        moves = _merge(journal, repository, base, entries, day)
        if not repository.move(moves, together=True):
            merged = moves[0].new
            journal.move_all([Change(entry.id, entry.state, "merged", {"commit": merged}) for entry in entries])
            return entries
    raise RepositoryError("moving", repository.base)


def published(journal: Journal, identity: str) -> list[Entry]:
    """Give what was merged already of what an id stands for, if nothing of it is left to merge."""
    entry = journal.entry(identity)
    entries = [entry] if entry else journal.carried(f"{BRANCHES}{identity}")
    merged = [each for each in entries if each.state == "merged"]
    return [] if any(each.state == "proposed" for each in entries) else merged


def paths_of(entry: Entry) -> list[str]:
    """Give the files that an entry wrote in the city's folder."""
    if entry.kind not in BATCHES:
        return [entry.path]
    names = ("votes.csv",) if entry.kind == "votes" else ("ballots.csv", "spent.csv", "roots.csv")
    return [f"{folder_of(entry)}/{name}" for name in names]


def _check_guarded(repository: Repository, base: str, merged: str, day: datetime.date) -> None:
    """Refuse what the guard would: the city may have changed since it was sent."""
    verdict = guard(Changes(repository.path, base, merged), repository.inside, day)
    if verdict.problems:
        raise UnfitError("refused-by-guard", problems=verdict.problems)


def _offered(journal: Journal, identity: str) -> list[Entry]:
    """Find what an id stands for: an entry, or all that a digest carries."""
    entry = journal.entry(identity)
    entries = [entry] if entry else journal.carried(f"{BRANCHES}{identity}")
    offered = [each for each in entries if each.state == "proposed"]
    if not offered:
        raise UnfitError(entries[0].state if entries else "unknown", identity)
    for each in offered:
        if journal.awaits_erasure(each.id):
            raise UnfitError("erasure-asked", each.id)
    return offered


def _merge(
    journal: Journal, repository: Repository, base: str, entries: Sequence[Entry], day: datetime.date
) -> list[Move]:
    """Write the merge of entries into a published commit; give the moves of branches that publish it.

    A branch that carries others besides stays for them.
    """
    branch = branch_of(entries[0])
    whole = len(entries) == sum(each.state == "proposed" for each in journal.carried(branch))
    offered = branch if whole else own_branch(entries[0])
    ready = prepared(repository, base, [Proposal(offered, tuple(entries))], journal.entry)
    if offered in ready.unfit:
        raise ready.unfit[offered]
    head = ready.right.get(offered) or ready.moves[0].new
    merged = repository.merge(base, head, f"Accept {offered}", day)
    if entries[0].kind not in BATCHES:
        _check_guarded(repository, base, merged, day)
    there = repository.branches(offered).get(offered)
    return [Move(repository.base, merged, base), *([Move(offered, "", there)] if there else [])]
