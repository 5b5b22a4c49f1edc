"""Turns a campaign into its booklet, as a page and as a PDF: all that it holds, to read or to print in one go."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agora_build.content.meetings import meetings
from agora_build.content.models import Contribution
from agora_build.content.questions import followed
from agora_build.content.sections import masthead
from agora_build.content.sheets import booklet_of
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.states import debate_state
from agora_build.content.steps import merged_steps
from agora_build.content.voices import NOBODY
from agora_build.record import Record
from agora_build.rendering import booklet, pdf
from agora_build.rendering.booklet import Booklet, Told
from agora_build.rendering.output import File, Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

Said = Mapping[str, tuple[Entry[Contribution], ...]]  # by debate
MOST = 200  # contributions that are told of a debate: the others are counted
_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp")


class BookletPdf(Record, frozen=True):
    """A booklet, the files that it shows, and what makes PDF files."""

    booklet: Booklet
    files: tuple[tuple[str, File], ...]
    engine: str


def outputs(
    site: Site, said: Said, today: datetime.date, folders: tuple[Path, ...], engine: str
) -> Iterator[Output[Any]]:
    """Declare the booklet of each campaign, given what was said in its debates, and its PDF."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        made = gathered(microsite, said, urls, today)
        files = (*pdf.theme_files(folders, urls), *_pictures(site, microsite, urls))
        yield Output(made.sheet.path, made, render)
        yield Output(made.sheet.pdf, BookletPdf(made, files, engine), render_pdf)


def gathered(microsite: Microsite, said: Said, urls: Urls, today: datetime.date) -> Booklet:
    """Gather all that a campaign holds on a day."""
    voices = {summary.debate: summary.voices for summary in microsite.threads}
    debates = []
    for entry in microsite.debates:
        told = said.get(entry.slug, ())[:MOST]
        heard = voices.get(entry.slug, NOBODY)
        left = heard.individual + heard.collective - len(told)
        state = debate_state(entry.meta, microsite.campaign.meta, today)
        debates.append(Told(entry, state, told, heard, max(0, left)))
    decisions = tuple(entry for entry in microsite.decisions if entry.meta.date <= today)
    return Booklet(
        sheet=booklet_of(microsite, urls),
        masthead=masthead(microsite, urls, today, "kits"),
        day=_last_day(microsite, debates, today),
        steps=merged_steps(microsite, urls, today),
        debates=tuple(debates),
        meetings=tuple(meetings(microsite, today)),
        questions=followed(microsite, today),
        decisions=tuple(reversed(decisions)),
        resources=tuple(reversed(microsite.resources)),
    )


def render(made: Booklet, theme: Theme) -> bytes:
    """Write the page of a booklet."""
    return booklet.render(made, theme)


def render_pdf(made: BookletPdf, theme: Theme) -> bytes:
    """Make the PDF of a booklet."""
    shown = {path: file.source.read_bytes() for path, file in made.files}
    html = booklet.render(made.booklet, theme, alone=True)
    return pdf.pdf(html, theme.place(made.booklet.sheet.path), theme.base_url, shown)


def _last_day(microsite: Microsite, debates: list[Told], today: datetime.date) -> datetime.date | None:
    days = [microsite.campaign.meta.opens]
    days += [entry.meta.date for told in debates for entry in told.said]
    days += [entry.meta.date for entries in (microsite.decisions, microsite.answers) for entry in entries]
    return max((day for day in days if day <= today), default=None)


def _pictures(site: Site, microsite: Microsite, urls: Urls) -> Iterator[tuple[str, File]]:
    """List the pictures of a campaign."""
    for name in site.media:
        if name.startswith(f"content/campaigns/{microsite.slug}/") and name.endswith(_PICTURES):
            path = Path(site.root, name)
            yield urls.media(name), File(path, hashlib.sha256(path.read_bytes()).hexdigest())
