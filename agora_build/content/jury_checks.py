"""Checks that a jury's quotas can be filled, and that the record of its draw is one that the jury announced."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise

from agora_build.civic.draw import broken_quotas, rank_of
from agora_build.content.draft import Document, Draft
from agora_build.content.models import Criterion, Jury
from agora_build.content.validate import nearest, shown
from agora_build.problems import Problem


def check_jury(_draft: Draft, document: Document) -> Iterator[Problem]:
    """Check a jury by itself: quotas in order, and as many seats as they ask for."""
    seats = document.values.get("seats")
    seen: dict[str, int] = {}
    for index, criterion in enumerate(document.values.get("criteria", ())):
        place = ("criteria", index)
        line = document.source.at_value((*place, "id")).line
        if seen.setdefault(criterion.id, line) != line:
            again = str(seen[criterion.id])
            yield document.at_value("repeated-id", *place, "id", value=shown(criterion.id), line=again)
        yield from _quotas(document, criterion, place, seats)
    opinion, replied = document.values.get("opinion_date"), document.values.get("reply_date")
    if opinion and replied and replied < opinion:
        given = {"first": "opinion_date", "last": "reply_date", "start": str(opinion), "end": str(replied)}
        yield document.at_value("dates-out-of-order", "reply_date", **given)


def _quotas(
    document: Document, criterion: Criterion, place: tuple[str | int, ...], seats: int | None
) -> Iterator[Problem]:
    names = [quota.id for quota in criterion.quotas]
    for rank, quota in enumerate(criterion.quotas):
        where = (*place, "quotas", rank)
        if quota.min > quota.max:
            yield document.at_value("quota-upside-down", *where, "min", min=str(quota.min), max=str(quota.max))
        if names.index(quota.id) != rank:
            line = str(document.source.at_value((*place, "quotas", names.index(quota.id), "id")).line)
            yield document.at_value("repeated-id", *where, "id", value=shown(quota.id), line=line)
    least, most = sum(quota.min for quota in criterion.quotas), sum(quota.max for quota in criterion.quotas)
    if seats is not None and not least <= seats <= most:
        code = "quotas-over-seats" if least > seats else "quotas-under-seats"
        total = str(least if least > seats else most)
        yield document.at_value(code, *place, "title", value=criterion.title, total=total, seats=str(seats))


def check_draw(draft: Draft, document: Document) -> Iterator[Problem]:
    """Check the record of a draw against its jury."""
    path = document.path.removesuffix(".yml") + ".md"
    if path not in draft.found:
        near = nearest(document.found.slug, draft.names(document.found.campaign, "juries"))
        yield document.at_key("draw-without-jury", value=document.found.slug, near=near)
        return
    jury, meta = draft.offer(path).jury, document.values
    if jury is None:
        return  # something is wrong with it, and told of
    yield from _announced(document, jury, meta.get("date"))
    drawn = meta.get("drawn", ())
    if drawn and len(drawn) != jury.seats:
        yield document.at_key("drawn-not-seats", "drawn", count=str(len(drawn)), seats=str(jury.seats))
    yield from _members(document, jury)
    seed = meta.get("seed")
    if seed:
        yield from _order(document, seed)


def _announced(document: Document, jury: Jury, date: datetime.date | None) -> Iterator[Problem]:
    if jury.seed is None:
        yield document.at_value("seed-not-announced", "seed")
    elif date and date <= jury.seed.announced:
        given = {"date": str(date), "announced": str(jury.seed.announced)}
        yield document.at_value("draw-before-seed", "date", **given)


def _members(document: Document, jury: Jury) -> Iterator[Problem]:
    drawn = document.values.get("drawn", ())
    seen: dict[str, int] = {}
    known = [tuple(quota.id for quota in criterion.quotas) for criterion in jury.criteria]
    right = True
    for index, member in enumerate(drawn):
        first = seen.setdefault(member.id, index)
        if first != index:
            yield document.at_value("drawn-twice", "drawn", index, "id", value=shown(member.id), rank=str(first + 1))
        if len(member.profile) != len(known):
            right = False
            count = {"count": str(len(member.profile)), "wanted": str(len(known))}
            yield document.at_value("profile-size", "drawn", index, "id", value=shown(member.id), **count)
            continue
        for place, value in enumerate(member.profile):
            if value not in known[place]:
                right = False
                given = {
                    "value": shown(value),
                    "near": nearest(value, known[place]),
                    "allowed": ", ".join(known[place]),
                }
                yield document.at_value("unknown-quota", "drawn", index, "profile", place, **given)
    if right:
        for criterion, value, members in broken_quotas([member.profile for member in drawn], jury.criteria):
            quota = next(item for item in criterion.quotas if item.id == value)
            limits = {"min": str(quota.min), "max": str(quota.max), "count": str(members)}
            yield document.at_key("quota-not-kept", "drawn", criterion=criterion.title, value=quota.title, **limits)


def _order(document: Document, seed: str) -> Iterator[Problem]:
    """Check that members, and the reserve, stand in the order that the seed gives."""
    drawn, reserve = document.values.get("drawn", ()), document.values.get("reserve", ())
    for index, (one, next_) in enumerate(pairwise(member.id for member in drawn), 1):
        if rank_of(seed, one) > rank_of(seed, next_):
            yield document.at_value("draw-out-of-order", "drawn", index, "id", value=shown(next_))
    for index, (one, next_) in enumerate(pairwise(reserve), 1):
        if rank_of(seed, one) > rank_of(seed, next_):
            yield document.at_value("draw-out-of-order", "reserve", index, value=shown(next_))
