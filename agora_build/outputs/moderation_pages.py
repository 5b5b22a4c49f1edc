"""Turns the moderation of a campaign into its page: what was refused, withdrawn, erased, when, why; no word of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from agora_build.content.models import Moderation, Reason, Refusal
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class ModerationPage(Record, frozen=True):
    """The moderation of a campaign; `refused` is what was, reason by reason, in the order of the policy."""

    path: str
    masthead: Masthead
    log: Moderation
    refused: tuple[tuple[Reason, tuple[Refusal, ...]], ...]
    source: str  # the file of the log


def outputs(site: Site, today: datetime.date) -> Iterator[Output[ModerationPage]]:
    """Declare a page a campaign that tells of its moderation."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.moderation:
            path = urls.part(microsite.slug, "moderation")
            source = f"content/campaigns/{microsite.slug}/moderation.yml"
            head = masthead(microsite, urls, today, "rules")
            log = microsite.moderation
            yield Output(path, ModerationPage(path, head, log, _by_reason(log), source), render)


def _by_reason(log: Moderation) -> tuple[tuple[Reason, tuple[Refusal, ...]], ...]:
    groups = ((reason, tuple(item for item in log.refused if item.reason == reason.id)) for reason in log.reasons)
    return tuple((reason, items) for reason, items in groups if items)


def render(page: ModerationPage, theme: Theme) -> bytes:
    """Write the page of a campaign's moderation."""
    return theme.page("moderation.html", page.path, masthead=page.masthead, page=page)
