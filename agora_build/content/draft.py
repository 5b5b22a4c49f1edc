"""Gathers what was read of a city before it is known to be right: what the checks look at."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH118
from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agora_build.content.config_file import ConfigFile
from agora_build.content.fields import Model
from agora_build.content.site import AudioFacts
from agora_build.content.source import Source
from agora_build.content.tree import Found
from agora_build.problems import START, Problem, Span


@dataclass(slots=True)
class Document:
    """A content file: where it belongs, what was written, and what of it is right so far."""

    found: Found
    source: Source
    meta: Model | None = None
    values: dict[str, Any] = field(default_factory=dict)  # the top-level values that are right
    read: bool = False  # whether the metadata could be read at all

    @property
    def path(self) -> str:
        """The file's path from the city's root."""
        return self.found.path

    @property
    def written(self) -> dict[str, Any]:
        """The metadata as text."""
        return self.source.data or {}

    def at_value(self, code: str, *path: str | int, **values: str) -> Problem:
        """Make a problem at a value."""
        return self.source.problem(code, self.source.at_value(path), **values)

    def at_key(self, code: str, *path: str | int, **values: str) -> Problem:
        """Make a problem at a key; without one, of the file as a whole."""
        if not path:
            return Problem(self.path, START, code, values)
        return self.source.problem(code, self.source.at_key(path), **values)

    def at_text(self, code: str, line: int, column: int, length: int, /, **values: str) -> Problem:
        """Make a problem in the text itself."""
        return self.source.problem(code, Span(line, column, max(1, length)), **values)


@dataclass(slots=True)
class Names:
    """What a campaign offers to those who name something of it: slug -> file, or layer -> map.yml."""

    debate: dict[str, Document] = field(default_factory=dict)
    workshop: dict[str, Document] = field(default_factory=dict)
    contribution: dict[str, Document] = field(default_factory=dict)
    resource: dict[str, Document] = field(default_factory=dict)
    layer: set[str] = field(default_factory=set)
    layers_known: bool = True

    def of(self, kind: str) -> set[str]:
        """Give the names of a kind."""
        return set(getattr(self, kind))


@dataclass
class Draft:
    """A whole city as read."""

    root: str
    config: ConfigFile
    documents: list[Document]
    files: frozenset[str]  # media that are there
    named: set[str] = field(default_factory=set)  # media that content names
    audio: dict[str, AudioFacts | None] = field(default_factory=dict)

    @cached_property
    def by_path(self) -> dict[str, Document]:
        """The documents by path."""
        return {document.path: document for document in self.documents}

    @cached_property
    def names(self) -> dict[str, Names]:
        """What can be named, by campaign."""
        found: dict[str, Names] = {}
        for document in self.documents:
            names = found.setdefault(document.found.campaign, Names())
            kind = document.found.folder[:-1]
            if kind in ("debate", "workshop", "contribution", "resource"):
                getattr(names, kind)[document.found.slug] = document
            elif document.found.slug == "map" and document.found.folder == "campaign":
                names.layer, names.layers_known = ids(document.written.get("layers")), document.read
        return found

    def campaign(self, document: Document) -> Document | None:
        """Give the campaign.md of a document's campaign."""
        return self.by_path.get(f"content/campaigns/{document.found.campaign}/campaign.md")

    def on_disk(self, path: str) -> str:
        """Give the real path of a file of the city."""
        return os.path.join(self.root, path)


def ids(tables: object) -> set[str]:
    """Give the ids written in a list of tables."""
    tables = tables if isinstance(tables, list) else []
    return {table["id"] for table in tables if isinstance(table, dict) and isinstance(table.get("id"), str)}
