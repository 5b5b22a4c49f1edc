"""Turns the moderation log of a campaign into its page: what was withdrawn, when, by whom, why; never its words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from agora_build.content.models import Moderation
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Site
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


@dataclass(frozen=True, slots=True)
class ModerationPage:
    """The moderation log of a campaign."""

    path: str
    masthead: Masthead
    log: Moderation
    source: str  # the file of the log


def outputs(site: Site, today: datetime.date) -> Iterator[Output[ModerationPage]]:
    """Declare a page a campaign from which something was withdrawn."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.moderation:
            path = urls.part(microsite.slug, "moderation")
            source = f"content/campaigns/{microsite.slug}/moderation.yml"
            head = masthead(microsite, urls, today, "rules")
            yield Output(path, ModerationPage(path, head, microsite.moderation, source), render)


def render(page: ModerationPage, theme: Theme) -> bytes:
    """Write the page of a campaign's moderation log."""
    return theme.page("moderation.html", page.path, masthead=page.masthead, page=page)
