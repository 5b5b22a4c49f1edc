"""Turns the dates people wrote, and a day, into the state of things on that day: open, held, coming."""

from __future__ import annotations

import datetime
from typing import Literal

from agora_build.content.models import Campaign, Debate, Workshop

Opening = Literal["upcoming", "open", "closed"]
Holding = Literal["proposed", "confirmed", "held", "cancelled", "past"]
Tense = Literal["past", "current", "coming"]


def campaign_state(meta: Campaign, today: datetime.date) -> Opening:
    """Tell whether a consultation is still to open, open, or closed; its last day is an open day."""
    return _opening(meta.opens, meta.closes, today)


def debate_state(meta: Debate, campaign: Campaign, today: datetime.date) -> Opening:
    """Tell whether a debate is still to open, open, or closed, with its campaign at the latest."""
    closed = campaign_state(campaign, today) == "closed"
    return "closed" if closed else _opening(meta.opens, meta.closes, today)


def workshop_state(meta: Workshop, today: datetime.date) -> Holding:
    """Tell a meeting's state; 'past' once its last day went by and nobody said what came of it."""
    awaited = meta.status in ("proposed", "confirmed")
    return "past" if awaited and (meta.end_date or meta.date) < today else meta.status


def tense(first: datetime.date, last: datetime.date, today: datetime.date) -> Tense:
    """Place a period against a day; the day of its end still belongs to it."""
    if last < today:
        return "past"
    return "coming" if first > today else "current"


def _opening(opens: datetime.date, closes: datetime.date | None, today: datetime.date) -> Opening:
    if today < opens:
        return "upcoming"
    return "closed" if closes and closes < today else "open"
