"""Turns a debate into what can be said of it as a whole: what its synthesis rests on, and what waits for an answer."""

from __future__ import annotations

import datetime
import posixpath
from urllib.parse import unquote

from agora_build.content import markdown_scan
from agora_build.content.models import Contribution, Debate
from agora_build.content.questions import given
from agora_build.content.site import Entry, Microsite, Thread
from agora_build.content.voices import outcomes_of_contributions


def has_page(debate: Entry[Debate], thread: Thread) -> bool:
    """Tell whether a debate has a synthesis page: somebody spoke, or the facilitator wrote."""
    return bool(thread.contributions or debate.meta.synthesis)


def cited(debate: Entry[Debate]) -> tuple[str, ...]:
    """List the ids of the contributions that a debate's synthesis links to, in the order of the text."""
    if not debate.meta.synthesis:
        return ()
    home = posixpath.dirname(debate.path)
    folder = f"content/campaigns/{debate.campaign}/contributions/"
    links = markdown_scan.links(markdown_scan.without_code(debate.meta.synthesis))
    targets = (unquote(link.target.partition("#")[0]) for link in links if not link.picture)
    paths = (posixpath.normpath(posixpath.join(home, target)) for target in targets if target)
    found = (path for path in paths if path.startswith(folder) and path.endswith(".md"))
    return tuple(dict.fromkeys(path.removeprefix(folder).removesuffix(".md") for path in found))


def considered(microsite: Microsite, today: datetime.date) -> set[str]:
    """Give the ids of the contributions that a decision considered by name, or that got an answer of their own."""
    return {*outcomes_of_contributions(microsite), *given(microsite, today)}


def waiting(microsite: Microsite, thread: Thread, today: datetime.date) -> tuple[Entry[Contribution], ...]:
    """List the contributions that nothing answers by name yet, the oldest first."""
    known = considered(microsite, today)
    return tuple(entry for entry in thread.contributions if entry.slug not in known)
