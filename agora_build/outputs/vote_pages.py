"""Turns a vote by ballot into its page: how one votes, the result once it may be shown, how anyone can count again."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator
from typing import Any

from agora_build.content.models import Debate
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread, Vote
from agora_build.content.states import Opening, debate_state
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class VotePage(Record, frozen=True):
    """Everything the page of a vote shows; `folder` holds the files that anyone can count again."""

    path: str
    folder: str
    masthead: Masthead
    debate: Entry[Debate]
    state: Opening
    vote: Vote


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the page of a debate in which one votes by ballot."""
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    if thread.vote is not None and debate.meta.ballot is not None:
        urls = Urls(site.config.city.language)
        path = urls.vote(microsite.slug, debate.slug)
        head = masthead(microsite, urls, today, "debates")
        state = debate_state(debate.meta, microsite.campaign.meta, today)
        yield Output(path, VotePage(path, posixpath.dirname(path), head, debate, state, thread.vote), render)


def render(page: VotePage, theme: Theme) -> bytes:
    """Write the page of a vote."""
    return theme.page("vote.html", page.path, masthead=page.masthead, page=page)
