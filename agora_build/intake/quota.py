"""Turns what a forge says of its limits into a sentence for the people who keep the intake."""

from __future__ import annotations

import datetime

from agora_build.intake.forge import Quota

_FEW = 2  # below, French keeps the singular
_SHORT = 90


def said(quota: Quota | None, zone: datetime.tzinfo) -> str:
    """Say how many calls are left, and when they come back by the city's clocks."""
    if quota is None:
        return "la forge n’a pas dit de limite"
    back = datetime.datetime.fromtimestamp(quota.again, zone)
    noun = "demande" if quota.left < _FEW else "demandes"
    return f"il reste {quota.left} {noun} sur {quota.of} ; elles reviennent à {back.hour} h {back.minute:02}"


def duration(seconds: float) -> str:
    """Write a wait as people say it."""
    if seconds < _SHORT:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < _SHORT else f"{round(minutes / 60)} h"
