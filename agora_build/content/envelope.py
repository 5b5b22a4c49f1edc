"""Turns the keys of a debate on a participatory budget into its envelope: the money, the costs and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agora_build.content.models import BudgetRule
from agora_build.record import Record


class Envelope(Record, frozen=True):
    """The money to share out and how, in hundredths (cents): `costs` of the projects, in the order of the debate.

    `within` is what the projects of one ballot may cost together; None when nothing limits it.
    """

    amount: int
    rule: BudgetRule
    costs: tuple[tuple[str, int], ...]
    within: int | None = None

    @property
    def cost(self) -> dict[str, int]:
        """What each project costs."""
        return dict(self.costs)


def written(hundredths: int) -> str:
    """Write an amount as one types it: 40000, or 40000.50."""
    units, rest = divmod(hundredths, 100)
    return f"{units}.{rest:02}" if rest else str(units)


def envelope_of(values: Mapping[str, Any]) -> Envelope | None:
    """Gather the envelope from the values of a debate; None when it is of another method, or something is wrong."""
    amount, rule, projects, ballot = (values.get(key) for key in ("budget", "rule", "projects", "ballot"))
    if values.get("method") != "budget" or not (amount and rule and projects and ballot):
        return None
    return Envelope(amount, rule, tuple((project.id, project.cost) for project in projects), ballot.within)
