"""Turns a scope into all the outputs that outputs/ declares of it; a module is imported when it is needed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agora_build.content.listed import Listed
from agora_build.content.models import Contribution
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.rendering.output import Output

Outputs = Iterator[Output[Any]]
Said = Mapping[str, tuple[Entry[Contribution], ...]]  # by debate


def thread(site: Site, microsite: Microsite, said: Thread, today: datetime.date) -> Outputs:
    """Declare what is made of a debate and of what was said in it."""
    from agora_build.outputs import (
        contribution_pages,
        debate_pages,
        form_pages,
        opendata_files,
        said_pages,
        synthesis_pages,
    )

    for module in (debate_pages, synthesis_pages, said_pages, contribution_pages, form_pages, opendata_files):
        yield from module.thread_outputs(site, microsite, said, today)
    if said.erased:
        from agora_build.outputs import erased_pages

        yield from erased_pages.thread_outputs(site, microsite, said, today)
    if said.vote is not None:
        from agora_build.outputs import opinion_pages, pabulib_files, vote_files, vote_pages

        for module in (opinion_pages, vote_pages, vote_files, pabulib_files):
            yield from module.thread_outputs(site, microsite, said, today)


def campaign(alone: Site, today: datetime.date) -> Outputs:
    """Declare what is made of a campaign, given a site where it is alone; its threads are apart."""
    from agora_build.outputs import (
        agenda_pages,
        batch_pages,
        calendars,
        debate_pages,
        decision_pages,
        erased_pages,
        feeds,
        form_pages,
        front_pages,
        jury_pages,
        kit_pages,
        map_pages,
        maps,
        moderation_pages,
        opendata_files,
        opendata_package,
        opendata_pages,
        podcast,
        question_feeds,
        question_pages,
        radio_pages,
        resource_pages,
        rules_pages,
        sheet_pages,
        social_pictures,
        timeline_pages,
        timelines,
    )

    yield from front_pages.outputs(alone, today)
    yield from timeline_pages.outputs(alone, today)
    yield from timelines.outputs(alone, today)
    yield from debate_pages.outputs(alone, today)
    yield from agenda_pages.outputs(alone, today)
    yield from calendars.outputs(alone, today)
    yield from map_pages.outputs(alone, today)
    yield from maps.outputs(alone, today)
    yield from resource_pages.outputs(alone, today)
    yield from kit_pages.outputs(alone, today)
    yield from batch_pages.outputs(alone, today)
    yield from sheet_pages.outputs(alone, today)
    yield from radio_pages.outputs(alone, today)
    yield from podcast.outputs(alone, today)
    yield from jury_pages.outputs(alone, today)
    yield from question_pages.outputs(alone, today)
    yield from question_feeds.outputs(alone, today)
    yield from decision_pages.outputs(alone, today)
    yield from rules_pages.outputs(alone, today)
    yield from moderation_pages.outputs(alone, today)
    yield from erased_pages.outputs(alone, today)
    yield from opendata_pages.outputs(alone, today)
    yield from opendata_files.outputs(alone, today)
    yield from opendata_package.outputs(alone, today)
    yield from feeds.outputs(alone, today)
    yield from social_pictures.outputs(alone, today)
    yield from form_pages.outputs(alone, today)


def printed(alone: Site, said: Said, today: datetime.date, folders: tuple[Path, ...], engine: str) -> Outputs:
    """Declare the PDF files of a campaign, given a site where it is alone, and its booklet, given what was said."""
    from agora_build.outputs import booklets, sheet_pdfs

    yield from sheet_pdfs.outputs(alone, today, folders, engine)
    yield from booklets.outputs(alone, said, today, folders, engine)


def city(site: Site, today: datetime.date) -> Outputs:
    """Declare what is made of the whole city."""
    from agora_build.outputs import (
        accessibility_page,
        agenda_pages,
        agora_json,
        calendars,
        followup_pages,
        form_pages,
        front_pages,
        map_pages,
        maps,
        network_pages,
        opendata_files,
        opendata_package,
        opendata_pages,
        podcast,
        question_feeds,
        radio_pages,
        social_pictures,
        verify_page,
    )

    yield from front_pages.city_outputs(site, today)
    yield from agenda_pages.city_outputs(site, today)
    yield from calendars.city_outputs(site, today)
    yield from map_pages.city_outputs(site, today)
    yield from maps.city_outputs(site, today)
    yield from radio_pages.city_outputs(site, today)
    yield from podcast.city_outputs(site, today)
    yield from followup_pages.city_outputs(site, today)
    yield from opendata_pages.city_outputs(site, today)
    yield from opendata_files.city_outputs(site, today)
    yield from opendata_package.city_outputs(site, today)
    yield from accessibility_page.city_outputs(site, today)
    yield from verify_page.city_outputs(site, today)
    yield from question_feeds.city_outputs(site, today)
    yield from social_pictures.city_outputs(site, today)
    yield from form_pages.city_outputs(site, today)
    yield from agora_json.city_outputs(site, today)
    yield from network_pages.city_outputs(site, today)


def index(site: Site, lines: Iterable[Listed], shard: int, shards: int, *, engine: bool) -> Outputs:
    """Declare the search page and the index of the city, or the part of them that falls to one process."""
    from agora_build.outputs import index_pages

    yield from index_pages.outputs(site, lines, engine=engine, shard=shard, shards=shards)


def files(site: Site, root: Path, folders: tuple[Path, ...]) -> Outputs:
    """Declare the files that are published as they are."""
    from agora_build.outputs import assets

    yield from assets.outputs(site, root, folders)
