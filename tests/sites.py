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
from agora_build.content.languages import in_language, thread_in
from agora_build.content.loader import Loaded, load
from agora_build.content.models import Contribution
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.content.voices import summary
from agora_build.pipeline import BuildReport, Order, build
from agora_build.record import replace
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, Theme, base_theme


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


def sample_on(day: datetime.date) -> Loaded:
    """Give the sample as it is on a day, checked."""
    loaded = load(Path(__file__).parent.parent, day)
    assert loaded.site is not None
    return loaded


def campaign_of(site: Site, slug: str) -> Microsite:
    """Give a campaign of a site."""
    return next(item for item in site.microsites if item.slug == slug)


def booklet_in(loaded: Loaded, slug: str, day: datetime.date, language: str) -> list[Output[Any]]:
    """Declare the booklet of a campaign in a language, as a page and as a PDF."""
    from agora_build.outputs import booklets
    from agora_build.rendering import pdf

    assert loaded.site is not None
    own = loaded.site.config.city.language
    said = {debate: thread for (campaign, debate), thread in loaded.threads.items() if campaign == slug}
    threads = tuple(summary(thread) for thread in said.values())
    microsite = replace(campaign_of(loaded.site, slug), threads=threads)
    alone = in_language(replace(loaded.site, microsites=(microsite,)), language)
    spoken = said if language == own else {debate: thread_in(thread, own, language) for debate, thread in said.items()}
    told = {debate: thread.contributions for debate, thread in spoken.items()}
    return list(booklets.outputs(alone, told, day, (base_theme(),), pdf.engine()))


def add_booklet(output: Path, slug: str, language: str = "fr") -> None:
    """Write the page of a booklet into a site that was built without PDF files, which take long."""
    loaded = sample_on(datetime.date(2017, 1, 20))
    assert loaded.site is not None
    page = booklet_in(loaded, slug, datetime.date(2017, 1, 20), language)[0]
    theme = theme_of(loaded.site, language)
    path = output / theme.place(page.path)
    path.parent.mkdir(parents=True)
    path.write_bytes(page.bytes(theme))


def theme_of(site: Site, language: str = "") -> Theme:
    """Give the base theme, in a language of a site."""
    said = in_language(site, language or site.config.city.language)
    frame = Frame(said.config, (), has_map=True, has_radio=True, as_of=None)
    return Theme((base_theme(),), frame, language=language)
