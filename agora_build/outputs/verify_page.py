"""Turns what a site publishes for its own verification into a page that tells outsiders how, with Agora or without."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class Data(Record, frozen=True):
    """What a campaign publishes of its rules and of its moderation; '' for what there is not."""

    title: str
    rules: str
    moderation: str


class VerifyPage(Record, frozen=True):
    """The page that tells how to verify the site, a vote, a draw, a consensus, the rules."""

    path: str
    data: tuple[Data, ...]


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001 - it says the same every day
    """Declare the page."""
    urls = Urls(site.config.city.language)
    data = []
    for microsite in site.microsites:
        slug, meta = microsite.slug, microsite.campaign.meta
        rules = urls.part_file(slug, "rules", "history.json") if meta.rules else ""
        log = urls.part_file(slug, "data", "moderation.json") if microsite.moderation else ""
        if rules or log:
            data.append(Data(meta.title, rules, log))
    page = VerifyPage(urls.section("verify"), tuple(data))
    yield Output(page.path, page, render)


def render(page: VerifyPage, theme: Theme) -> bytes:
    """Write the page."""
    return theme.page("verify.html", page.path, page=page)
