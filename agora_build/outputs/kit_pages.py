"""Turns the kits of a campaign into their list, and each into a page that prints on A4 as the kit itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.files import Attachment, attachment
from agora_build.content.models import Kit
from agora_build.content.sections import Masthead, masthead
from agora_build.content.sheets import PURPOSES as SHEET_PURPOSES
from agora_build.content.sheets import Sheet, booklet_of, sheets
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

PURPOSES = ("participation", "communication")


class KitList(Record, frozen=True):
    """The kits of a campaign by purpose: those that staff wrote, and the sheets made from the campaign itself.

    `questions` are those of the debates that sheets are about.
    """

    path: str
    masthead: Masthead
    groups: tuple[tuple[str, tuple[Entry[Kit], ...], tuple[Sheet, ...]], ...]
    questions: tuple[tuple[str, str], ...]
    batches: str = ""  # the page that tells of the paper sheets given out, if any were
    booklet: Sheet | None = None
    sizes: tuple[tuple[str, int], ...] = ()  # of the PDF files that were made, by their paths
    day: datetime.date | None = None  # as of which they are


class KitPage(Record, frozen=True):
    """A kit and its files; `others` are the campaign's other kits."""

    path: str
    masthead: Masthead
    kit: Entry[Kit]
    files: tuple[Attachment, ...]
    others: tuple[Entry[Kit], ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list a campaign, and a page a kit."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        listing = _listing(site, microsite, urls, today)
        yield Output(listing.path, listing, render_list)
        for kit in microsite.kits:
            page = KitPage(
                path=urls.item(microsite.slug, "kits", kit.slug),
                masthead=masthead(microsite, urls, today, "kits"),
                kit=kit,
                files=tuple(attachment(site, kit.path, name) for name in kit.meta.files),
                others=tuple(other for other in microsite.kits if other != kit),
            )
            yield Output(page.path, page, render_page)


def render_list(listing: KitList, theme: Theme) -> bytes:
    """Write a campaign's list of kits."""
    return theme.page("kits.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: KitPage, theme: Theme) -> bytes:
    """Write a kit's page."""
    return theme.page("kit.html", page.path, masthead=page.masthead, page=page)


def _listing(site: Site, microsite: Microsite, urls: Urls, today: datetime.date) -> KitList:
    made = sheets(microsite, urls, today)
    about = {sheet.target for sheet in made}
    booklet = booklet_of(microsite, urls)
    groups = (
        (
            name,
            tuple(kit for kit in microsite.kits if kit.meta.purpose == name),
            tuple(sheet for sheet in made if SHEET_PURPOSES[sheet.kind] == name),
        )
        for name in PURPOSES
    )
    return KitList(
        path=urls.part(microsite.slug, "kits"),
        masthead=masthead(microsite, urls, today, "kits"),
        groups=tuple(group for group in groups if group[1] or group[2]),
        sizes=tuple((sheet.pdf, site.pdfs[sheet.pdf]) for sheet in (*made, booklet) if sheet.pdf in site.pdfs),
        day=today if site.pdfs else None,
        booklet=booklet if booklet.pdf in site.pdfs else None,
        questions=tuple((item.slug, item.meta.question) for item in microsite.debates if item.slug in about),
        batches=urls.part(microsite.slug, "batches") if microsite.batches else "",
    )
