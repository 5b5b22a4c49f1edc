"""Turns the batches of paper sheets of a campaign into a page that tells what became of every sheet given out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from agora_build.content.models import Batch, Debate, Layer, Workshop
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Voices
from agora_build.content.voices import of_batch, summed
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class BatchLine(Record, frozen=True):
    """A batch, what its sheets answer, the meeting where they were given out, and what is published of it.

    They answer a debate, or the question of a layer of the map, or nothing: then they put questions to the City.
    """

    entry: Entry[Batch]
    debate: Entry[Debate] | None
    layer: Layer | None
    workshop: Entry[Workshop] | None
    voices: Voices


class BatchList(Record, frozen=True):
    """The batches of a campaign, by number; `given` and `returned` count the sheets of them all."""

    path: str
    masthead: Masthead
    lines: tuple[BatchLine, ...]
    given: int
    returned: int
    voices: Voices
    moderation: str  # the page that tells what was not published, or ''


def outputs(site: Site, today: datetime.date) -> Iterator[Output[BatchList]]:
    """Declare a page a campaign that gave out numbered sheets."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.batches:
            lines = tuple(_line(microsite, entry) for entry in microsite.batches)
            page = BatchList(
                path=urls.part(microsite.slug, "batches"),
                masthead=masthead(microsite, urls, today, "debates"),
                lines=lines,
                given=sum(line.entry.meta.sheets for line in lines),
                returned=sum(line.entry.meta.returned or 0 for line in lines),
                voices=summed(line.voices for line in lines),
                moderation=urls.part(microsite.slug, "moderation") if microsite.moderation else "",
            )
            yield Output(page.path, page, render)


def render(page: BatchList, theme: Theme) -> bytes:
    """Write the page of a campaign's batches."""
    return theme.page("batches.html", page.path, masthead=page.masthead, page=page)


def _line(microsite: Microsite, entry: Entry[Batch]) -> BatchLine:
    layers = microsite.map.layers if microsite.map else ()
    workshops = {workshop.slug: workshop for workshop in microsite.workshops}
    return BatchLine(
        entry,
        next((debate for debate in microsite.debates if debate.slug == entry.meta.debate), None),
        next((layer for layer in layers if layer.id == entry.meta.layer), None),
        workshops.get(entry.meta.workshop or ""),
        of_batch(microsite, entry.slug),
    )
