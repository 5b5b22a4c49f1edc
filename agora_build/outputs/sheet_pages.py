"""Turns a campaign into the sheets that serve it, each a page of the site that prints as the sheet itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.sheets import sheets
from agora_build.content.site import Site
from agora_build.rendering import sheet_page
from agora_build.rendering.output import Output
from agora_build.rendering.sheet_page import SheetPage
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the sheets of each campaign, and the QR codes they show."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        pages = [sheet_page.sheet_page(site, microsite, sheet, today) for sheet in sheets(microsite, urls, today)]
        for page in pages:
            yield Output(page.sheet.path, page, render)
        for code, target in dict.fromkeys((page.code, page.target) for page in pages):
            yield Output(code, target, render_code)


def render(page: SheetPage, theme: Theme) -> bytes:
    """Write the page of a sheet."""
    return sheet_page.render(page, theme)


def render_code(target: str, theme: Theme) -> bytes:
    """Draw the QR code of the public address of a page."""
    return sheet_page.code(target, theme)
