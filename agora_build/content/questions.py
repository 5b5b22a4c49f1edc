"""Turns the questions and answers of a campaign, on a day, into what became of each: state, deadline, answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from agora_build.civic.followup import Asked, State
from agora_build.content.models import Answer, Campaign, Decision, Question, Stage
from agora_build.content.site import Contributed, Entry, Microsite, Site
from agora_build.record import Record


class Followed(Record, frozen=True):
    """A question, its answer (None as long as it is not given), its state, and the last day of an answer in time."""

    entry: Entry[Question]
    answer: Entry[Answer] | None
    state: State
    deadline: datetime.date | None
    stage: Stage
    delay: int | None  # in days, once answered


class AnsweredContribution(Record, frozen=True):
    """A contribution that got an answer; it is None in the scope of the city, which knows no contribution."""

    answer: Entry[Answer]
    contribution: Contributed | None


def followed(microsite: Microsite, today: datetime.date) -> tuple[Followed, ...]:
    """Follow every question of a campaign, by date, then id; an answer counts from its own day on."""
    answers = given(microsite, today)
    meta = microsite.campaign.meta
    return tuple(_followed(entry, answers.get(entry.slug), meta, today) for entry in microsite.questions)


def asked(microsite: Microsite) -> tuple[Asked, ...]:
    """Give the questions of a campaign as their follow-up sees them, in the same order."""
    answers = {entry.slug: entry for entry in microsite.answers}
    return tuple(_asked(entry, answers.get(entry.slug), microsite.campaign.meta) for entry in microsite.questions)


def asked_in(site: Site) -> tuple[Asked, ...]:
    """Give the questions of the whole city."""
    return tuple(question for microsite in site.microsites for question in asked(microsite))


def given(microsite: Microsite, today: datetime.date) -> dict[str, Entry[Answer]]:
    """Give the answers of a campaign that are known on a day, by the id of what they answer."""
    return {entry.slug: entry for entry in microsite.answers if entry.meta.date <= today}


def answered_contributions(microsite: Microsite, today: datetime.date) -> tuple[AnsweredContribution, ...]:
    """List the answers to contributions, the newest first."""
    questions = {entry.slug for entry in (*microsite.questions, *microsite.erased)}
    cited = {entry.slug: entry for entry in microsite.cited}
    found = [entry for name, entry in given(microsite, today).items() if name not in questions]
    return tuple(AnsweredContribution(entry, cited.get(entry.slug)) for entry in reversed(found))


def about(questions: Iterable[Followed], decision: Entry[Decision]) -> tuple[Followed, ...]:
    """List the questions on a decision."""
    return tuple(item for item in questions if item.entry.meta.decision == decision.slug)


def _asked(entry: Entry[Question], answer: Entry[Answer] | None, campaign: Campaign) -> Asked:
    within = campaign.rules.reply_within_days if campaign.rules else None
    return Asked(entry.meta.to, entry.meta.date, answer.meta.date if answer else None, within)


def _followed(
    entry: Entry[Question], answer: Entry[Answer] | None, campaign: Campaign, today: datetime.date
) -> Followed:
    question = _asked(entry, answer, campaign)
    stage = entry.meta.stage or _stage(entry.meta.date, campaign)
    return Followed(entry, answer, question.state(today), question.deadline, stage, question.delay(today))


def _stage(day: datetime.date, campaign: Campaign) -> Stage:
    """Place a day against the consultation, for want of a word from whoever asked."""
    if day < campaign.opens:
        return "before"
    return "after" if campaign.closes and campaign.closes < day else "during"
