"""Turns a microsite, on a day, into its highlights: what to do first, how many voices, steps around the day."""

from __future__ import annotations

import datetime
from typing import Literal

from agora_build.content.meetings import next_meetings
from agora_build.content.models import Campaign, Debate
from agora_build.content.sections import SectionName
from agora_build.content.site import Entry, Microsite, Voices
from agora_build.content.states import Opening, campaign_state, debate_state
from agora_build.content.steps import TimelineStep, current_step
from agora_build.content.voices import of_debate, of_microsite
from agora_build.record import Record
from agora_build.urls import Urls


class Action(Record, frozen=True):
    """The one thing a page asks of its reader: what it is, the name of the thing, the page that does it."""

    kind: Literal["debate", "meeting"] | SectionName
    title: str
    target: str


class CampaignLine(Record, frozen=True):
    """A campaign in a list, its state, what it asks, and how many voices it has gathered."""

    entry: Entry[Campaign]
    state: Opening
    action: Action
    voices: Voices


class DebateLine(Record, frozen=True):
    """A debate of a campaign, with its voices."""

    entry: Entry[Debate]
    state: Opening
    voices: Voices


def campaign_line(microsite: Microsite, urls: Urls, today: datetime.date) -> CampaignLine:
    """Gather what a list says of a campaign."""
    state = campaign_state(microsite.campaign.meta, today)
    return CampaignLine(microsite.campaign, state, action(microsite, urls, today), of_microsite(microsite))


def debate_line(entry: Entry[Debate], microsite: Microsite, today: datetime.date) -> DebateLine:
    """Gather what a list says of a debate."""
    return DebateLine(entry, debate_state(entry.meta, microsite.campaign.meta, today), of_debate(microsite, entry.slug))


def action(microsite: Microsite, urls: Urls, today: datetime.date) -> Action:
    """Choose the one thing to do first: before, read the rules; while open, speak; after, see what came of it."""
    state = campaign_state(microsite.campaign.meta, today)
    if state == "open":
        return _take_part(microsite, urls, today)
    if state == "closed":
        return _read(microsite, "decisions" if microsite.decisions else "debates", urls)
    if microsite.campaign.meta.rules:
        return _read(microsite, "rules", urls)
    return _read(microsite, "timeline" if microsite.timeline else "agenda", urls)


def _take_part(microsite: Microsite, urls: Urls, today: datetime.date) -> Action:
    """Speak in a debate, else come to a meeting, else place a point, else look at the agenda."""
    for debate in microsite.debates:
        if debate_state(debate.meta, microsite.campaign.meta, today) == "open":
            return Action("debate", debate.meta.title, urls.item(microsite.slug, "debates", debate.slug))
    for meeting in next_meetings(microsite, today):
        target = urls.item(microsite.slug, "workshops", meeting.entry.slug)
        return Action("meeting", meeting.entry.meta.title, target)
    return _read(microsite, "map" if microsite.map else "agenda", urls)


def _read(microsite: Microsite, section: SectionName, urls: Urls) -> Action:
    return Action(section, "", urls.part(microsite.slug, section))


def around(steps: tuple[TimelineStep, ...], before: int = 2, size: int = 6) -> tuple[TimelineStep, ...]:
    """Keep the steps around today."""
    start = max(0, min(current_step(steps) - before, len(steps) - size)) if steps else 0
    return steps[start : start + size]
