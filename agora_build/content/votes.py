"""Turns the files of a vote, its rules and a day into what of it may be known on that day, and its public files."""

from __future__ import annotations

import datetime

from agora_build.content.models import Debate, Rules
from agora_build.content.site import Entry, Microsite, Thread, Vote, VoteFile, VoteState
from agora_build.content.states import Opening, debate_state

VOTED = ("statements", "priorities", "referendum", "budget")
ALWAYS_PUBLIC = ("codes.csv", "roots.csv", "void.csv")  # they say nothing of what was chosen


def shown_from(debate: Debate, rules: Rules | None) -> datetime.date | None:
    """Give the first day when a result may be shown: that of the opening when it is shown while one votes.

    Nobody knows it when the result waits for the end of a vote that has none.
    """
    if debate.ballot and debate.ballot.results:
        return debate.ballot.results
    if rules and rules.results == "live":
        return debate.opens
    return debate.closes + datetime.timedelta(days=1) if debate.closes else None


def vote_of(microsite: Microsite, debate: Entry[Debate], thread: Thread, today: datetime.date) -> Vote | None:
    """Gather what may be known of a debate's vote, but for its result; None when one does not vote there."""
    meta = debate.meta
    if meta.method not in VOTED:
        return None
    files = tuple(VoteFile(entry.path.rpartition("/")[2], entry.path, entry.digest) for entry in thread.votes)
    first = shown_from(meta, microsite.campaign.meta.rules)
    counted = any(file.name not in (*ALWAYS_PUBLIC, "spent.csv") for file in files)
    opening = debate_state(meta, microsite.campaign.meta, today)
    state = _state(opening, shown=counted and first is not None and first <= today)
    public = tuple(file for file in files if state == "shown" or file.name in ALWAYS_PUBLIC)
    return Vote(state, first, public)


def _state(opening: Opening, *, shown: bool) -> VoteState:
    if opening == "upcoming":
        return "upcoming"
    if shown:
        return "shown"
    return "open" if opening == "open" else "counting"
