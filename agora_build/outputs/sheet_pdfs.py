"""Turns the sheets of a campaign into tagged PDF files, beside their pages: what one writes on them can be typed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.sheets import sheets
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering import pdf, sheet_page
from agora_build.rendering.output import File, Output
from agora_build.rendering.sheet_page import SheetPage
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class SheetPdf(Record, frozen=True):
    """A sheet, the files that its page shows, and what makes PDF files."""

    page: SheetPage
    files: tuple[tuple[str, File], ...]
    engine: str


def outputs(site: Site, today: datetime.date, folders: tuple[Path, ...], engine: str) -> Iterator[Output[Any]]:
    """Declare the PDF of each sheet."""
    urls = Urls(site.config.city.language)
    files = pdf.theme_files(folders, urls)
    for microsite in site.microsites:
        for sheet in sheets(microsite, urls, today):
            page = sheet_page.sheet_page(site, microsite, sheet, today)
            yield Output(sheet.pdf, SheetPdf(page, files, engine), render)


def render(made: SheetPdf, theme: Theme) -> bytes:
    """Make the PDF of a sheet."""
    page = made.page
    shown = {path: file.source.read_bytes() for path, file in made.files}
    shown[theme.place(page.code)] = sheet_page.code(page.target, theme)
    html = sheet_page.render(page, theme, alone=True)
    return pdf.pdf(html, theme.place(page.sheet.path), theme.base_url, shown, fillable=page.sheet.fillable)
