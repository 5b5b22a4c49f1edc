"""Checks what binds answers to the rest of a campaign: ids, days, what is there no more."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document, Draft
from agora_build.content.fields import ID
from agora_build.content.validate import nearest
from agora_build.problems import Problem

_ANSWERED = ("questions", "contributions")  # folders of what an answer may answer


def check_answer(draft: Draft, document: Document) -> Iterator[Problem]:
    """Refuse an answer to nothing, and one given before it was asked."""
    campaign, name = document.found.campaign, document.found.slug
    folder = next((folder for folder in _ANSWERED if draft.holds(campaign, folder, name)), "")
    if folder:
        asked = draft.offer(f"content/campaigns/{campaign}/{folder}/{name}.md").date
        day = document.values.get("date")
        if asked and day and day < asked:
            yield document.at_value("answer-before-question", "date", value=str(day), asked=str(asked), name=name)
    elif name in draft.withdrawn(campaign):
        yield document.at_key("withdrawn-contribution", value=name)
    elif ID.fullmatch(name):  # otherwise its name is told of
        known = [other for folder in _ANSWERED for other in draft.names(campaign, folder)]
        yield document.at_key("answer-to-nothing", value=name, campaign=campaign, near=nearest(name, known))
