"""Turns answers about a new file into its text and its problems: those that the checks of the whole city would find."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from agora_build import urls
from agora_build.content.columns import inside
from agora_build.content.config_file import ConfigFile, read_config_file
from agora_build.content.draft import Document, Draft, document_of
from agora_build.content.fields import Model, Reference
from agora_build.content.loader import checked
from agora_build.content.places import Path as Key
from agora_build.content.references import FOLDERS
from agora_build.content.tree import Tree, found_at, scan, well_named
from agora_build.content.validate import nearest
from agora_build.problems import START, Problem, in_order, printable
from agora_build.record import Record, replace
from agora_build.starting.examples import Known
from agora_build.starting.kinds import TEXT, Kind
from agora_build.starting.taught import taught

_LONGEST = 60
# What other answers will mend; when all is said, they count like the others.
_LATER = ("missing-key", "collective-needs", "status-needs", "empty-body", "empty-resource", "link-not-checked")


class City(Record, frozen=True):
    """The city for which a file is written, as it is now."""

    root: Path
    config: ConfigFile
    tree: Tree
    today: datetime.date

    def campaigns(self) -> list[str]:
        """List the campaigns that are there."""
        return sorted(found.campaign for found in self.tree.found if found.path.endswith("/campaign.md"))

    def known(self, campaign: str) -> Known:
        """List what a file of a campaign can name."""
        ids = self.config.ids or {}
        here = [found for found in self.tree.found if found.campaign == campaign]
        named = {
            kind: tuple(found.slug for found in here if found.folder == folder) for kind, folder in FOLDERS.items()
        }
        path = f"content/campaigns/{campaign}/map.yml"
        layers = self.draft().offer(path).layers if any(found.path == path for found in here) else ()
        return {**ids, **named, "layer": layers or ()}

    def waiting(self, campaign: str) -> list[str]:
        """List the questions of a campaign that have no answer."""
        here = {(found.folder, found.slug) for found in self.tree.found if found.campaign == campaign}
        return sorted(slug for folder, slug in here if folder == "questions" and ("answers", slug) not in here)

    def day_in(self, campaign: str) -> datetime.date:
        """Give a day of a campaign: today, or else its nearest."""
        opens, closes = self.draft().offer(f"content/campaigns/{campaign}/campaign.md").period
        return max(opens or self.today, min(closes or self.today, self.today))

    def draft(self) -> Draft:
        """Start reading the city."""
        files = {found.path: found for found in self.tree.found}
        return Draft(os.fspath(self.root), self.config, files, frozenset(self.tree.media))


class Answers(Record, frozen=True):
    """What is said so far of a new file: values by key, such as `title`, `location.address`, `steps.0.start`."""

    kind: Kind
    campaign: str
    name: str
    said: Mapping[str, str | list[str]]

    @property
    def path(self) -> str:
        """Where the file goes, from the city's root."""
        return self.kind.path.format(campaign=self.campaign or self.name, name=self.name)

    def text(self, city: City) -> str:
        """Write the file."""
        data = nested({key: value for key, value in self.said.items() if value and key != TEXT})
        given = self.kind.given(data, city.today)
        body = str(self.said.get(TEXT, "")) or self.kind.body
        return taught(self.kind.model, _with(given, data), city.known(self.campaign), body if self.kind.prose else None)


def city_at(root: Path, today: datetime.date) -> City:
    """Look at a city."""
    return City(root, read_config_file(root), scan(os.fspath(root)), today)


def problems_of(city: City, answers: Answers) -> list[Problem]:
    """Find all that is wrong with a file that is not written yet."""
    return [*name_problems(answers)] or _checked(city, answers)[1]


def problems_at(city: City, answers: Answers, key: str) -> list[Problem]:
    """Find what is wrong with one answer, whatever is still to be asked."""
    document, problems = _checked(city, answers)
    if key == TEXT:
        return [item for item in problems if item.span.line >= document.source.body_line]
    line = document.source.at_value(_key(key)).line
    return [item for item in problems if item.code not in _LATER and item.span.line == line and item.span != START]


def name_problems(answers: Answers) -> Iterator[Problem]:
    """Refuse a name that cannot be that of a file, nor stand in an address."""
    found = found_at(answers.path)
    if found is None or not well_named(found) or (answers.kind.named == "title" and not _good(answers.name)):
        yield Problem(answers.path, START, "bad-file-name", {"value": answers.name})


def to_nothing(city: City, campaign: str, name: str) -> Iterator[Problem]:
    """Refuse to answer what is not there."""
    known = [name for folder in ("questions", "contributions") for name in city.draft().names(campaign, folder)]
    if name not in known:
        values = {"value": printable(name), "campaign": campaign, "near": nearest(name, known)}
        yield Problem("", START, "answer-to-nothing", values)


def _good(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)) and len(name) <= _LONGEST


def _checked(city: City, answers: Answers) -> tuple[Document, list[Problem]]:
    """Read the text as if it were in the city, and check it there."""
    found = found_at(answers.path)
    assert found is not None  # noqa: S101 - the paths of kinds are those of content files
    draft = city.draft()
    document = document_of(found, answers.text(city).encode())
    draft = replace(draft, found={**draft.found, found.path: found}, documents={found.path: document})
    return document, in_order(list(checked(draft, document, city.today)))


def field_at(model: type[Model], key: str) -> FieldInfo:
    """Give the field of a model that a key leads to."""
    names = [part for part in _key(key) if isinstance(part, str)]
    for name in names[:-1]:
        model = inside(model.model_fields[name].annotation, [])[0]
    return model.model_fields[names[-1]]


def refers(info: FieldInfo) -> str:
    """Say what a key names: a quarter, an office; '' for any other."""
    _, marks, _ = inside(info.annotation, list(info.metadata))
    return next((mark.kind for mark in marks if isinstance(mark, Reference)), "")


def slug_of(title: str) -> str:
    """Write a title as the name of a file: « L’école, demain » -> l-ecole-demain."""
    plain = re.sub(r"[^a-z0-9]+", "-", urls.anchor(title)).strip("-")
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST + 1].rpartition("-")[0] or plain[:_LONGEST]


def nested(flat: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """Make `{"steps.0.start": "2026"}` the mappings and lists of a file."""
    made: dict[str, Any] = {}
    for key, value in flat.items():
        parts = _key(key)
        held: Any = made
        for part, after in pairwise(parts):
            empty: Any = [] if isinstance(after, int) else {}
            if isinstance(held, list):
                held += [empty] * (int(part) + 1 - len(held))
                held = held[int(part)]
            else:
                held = held.setdefault(str(part), empty)
        held[parts[-1]] = value
    return made


def _with(given: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Add to what a kind gives what was said, which counts more."""
    made = {**given}
    for key, value in said.items():
        under = made.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            made[key] = _with(under, value)
        elif isinstance(value, list) and isinstance(under, list) and _all_tables([*value, *under]):
            made[key] = [_with(one, other) for one, other in zip(under, value, strict=False)] + under[len(value) :]
        else:
            made[key] = value
    return made


def _all_tables(items: Iterable[object]) -> bool:
    return all(isinstance(item, Mapping) for item in items)


def _key(key: str) -> Key:
    return tuple(int(part) if part.isdigit() else part for part in key.split("."))
