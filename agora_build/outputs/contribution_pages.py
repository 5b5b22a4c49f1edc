"""Turns each contribution into its own page: its words, letter for letter, who speaks, and what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from agora_build.content.models import Contribution, Debate, Workshop
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.states import Opening, debate_state
from agora_build.content.voices import Outcome, outcomes_of_contribution, outcomes_of_debate, parent, replies
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """Everything a contribution's page shows; `outcomes` are its own, `debate_outcomes` those of its debate."""

    path: str
    masthead: Masthead
    contribution: Entry[Contribution]
    debate: Entry[Debate]
    debate_state: Opening
    theme: str | None
    workshop: Entry[Workshop] | None
    parent: Entry[Contribution] | None
    replies: tuple[Entry[Contribution], ...]
    outcomes: tuple[Outcome, ...]
    debate_outcomes: tuple[Outcome, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[ContributionPage]]:
    """Declare a page a contribution."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        for contribution in microsite.contributions:
            page = _page(microsite, contribution, urls, today)
            yield Output(page.path, page, render)


def render(page: ContributionPage, theme: Theme) -> bytes:
    """Write a contribution's page."""
    return theme.page("contribution.html", page.path, masthead=page.masthead, page=page)


def _page(microsite: Microsite, entry: Entry[Contribution], urls: Urls, today: datetime.date) -> ContributionPage:
    debate = next(item for item in microsite.debates if item.slug == entry.meta.debate)
    wanted = entry.meta.workshop
    return ContributionPage(
        path=urls.item(microsite.slug, "contributions", entry.slug),
        masthead=masthead(microsite, urls, today, "debates"),
        contribution=entry,
        debate=debate,
        debate_state=debate_state(debate.meta, today),
        theme=next((theme.title for theme in debate.meta.themes if theme.id == entry.meta.theme), None),
        workshop=next((item for item in microsite.workshops if item.slug == wanted), None),
        parent=parent(microsite, entry),
        replies=replies(microsite, entry.slug),
        outcomes=outcomes_of_contribution(microsite, entry.slug),
        debate_outcomes=outcomes_of_debate(microsite, debate.slug),
    )
