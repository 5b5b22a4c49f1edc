"""Turns the rules of a consultation, which are data, and their history into a page to hold the city to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.models import Moderation, Rules
from agora_build.content.rules import Story, history_of, story
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class RulesPage(Record, frozen=True):
    """The rules of a campaign, and what git tells of them."""

    path: str
    masthead: Masthead
    rules: Rules
    story: Story
    moderation: Moderation | None  # told on a page of its own


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a campaign whose rules are announced."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        rules = microsite.campaign.meta.rules
        if rules:
            path = urls.part(microsite.slug, "rules")
            told = story(microsite.history, microsite.written)
            head = masthead(microsite, urls, today, "rules")
            yield Output(path, RulesPage(path, head, rules, told, microsite.moderation), render)
            data = urls.part_file(microsite.slug, "rules", "history.json")
            yield Output(data, history_of(microsite.slug, microsite.history, microsite.written), render_data)


def render(page: RulesPage, theme: Theme) -> bytes:
    """Write the page of a campaign's rules."""
    return theme.page("rules.html", page.path, masthead=page.masthead, page=page)


def render_data(said: bytes, theme: Theme) -> bytes:  # noqa: ARG001
    """Write the history of a campaign's rules as data."""
    return said
