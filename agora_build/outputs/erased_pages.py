"""Turns what its author had erased into a page that says so, with what others made of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.models import Answer, Contribution, Debate, Erased, ErasedPlace, ErasedQuestion, Resource
from agora_build.content.moderation_checks import FOLDERS
from agora_build.content.questions import given
from agora_build.content.sections import Masthead, SectionName, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.content.voices import Outcome, from_workshop, outcomes_of_contributions
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class ErasedPage(Record, frozen=True):
    """What is left: neither a name, nor a title, nor a word."""

    path: str
    masthead: Masthead
    entry: Entry[Erased]
    debate: Entry[Debate] | None = None
    answer: Entry[Answer] | None = None
    documents: tuple[Entry[Resource], ...] = ()  # of the answer
    outcomes: tuple[Outcome, ...] = ()
    replies: tuple[Entry[Contribution], ...] = ()
    spoken: tuple[Entry[Contribution], ...] = ()  # in a meeting


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a contribution that was erased."""
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    for entry in thread.erased:
        answer = given(microsite, today).get(entry.slug)
        page = ErasedPage(
            path=urls.item(microsite.slug, "contributions", entry.slug),
            masthead=masthead(microsite, urls, today, "debates"),
            entry=entry,
            debate=debate,
            answer=answer,
            documents=_documents(microsite, answer),
            outcomes=outcomes_of_contributions(microsite).get(entry.slug, ()),
            replies=thread.replies(entry.slug),
        )
        yield Output(page.path, page, render)


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a question, and a meeting, that was erased; the points of a map have no page of their own."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        answers = given(microsite, today)
        for entry in microsite.erased:
            if isinstance(entry.meta, ErasedPlace):
                continue
            asked = isinstance(entry.meta, ErasedQuestion)
            section: SectionName = "questions" if asked else "agenda"
            answer = answers.get(entry.slug) if asked else None
            page = ErasedPage(
                path=urls.item(microsite.slug, FOLDERS[entry.meta.kind], entry.slug),
                masthead=masthead(microsite, urls, today, section),
                entry=entry,
                answer=answer,
                documents=_documents(microsite, answer),
                spoken=() if asked else from_workshop(microsite, entry.slug),
            )
            yield Output(page.path, page, render)


def render(page: ErasedPage, theme: Theme) -> bytes:
    """Write the page of what was erased."""
    return theme.page("erased.html", page.path, masthead=page.masthead, page=page)


def _documents(microsite: Microsite, answer: Entry[Answer] | None) -> tuple[Entry[Resource], ...]:
    named = answer.meta.documents if answer else ()
    return tuple(item for item in microsite.resources if item.slug in named)
