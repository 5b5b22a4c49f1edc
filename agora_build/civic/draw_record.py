"""Turns what was announced of a jury and what was drawn into draw.json, and back into all that is wrong with it.

Without the list of candidates, it says of itself that its members and its reserve stand in the order of the seed, that
quotas are kept, that nobody is missing. With the list, which is private, it says that the list gives these members.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from agora_build.civic.draw import Candidate, QuotaError, broken_quotas, draw, list_hash, rank_of
from agora_build.content.models import Criterion, Draw, Jury

NAME = "draw.json"
_FORMAT = "agora-draw-1"


@dataclass(frozen=True, slots=True)
class DrawFault:
    """Something wrong with a draw: its name, and who or what it is about."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """What is public of a draw: what was announced of the jury, and what came of it."""

    name: str  # campaign/jury
    seats: int
    criteria: tuple[Criterion, ...]
    announced: datetime.date
    draw: Draw


def draw_of(name: str, jury: Jury, found: Draw) -> bytes:
    """Write draw.json: keys in order, no space, one line end; `name` is campaign/jury."""
    assert jury.seed is not None  # noqa: S101 - checked: there is no draw before the seed was announced
    return _written(DrawRecord(name, jury.seats, jury.criteria, jury.seed.announced, found))


def read_draw(raw: bytes) -> DrawRecord:
    """Read draw.json; raise ValueError when it is not one, or is not written in the one way it may be."""
    try:
        said: dict[str, Any] = json.loads(raw)
        criteria = tuple(Criterion.model_validate(each) for each in said["criteria"])
        found = Draw.model_validate({name: said[name] for name in Draw.model_fields if name in said})
        announced = datetime.date.fromisoformat(said["announced"])
        record = DrawRecord(f"{said['campaign']}/{said['jury']}", int(said["seats"]), criteria, announced, found)
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(_FORMAT) from error
    if _written(record) != raw:
        raise ValueError(_FORMAT)
    return record


def draw_faults(record: DrawRecord) -> Iterator[DrawFault]:
    """Find what is wrong with a draw by itself."""
    found = record.draw
    members, reserve = [member.id for member in found.drawn], list(found.reserve)
    if found.date <= record.announced:
        yield DrawFault("before-announced", f"{found.date} ≤ {record.announced}")
    if len(members) != record.seats:
        yield DrawFault("not-seats", f"{len(members)} / {record.seats}")
    for one, times in Counter([*members, *reserve]).items():
        if times > 1:
            yield DrawFault("twice", one)
    if len(members) + len(reserve) != found.candidates:
        yield DrawFault("not-all", f"{len(members)} + {len(reserve)} ≠ {found.candidates}")
    for line in (members, reserve):
        for before, after in pairwise(line):
            if rank_of(found.seed, before) > rank_of(found.seed, after):
                yield DrawFault("out-of-order", after)
    yield from _quotas(record)


def list_faults(record: DrawRecord, people: Sequence[Candidate]) -> Iterator[DrawFault]:
    """Find where the private list of candidates does not give the draw."""
    found = record.draw
    if list_hash(people) != found.candidates_hash or len(people) != found.candidates:
        yield DrawFault("another-list", list_hash(people))
        return
    try:
        taken, reserve = draw(people, record.seats, record.criteria, found.seed)
    except QuotaError:
        yield DrawFault("no-jury")
        return
    if [(one.id, one.profile) for one in taken] != [(one.id, one.profile) for one in found.drawn]:
        yield DrawFault("other-members")
    if tuple(one.id for one in reserve) != found.reserve:
        yield DrawFault("other-reserve")


def _quotas(record: DrawRecord) -> Iterator[DrawFault]:
    known = [{quota.id for quota in criterion.quotas} for criterion in record.criteria]
    profiles = [member.profile for member in record.draw.drawn]
    for member in record.draw.drawn:
        fits = len(member.profile) == len(known)
        if not fits or not all(value in each for value, each in zip(member.profile, known, strict=True)):
            yield DrawFault("unknown-profile", member.id)
            return
    for criterion, value, members in broken_quotas(profiles, record.criteria):
        yield DrawFault("quota", f"{criterion.title}, {value} : {members}")


def _written(record: DrawRecord) -> bytes:
    campaign, _, slug = record.name.partition("/")
    said = {
        "format": _FORMAT,
        "campaign": campaign,
        "jury": slug,
        "seats": record.seats,
        "criteria": [criterion.model_dump(mode="json") for criterion in record.criteria],
        "announced": record.announced.isoformat(),
        **record.draw.model_dump(mode="json"),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
