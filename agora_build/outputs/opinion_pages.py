"""Turns the votes on short sentences into a page that says what everyone shares, what divides, and who thinks alike."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from agora_build.civic.opinions import Direction, Finding, Group, Opinion, Opinions, Representative, Tally
from agora_build.content.models import Contribution, Debate
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread, Vote
from agora_build.content.states import Opening, debate_state
from agora_build.record import Record
from agora_build.rendering.opinion_picture import picture
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class Line(Record, frozen=True):
    """A sentence with what everyone and each group say of it; `direction` is what is found of it, if something is."""

    sentence: Entry[Contribution]
    opinion: Opinion
    direction: Direction | None = None


class Telling(Record, frozen=True):
    """A sentence that tells a group from the others: what the group says, and what the others say."""

    sentence: Entry[Contribution]
    direction: Direction
    here: Tally
    elsewhere: Tally


class GroupLines(Record, frozen=True):
    """A group of opinion, with what tells it apart."""

    group: Group
    telling: tuple[Telling, ...]


class OpinionsPage(Record, frozen=True):
    """Everything the page of opinions shows; `folder` holds the files that anyone can count again."""

    path: str
    folder: str
    masthead: Masthead
    debate: Entry[Debate]
    state: Opening
    vote: Vote
    opinions: Opinions
    shared: tuple[Line, ...]
    divisive: tuple[Line, ...]
    unclear: tuple[Line, ...]
    groups: tuple[GroupLines, ...]
    lines: tuple[Line, ...]


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the page of opinions of a debate on sentences, once its votes may be shown."""
    vote = thread.vote
    if vote is not None and isinstance(vote.result, Opinions):
        urls = Urls(site.config.city.language)
        page = _page(microsite, thread, vote, vote.result, urls, today)
        yield Output(page.path, page, render)


def render(page: OpinionsPage, theme: Theme) -> bytes:
    """Write the page of opinions."""
    title = theme.text("The groups of opinion")
    description = theme.text("Each mark stands for people who voted alike; the table that follows gives the figures.")
    drawn = Markup(picture(page.opinions, title, description)) if page.opinions.spots else ""
    return theme.page("opinions.html", page.path, masthead=page.masthead, page=page, picture=drawn)


def _page(  # noqa: PLR0913, PLR0917 - what it gathers
    microsite: Microsite, thread: Thread, vote: Vote, opinions: Opinions, urls: Urls, today: datetime.date
) -> OpinionsPage:
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    sentences = {entry.slug: entry for entry in thread.contributions}
    path = urls.vote(microsite.slug, debate.slug)

    def found(findings: tuple[Finding, ...]) -> tuple[Line, ...]:
        return tuple(Line(sentences[item.statement], item.opinion, item.direction) for item in findings)

    return OpinionsPage(
        path=path,
        folder=posixpath.dirname(path),
        masthead=masthead(microsite, urls, today, "debates"),
        debate=debate,
        state=debate_state(debate.meta, microsite.campaign.meta, today),
        vote=vote,
        opinions=opinions,
        shared=found(opinions.shared),
        divisive=found(opinions.divisive),
        unclear=found(opinions.unclear),
        groups=tuple(
            GroupLines(group, tuple(_telling(opinions, rank, item, sentences) for item in group.representative))
            for rank, group in enumerate(opinions.groups)
        ),
        lines=tuple(Line(sentences[opinion.statement], opinion) for opinion in opinions.statements),
    )


def _telling(opinions: Opinions, rank: int, item: Representative, sentences: dict[str, Entry[Contribution]]) -> Telling:
    groups = opinions.opinion(item.statement).groups
    others = [tally for place, tally in enumerate(groups) if place != rank]
    elsewhere = sum(others, Tally(0, 0, 0))
    return Telling(sentences[item.statement], item.direction, groups[rank], elsewhere)
