"""Turns a campaign and a day into the sheets to print that serve then: posters, guides, paper forms, ballots."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator
from typing import Literal

from agora_build.content.models import Debate
from agora_build.content.site import Entry, Microsite
from agora_build.content.states import campaign_state, debate_state
from agora_build.record import Record
from agora_build.urls import Urls

SheetKind = Literal["poster", "flyer", "guide", "home-debate", "sign-up", "form", "ballot", "count", "booklet"]
Variant = Literal["", "large", "plain"]
VARIANTS: tuple[Variant, ...] = ("", "large", "plain")
PURPOSES: dict[SheetKind, Literal["communication", "participation"]] = {
    "poster": "communication",
    "flyer": "communication",
    "guide": "participation",
    "home-debate": "participation",
    "sign-up": "participation",
    "form": "participation",
    "ballot": "participation",
    "count": "participation",
    "booklet": "communication",
}
_FILLED_IN: tuple[SheetKind, ...] = ("home-debate", "sign-up", "form", "count")


class Sheet(Record, frozen=True):
    """A sheet to print: what it is, the debate it is about ('' for the campaign as a whole), and its page.

    A form has variants: in large print, and in plain language.
    """

    kind: SheetKind
    path: str
    target: str = ""
    variant: Variant = ""

    @property
    def pdf(self) -> str:
        """Give its PDF, beside its page, under a name that says what it is once it is downloaded."""
        folder = posixpath.dirname(self.path)
        steps = folder.split("/")  # campagnes, the campaign, feuilles, what it is
        return f"{folder}/{'-'.join(steps[1:2] + steps[3:])}.pdf"

    @property
    def fillable(self) -> bool:
        """Tell whether one writes on it."""
        return self.kind in _FILLED_IN


def sheets(microsite: Microsite, urls: Urls, today: datetime.date) -> tuple[Sheet, ...]:
    """List the sheets of a campaign, in the order shown; once it is closed, nobody is to be called or asked."""
    return tuple(_while_it_lasts(microsite, urls, today))


def booklet_of(microsite: Microsite, urls: Urls) -> Sheet:
    """Give the booklet that holds all of a campaign; it is made with the PDF files."""
    return Sheet("booklet", urls.sheet(microsite.slug, "booklet"))


def last_debates(microsite: Microsite, today: datetime.date) -> tuple[Entry[Debate], ...]:
    """List the debates that are open, or still to open: their sheets are printed before."""
    campaign = microsite.campaign.meta
    return tuple(debate for debate in microsite.debates if debate_state(debate.meta, campaign, today) != "closed")


def _while_it_lasts(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[Sheet]:
    slug = microsite.slug
    if campaign_state(microsite.campaign.meta, today) == "closed":
        return
    whole: tuple[SheetKind, ...] = ("poster", "flyer", "guide", "home-debate", "sign-up")
    for kind in whole:
        yield Sheet(kind, urls.sheet(slug, kind))
    for debate in last_debates(microsite, today):
        for variant in VARIANTS:
            yield Sheet("form", urls.sheet(slug, "form", debate.slug, variant), debate.slug, variant)
        voted: tuple[SheetKind, ...] = ("ballot", "count") if debate.meta.ballot else ()
        for kind in voted:
            yield Sheet(kind, urls.sheet(slug, kind, debate.slug), debate.slug)
