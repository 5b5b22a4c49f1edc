"""Turns a city's folder into its checked Site, or into all the problems of its files."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH118, PTH123, PTH202
from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agora_build.config import Config
from agora_build.content.checks import check
from agora_build.content.config_file import read_config_file
from agora_build.content.draft import Document, Draft
from agora_build.content.pictures import check_pictures
from agora_build.content.prose_checks import check_prose
from agora_build.content.references import check_references
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.source import Source, read_source
from agora_build.content.tree import Found, scan
from agora_build.content.validate import valid_fields, validated
from agora_build.problems import Problem, in_order


@dataclass(frozen=True, slots=True)
class Loaded:
    """A city as read: its site, or None and the problems, in the order of a report."""

    site: Site | None
    problems: list[Problem]


def load(root: pathlib.Path, today: datetime.date) -> Loaded:
    """Read and check a city; `today` only says which consultations are open."""
    config = read_config_file(root)
    tree = scan(os.fspath(root))
    problems = [*config.problems, *tree.problems]
    documents = [_document(os.fspath(root), found, problems) for found in tree.found]
    draft = Draft(os.fspath(root), config, documents, frozenset(tree.media))
    problems += check_references(draft)
    problems += check_prose(draft)
    problems += check_pictures(draft)
    problems += check(draft, today)
    if problems or config.config is None:
        return Loaded(None, in_order(problems))
    return Loaded(_site(draft, config.config), [])


def _document(root: str, found: Found, problems: list[Problem]) -> Document:
    if not found.readable:
        return Document(found, Source(found.path))
    with open(os.path.join(root, found.path), "rb") as file:
        source = read_source(found.path, file.read())
    document = Document(found, source)
    problems += source.problems
    if source.data is not None:
        document.read = True
        document.meta, refused = validated(found.model, source.data, source)
        problems += refused
        meta = document.meta
        document.values = vars(meta) if meta is not None else valid_fields(found.model, source.data)
    return document


def _site(draft: Draft, config: Config) -> Site:
    by_campaign: dict[str, list[Document]] = {}
    for document in draft.documents:
        by_campaign.setdefault(document.found.campaign, []).append(document)
    pages = _entries(by_campaign.pop("", []), "pages")
    microsites = sorted((_microsite(documents) for documents in by_campaign.values()), key=lambda site: site.slug)
    microsites.sort(key=lambda site: site.campaign.meta.opens, reverse=True)
    audio = {path: facts for path, facts in sorted(draft.audio.items()) if facts is not None}
    media = tuple(sorted(draft.named | set(draft.config.pictures)))
    return Site(
        config,
        tuple(sorted(pages, key=lambda page: (page.meta.order, page.slug))),
        tuple(microsites),
        media,
        audio,
        sizes={path: os.path.getsize(os.path.join(draft.root, path)) for path in media},
        basemap=_basemap(draft.root, config),
    )


def _basemap(root: str, config: Config) -> str:
    name = config.map.basemap if config.map else None
    return pathlib.Path(root, name).read_text("utf-8") if name else ""


def _microsite(documents: list[Document]) -> Microsite:
    single = {document.found.slug: document for document in documents if document.found.folder == "campaign"}
    debates = _entries(documents, "debates")
    contributions, places = _entries(documents, "contributions"), _entries(documents, "places")
    workshops = _entries(documents, "workshops")
    kits = _entries(documents, "kits")
    return Microsite(
        campaign=_entry(single["campaign"]),
        timeline=_meta(single.get("timeline")),
        map=_meta(single.get("map")),
        debates=tuple(sorted(debates, key=lambda entry: (entry.meta.opens, entry.slug))),
        contributions=tuple(sorted(contributions, key=lambda entry: (entry.meta.date, entry.slug))),
        workshops=tuple(sorted(workshops, key=_hour)),
        places=tuple(sorted(places, key=lambda entry: (entry.meta.date, entry.slug))),
        resources=_newest(_entries(documents, "resources")),
        kits=tuple(sorted(kits, key=lambda entry: (entry.meta.order, entry.meta.title, entry.slug))),
        episodes=_newest(_entries(documents, "episodes")),
        decisions=_newest(_entries(documents, "decisions")),
    )


def _entries(documents: Iterable[Document], folder: str) -> list[Entry[Any]]:
    return [_entry(document) for document in documents if document.found.folder == folder]


def _entry(document: Document) -> Entry[Any]:
    found = document.found
    slug = found.campaign if found.folder == "campaign" else found.slug
    return Entry(slug, found.campaign, found.path, document.meta, document.source.body)


def _meta(document: Document | None) -> Any:  # noqa: ANN401 - the kind follows from the file's name
    return document.meta if document else None


def _hour(entry: Entry[Any]) -> tuple[datetime.date, datetime.time, str]:
    return entry.meta.date, entry.meta.starts or datetime.time.min, entry.slug


def _newest(entries: list[Entry[Any]]) -> tuple[Entry[Any], ...]:
    by_slug = sorted(entries, key=lambda entry: entry.slug)
    return tuple(sorted(by_slug, key=lambda entry: entry.meta.date, reverse=True))
