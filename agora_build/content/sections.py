"""Turns a microsite into its masthead: its campaign, its state, and the sections it has something to show in."""

from __future__ import annotations

import datetime
from typing import Literal

from agora_build.content.models import Campaign
from agora_build.content.site import Entry, Microsite
from agora_build.content.states import Opening, campaign_state
from agora_build.record import Record
from agora_build.urls import Urls

SectionName = Literal[
    "timeline", "debates", "agenda", "map", "resources", "kits", "episodes", "juries", "questions", "decisions",
    "rules", "data",
]  # fmt: skip


class Section(Record, frozen=True):
    """A section of a microsite: its name (a key for the theme's words) and its page."""

    name: SectionName
    target: str


class Masthead(Record, frozen=True):
    """What every page of a microsite shows above its own content; `current` is the section it stands in."""

    campaign: Entry[Campaign]
    state: Opening
    sections: tuple[Section, ...]
    current: SectionName | None

    @property
    def meta(self) -> Campaign:
        """The campaign's metadata."""
        return self.campaign.meta


def masthead(microsite: Microsite, urls: Urls, today: datetime.date, current: SectionName | None = None) -> Masthead:
    """Gather what the layout of a microsite's page needs; `current` is None on the front page."""
    state = campaign_state(microsite.campaign.meta, today)
    return Masthead(microsite.campaign, state, sections(microsite, urls), current)


def sections(microsite: Microsite, urls: Urls) -> tuple[Section, ...]:
    """List a microsite's sections in reading order; debates, agenda, kits and questions even when empty."""
    return tuple(Section(name, urls.part(microsite.slug, name)) for name in _present(microsite))


def _present(microsite: Microsite) -> tuple[SectionName, ...]:
    kept: dict[SectionName, bool] = {
        "timeline": microsite.timeline is not None,
        "debates": True,
        "agenda": True,
        "map": microsite.map is not None,
        "resources": bool(microsite.resources),
        "kits": True,
        "episodes": bool(microsite.episodes),
        "juries": bool(microsite.juries),
        "questions": True,
        "decisions": bool(microsite.decisions),
        "rules": microsite.campaign.meta.rules is not None,
        "data": True,
    }
    return tuple(name for name, present in kept.items() if present)
