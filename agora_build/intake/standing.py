"""Turns an entry of the journal into what its author is told at the receipt's address; never its text."""

from __future__ import annotations

from dataclasses import dataclass

from agora_build.content.models import Reason
from agora_build.intake.journal import Entry, State
from agora_build.urls import Urls

_OWN_PAGE = ("contribution", "question", "workshop")


@dataclass(frozen=True, slots=True)
class Told:
    """Where what somebody sent stands, the reason (title and text) and the message of a refusal.

    `page` is the output path of the published text, with its place on the map for a point; '' as long as it is not.
    """

    state: State
    reason: str = ""
    explained: str = ""
    message: str = ""
    page: str = ""


def told(entry: Entry, reasons: tuple[Reason, ...], urls: Urls) -> Told:
    """Tell the author of an entry, given the moderation policy of its campaign as it is published."""
    if entry.state == "refused":
        reason = next((item for item in reasons if item.id == entry.reason), None)
        title, text = (reason.title, reason.text) if reason else ("", "")
        return Told("refused", title, text, entry.message)
    if entry.state == "merged":
        return Told("merged", page=_page(entry, urls))
    return Told(entry.state)


def _page(entry: Entry, urls: Urls) -> str:
    folder, _, name = entry.path.removesuffix(".md").rpartition("/")
    if entry.kind == "place":
        return urls.source(entry.path)
    return urls.item(entry.campaign, folder.rpartition("/")[2], name) if entry.kind in _OWN_PAGE else ""
