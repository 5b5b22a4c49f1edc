"""Turns questions and answers into Atom feeds: answers (a campaign, the city), overdue questions, one a question."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from markupsafe import escape

from agora_build.content.models import Answer, Question
from agora_build.content.questions import Followed, followed, given
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering import syndication
from agora_build.rendering.citizen import excerpt
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

NEWEST = 30
_TITLES = {
    "question": ("Question", "Question: {title}"),
    "answer": ("Answer", "Answer: {title}"),
    "reply": ("Answer", "Answer to a contribution: {title}"),
    "overdue": ("Overdue question", "Still without an answer: {title}"),
}
_FEEDS = {
    "answers": ("Answers: {title}", "The official answers to what was asked and said, as they are given."),
    "overdue": ("Overdue questions: {title}", "The questions that have waited for longer than the rules promise."),
    "question": ("Question: {title}", "This question, then its official answer."),
}
_LONGEST = 80  # letters of a question without a title


class Event(Record, frozen=True):
    """Something that happened: its kind (a key of _TITLES), day, lasting name, text, office and page.

    Without a title, its title is the first words of `asked`.
    """

    kind: Literal["question", "answer", "reply", "overdue"]
    day: datetime.date
    name: str
    title: str
    asked: str
    text: str
    office: str
    target: str


class Feed(Record, frozen=True):
    """A feed: its kind (a key of _FEEDS), what it is of, the page it tells of; `since` dates it while it is empty."""

    path: str
    kind: Literal["answers", "overdue", "question"]
    title: str
    page: str
    since: datetime.date
    events: tuple[Event, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the feed of a campaign's answers, and one a question."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        slug, meta = microsite.slug, microsite.campaign.meta
        page = urls.part(slug, "questions")
        events = _newest(_answers(microsite, urls, today))
        yield _output(Feed(urls.answers_feed(slug), "answers", meta.title, page, meta.opens, events))
        for item in followed(microsite, today):
            yield _output(_thread(item, urls))


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the feeds of all answers, and of the questions that are overdue."""
    urls = Urls(site.config.city.language)
    page, title = urls.section("followup"), site.config.city.name
    since = min((microsite.campaign.meta.opens for microsite in site.microsites), default=today)
    answers = _newest(event for microsite in site.microsites for event in _answers(microsite, urls, today))
    overdue = _newest(event for microsite in site.microsites for event in _overdue(microsite, urls, today))
    yield _output(Feed(urls.answers_feed(), "answers", title, page, since, answers))
    yield _output(Feed(urls.overdue_feed(), "overdue", title, page, since, overdue))


def render(feed: Feed, theme: Theme) -> bytes:
    """Write a feed."""
    city = theme.config.city
    title, description = _FEEDS[feed.kind]
    channel = syndication.Channel(
        title=f"{theme.text(title, title=feed.title)} – {city.site}",
        description=theme.text(description),
        language=theme.language,
        author=city.name,
        rights=theme.config.publication.licence,
        page=theme.absolute(feed.page),
        address=theme.absolute(feed.path),
        updated=_noon(max((event.day for event in feed.events), default=feed.since), city.timezone),
    )
    return syndication.atom(channel, tuple(_news(event, theme) for event in feed.events))


def _output(feed: Feed) -> Output[Any]:
    return Output(feed.path, feed, render)


def _newest(events: Iterator[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.day, event.name), reverse=True)[:NEWEST])


def _answers(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[Event]:
    questions = {entry.slug: entry for entry in microsite.questions}
    erased = {entry.slug for entry in microsite.erased}
    for name, answer in given(microsite, today).items():
        question = questions.get(name)
        if question:
            yield _answered(question, answer, urls)
        else:
            folder = "questions" if name in erased else "contributions"
            target, title = urls.item(microsite.slug, folder, name), microsite.campaign.meta.title
            yield Event("reply", answer.meta.date, _name(answer), title, "", answer.body, answer.meta.by, target)


def _overdue(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[Event]:
    """Tell of what is overdue from the day after its deadline."""
    for item in followed(microsite, today):
        if item.state == "overdue" and item.deadline:
            name = f"{_name(item.entry)}/overdue"
            day = item.deadline + datetime.timedelta(days=1)
            yield _event("overdue", day, name, item.entry, item.entry.body, item.entry.meta.to, urls)


def _thread(item: Followed, urls: Urls) -> Feed:
    entry = item.entry
    asked = _event("question", entry.meta.date, _name(entry), entry, entry.body, entry.meta.to, urls)
    events = (_answered(entry, item.answer, urls), asked) if item.answer else (asked,)
    path, page = urls.question_feed(entry.campaign, entry.slug), urls.item(entry.campaign, "questions", entry.slug)
    title = entry.meta.title or entry.meta.date.isoformat()
    return Feed(path, "question", title, page, entry.meta.date, events)


def _answered(question: Entry[Question], answer: Entry[Answer], urls: Urls) -> Event:
    return _event("answer", answer.meta.date, _name(answer), question, answer.body, answer.meta.by, urls)


def _event(  # noqa: PLR0913, PLR0917 - what an event is made of
    kind: Literal["question", "answer", "overdue"],
    day: datetime.date,
    name: str,
    question: Entry[Question],
    text: str,
    office: str,
    urls: Urls,
) -> Event:
    target = urls.item(question.campaign, "questions", question.slug)
    return Event(kind, day, name, question.meta.title or "", question.body, text, office, target)


def _name(entry: Entry[Any]) -> str:
    return entry.path.removeprefix("content/").removesuffix(".md")


def _news(event: Event, theme: Theme) -> syndication.News:
    zone = theme.config.city.timezone
    category, title = _TITLES[event.kind]
    office = theme.config.office_name(event.office)
    shown = event.title or excerpt(event.asked, _LONGEST)
    return syndication.News(
        id=syndication.tag(theme.base_url, event.name),
        title=theme.text(title, title=shown),
        page=theme.absolute(event.target),
        published=_noon(event.day, zone),
        updated=_noon(event.day, zone),
        category=theme.text(category),
        content="".join(f"<p>{escape(paragraph)}</p>" for paragraph in (office, theme.plain(event.text))),
    )


def _noon(day: datetime.date, timezone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), ZoneInfo(timezone))
