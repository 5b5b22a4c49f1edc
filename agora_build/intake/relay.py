"""Turns what waits in the journal into pull requests, and what became of pull requests into states of the journal.

The journal says what must be; the forge is made to agree. Every step may be repeated, and one that was cut short is
taken up again by the next pass: a branch without a request, a request that was not noted, one that was merged or closed
by hand, a branch that is gone, a published branch that moved.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeVar

from agora_build.content.ids import id_of
from agora_build.intake.batches import BATCHES, gather, is_published
from agora_build.intake.description import described
from agora_build.intake.forge import BRANCHES, Forge, Request
from agora_build.intake.journal import PUBLISHED, Change, Entry
from agora_build.intake.proposal import Proposal, UnfitError, branch_of, check, own_branch, prepared, title_of
from agora_build.intake.repository import Move, Repository, blob_of
from agora_build.intake.store import Journal

Policy = Literal["each", "digest"]
Step = Callable[[str], None]
T = TypeVar("T")
_AT_ONCE = 200  # entries: what a pass proposes together
_LOOKED_AT = 2_000  # entries whose requests are looked at together
_AT_ONCE_ELSEWHERE = 10  # on a forge that counts what is asked of it


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the relay could not do by itself: a code that has words, and the id or branch it is about."""

    code: str
    about: str
    detail: str = ""


@dataclass(slots=True)
class Passed:
    """What a pass of the relay did: ids, by what became of them."""

    batches: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # their branch was gone: they wait again
    remade: list[str] = field(default_factory=list)  # branches
    removed: list[str] = field(default_factory=list)  # branches of what was refused or erased
    troubles: list[Trouble] = field(default_factory=list)


def on(_step: str) -> None:
    """Go on: what is called between two steps, where nothing else stops there."""


@dataclass(frozen=True, slots=True)
class Relay:
    """What a relay works with; `policy` says how a campaign wants its proposals, `day` is the day it is in the city.

    `step` is called before each thing that cannot be undone, and may raise to stop there.
    """

    journal: Journal
    repository: Repository
    forge: Forge
    policy: Callable[[str], Policy]
    day: datetime.date
    step: Step = on


def relay(work: Relay) -> Passed:
    """Make one pass; raise ForgeError, RepositoryError or JournalError, with all that was done before kept."""
    if work.forge.remote:
        work.step("fetch")
        work.repository.fetch(work.forge, BRANCHES)
    one = _Pass(work)
    one.settle()
    one.gather()
    one.propose()
    one.clear()
    work.repository.tidy()
    return one.passed


