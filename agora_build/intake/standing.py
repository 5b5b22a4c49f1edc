"""Turns an entry of the journal into what its author is told at the receipt's address; never its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from agora_build.content.forms import FormKind
from agora_build.content.models import Campaign, Reason
from agora_build.content.site import Entry as ContentEntry
from agora_build.intake.journal import Entry
from agora_build.intake.pages import Standing
from agora_build.urls import Urls

_OWN_PAGE = ("contribution", "question", "workshop")


def standing_of(
    entry: Entry, code: str, campaign: ContentEntry[Campaign] | None, reasons: Iterable[Reason], urls: Urls
) -> Standing:
    """Tell where an entry stands, given the moderation policy of its campaign: why it was refused, or where it is."""
    reason = next((item for item in reasons if item.id == entry.reason), None) if entry.state == "refused" else None
    return Standing(
        cast("FormKind", entry.kind),  # a batch has no receipt
        campaign,
        entry.id,
        code,
        entry.state,
        entry.day,
        reason=reason.title if reason else "",
        explained=reason.text if reason else "",
        message=entry.message if entry.state == "refused" else "",
        page=_page(entry, urls) if entry.state == "merged" else "",
    )


def _page(entry: Entry, urls: Urls) -> str:
    """Give where a published text is read; '' for what has no page of its own."""
    folder, _, name = entry.path.removesuffix(".md").rpartition("/")
    if entry.kind == "place":
        return urls.part(entry.campaign, "map")
    return urls.item(entry.campaign, folder.rpartition("/")[2], name) if entry.kind in _OWN_PAGE else ""
