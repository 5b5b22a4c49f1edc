"""Turns a campaign into what one of its sheets says, and that into the page that prints as the sheet itself."""

from __future__ import annotations

import datetime

from agora_build.content.forms import Form, debate_forms, ground_of
from agora_build.content.meetings import Meeting, next_meetings
from agora_build.content.models import Debate
from agora_build.content.sections import Masthead, masthead
from agora_build.content.sheets import Sheet, last_debates
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering import qr
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

_MEETINGS = 3  # that a poster has room for


class SheetPage(Record, frozen=True):
    """What a sheet says: all of it comes from the campaign.

    `target` is the page to which its QR code leads, and `code` the picture of that code. `batch` and `number` are
    those of a paper form when they are known as it is printed; without them, there are boxes to write them in. `size`
    is that of its PDF, in bytes, as of `day`; None when none was made.
    """

    sheet: Sheet
    masthead: Masthead
    target: str
    code: str
    debates: tuple[Entry[Debate], ...]
    meetings: tuple[Meeting, ...]
    debate: Entry[Debate] | None = None
    form: Form | None = None
    batch: str = ""
    number: int = 0
    size: int | None = None
    day: datetime.date | None = None


def sheet_page(site: Site, microsite: Microsite, sheet: Sheet, today: datetime.date) -> SheetPage:
    """Gather what a sheet says."""
    urls = Urls(site.config.city.language)
    slug, debate = microsite.slug, next((item for item in microsite.debates if item.slug == sheet.target), None)
    return SheetPage(
        sheet=sheet,
        masthead=masthead(microsite, urls, today, "kits"),
        target=urls.item(slug, "debates", debate.slug) if debate else urls.campaign(slug),
        code=urls.sheet_code(slug, sheet.target),
        debates=last_debates(microsite, today),
        meetings=next_meetings(microsite, today)[:_MEETINGS],
        debate=debate,
        form=_form(site, microsite, debate, today) if debate and sheet.kind == "form" else None,
        size=site.pdfs.get(sheet.pdf),
        day=today if sheet.pdf in site.pdfs else None,
    )


def render(page: SheetPage, theme: Theme, *, alone: bool = False) -> bytes:
    """Write the page of a sheet; `alone`, nothing stands around it, and what one writes on it can be typed."""
    template = f"sheet_{page.sheet.kind.replace('-', '_')}.html"
    return theme.page(template, page.sheet.path, masthead=page.masthead, page=page, alone=alone)


def code(target: str, theme: Theme) -> bytes:
    """Draw the QR code of the public address of a page."""
    return qr.svg(theme.absolute(target))


def _form(site: Site, microsite: Microsite, debate: Entry[Debate], today: datetime.date) -> Form:
    """Give the form by which one speaks in a debate, as it will be when it is open."""
    ground = ground_of(site.config, microsite)
    day = max(today, debate.meta.opens, microsite.campaign.meta.opens)
    return next(form for form in debate_forms(ground, debate, (), day) if form.kind == "contribution")
