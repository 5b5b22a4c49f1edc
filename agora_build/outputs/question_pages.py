"""Turns questions put to the city into their list, where each stands, and into a page a question with its answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.civic.followup import State, Tally, tally
from agora_build.content.models import Decision, Erased, Resource, Workshop
from agora_build.content.questions import AnsweredContribution, Followed, answered_contributions, asked, followed
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Voices
from agora_build.content.voices import voices
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

# The order of the list, and which states come together: what the city owes first.
GROUPS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("overdue", ("overdue",)),
    ("waiting", ("waiting",)),
    ("answered", ("answered", "late")),
)


class QuestionList(Record, frozen=True):
    """The questions of a campaign, overdue ones first, and the answers to contributions."""

    path: str
    masthead: Masthead
    counts: Tally
    voices: Voices
    groups: tuple[tuple[str, tuple[Followed, ...]], ...]
    contributions: tuple[AnsweredContribution, ...]
    erased: tuple[Entry[Erased], ...]
    within: int | None
    feed: str


class QuestionPage(Record, frozen=True):
    """Everything a question's page shows."""

    path: str
    masthead: Masthead
    question: Followed
    within: int | None
    workshop: Entry[Workshop] | None
    decision: Entry[Decision] | None
    documents: tuple[Entry[Resource], ...]
    feed: str


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list a campaign, even an empty one that says how to ask, and a page a question."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        head = masthead(microsite, urls, today, "questions")
        questions = followed(microsite, today)
        listing = _listing(microsite, questions, head, urls, today)
        yield Output(listing.path, listing, render_list)
        for question in questions:
            page = _page(microsite, question, head, urls)
            yield Output(page.path, page, render_page)


def render_list(listing: QuestionList, theme: Theme) -> bytes:
    """Write a campaign's list of questions."""
    return theme.page("questions.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: QuestionPage, theme: Theme) -> bytes:
    """Write a question's page."""
    return theme.page("question.html", page.path, masthead=page.masthead, page=page)


def _listing(
    microsite: Microsite, questions: tuple[Followed, ...], head: Masthead, urls: Urls, today: datetime.date
) -> QuestionList:
    groups = ((name, tuple(item for item in questions if item.state in states)) for name, states in GROUPS)
    return QuestionList(
        path=urls.part(microsite.slug, "questions"),
        masthead=head,
        counts=tally(asked(microsite), today),
        voices=voices(microsite.questions),
        groups=tuple((name, _ordered(name, found)) for name, found in groups if found),
        contributions=answered_contributions(microsite, today),
        erased=tuple(entry for entry in microsite.erased if entry.meta.kind == "question"),
        within=_within(microsite),
        feed=urls.answers_feed(microsite.slug),
    )


def _ordered(name: str, questions: tuple[Followed, ...]) -> tuple[Followed, ...]:
    """Put what waits the longest first; of those answered, the last answers."""
    if name != "answered":
        return questions
    return tuple(sorted(questions, key=_answered, reverse=True))


def _answered(item: Followed) -> tuple[datetime.date, str]:
    return item.answer.meta.date if item.answer else item.entry.meta.date, item.entry.slug


def _page(microsite: Microsite, question: Followed, head: Masthead, urls: Urls) -> QuestionPage:
    meta, answer = question.entry.meta, question.answer
    named = answer.meta.documents if answer else ()
    return QuestionPage(
        path=urls.item(microsite.slug, "questions", question.entry.slug),
        masthead=head,
        question=question,
        within=_within(microsite),
        workshop=next((item for item in microsite.workshops if item.slug == meta.workshop), None),
        decision=next((item for item in microsite.decisions if item.slug == meta.decision), None),
        documents=tuple(item for item in microsite.resources if item.slug in named),
        feed=urls.question_feed(microsite.slug, question.entry.slug),
    )


def _within(microsite: Microsite) -> int | None:
    rules = microsite.campaign.meta.rules
    return rules.reply_within_days if rules else None
