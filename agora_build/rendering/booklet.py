"""Turns all that a campaign holds into one booklet, in reading order: a page, or a PDF with page numbers."""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Iterator

from markupsafe import Markup

from agora_build.content.meetings import Meeting
from agora_build.content.models import Contribution, Debate, Decision, Resource
from agora_build.content.questions import Followed
from agora_build.content.sections import Masthead
from agora_build.content.sheets import Sheet
from agora_build.content.site import Entry, Voices
from agora_build.content.states import Opening
from agora_build.content.steps import TimelineStep
from agora_build.record import Record
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

_HEADING = re.compile(r"(</?h)([1-6])\b")
_LINK = re.compile(r'<a href="([^":#]+)(?:#[^"]*)?"')
_DEEPEST = 6


class Told(Record, frozen=True):
    """A debate and what was said in it; of a long one, `left` contributions are not told."""

    entry: Entry[Debate]
    state: Opening
    said: tuple[Entry[Contribution], ...]
    voices: Voices
    left: int


class Booklet(Record, frozen=True):
    """Everything of a campaign; `day` is that of the last thing in it, None when nothing happened yet."""

    sheet: Sheet
    masthead: Masthead
    day: datetime.date | None
    steps: tuple[TimelineStep, ...]
    debates: tuple[Told, ...]
    meetings: tuple[Meeting, ...]
    questions: tuple[Followed, ...]
    decisions: tuple[Entry[Decision], ...]
    resources: tuple[Entry[Resource], ...]


def render(booklet: Booklet, theme: Theme, *, alone: bool = False) -> bytes:
    """Write the booklet; `alone`, its links to what it holds lead inside it."""
    given = {"masthead": booklet.masthead, "page": booklet, "alone": alone, "deeper": _deeper}
    html = theme.page("booklet.html", booklet.sheet.path, **given)
    return _inside(html.decode(), booklet, theme.urls).encode() if alone else html


def _deeper(html: Markup, levels: int) -> Markup:
    """Put the headings of a text some levels down, below that of the text itself."""
    return Markup(_HEADING.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + levels, _DEEPEST)}", html))


def _inside(html: str, booklet: Booklet, urls: Urls) -> str:
    anchors = dict(_anchors(booklet, urls))
    folder = posixpath.dirname(booklet.sheet.path)

    def lead(link: re.Match[str]) -> str:
        anchor = anchors.get(posixpath.normpath(posixpath.join(folder, link[1])))
        return f'<a class="inside" href="#{anchor}"' if anchor else link[0]

    return _LINK.sub(lead, html)


def _anchors(booklet: Booklet, urls: Urls) -> Iterator[tuple[str, str]]:
    """Give, for each page of the site that the booklet holds, where it is told."""
    slug = booklet.masthead.campaign.slug
    yield urls.campaign(slug), "presentation"
    if booklet.masthead.meta.rules:
        yield urls.part(slug, "rules"), "regles"
    if booklet.steps:
        yield urls.part(slug, "timeline"), "etapes"
    for told in booklet.debates:
        yield urls.item(slug, "debates", told.entry.slug), f"debat-{told.entry.slug}"
        for said in told.said:
            yield urls.item(slug, "contributions", said.slug), f"contribution-{said.slug}"
    for meeting in booklet.meetings:
        yield urls.item(slug, "workshops", meeting.entry.slug), f"rencontre-{meeting.entry.slug}"
    for question in booklet.questions:
        yield urls.item(slug, "questions", question.entry.slug), f"question-{question.entry.slug}"
    for decision in booklet.decisions:
        yield urls.item(slug, "decisions", decision.slug), f"decision-{decision.slug}"
    for resource in booklet.resources:
        yield urls.item(slug, "resources", resource.slug), f"ressource-{resource.slug}"
