"""Turns what a branch brings into problems: one of contributions adds files of theirs, each right, and nothing else."""

from __future__ import annotations

import datetime
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agora_build.content.checks import check, check_ids
from agora_build.content.config_file import ConfigFile, config_of
from agora_build.content.day import day_of_build
from agora_build.content.draft import Document, Draft, document_of
from agora_build.content.fields import ID
from agora_build.content.prose_checks import check_prose
from agora_build.content.references import check_references
from agora_build.content.tree import Found, found_at, is_media, well_named
from agora_build.intake.changes import Change, Changes, ChangesError, Item
from agora_build.problems import START, Problem, in_order
from agora_build.record import replace

SENT = ("contributions", "questions", "places", "workshops")
GROWING = ("votes.csv", "spent.csv", "ballots.csv", "roots.csv")  # files of a vote, to which lines are added
MOST_FILES = 500
_MOST_TEXT, _MOST_TABLE = 64_000, 50_000_000  # bytes
_FILE = "100644"
_KINDS = {"120000": "guard-link", "160000": "guard-submodule", "100755": "guard-executable"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard found: problems, with paths from the root of the repository, and the files that were added."""

    problems: list[Problem]
    added: tuple[str, ...]
    config: ConfigFile


def guard(changes: Changes, inside: str, day: datetime.date | None = None, most: int = MOST_FILES) -> Verdict:
    """Look at what a branch brings to a city in the folder `inside` of the repository (`''`, `ville/`)."""
    return _Guard(changes, inside, day).verdict(most)


def city_in(changes: Changes) -> str:
    """Give the folder of the city in the repository: where git was asked, else the only one with an agora.toml."""
    found = [path.removesuffix("agora.toml") for path, _ in changes.tree(changes.common) if _is_config(path)]
    if changes.prefix in found:
        return changes.prefix
    if len(found) != 1:
        raise ChangesError("no-city" if not found else "cities", ", ".join(found)[:200])
    return found[0]


def _is_config(path: str) -> bool:
    return path == "agora.toml" or path.endswith("/agora.toml")


class _Blobs(Draft, kw_only=True):
    """A city read from git: the files of a commit, each read when somebody asks for it."""

    changes: Changes
    items: Mapping[str, Item]

    def document(self, path: str) -> Document:
        """Give a content file that is there."""
        if path not in self.documents:
            oid = self.items[path].oid
            self.documents[path] = document_of(self.found[path], self.changes.blobs([oid])[oid])
        return self.documents[path]


def _blobs(changes: Changes, config: ConfigFile, items: Mapping[str, Item]) -> _Blobs:
    paths = {path for path, item in items.items() if item.mode == _FILE}
    found = {path: item for path in paths if path.startswith("content/") and (item := found_at(path))}
    media = frozenset(path for path in paths - found.keys() if is_media(path))
    return _Blobs("", config, found, media, changes=changes, items=items)


class _Guard:
    def __init__(self, changes: Changes, inside: str, day: datetime.date | None) -> None:
        self._changes = changes
        self._inside = inside
        self._before = dict(changes.tree(changes.common))
        self._tree = changes.tree(changes.head)
        config = self._before.get(f"{inside}agora.toml")
        if config is None:
            raise ChangesError("no-city")
        self._config = config_of(changes.blobs([config.oid])[config.oid])
        self._day = day or day_of_build(self._config.config)
        self._problems: list[Problem] = []

    def verdict(self, most: int) -> Verdict:
        """Look at everything, what is quick to see first; files that are out of place are not read."""
        made = self._changes.made
        if len(made) > most:
            values = {"value": str(len(made)), "limit": str(most)}
            return Verdict([Problem(".", START, "guard-too-many", values)], (), self._config)
        for path in sorted(self._changes.passing - {change.path for change in made}):
            self._refuse(path, "guard-passing")
        fit = [change for change in made if self._is_fit(change)]
        fit = self._of_size(fit)
        twins = self._twins({change.path for change in made})
        self._read([change for change in fit if change.path not in twins])
        added = tuple(change.path for change in fit)
        return Verdict(in_order(self._problems), added, self._config)

    def _refuse(self, path: str, code: str, /, **values: str) -> bool:
        self._problems.append(Problem(path, START, code, {"value": path, **values}))
        return False

    def _is_fit(self, change: Change) -> bool:
        """Tell whether a change is one that such a branch may make, from its path, its mode and its kind."""
        path = change.path.removeprefix(self._inside)
        parts = path.split("/")
        if not change.path.startswith(self._inside) or not _may_be_sent(parts) or not change.path.isprintable():
            return self._refuse(change.path, "guard-outside")
        grows = change.status == "M" and parts[3] == "votes"
        if change.status != "A" and not grows:
            return self._refuse(change.path, "guard-removed" if change.status == "D" else "guard-changed")
        if change.mode != _FILE:
            return self._refuse(change.path, _KINDS.get(change.mode, "guard-outside"))
        if f"{self._inside}content/campaigns/{parts[2]}/campaign.md" not in self._before:
            return self._refuse(change.path, "guard-no-campaign", campaign=parts[2])
        found = found_at(path)
        if found is None:
            return self._refuse(change.path, "guard-outside")
        return self._is_named(found, change.path)

    def _is_named(self, found: Found, path: str) -> bool:
        named_by_id = found.folder in SENT and not ID.fullmatch(found.slug)
        if named_by_id or not well_named(found):
            return self._refuse(path, "guard-name")
        return True

    def _of_size(self, fit: list[Change]) -> list[Change]:
        sizes = self._changes.sizes(change.oid for change in fit)
        kept = []
        for change in fit:
            limit = _MOST_TABLE if change.path.endswith(".csv") else _MOST_TEXT
            size = sizes.get(change.oid)
            if size is None:
                self._refuse(change.path, "guard-missing")
            elif size > limit:
                self._refuse(change.path, "guard-too-big", size=str(-(-size // 1000)), limit=str(limit // 1000))
            else:
                kept.append(change)
        return kept

    def _twins(self, changed: set[str]) -> set[str]:
        """Refuse names that are one and the same on other computers, or that one folder holds twice; give them."""
        first: dict[str, str] = {}
        for path, _ in sorted(self._tree, key=lambda entry: (entry[0] in changed, entry[0])):
            same = unicodedata.normalize("NFC", path).casefold()
            other = first.setdefault(same, path)
            if other != path and (path in changed or other in changed):
                self._refuse(path, "guard-twin", other=other)
        twice = {path for path, count in Counter(path for path, _ in self._tree).items() if count > 1}
        for path in twice:
            self._refuse(path, "guard-twin", other=path)
        return twice

    def _read(self, fit: list[Change]) -> None:
        """Read each file as the build would, against the rest of the city as it would be."""
        inside = len(self._inside)
        items = {path[inside:]: item for path, item in self._tree if path.startswith(self._inside)}
        draft = _blobs(self._changes, self._config, items)
        contents = self._changes.blobs([oid for change in fit for oid in (change.oid, change.old) if oid.strip("0")])
        for change in fit:
            path = change.path[inside:]
            draft.documents[path] = document_of(draft.found[path], contents[change.oid])
        for change in fit:
            for problem in self._of_file(draft, draft.documents[change.path[inside:]]):
                self._problems.append(replace(problem, path=f"{self._inside}{problem.path}"))
            if change.status == "M":
                self._grown(change, contents[change.old], contents[change.oid])
        ours = {change.path[inside:] for change in fit}
        for problem in check_ids(sorted(draft.found.values(), key=lambda found: (found.path in ours, found.path))):
            if problem.path in ours:
                self._problems.append(replace(problem, path=f"{self._inside}{problem.path}"))

    def _of_file(self, draft: Draft, document: Document) -> Iterator[Problem]:
        yield from document.problems
        yield from check_references(draft, document)
        yield from check_prose(draft, document)
        if document.read:
            yield from check(draft, document, self._day)

    def _grown(self, change: Change, old: bytes, new: bytes) -> None:
        """Refuse a file of a vote which has lost a line; seals come one after the other, at the end."""
        lost = Counter(old.splitlines()) - Counter(new.splitlines())
        if change.path.endswith("/roots.csv") and not new.startswith(old):
            lost = lost or Counter(old.splitlines()[-1:])
        if lost:
            self._refuse(change.path, "guard-lost-line", line=next(iter(lost)).decode("utf-8", "replace")[:80])


def _may_be_sent(parts: list[str]) -> bool:
    """Tell whether a path from the city's root is one of what people send."""
    match parts:
        case ["content", "campaigns", _, folder, name] if folder in SENT:
            return name.endswith(".md")
        case ["content", "campaigns", _, "votes", _, name]:
            return name in GROWING
    return False
