"""Turns what is written on a ballot, in its published form, into the options chosen, or into why it is not valid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agora_build.content.envelope import Envelope, written
from agora_build.content.models import Ballot

ANSWERS = ("yes", "no", "abstain")
_POINTS = re.compile(r"[1-9][0-9]{0,3}")


class ChoicesError(ValueError):
    """Says why choices are refused: a problem's code, and what its message needs."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def choices(text: str, ballot: Ballot, options: Sequence[str], envelope: Envelope | None = None) -> Mapping[str, int]:
    """Read choices: option -> 1 (approval, yes-no), its points (points), its rank from 1 (ranking); {} when blank.

    `a;b` in the order of the options (approval), `a:3;b:7` in that order (points), `b;a` first choice first (ranking),
    `yes`, `no` or `abstain` (yes-no). What the projects of a budget cost together may be limited.
    Raise ChoicesError: there is one way only to write a ballot.
    """
    known = ANSWERS if ballot.kind == "yes-no" else tuple(options)
    parts = [part.partition(":") for part in text.split(";")] if text else []
    names = [name for name, _, _ in parts]
    _names(names, known, ballot)
    if envelope and envelope.within and (cost := sum(map(envelope.cost.__getitem__, names))) > envelope.within:
        raise ChoicesError("too-dear", value=written(cost), limit=written(envelope.within))
    if ballot.kind == "points":
        return _pointed({name: number for name, _, number in parts}, ballot)
    if ":" in text:
        raise ChoicesError("points-not-asked", value=text, kind=ballot.kind)
    return {name: rank if ballot.kind == "ranking" else 1 for rank, name in enumerate(names, 1)}


def _names(names: list[str], known: Sequence[str], ballot: Ballot) -> None:
    for name in names:
        if name not in known:
            raise ChoicesError("unknown-option", value=name, allowed=", ".join(known))
        if names.count(name) > 1:
            raise ChoicesError("option-chosen-twice", value=name)
    if ballot.kind != "ranking" and names != sorted(names, key=known.index):
        raise ChoicesError("choices-out-of-order", allowed=", ".join(known))
    limit = 1 if ballot.kind == "yes-no" else ballot.choices
    if limit and len(names) > limit:
        raise ChoicesError("too-many-choices", value=str(len(names)), limit=str(limit))


def _pointed(written: Mapping[str, str], ballot: Ballot) -> Mapping[str, int]:
    for name, number in written.items():
        if not _POINTS.fullmatch(number):
            raise ChoicesError("bad-points", value=f"{name}:{number}")
    given = {name: int(number) for name, number in written.items()}
    highest, total = max(given.values(), default=0), sum(given.values())
    if ballot.most and highest > ballot.most:
        raise ChoicesError("too-many-points", value=str(highest), limit=str(ballot.most))
    if total > (ballot.points or 0):
        raise ChoicesError("too-many-points", value=str(total), limit=str(ballot.points))
    return given