class _Pass:
    """One pass over the journal, on top of the published commit it found."""

    def __init__(self, work: Relay) -> None:
        self.passed = Passed()
        self._journal = work.journal
        self._repository = work.repository
        self._forge = work.forge
        self._policy = work.policy
        self._policies: dict[str, Policy] = {}  # those asked for
        self._day = work.day
        self._step = work.step
        self._base = work.repository.head()
        self._size = _AT_ONCE_ELSEWHERE if work.forge.remote else _AT_ONCE

    def settle(self) -> None:
        """Note what became of the requests that were open, and make again the branches that must be."""
        rewritten = self._repository.was_rewritten()
        again: dict[str, None] = {}
        for group in _groups(self._journal.entries("proposed"), _LOOKED_AT):
            for entry in self._settled(group):
                if rewritten or entry.kind in BATCHES or entry.branch != own_branch(entry):
                    again[entry.branch] = None
        for branches in _groups(again, self._size):
            self._offer([self._proposal(branch) for branch in branches])
        self._repository.remember("published", self._base)

    def gather(self) -> None:
        """Make batches of the votes whose time has come."""
        self._step("gather")
        gathered = gather(self._journal, self._repository, self._base, self._day)
        self.passed.batches += gathered.made
        self.passed.troubles += [Trouble(problem.code, problem.vote) for problem in gathered.problems]

    def propose(self) -> None:
        """Propose what waits."""
        for group in _groups(self._journal.entries("waiting"), self._size):
            fit = [entry for entry in group if entry.kind in PUBLISHED and self._is_fit(entry)]
            left = self._settled(self._assigned(fit))
            alone = {branch_of(entry): entry for entry in left if not entry.branch}
            shared = dict.fromkeys(entry.branch for entry in left if entry.branch)
            proposals = [Proposal(branch, (entry,)) for branch, entry in alone.items()]
            self._offer([*proposals, *(self._proposal(branch) for branch in shared)])

    def clear(self) -> None:
        """Remove the branches of what is settled, and tell of those that carry nothing of the journal."""
        there = self._repository.below(BRANCHES)
        wanted = self._journal.branches("waiting", "proposed", *(("merged",) if self._forge.remote else ()))
        known = self._journal.branches()
        for branch in there.keys() - wanted:
            if branch not in known:
                self.passed.troubles.append(Trouble("unknown-branch", branch))
                continue
            self._step("close")
            for request in self._forge.requests(branch) or [Request("", branch, there[branch], "open")]:
                self._forge.close(request)
            self.passed.removed.append(branch)

    def _is_fit(self, entry: Entry) -> bool:
        try:
            check(entry)
        except UnfitError as error:
            self.passed.troubles.append(Trouble(error.code, entry.id, error.detail))
            return False
        return True

    def _settled(self, entries: Sequence[Entry]) -> list[Entry]:
        """Note the entries that were published or refused on the forge; give those that are still to be."""
        requests = self._forge.standing(list(dict.fromkeys(branch_of(entry) for entry in entries))) if entries else {}
        published = self._published(entries, requests)
        left, changes = [], []
        for entry in entries:
            last = _last(requests[branch_of(entry)])
            if entry.id in published:
                changes.append(
                    Change(entry.id, entry.state, "merged", {"commit": self._base, "branch": branch_of(entry)})
                )
                self.passed.merged.append(entry.id)
            elif last and last.state == "closed":
                facts = {"request": last.number, "branch": branch_of(entry), "reason": "", "message": ""}
                changes.append(Change(entry.id, entry.state, "refused", facts))
                self.passed.closed.append(entry.id)
            elif not last and entry.state == "proposed":
                changes.append(Change(entry.id, "proposed", "waiting", {"request": "", "commit": ""}))
                self.passed.again.append(entry.id)
            else:
                left.append(entry)
        self._note(changes)
        return left

    def _published(self, entries: Sequence[Entry], requests: Mapping[str, Sequence[Request]]) -> set[str]:
        """Tell which entries are on the published branch, or were merged into it and changed since."""
        found = {entry.id for entry in entries if entry.kind in BATCHES and self._holds(entry, self._base)}
        files = [entry for entry in entries if entry.kind not in BATCHES]
        blobs = self._repository.blobs([(self._base, entry.path) for entry in files])
        found |= {entry.id for entry, blob in zip(files, blobs, strict=True) if blob}
        for entry in entries:
            last = _last(requests[branch_of(entry)])
            if last and last.state == "merged" and (self._forge.remote or self._holds(entry, last.head)):
                found.add(entry.id)
        return found

    def _holds(self, entry: Entry, commit: str) -> bool:
        """Tell whether a commit has an entry as it was received."""
        if entry.kind in BATCHES:
            return is_published(entry, self._repository, commit)
        return self._repository.blobs([(commit, entry.path)])[0] == blob_of(entry.content.encode(), commit)

    def _assigned(self, entries: Sequence[Entry]) -> list[Entry]:
        """Give entries of campaigns that want digests the branch of the digest of the day."""
        new: dict[str, list[Entry]] = {}
        for entry in entries:
            if not entry.branch and entry.kind not in BATCHES and self._wants(entry.campaign) == "digest":
                new.setdefault(entry.campaign, []).append(entry)
        for campaign, some in new.items():
            self._step("assign")
            self._journal.assign([entry.id for entry in some], self._digest(campaign))
        if not new:
            return list(entries)
        return [found for entry in entries if (found := self._journal.entry(entry.id))]

    def _wants(self, campaign: str) -> Policy:
        if campaign not in self._policies:
            self._policies[campaign] = self._policy(campaign)
        return self._policies[campaign]

    def _digest(self, campaign: str) -> str:
        """Give the branch of the digest of a campaign that still takes contributions today."""
        number = 0
        while True:
            branch = f"{BRANCHES}{digest_id(campaign, self._day, number)}"
            if not any(_ends_digest(entry) for entry in self._journal.carried(branch)):
                return branch
            number += 1

    def _proposal(self, branch: str) -> Proposal:
        """Give all that a branch is to carry."""
        carried = self._journal.carried(branch)
        return Proposal(branch, tuple(entry for entry in carried if entry.state in ("waiting", "proposed")))

    def _offer(self, proposals: Sequence[Proposal]) -> None:
        """Make branches, and a request for each."""
        proposals = [proposal for proposal in proposals if proposal.entries]
        if not proposals:
            return
        self._step("write")
        ready = prepared(self._repository, self._base, proposals, self._journal.entry)
        self.passed.troubles += [Trouble(error.code, branch, error.detail) for branch, error in ready.unfit.items()]
        elsewhere: frozenset[str] = frozenset()
        if ready.moves:
            self._step("branch")
            elsewhere = self._repository.move(ready.moves)
            self._tell_stuck(ready.moves, elsewhere)
        moves = [move for move in ready.moves if move.branch not in elsewhere]
        if moves and self._forge.remote:
            self._step("push")
            elsewhere |= self._repository.push(self._forge, moves)
        heads = ready.right | {move.branch: move.new for move in moves if move.branch not in elsewhere}
        self.passed.remade += [move.branch for move in moves if move.old and move.branch in heads]
        self._request([proposal for proposal in proposals if proposal.branch in heads], heads)

    def _tell_stuck(self, moves: Sequence[Move], refused: AbstractSet[str]) -> None:
        """Tell of branches that are where they were thought to be, and that git does not move."""
        there = self._repository.branches(*refused) if refused else {}
        stuck = [move.branch for move in moves if move.branch in refused and there.get(move.branch, "") == move.old]
        self.passed.troubles += [Trouble("stuck", branch) for branch in stuck]

    def _request(self, proposals: Sequence[Proposal], heads: Mapping[str, str]) -> None:
        """Open the requests that are not there, read all back, and note them."""
        standing = self._forge.standing([proposal.branch for proposal in proposals]) if proposals else {}
        there = self._read_back(proposals, heads)
        changes: list[Change] = []
        try:
            for proposal in proposals:
                request = self._opened(proposal, standing[proposal.branch])
                if request is None or request.head not in ("", heads[proposal.branch]) or proposal.branch not in there:
                    continue  # it changed under our hands: the next pass looks again
                changes += _proposed(proposal, request, heads[proposal.branch])
        finally:
            self._note(changes)
        self.passed.proposed += [change.id for change in changes if change.old == "waiting"]

    def _opened(self, proposal: Proposal, requests: Sequence[Request]) -> Request | None:
        """Give the open request of a branch, opened if it never had one."""
        if requests:
            last = _last(requests)
            return last if last and last.state == "open" else None
        self._step("open")
        return self._forge.open(proposal.branch, title_of(proposal), described(proposal.entries))

    def _read_back(self, proposals: Sequence[Proposal], heads: Mapping[str, str]) -> set[str]:
        """Tell which branches give back what they were to carry."""
        files = [
            (proposal.branch, entry)
            for proposal in proposals
            for entry in proposal.entries
            if entry.kind not in BATCHES
        ]
        blobs = self._repository.blobs([(heads[branch], entry.path) for branch, entry in files])
        torn = {
            branch
            for (branch, entry), blob in zip(files, blobs, strict=True)
            if blob != blob_of(entry.content.encode(), self._base)
        }
        torn |= {
            proposal.branch
            for proposal in proposals
            for entry in proposal.entries
            if entry.kind in BATCHES and not self._holds(entry, heads[proposal.branch])
        }
        return {proposal.branch for proposal in proposals} - torn

    def _note(self, changes: Sequence[Change]) -> None:
        if changes:
            self._step("note")
            self._journal.move_all(changes)


def digest_id(campaign: str, day: datetime.date, number: int) -> str:
    """Give the id of a digest: the same for whoever makes it."""
    return id_of(day, hashlib.sha256(f"{campaign}|{day}|{number}".encode()).digest())


def _ends_digest(entry: Entry) -> bool:
    """Tell whether staff have begun to settle the digest that carried an entry, so that nothing is to be added."""
    return entry.state == "merged" or (entry.state == "refused" and not entry.reason)


def _proposed(proposal: Proposal, request: Request, head: str) -> Iterator[Change]:
    facts = {"branch": proposal.branch, "request": request.number, "commit": head}
    for entry in proposal.entries:
        if any(getattr(entry, name) != value for name, value in facts.items()) or entry.state == "waiting":
            yield Change(entry.id, entry.state, "proposed", facts)


def _last(requests: Sequence[Request]) -> Request | None:
    """Give the request that counts: the open one, else one that was merged, else the last."""
    for state in ("open", "merged"):
        for request in requests:
            if request.state == state:
                return request
    return requests[-1] if requests else None


def _groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while group := list(islice(remaining, size)):
        yield group
