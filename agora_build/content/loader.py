"""Turns a city's folder into its checked Site and threads, or into all the problems of its files."""

from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from agora_build.content.checks import check, check_ids
from agora_build.content.config_file import ConfigFile, read_config_file
from agora_build.content.draft import Document, Draft
from agora_build.content.gathering import Key, cited_by, gathered, heard, in_thread, threads
from agora_build.content.hidden_checks import check_hidden
from agora_build.content.picture_sizes import picture_sizes
from agora_build.content.pictures import check_pictures
from agora_build.content.prose_checks import check_prose
from agora_build.content.references import check_references
from agora_build.content.site import Entry, Site, Thread
from agora_build.content.tree import Tree, scan
from agora_build.content.voices import summary
from agora_build.problems import Problem, in_order
from agora_build.record import Record, field


class Loaded(Record, frozen=True):
    """A city as read: its site and threads, or None and the problems, in the order of a report."""

    site: Site | None
    problems: list[Problem]
    threads: Mapping[Key, Thread] = field(default_factory=dict)


def load(root: pathlib.Path, today: datetime.date) -> Loaded:
    """Read and check a whole city in memory; `today` only says which consultations are open."""
    config = read_config_file(root)
    if config.is_of_another_version:
        return Loaded(None, config.problems)
    tree = scan(os.fspath(root))
    draft = draft_of(os.fspath(root), config, tree)
    problems = [*config.problems, *tree.problems, *check_ids(tree.found)]
    named = set(config.pictures)
    for found in tree.found:
        document = draft.document(found.path)
        problems += checked(draft, document, today)
        named |= document.named
    problems += check_pictures(draft.root, named)
    if problems or config.config is None:
        return Loaded(None, in_order(problems))
    return _loaded(draft, named)


def draft_of(root: str, config: ConfigFile, tree: Tree) -> Draft:
    """Start reading a city whose tree is known."""
    return Draft(root, config, {found.path: found for found in tree.found}, frozenset(tree.media))


def checked(draft: Draft, document: Document, today: datetime.date) -> Iterator[Problem]:
    """Make all the checks of one file, in its form and against the rest of the city."""
    yield from document.problems
    yield from check_references(draft, document)
    yield from check_prose(draft, document)
    if document.read:
        yield from check(draft, document, today)
        yield from check_hidden(draft, document, today)


def entry_of(document: Document) -> Entry[Any]:
    """Keep what a checked file says."""
    found = document.found
    slug = found.campaign if found.folder == "campaign" else found.slug
    body, digest = document.source.body, document.digest
    return Entry(slug, found.campaign, found.path, document.meta, body, digest, found.language, found.of)


def _loaded(draft: Draft, named: set[str]) -> Loaded:
    config = draft.config.config
    assert config is not None  # noqa: S101 - a city without one has problems
    entries = [entry_of(document) for document in draft.documents.values()]
    said = threads(entry for entry in entries if in_thread(entry.path))
    others = [entry for entry in entries if not in_thread(entry.path)]
    audio = {path: facts for path, facts in draft.audio.items() if facts is not None}
    site = gathered(draft.root, config, others, named, audio, picture_sizes(draft.root, named))
    known = {name: entry for thread in said.values() for name, entry in thread.by_id.items()}
    cited = {item.slug: [known[name] for name in cited_by(item)] for item in site.microsites}
    return Loaded(heard(site, {key: summary(thread) for key, thread in said.items()}, cited), [], said)
