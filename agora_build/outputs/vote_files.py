"""Turns what may be known of a vote into public files: its tables as they are, its rules and its count as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.civic.opinions import Opinions, opinions_of
from agora_build.civic.seals import rules_of
from agora_build.civic.tally import tally_of
from agora_build.content.counting import Result
from agora_build.content.envelope import envelope_of
from agora_build.content.site import Microsite, Site, Thread
from agora_build.rendering.output import File, Output, copied
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the public copy of each file of a vote that may be known, and what anyone needs to count again."""
    urls = Urls(site.config.city.language)
    vote = thread.vote
    for file in vote.files if vote else ():
        path = urls.vote(microsite.slug, thread.debate, file.name)
        yield Output(path, File(Path(site.root, file.path), file.digest), copied)
    debate = next(item for item in microsite.debates if item.slug == thread.debate).meta
    if vote is not None and debate.ballot is not None:
        name, period = f"{microsite.slug}/{thread.debate}", (debate.opens, debate.closes)
        options = tuple(option.id for option in debate.offered)
        rules = rules_of(name, period, options, debate.ballot, envelope_of(vars(debate)))
        yield Output(urls.vote(microsite.slug, thread.debate, "vote.json"), rules, render_rules)
    if vote is not None:
        if isinstance(vote.result, Opinions):
            yield Output(urls.vote(microsite.slug, thread.debate, "opinions.json"), vote.result, render_opinions)
        if isinstance(vote.result, Result):
            yield Output(urls.vote(microsite.slug, thread.debate, "tally.json"), vote.result, render_tally)


def render_rules(rules: bytes, theme: Theme) -> bytes:  # noqa: ARG001
    """Write the rules of a vote."""
    return rules


def render_opinions(found: Opinions, theme: Theme) -> bytes:  # noqa: ARG001
    """Write what was computed of opinions."""
    return opinions_of(found)


def render_tally(result: Result, theme: Theme) -> bytes:  # noqa: ARG001
    """Write the count of a vote."""
    paper = result.paper.count if result.paper else None
    return tally_of(result.count, paper, result.sent, result.used, result.together)
