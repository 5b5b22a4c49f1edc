"""Builds cities and declares outputs for tests: a module's files, a campaign with what was said in it."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from agora_build.content.gathering import Key, cited_by, threads
from agora_build.content.models import Contribution
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.content.voices import summary
from agora_build.pipeline import BuildReport, Order, build
from agora_build.record import replace
from agora_build.rendering.output import Output


def built(city: Path, output: Path, day: datetime.date | None = None, jobs: int = 1, **more: Any) -> BuildReport:
    """Build a city where it stands."""
    return build(Order(os.fspath(city), output, day, jobs, **more))


def copied(city: Path, folder: Path) -> Path:
    """Copy a city of the tests, so that building it leaves nothing beside it."""
    return Path(shutil.copytree(city, folder / "city"))


def with_threads(
    microsite: Microsite, contributions: Iterable[Entry[Contribution]]
) -> tuple[Microsite, dict[Key, Thread]]:
    """Tell a microsite what was said in its debates; give the threads too."""
    said = threads(contributions)
    known = {entry.slug: entry for thread in said.values() for entry in thread.contributions}
    told = tuple(summary(said[key]) for debate in microsite.debates if (key := (microsite.slug, debate.slug)) in said)
    cited = tuple(known[name] for name in cited_by(microsite) if name in known)
    return replace(microsite, threads=told, cited=cited), said


def declared(
    modules: Iterable[ModuleType], site: Site, today: datetime.date, said: dict[Key, Thread] | None = None
) -> list[Output[Any]]:
    """Declare all that some modules make of a site, as a build does."""
    found: list[Output[Any]] = []
    for module in modules:
        if hasattr(module, "city_outputs"):
            found += module.city_outputs(site, today)
        if hasattr(module, "outputs"):
            found += module.outputs(site, today)
        if hasattr(module, "thread_outputs"):
            for microsite in site.microsites:
                for debate in microsite.debates:
                    empty = Thread(microsite.slug, debate.slug, ())
                    thread = (said or {}).get((microsite.slug, debate.slug), empty)
                    found += module.thread_outputs(site, microsite, thread, today)
    return found
