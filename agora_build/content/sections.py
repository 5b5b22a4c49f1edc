"""Turns a microsite into its navigation: the sections it has something to show in, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agora_build.content.site import Microsite
from agora_build.urls import Urls

SectionName = Literal["timeline", "debates", "agenda", "map", "resources", "kits", "episodes", "decisions", "rules"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a microsite: its name (a key for the theme's words) and its page."""

    name: SectionName
    target: str


def sections(microsite: Microsite, urls: Urls) -> tuple[Section, ...]:
    """List the sections of a microsite; debates and agenda are there even when empty, to say what will come."""
    return tuple(Section(name, urls.part(microsite.slug, name)) for name in _present(microsite))


def _present(microsite: Microsite) -> tuple[SectionName, ...]:
    kept: dict[SectionName, bool] = {
        "timeline": microsite.timeline is not None,
        "debates": True,
        "agenda": True,
        "map": microsite.map is not None,
        "resources": bool(microsite.resources),
        "kits": bool(microsite.kits),
        "episodes": bool(microsite.episodes),
        "decisions": bool(microsite.decisions),
        "rules": microsite.campaign.meta.rules is not None,
    }
    return tuple(name for name, present in kept.items() if present)
