"""Turns a city's checkout into what its intake needs: a site of few files, and what new texts are checked against.

The reading is light: the settings, the titles of menu pages, the campaigns, their debates, maps and meetings, and the
sentences one votes on. Of all else, only the names of the files are looked at, when something names them.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agora_build.config import Config
from agora_build.content.config_file import ConfigFile
from agora_build.content.draft import Document, Draft, read_document
from agora_build.content.gathering import gathered
from agora_build.content.loader import entry_of
from agora_build.content.preview import hidden
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.tree import CAMPAIGN_FILES, Found, found_at
from agora_build.record import replace

_READ = ("debates", "workshops")  # folders of a campaign that are read
Statements = Mapping[str, Mapping[str, list[Entry[Any]]]]  # by campaign, then by debate


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a city; `statements` are the sentences one votes on, `skipped` the files that are wrong."""

    draft: Draft
    site: Site
    statements: Statements
    has_radio: bool
    skipped: tuple[str, ...]

    def translated(self, language: str) -> Site:
        """Read, beside each file that was read, what says it in another language; what is wrong in it is not there."""
        given: dict[str, list[Entry[Any]]] = {}
        for path in self.draft.found:
            for entry in _translations(self.draft.root, path, language):
                given.setdefault(entry.campaign, []).append(entry)
        microsites = (replace(item, translations=tuple(given.get(item.slug, ()))) for item in self.site.microsites)
        return replace(self.site, microsites=tuple(microsites), translations=tuple(given.get("", ())))


@dataclass(frozen=True)
class _Files(Mapping[str, Found]):
    """The content files of a checkout: those read are listed, any other is looked for when it is named."""

    root: str
    read: Mapping[str, Found]

    def __getitem__(self, path: str) -> Found:
        found = self.read.get(path) or found_at(path)
        real = os.path.join(self.root, path)  # noqa: PTH118
        if found is None or (path not in self.read and (os.path.islink(real) or not os.path.isfile(real))):  # noqa: PTH113, PTH114
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        try:
            return isinstance(path, str) and bool(self[path])
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self.read)

    def __len__(self) -> int:
        return len(self.read)


def reading_of(
    root: Path, config: Config, settings: ConfigFile, day: datetime.date, *, preview: bool = False
) -> Reading:
    """Read a city; a file that is wrong is skipped, with all that belongs to it; a draft too, but in a preview."""
    documents = {found.path: read_document(os.fspath(root), found) for found in _light(root)}
    right = [document for document in documents.values() if document.meta is not None]
    files = _Files(os.fspath(root), {path: document.found for path, document in documents.items()})
    draft = Draft(os.fspath(root), settings, files, frozenset(), documents=documents)
    apart = {} if preview else hidden(map(entry_of, right), day)
    site = _site(config, [document for document in right if document.path not in apart])
    return Reading(
        draft=draft,
        site=site,
        statements={microsite.slug: _statements(root, microsite) for microsite in site.microsites},
        has_radio=any(root.glob("content/campaigns/*/episodes/*.md")),
        skipped=tuple(sorted(documents.keys() - {document.path for document in right})),
    )


def _light(root: Path) -> Iterator[Found]:
    for page in sorted(root.glob("content/pages/*.md")):
        yield from _found(root, page)
    for campaign in sorted(root.glob("content/campaigns/*/campaign.md")):
        for name in CAMPAIGN_FILES:
            yield from _found(root, campaign.with_name(name))
        for folder in _READ:
            for path in sorted(campaign.parent.glob(f"{folder}/*.md")):
                yield from _found(root, path)


def _found(root: Path, path: Path) -> Iterator[Found]:
    """Tell what a file is; translations are read when somebody asks for their language."""
    found = found_at(path.relative_to(root).as_posix())
    if found is not None and not found.of and path.is_file() and not path.is_symlink():
        yield found


def _translations(root: str, original: str, language: str) -> Iterator[Entry[Any]]:
    place, dot, suffix = original.rpartition(".")
    path = Path(root, f"{place}.{language}{dot}{suffix}")
    found = found_at(path.relative_to(root).as_posix())
    if found is not None and path.is_file() and not path.is_symlink():
        translation = read_document(root, found)
        if translation.meta is not None:
            yield entry_of(translation)


def _site(config: Config, right: Iterable[Document]) -> Site:
    """Gather what was read; what belongs to a campaign that cannot be read has no place."""
    entries = [entry_of(document) for document in right]
    told = {document.found.campaign for document in right if document.found.slug == "campaign"} | {""}
    plain = config.map and config.map.model_copy(update={"basemap": None})  # no form needs its streets
    site = gathered(
        "", config.model_copy(update={"map": plain}), (e for e in entries if e.campaign in told), (), {}, {}
    )
    return replace(site, config=config)


def _statements(root: Path, microsite: Microsite) -> dict[str, list[Entry[Any]]]:
    """Read the sentences of the debates where one votes on them, by date."""
    said: dict[str, list[Entry[Any]]] = {
        entry.slug: [] for entry in microsite.debates if entry.meta.method == "statements"
    }
    folder = f"content/campaigns/{microsite.slug}/contributions"
    for path in sorted(root.glob(f"{folder}/*.md")) if said else ():
        for found in _found(root, path):
            document = read_document(os.fspath(root), found)
            debate = document.values.get("debate")
            if document.meta is not None and not document.erased and debate in said:
                said[debate].append(entry_of(document))
    return {debate: _by_date(entries) for debate, entries in said.items()}


def _by_date(entries: Iterable[Entry[Any]]) -> list[Entry[Any]]:
    """Keep of each sentence its id and its words."""
    ordered = sorted(entries, key=lambda entry: (entry.meta.date, entry.slug))
    return [replace(entry, meta=None, body=entry.body.strip()) for entry in ordered]
