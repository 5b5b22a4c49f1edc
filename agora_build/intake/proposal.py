"""Turns entries of the journal into the branch that proposes them: one commit a file, on top of what is published.

The same entries on the same commit give the same branch, whoever makes it and however often. A branch that somebody
else changed is never written over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agora_build.content.draft import document_of
from agora_build.content.tree import found_at, well_named
from agora_build.intake.batches import BATCHES, BatchError, batch_files
from agora_build.intake.forge import BRANCHES
from agora_build.intake.journal import Entry, sha256_of
from agora_build.intake.repository import Commit, Move, Repository, blob_of
from agora_build.problems import Problem

_FOLDERS = {"contribution": "contributions", "question": "questions", "place": "places", "workshop": "workshops"}
_ID = re.compile(r"[0-9a-z]+(-[0-9a-z]+)*")
_PATH = re.compile(r"content/campaigns/[0-9a-z-]+/[a-z]+/[0-9a-z-]+\.md")
Of = Callable[[str], Entry | None]


class UnfitError(Exception):
    """Says why an entry cannot be proposed: a code that `agora relay` has words for, and where, or its problems."""

    def __init__(self, code: str, detail: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A branch to make, and what it carries, in order."""

    branch: str
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class Branches:
    """What became of proposals: the moves to make, the heads of branches that are right already, the others' faults."""

    moves: list[Move] = field(default_factory=list)
    right: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, UnfitError] = field(default_factory=dict)


def files_of(entry: Entry, repository: Repository, commit: str) -> dict[str, bytes]:
    """Give the files of an entry as they will be on top of a commit; raise UnfitError."""
    if entry.kind not in BATCHES:
        return {entry.path: entry.content.encode()}
    try:
        return batch_files(entry, repository, commit)
    except BatchError as error:
        raise UnfitError(error.code, error.vote) from error


def check(entry: Entry) -> None:
    """Read what is to be published again, by the model of its kind; raise UnfitError."""
    if not _ID.fullmatch(entry.id) or not _ID.fullmatch(entry.campaign):
        raise UnfitError("bad-name", entry.id)
    if sha256_of(entry.content) != entry.sha256:
        raise UnfitError("other-content", entry.id)
    if entry.kind in BATCHES:
        if not _ID.fullmatch(entry.target):
            raise UnfitError("bad-name", entry.target)
        return
    found = found_at(entry.path) if _PATH.fullmatch(entry.path) else None
    if found is None or found.folder != _FOLDERS.get(entry.kind) or found.campaign != entry.campaign:
        raise UnfitError("bad-path", entry.path)
    if entry.id not in found.slug or not well_named(found):
        raise UnfitError("bad-path", entry.path)
    document = document_of(found, entry.content.encode())
    if document.problems:
        problem = document.problems[0]
        raise UnfitError("not-readable", f"{problem.span.line}:{problem.span.column} [{problem.code}]")


def prepared(repository: Repository, base: str, proposals: Sequence[Proposal], entry_of: Of) -> Branches:
    """Write the commits of proposals on top of a published commit; nothing shows until their branches move."""
    there = repository.branches(*(proposal.branch for proposal in proposals))
    result = Branches()
    commits: list[Commit] = []
    ends: list[tuple[str, int, str]] = []
    for proposal in proposals:
        head = there.get(proposal.branch, "")
        try:
            made = _commits(repository, base, proposal)
            if head and _is_right(repository, base, head, made):
                result.right[proposal.branch] = head
                continue
            if head:
                _check_ours(repository, base, head, proposal, entry_of)
        except UnfitError as error:
            result.unfit[proposal.branch] = error
            continue
        commits += made
        ends.append((proposal.branch, len(commits) - 1, head))
    written = repository.write(commits) if commits else []
    result.moves = [Move(branch, written[last], head) for branch, last, head in ends]
    return result


def _commits(repository: Repository, base: str, proposal: Proposal) -> list[Commit]:
    """Make a chain of commits, one an entry."""
    parents = [base, *[None] * len(proposal.entries)]
    return [
        Commit(parent, files_of(entry, repository, base), message_of(entry), entry.day)
        for parent, entry in zip(parents, proposal.entries, strict=False)
    ]


def _is_right(repository: Repository, base: str, head: str, commits: Sequence[Commit]) -> bool:
    """Tell whether a branch offers what these commits would, and nothing else, on top of any published commit."""
    common = repository.common(base, head)
    return bool(common) and repository.changed(common, head) == _blobs(commits, base)


def _blobs(commits: Sequence[Commit], base: str) -> dict[str, str]:
    return {path: blob_of(content, base) for commit in commits for path, content in commit.files.items()}


def _check_ours(repository: Repository, base: str, head: str, proposal: Proposal, entry_of: Of) -> None:
    """Refuse to write over a branch which holds what we did not put there."""
    noted = {entry.commit for entry in proposal.entries if entry.state == "proposed"}
    if noted == {head}:
        return  # nobody touched it since we made it
    common = repository.common(base, head)
    changed = repository.changed(common, head) if common else {}
    if not common or not (
        _is_batch_on(repository, common, proposal, changed) or _is_ours(repository, proposal, changed, entry_of)
    ):
        raise UnfitError("taken", proposal.branch)


def _is_batch_on(repository: Repository, common: str, proposal: Proposal, changed: Mapping[str, str]) -> bool:
    """Tell whether what a branch changes is a batch as it was made on top of an earlier commit."""
    if not all(entry.kind in BATCHES for entry in proposal.entries):
        return False
    try:
        return changed == _blobs(_commits(repository, common, proposal), common)
    except UnfitError:
        return False


def _is_ours(repository: Repository, proposal: Proposal, changed: Mapping[str, str], entry_of: Of) -> bool:
    """Tell whether every file that a branch changes is what somebody sent, and that it was to carry."""
    for path, blob in changed.items():
        entry = entry_of(path.rpartition("/")[2].removesuffix(".md"))
        if not blob or entry is None or branch_of(entry) != proposal.branch:
            return False
        if hashlib.sha256(repository.ask("cat-file", "blob", blob, strip=False)).hexdigest() != entry.sha256:
            return False
    return True


def own_branch(entry: Entry) -> str:
    """Give the branch that carries an entry alone."""
    return f"{BRANCHES}{entry.id}"


def branch_of(entry: Entry) -> str:
    """Give the branch that carries an entry, or will."""
    return entry.branch or own_branch(entry)


def message_of(entry: Entry) -> str:
    """Write the message of a commit: ids, never anybody's words."""
    return f"{_named(entry)}\n\n{_facts(entry)}\n"


def title_of(proposal: Proposal) -> str:
    """Write the title of a request."""
    identity = proposal.branch.removeprefix(BRANCHES)
    first = proposal.entries[0]
    return _named(first) if own_branch(first) == proposal.branch else f"digest {identity} ({first.campaign})"


def _named(entry: Entry) -> str:
    return f"{entry.kind} {entry.id} ({entry.campaign})"


def _facts(entry: Entry) -> str:
    return ", ".join([f"{entry.kind}: {entry.campaign}", *entry.labels])
