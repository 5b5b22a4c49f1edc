"""Turns the journal and the forge into the state of each entry as both have it, or into where they disagree."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from agora_build.intake.batches import BATCHES, is_published
from agora_build.intake.forge import BRANCHES, Forge, Request
from agora_build.intake.journal import PUBLISHED, Entry, State, sha256_of
from agora_build.intake.proposal import branch_of
from agora_build.intake.repository import Repository, blob_of
from agora_build.intake.store import Journal

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the journal and the forge do not say the same: a code that has words, and the id or branch."""

    code: str
    about: str


@dataclass(slots=True)
class Audit:
    """How many entries are in each state for sure, ids of published files that changed since, and disagreements."""

    states: Counter[State] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is seen of an entry outside the journal; `base` and `branch` are ids of blobs, '' where there is none.

    Of a batch, an id stands for all its lines: it is the one wanted, or ''.
    """

    wanted: str  # the id of the blob that was received; '' once it was erased
    base: str
    branch: str
    requests: Sequence[Request] = ()

    @property
    def is_open(self) -> bool:
        """Whether a request to publish it is open."""
        return any(request.state == "open" for request in self.requests)


def audit(journal: Journal, repository: Repository, forge: Forge) -> Audit:
    """Look at every entry, in the journal and on the forge."""
    if forge.remote:
        repository.fetch(forge, BRANCHES)
    result, entries, damaged = Audit(), journal.entries(), repository.damaged()
    told: set[str] = set()
    while group := list(islice(entries, _AT_ONCE)):
        for entry, seen in _seen(group, repository, forge):
            found = [*_kept(entry, journal), *_found(entry, seen, repository, result)]
            if mine := damaged & {seen.wanted, seen.base, seen.branch}:
                told |= mine
                found.append("damaged-object")
            result.disagreements += [Disagreement(code, entry.id) for code in found]
            result.states[entry.state] += not found
    result.disagreements += [Disagreement("damaged-object", blob) for blob in sorted(damaged - told)]
    strange = repository.below(BRANCHES).keys() - journal.branches()
    result.disagreements += [Disagreement("unknown-branch", branch) for branch in sorted(strange)]
    return result


def _seen(entries: Sequence[Entry], repository: Repository, forge: Forge) -> Iterator[tuple[Entry, _Seen]]:
    """Look at entries outside the journal, many at once."""
    base = repository.head()
    standing = forge.standing(list(dict.fromkeys(branch_of(entry) for entry in entries if entry.kind in PUBLISHED)))
    heads = {branch: request.head for branch, found in standing.items() for request in found if request.state == "open"}
    files = [entry for entry in entries if entry.kind in PUBLISHED and entry.kind not in BATCHES]
    on_base = repository.blobs([(base, entry.path) for entry in files])
    on_branch = repository.blobs([(heads.get(branch_of(entry), base), entry.path) for entry in files])
    blobs = {entry.id: found for entry, found in zip(files, zip(on_base, on_branch, strict=True), strict=True)}
    for entry in entries:
        requests = standing.get(branch_of(entry), ()) if entry.kind in PUBLISHED else ()
        wanted = blob_of(entry.content.encode(), base) if entry.content else ""
        if entry.kind in BATCHES and entry.content:
            held = [is_published(entry, repository, commit) for commit in (base, heads.get(branch_of(entry), base))]
            there, offered = (wanted if each else "" for each in held)
        else:
            there, offered = blobs.get(entry.id, ("", ""))
        yield entry, _Seen(wanted, there, offered, requests)


def _kept(entry: Entry, journal: Journal) -> Iterator[str]:
    """Say what is wrong with an entry in the journal itself."""
    if entry.state == "erased":
        if entry.content or journal.contact(entry.id):
            yield "not-erased"
    elif entry.state == "refused" and not entry.content:
        return  # its text was kept as long as was announced, and forgotten
    elif sha256_of(entry.content) != entry.sha256:
        yield "damaged"
    elif entry.kind in BATCHES and not _is_whole(entry, journal):
        yield "batch-not-whole"


def _is_whole(batch: Entry, journal: Journal) -> bool:
    """Tell whether a batch carries what the journal says that it carries, each vote once."""
    vote, secret = f"{batch.campaign}/{batch.target}", batch.kind == "ballots"
    cast, codes = journal.cast_of(vote, secret=secret, batch=batch.id)
    lines: Mapping[str, Sequence[str]] = json.loads(batch.content)
    carried = {path.rpartition("/")[2]: list(found) for path, found in lines.items()}
    if secret:
        ballots = [f"{item.mark},{item.choices}" for item in cast]
        return carried == {"ballots.csv": sorted(ballots), "spent.csv": sorted(codes)}
    rows = [",".join(row) for item in cast for row in json.loads(item.choices)]
    return sorted(carried.get("votes.csv", ())) == sorted(rows)


def _found(entry: Entry, seen: _Seen, repository: Repository, result: Audit) -> Iterator[str]:
    """Say where what is seen of an entry is not what its state says."""
    if sum(request.state == "open" for request in seen.requests) > 1:
        yield "two-requests"
    match entry.state:
        case "waiting":
            yield from _absent(seen, "published-not-noted", "proposed-not-noted")
        case "proposed":
            yield from _proposed(seen)
        case "merged":
            yield from _merged(entry, seen, repository, result)
        case "refused":
            yield from () if entry.reason else ("no-reason",)
            yield from _absent(seen, "refused-published", "refused-still-open")
        case "erased":
            still = seen.base if seen.base and _hash(seen.base, repository) == entry.sha256 else ""
            yield from _absent(replace(seen, base=still), "erased-still-published", "erased-still-open")


def _absent(seen: _Seen, published: str, proposed: str) -> Iterator[str]:
    """Say that what should be nowhere but in the journal is on the forge."""
    if seen.base:
        yield published
    elif seen.is_open and seen.branch:
        yield proposed


def _proposed(seen: _Seen) -> Iterator[str]:
    if seen.base:
        yield "merged-not-noted"
    elif not seen.requests:
        yield "branch-gone"
    elif not seen.is_open:
        yield "closed-not-noted"
    elif seen.branch != seen.wanted:
        yield "changed-on-branch"


def _merged(entry: Entry, seen: _Seen, repository: Repository, result: Audit) -> Iterator[str]:
    """Check that a file was published as it was received, and is still there; the city may have changed it since."""
    if not seen.base:
        yield "gone"
    elif seen.base != seen.wanted:
        if repository.had(entry.path, seen.wanted):
            result.changed.append(entry.id)
        else:
            yield "published-otherwise"


def _hash(blob: str, repository: Repository) -> str:
    return hashlib.sha256(repository.ask("cat-file", "blob", blob, strip=False)).hexdigest()
