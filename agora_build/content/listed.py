"""Turns a city's content into what its index and its search say of each page: kind, title, campaign, day, quarter."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from agora_build.content.models import Debate
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.urls import Urls

KINDS = (
    "contribution", "debate", "decision", "workshop", "question", "place",
    "campaign", "episode", "resource", "kit", "jury", "page",
)  # fmt: skip
_DATED = ("decisions", "workshops", "questions", "places", "episodes", "resources")
_UNDATED = ("kits", "juries")
_KIND = {"decisions": "decision", "workshops": "workshop", "questions": "question", "places": "place"}
_KIND |= {"episodes": "episode", "resources": "resource", "kits": "kit", "juries": "jury"}
_BEGINNING = 300  # characters kept of a text without a title


class Listed(NamedTuple):  # a tuple: there is one for each page, and they are many
    """What the index says of a page; `title` is '' when its author gave none, and `words` are then the first ones.

    `theme` is `campaign/debate/theme`, and ends with a slash for what has none of its debate's themes.
    """

    kind: str
    path: str
    title: str
    words: str
    campaign: str  # slug; '' for a page of the city
    campaign_title: str  # in the language of the page that lists it
    date: datetime.date | None = None
    quarter: str = ""
    theme: str = ""


def of_thread(microsite: Microsite, thread: Thread, urls: Urls) -> Iterator[tuple[Listed, Entry[Any]]]:
    """List the contributions to a debate, by date, then id; what was erased is not listed."""
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    themes = {theme.id for theme in debate.meta.themes}
    campaign = microsite.slug, microsite.campaign.meta.title
    for entry in thread.contributions:
        meta = entry.meta
        theme = f"{thread.campaign}/{thread.debate}/{meta.theme if meta.theme in themes else ''}" if themes else ""
        words = "" if meta.title else entry.body[:_BEGINNING]
        path = urls.item(entry.campaign, "contributions", entry.slug)
        yield (
            Listed("contribution", path, meta.title or "", words, *campaign, meta.date, meta.quarter or "", theme),
            entry,
        )


def of_microsite(microsite: Microsite, urls: Urls) -> Iterator[tuple[Listed, Entry[Any]]]:
    """List a campaign and what belongs to it but its contributions."""
    slug, entry = microsite.slug, microsite.campaign
    campaign = slug, entry.meta.title
    yield Listed("campaign", urls.campaign(slug), entry.meta.title, "", *campaign, entry.meta.opens), entry
    for debate in microsite.debates:
        path = urls.item(slug, "debates", debate.slug)
        yield Listed("debate", path, debate.meta.title, "", *campaign, debate.meta.opens), debate
    for folder in (*_DATED, *_UNDATED):
        for item in getattr(microsite, folder):
            path = urls.source(item.path) if folder == "places" else urls.item(slug, folder, item.slug)
            title = item.meta.title or ""
            words = "" if title else item.body[:_BEGINNING]
            date = item.meta.date if folder in _DATED else None
            quarter = getattr(item.meta, "quarter", None) or ""
            yield Listed(_KIND[folder], path, title, words, *campaign, date, quarter), item


def of_pages(site: Site, urls: Urls) -> Iterator[tuple[Listed, Entry[Any]]]:
    """List the free pages."""
    for page in site.pages:
        yield Listed("page", urls.page(page.slug), page.meta.title, "", "", ""), page


def themes_of(debate: Debate) -> dict[str, str]:
    """Give the titles of a debate's themes, by id."""
    return {theme.id: theme.title for theme in debate.themes}
