"""Turns a refusal, an erasure or the end of a report into what it leaves: in the journal, in git, on the forge.

Each may be asked again, and finishes what was cut short: the published branch first, the journal last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from agora_build.content.tree import TOMBSTONES, found_at
from agora_build.intake.batches import BATCHES
from agora_build.intake.forge import Forge
from agora_build.intake.journal import PUBLISHED, Change, Entry, State
from agora_build.intake.moderation import Files, Published, log_at, publish, shown, tombstone, with_line
from agora_build.intake.proposal import UnfitError, branch_of
from agora_build.intake.repository import Repository
from agora_build.intake.store import Journal

SETTLED_BY_HAND = ("report", "erasure")  # kinds that never go to git


@dataclass(frozen=True, slots=True)
class Desk:
    """What staff decide with: the journal, the repository, the forge, and the day."""

    journal: Journal
    repository: Repository
    forge: Forge
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Settled:
    """What a decision did: the entry, what it published (None: nothing), and the line to add by hand elsewhere.

    `others` are the reports and requests about it that were closed with it.
    """

    entry: Entry
    published: Published | None = None
    by_hand: str = ""
    others: tuple[str, ...] = ()


def refuse(desk: Desk, identity: str, reason: str, message: str) -> Settled:
    """Refuse what waits or is proposed, for a reason its campaign announced; raise UnfitError."""
    entry = _publishable(desk, identity)
    if entry.state in ("merged", "erased") or (entry.state == "refused" and entry.reason):
        raise UnfitError(entry.state, identity)
    known = [item.id for item in log_at(desk.repository, desk.repository.head(), entry.campaign).reasons]
    if reason not in known:
        raise UnfitError("unknown-reason" if known else "no-reason", ", ".join(known))
    line = {"id": identity, "kind": entry.kind, "date": f"{desk.day}", "reason": reason}
    published = by_hand = None
    if desk.forge.remote:
        by_hand = shown("refused", line)
        _close(desk, entry)
    else:
        published = publish(
            desk.repository,
            lambda base: with_line(desk.repository, base, entry.campaign, "refused", line),
            f"Refuse {entry.kind} {identity} ({entry.campaign})",
            desk.day,
            [branch_of(entry)] if _is_alone(desk, entry) else [],
        )
    if not desk.journal.move(identity, entry.state, "refused", reason=reason, message=message):
        raise UnfitError("moved", identity)
    return Settled(desk.journal.entry(identity) or entry, published, by_hand or "")


def erase(desk: Desk, identity: str) -> Settled:
    """Erase what somebody sent wherever it is; asked again, look everywhere again. Raises UnfitError."""
    entry = _publishable(desk, identity)
    others = tuple(each.id for each in about(desk.journal, identity))
    published, by_hand = None, ""
    if desk.forge.remote:
        _close(desk, entry)
        if desk.repository.read(desk.repository.head(), entry.path) is not None:
            by_hand = shown("erased", _erased(desk, entry))
    else:
        published = publish(
            desk.repository,
            lambda base: _without(desk, base, entry),
            f"Erase {entry.kind} {identity} ({entry.campaign})",
            desk.day,
            [branch_of(entry)],
        )
        _wait_again(desk, entry)
    desk.repository.forget()
    for each in (identity, *others):
        desk.journal.erase(each)
    return Settled(desk.journal.entry(identity) or entry, published, by_hand, others)


def settle(desk: Desk, identity: str) -> Settled:
    """Close a report or a request of erasure: what was written in it is destroyed. Raises UnfitError."""
    entry = desk.journal.entry(identity)
    if entry is None:
        raise UnfitError("unknown", identity)
    if entry.kind not in SETTLED_BY_HAND:
        raise UnfitError("not-a-report", identity)
    desk.journal.erase(identity)
    return Settled(entry)


def about(journal: Journal, identity: str) -> Iterator[Entry]:
    """Give the reports and the requests that speak of an entry and are not closed."""
    for kind in ("report", "erasure"):
        for entry in journal.entries("waiting", kind=kind):
            if entry.target == identity:
                yield entry


def _publishable(desk: Desk, identity: str) -> Entry:
    entry = sought(desk, identity)
    if entry is None:
        raise UnfitError("unknown", identity)
    if entry.kind in SETTLED_BY_HAND or entry.kind in BATCHES or entry.kind not in PUBLISHED:
        raise UnfitError("batch" if entry.kind in BATCHES else "report", identity)
    return entry


def sought(desk: Desk, identity: str) -> Entry | None:
    """Find an entry; or a published text that the journal does not know: it came on paper, or by a pull request."""
    entry = desk.journal.entry(identity)
    if entry is not None:
        return entry
    for path in desk.repository.named(f"{identity}.md"):
        found = found_at(path)
        if found and found.folder in TOMBSTONES:
            kind = TOMBSTONES[found.folder].kind
            return Entry(identity, kind, found.campaign, "", path, "", "", desk.day, state="merged")
    return None


def _without(desk: Desk, base: str, entry: Entry) -> Files:
    """Give the tombstone of a text that is published, and the log with the line that tells of it."""
    raw = desk.repository.read(base, entry.path)
    if raw is None:
        return {}
    stone = tombstone(entry.path, raw, desk.day)
    line = with_line(desk.repository, base, entry.campaign, "erased", _erased(desk, entry))
    return {entry.path: raw if stone is None else stone, **line}


def _erased(desk: Desk, entry: Entry) -> dict[str, str]:
    return {"id": entry.path.rpartition("/")[2].removesuffix(".md"), "kind": entry.kind, "date": f"{desk.day}"}


def _is_alone(desk: Desk, entry: Entry) -> bool:
    """Tell whether nothing else that may still be published is on the branch of an entry."""
    waiting: tuple[State, ...] = ("waiting", "proposed")
    carried = desk.journal.carried(entry.branch) if entry.branch else []
    return not any(each.id != entry.id and each.state in waiting for each in carried)


def _wait_again(desk: Desk, entry: Entry) -> None:
    """Have what shared the branch of an entry, which is gone, wait for another."""
    carried = desk.journal.carried(entry.branch) if entry.branch else []
    gone = {"request": "", "commit": ""}
    others = [each for each in carried if each.id != entry.id and each.state == "proposed"]
    if others:
        desk.journal.move_all([Change(each.id, "proposed", "waiting", gone) for each in others])


def _close(desk: Desk, entry: Entry) -> None:
    """Close the request of an entry that is alone in it; the relay makes the branch of others again without it."""
    if _is_alone(desk, entry):
        for request in desk.forge.requests(branch_of(entry)):
            if request.state == "open":
                desk.forge.close(request)
