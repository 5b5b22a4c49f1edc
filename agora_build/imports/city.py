"""Turns a city's folder and the name of a campaign into what an import needs of them, read as it is asked for."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from agora_build.config import Config
from agora_build.content.config_file import ConfigFile
from agora_build.content.day import day_of_build
from agora_build.content.draft import Draft, Offer
from agora_build.content.models import Debate
from agora_build.content.tree import Found, found_at
from agora_build.imports.register import Register
from agora_build.record import Record

_FEW = ("debates", "workshops", "resources", "juries", "decisions")  # folders whose names a hint may give
NAMED = ("contributions", "answers", "workshops", "decisions")  # folders in which an import gives names
_MOST = 2_000  # files remembered at once


class Target(Record, frozen=True):
    """Where an import writes: the city, one campaign of it, its debates by slug, and the day it is."""

    root: Path
    config: Config
    campaign: str
    debates: Mapping[str, Debate]
    draft: Draft
    register: Register
    today: datetime.date

    @property
    def folder(self) -> str:
        """The campaign's folder, from the city's root."""
        return f"content/campaigns/{self.campaign}"

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.config.city.timezone)

    def gone(self, name: str) -> bool:
        """Tell whether something was withdrawn or refused here, or erased at its author's request."""
        draft, campaign = self.draft, self.campaign
        return any(name in log(campaign) for log in (draft.withdrawn, draft.refused, draft.erased))

    def forget(self) -> None:
        """Keep no more than some files in memory."""
        if len(self.draft.offers) > _MOST:
            self.draft.offers.clear()
            self.draft.documents.clear()


def target_of(root: Path, config: ConfigFile, campaign: str, register: Register) -> Target | None:
    """Find a campaign of a city whose configuration is right; None when there is none of that name."""
    assert config.config is not None  # noqa: S101 - it is right
    places = _Places(root, campaign, register)
    if f"content/campaigns/{campaign}/campaign.md" not in places:
        return None
    draft = Draft(os.fspath(root), config, places, frozenset())
    draft.known_offer = places.offered
    for folder in NAMED:
        register.there(folder, places.names(folder))
    for log in (draft.withdrawn, draft.refused, draft.erased):
        register.there("contributions", log(campaign))
    debates = {}
    for slug in places.names("debates"):
        meta = draft.document(f"content/campaigns/{campaign}/debates/{slug}.md").meta
        if isinstance(meta, Debate):
            debates[slug] = meta
    return Target(root, config.config, campaign, debates, draft, register, day_of_build(config.config))


def campaigns(root: Path) -> list[str]:
    """List the names of a city's campaigns."""
    folder = root / "content" / "campaigns"
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


class _Places(Mapping[str, Found]):
    """The content files of a campaign, looked for when they are asked for, and those about to be written."""

    def __init__(self, root: Path, campaign: str, register: Register) -> None:
        self._root, self._campaign, self.register = root, campaign, register

    def __getitem__(self, path: str) -> Found:
        found = found_at(path)
        if found is None or not ((self._root / path).is_file() or self.offered(path)):
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        for folder in _FEW:
            yield from (f"content/campaigns/{self._campaign}/{folder}/{name}.md" for name in self.names(folder))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def names(self, folder: str) -> Iterator[str]:
        """List the names of the files of a folder, one at a time."""
        path = self._root / "content" / "campaigns" / self._campaign / folder
        if path.is_dir():
            with os.scandir(path) as entries:
                yield from (entry.name[:-3] for entry in entries if entry.name.endswith(".md"))

    def offered(self, path: str) -> Offer | None:
        """Give what a contribution of this import offers to others: its debate."""
        found = found_at(path)
        if found is None or found.campaign != self._campaign or found.folder != "contributions":
            return None
        debate = self.register.met(found.folder, found.slug)
        if debate is None:
            return None
        return Offer(read=True, debate=debate, date=datetime.date.fromisoformat(found.slug[:8]))
