"""Turns the git history of a city's repository into every version of its campaigns' rules.

What counts is when a change entered the branch that is published: of a merge, the first parent is followed. A folder
that was renamed is followed too. Of a commit, its id and its day are kept: never who made it, nor what they wrote.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from agora_build import git
from agora_build.content.rules import History, Reading, State, Version, fields
from agora_build.content.source import read_source
from agora_build.record import Record, field

Readings = dict[str, Reading]  # by the id of what git holds
_MAX_NAMES = 20  # that one folder had: each is looked for in turn
_ANYWHERE = ":(top,glob)**/content/campaigns/*/campaign.md"
_LOG = (
    "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames", "--no-relative",
    "-z", "--format==%cs %H %P",
)  # fmt: skip
_RENAMES = ("diff-tree", "--stdin", "-r", "-M", "--root", "--raw", "--no-abbrev", "--no-relative", "-z")
_HEAD = 200  # bytes that hold what git says of a file: its id, `blob`, its size
_FILE = ("100644", "100755")


class _RefusedError(Exception):
    """Stops the reading: git does not give what it is asked."""


class _Event(NamedTuple):
    """What a commit of the branch did to a file: its id, its first parent's or '', its day, what the file became."""

    commit: str
    parent: str
    day: datetime.date | None
    status: str  # A, M, T or D
    blob: str  # '' when there is no file any more, or something else than a file


class Histories(Record, frozen=True):
    """The history of each campaign in git, by slug; the first commits known of a shallow clone; the readings."""

    state: State
    campaigns: Mapping[str, History] = field(default_factory=dict)
    shallow: tuple[str, ...] = ()
    readings: Readings = field(default_factory=dict)

    def of(self, campaign: str) -> History:
        """Give the history of a campaign; without a version when it is not in git yet."""
        return self.campaigns.get(campaign, History(self.state))


def read(root: str, commit: str, campaigns: Sequence[str], shallow: Iterable[str], known: Readings) -> Histories:
    """Read the history of the rules of `campaigns`, up to a commit ('' outside git); `known` are earlier readings."""
    if not commit:
        return Histories("outside-git")
    try:
        return _Reader(Path(root), frozenset(shallow)).histories(commit, campaigns, known)
    except FileNotFoundError:
        return Histories("no-git")
    except (_RefusedError, OSError):
        return Histories("refused")


class _Reader(Record, frozen=True):
    """Asks git; every path is from the root of the repository."""

    root: Path
    shallow: frozenset[str]

    def histories(self, commit: str, campaigns: Sequence[str], known: Readings) -> Histories:
        """Follow every campaign down to its first version."""
        inside = self._git("rev-parse", "--show-prefix").removesuffix(b"\n").decode("utf-8", "surrogateescape")
        paths = {slug: f"{inside}content/campaigns/{slug}/campaign.md" for slug in campaigns}
        events: dict[str, list[_Event]] = {slug: [] for slug in campaigns}
        looked_for = {commit: paths} if paths else {}
        for _ in range(_MAX_NAMES):
            looked_for = self._follow(looked_for, events)
            if not looked_for:
                break
        readings = self._readings({event.blob for found in events.values() for event in found}, known)
        told = {slug: self._history(found, readings) for slug, found in events.items() if found}
        return Histories("complete", told, tuple(sorted(self.shallow)), readings)

    def _follow(
        self, looked_for: Mapping[str, Mapping[str, str]], events: Mapping[str, list[_Event]]
    ) -> dict[str, dict[str, str]]:
        """Note what happened to the files, from each commit down; give the commits below and the names they had."""
        found = {tip: self._log(tip, paths.values()) for tip, paths in looked_for.items()}
        ends = {
            (event.commit, event.parent)
            for logged in found.values()
            for each in logged.values()
            for event in each
            if event.status in "AD" and event.parent
        }
        renames = self._renames(ends)
        below: dict[str, dict[str, str]] = {}
        for tip, paths in looked_for.items():
            for slug, path in paths.items():
                for event in found[tip].get(path, ()):
                    new, old = renames.get(event.commit, ({}, {}))
                    if event.status == "D" and path in new:
                        break  # the file went on under another name: what was before is not ours
                    events[slug].append(event)
                    if event.status == "A" and path in old:
                        below.setdefault(event.parent, {})[slug] = old[path]
                        break
        return below

    def _log(self, tip: str, paths: Iterable[str]) -> dict[str, list[_Event]]:
        """List what the commits of the branch did to some files, the latest first."""
        named = (f":(top,literal){path}" for path in paths)
        found: dict[str, list[_Event]] = {}
        words = iter(self._words(*_LOG, tip, "--", *named))
        commit, parent, day = "", "", None
        for word in words:
            if word.startswith("="):
                said, commit, *parents = word[1:].split(" ")
                day, parent = _day(said), parents[0] if parents else ""
            else:
                _, mode, _, blob, status = word.split(" ")
                kept = blob if mode in _FILE else ""
                found.setdefault(next(words), []).append(_Event(commit, parent, day, status, kept))
        return found

    def _renames(self, ends: set[tuple[str, str]]) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Find the campaigns that some commits renamed: by commit, the new name of each old one, and the reverse."""
        if not ends:
            return {}
        given = "".join(f"{commit} {parent}\n" for commit, parent in sorted(ends)).encode()
        words = iter(self._words(*_RENAMES, "--", _ANYWHERE, given=given))
        found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        commit = ""
        for word in words:
            if not word.startswith(":"):
                commit = word
            elif word.split(" ")[4].startswith("R"):
                old, new = next(words), next(words)
                ahead, back = found.setdefault(commit, ({}, {}))
                ahead[old], back[new] = new, old
            else:
                next(words)
        return found

    def _readings(self, blobs: set[str], known: Readings) -> Readings:
        """Read the rules in each version of the files."""
        wanted = sorted(blob for blob in blobs if blob and blob not in known)
        readings = {blob: known[blob] for blob in sorted(blobs) if blob in known}
        given = "".join(f"{blob}\n" for blob in wanted).encode()
        said = self._git("cat-file", "--batch", given=given) if wanted else b""
        at = 0
        for blob in wanted:
            head, _, _ = said[at : at + _HEAD].partition(b"\n")
            if b" blob " not in head:
                raise _RefusedError
            start, size = at + len(head) + 1, int(head.rpartition(b" ")[2])
            readings[blob] = _reading(said[start : start + size])
            at = start + size + 1
        return readings

    def _history(self, found: Sequence[_Event], readings: Readings) -> History:
        versions = tuple(
            Version(event.commit, event.day, () if event.status == "D" else readings.get(event.blob))
            for event in reversed(found)
        )
        return History("incomplete" if found[-1].commit in self.shallow else "complete", versions)

    def _words(self, *arguments: str, given: bytes = b"") -> Iterator[str]:
        said = self._git(*arguments, given=given).decode("utf-8", "surrogateescape")
        return (word.removeprefix("\n") for word in said.split("\0") if word.strip("\n"))

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        done = git.run(self.root, arguments, given)
        if done.returncode:
            raise _RefusedError
        return done.stdout


def _day(said: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(said)
    except ValueError:
        return None


def _reading(raw: bytes) -> Reading:
    """Read the rules in a file as it was; None when it was not right."""
    source = read_source("campaign.md", raw)
    if source.problems or source.data is None:
        return None
    try:
        return fields(source.data)
    except ValueError:
        return None
