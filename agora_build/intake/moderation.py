"""Turns what staff decide into the published branch: a line of moderation.yml, a tombstone, a branch that is gone."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agora_build.content.draft import Document, document_of
from agora_build.content.models import Moderation, Reason
from agora_build.content.moderation_log import log_path, with_item
from agora_build.content.tree import TOMBSTONES, found_at
from agora_build.intake.proposal import UnfitError
from agora_build.intake.repository import Commit, Move, Repository, RepositoryError

Files = Mapping[str, bytes]
_TRIES = 5  # times that the published branch may move under our hands


@dataclass(frozen=True, slots=True)
class Published:
    """A commit of the published branch, and the files of a decision in it with what they held before."""

    commit: str
    files: Files
    before: Mapping[str, bytes | None]


def log_at(repository: Repository, commit: str, campaign: str) -> Moderation:
    """Read the moderation log of a campaign, empty where there is none; raise UnfitError when it cannot be read."""
    raw = repository.read(commit, log_path(campaign))
    document = _read(log_path(campaign), raw or b"")
    if isinstance(document.meta, Moderation) and not document.problems:
        return document.meta
    raise UnfitError("bad-log", log_path(campaign))


def reasons_at(repository: Repository, campaign: str) -> tuple[Reason, ...]:
    """Give the reasons that a campaign announced for not publishing."""
    return log_at(repository, repository.head(), campaign).reasons


def with_line(repository: Repository, commit: str, campaign: str, section: str, line: Mapping[str, str]) -> Files:
    """Give the log with a line in a section, added if its id is not there."""
    before = repository.read(commit, log_path(campaign)) or b""
    log = log_at(repository, commit, campaign)
    if any(item.id == line["id"] for item in getattr(log, section)):
        return {log_path(campaign): before}
    after = with_item(before.decode("utf-8"), section, line).encode()
    expected = {**(_read("", before).written)}
    expected[section] = [*(expected.get(section) or ()), dict(line)]
    if _read("", after).written != expected:
        raise UnfitError("bad-log", log_path(campaign))
    return {log_path(campaign): after}


def shown(section: str, line: Mapping[str, str]) -> str:
    """Write a line of the log as one types it."""
    return with_item("", section, line)


def tombstone(path: str, raw: bytes, day: datetime.date) -> bytes | None:
    """Write what takes the place of a published text; None when it is one already."""
    found = found_at(path)
    document = document_of(found, raw) if found else None
    if found is None or document is None or found.folder not in TOMBSTONES:
        raise UnfitError("bad-path", path)
    if document.erased:
        return None
    names = [name for name in TOMBSTONES[found.folder].model_fields if name != "erased"]
    kept = "".join(f"{name}: {document.values[name]}\n" for name in names if name in document.values)
    # A meeting may be erased before its day; anything else was said before.
    said = day if found.folder == "workshops" else max(day, document.values.get("date", day))
    return f"---\n{kept}erased: {said}\n---\n".encode()


def publish(
    repository: Repository,
    make: Callable[[str], Files],
    message: str,
    day: datetime.date,
    gone: Sequence[str] = (),
) -> Published:
    """Write files that are not so yet on the published branch, and remove branches with the same move."""
    for _ in range(_TRIES):
        base = repository.head()
        files = make(base)
        there = repository.branches(*gone) if gone else {}
        moves = [Move(name, "", head) for name, head in there.items() if name in gone]
        before = {path: repository.read(base, path) for path in files}
        commit, new = base, {path: content for path, content in files.items() if content != before[path]}
        if new:
            commit = repository.write([Commit(base, new, message, day)])[0]
            moves.insert(0, Move(repository.base, commit, base))
        if not moves or not repository.move(moves, together=True):
            return Published(commit, files, before)
    raise RepositoryError("moving", repository.base)


def _read(path: str, raw: bytes) -> Document:
    found = found_at(path or log_path("any"))
    assert found is not None  # noqa: S101 - the path of a log always has a place
    return document_of(found, raw)
