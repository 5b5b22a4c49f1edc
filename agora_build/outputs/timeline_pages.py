"""Turns the merged steps of a campaign into the page of its timeline, a list that reads well alone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Site
from agora_build.content.steps import TimelineStep, current_step, merged_steps
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

SCRIPT, DATA = "donnees.js", "frise.json"


class TimelinePage(Record, frozen=True):
    """A campaign's timeline: its introduction or '', its steps, where we are now, the files drawn from the steps.

    `here` is the anchor of the present step, '' once all are past.
    """

    path: str
    masthead: Masthead
    intro: str
    source: str
    steps: tuple[TimelineStep, ...]
    here: str
    script: str
    data: str


def outputs(site: Site, today: datetime.date) -> Iterator[Output[TimelinePage]]:
    """Declare a page a campaign that has a timeline."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.timeline:
            steps = merged_steps(microsite, urls, today)
            page = TimelinePage(
                path=urls.part(microsite.slug, "timeline"),
                masthead=masthead(microsite, urls, today, "timeline"),
                intro=microsite.timeline.intro or "",
                source=microsite.campaign.path.replace("campaign.md", "timeline.yml"),
                steps=steps,
                here=_here(steps),
                script=urls.part_file(microsite.slug, "timeline", SCRIPT),
                data=urls.part_file(microsite.slug, "timeline", DATA),
            )
            yield Output(page.path, page, render)


def render(page: TimelinePage, theme: Theme) -> bytes:
    """Write the page of a campaign's timeline."""
    return theme.page("timeline.html", page.path, masthead=page.masthead, page=page)


def _here(steps: tuple[TimelineStep, ...]) -> str:
    present = steps[current_step(steps)] if steps else None
    return present.anchor if present and present.tense != "past" else ""
