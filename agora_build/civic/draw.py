"""Turns a seed that nobody chose and a list of candidates into a jury that fills its quotas; anyone can draw it again.

Candidates stand in the order of SHA-256(seed|id). Each is taken in turn if the seats that remain can still be filled,
quotas kept, by those who come after; else passed over. So the first in the order always sits unless the quotas forbid
it, and the draw fails only when no jury at all fills them. Those who were not taken are the reserve, in the same order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agora_build.content.models import Criterion

Profile = tuple[str, ...]  # a value for each criterion, in order
_MOST_STEPS = 200_000  # of the search for a jury: quotas so tight that they ask for more are refused


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Somebody who may be drawn, under a pseudonym."""

    id: str
    profile: Profile


class QuotaError(ValueError):
    """Says that no jury fills the quotas: the code of the reason, and what a message needs."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def rank_of(seed: str, candidate: str) -> str:
    """Give what candidates are sorted by: SHA-256, in hexadecimal."""
    return hashlib.sha256(f"{seed}|{candidate}".encode()).hexdigest()


def list_hash(candidates: Iterable[Candidate]) -> str:
    """Hash a list of candidates: a line each (`id,value,…`), sorted, each ended by a line feed."""
    lines = sorted(f"{','.join((one.id, *one.profile))}\n" for one in candidates)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def draw(
    candidates: Iterable[Candidate], seats: int, criteria: Sequence[Criterion], seed: str
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Draw a jury: its members and its reserve, both in the order of the draw; raise QuotaError when nobody can."""
    ordered = sorted(candidates, key=lambda one: (rank_of(seed, one.id), one.id))
    left = Counter(one.profile for one in ordered)
    check_quotas(left, seats, criteria)
    taken: list[Candidate] = []
    reserve: list[Candidate] = []
    for one in ordered:
        left[one.profile] -= 1
        if len(taken) < seats and can_fill(left, [*(member.profile for member in taken), one.profile], seats, criteria):
            taken.append(one)
        else:
            reserve.append(one)
    return tuple(taken), tuple(reserve)


def check_quotas(candidates: Mapping[Profile, int], seats: int, criteria: Sequence[Criterion]) -> None:
    """Raise QuotaError, with the simplest reason there is, when no jury fills the quotas."""
    if candidates and sum(candidates.values()) < seats:
        raise QuotaError("too-few-candidates", value=str(sum(candidates.values())), seats=str(seats))
    for place, criterion in enumerate(criteria):
        there: Counter[str] = Counter()
        for profile, count in candidates.items():
            there[profile[place]] += count
        for quota in criterion.quotas:
            if there[quota.id] < quota.min:
                values = {"criterion": criterion.title, "value": quota.title, "min": str(quota.min)}
                raise QuotaError("quota-lacks-candidates", **values, count=str(there[quota.id]))
        room = sum(min(there[quota.id], quota.max) for quota in criterion.quotas)
        if room < seats:
            raise QuotaError("quotas-lack-room", criterion=criterion.title, count=str(room), seats=str(seats))
    if not can_fill(candidates, [], seats, criteria):
        raise QuotaError("quotas-exclude-each-other", seats=str(seats))


def broken_quotas(members: Sequence[Profile], criteria: Sequence[Criterion]) -> Iterator[tuple[Criterion, str, int]]:
    """Find the quotas that a jury does not keep: the criterion, the value, how many members have it."""
    for place, criterion in enumerate(criteria):
        there = Counter(profile[place] for profile in members)
        for quota in criterion.quotas:
            if not quota.min <= there[quota.id] <= quota.max:
                yield criterion, quota.id, there[quota.id]


def can_fill(
    candidates: Mapping[Profile, int], taken: Sequence[Profile], seats: int, criteria: Sequence[Criterion]
) -> bool:
    """Tell whether candidates (how many of each profile) can fill what seats are left, every quota kept."""
    room = [{quota.id: quota.max for quota in criterion.quotas} for criterion in criteria]
    need = [{quota.id: quota.min for quota in criterion.quotas} for criterion in criteria]
    for profile in taken:
        for place, value in enumerate(profile):
            room[place][value] = room[place].get(value, 0) - 1
            need[place][value] = need[place].get(value, 0) - 1
            if room[place][value] < 0:
                return False
    there = {profile: count for profile, count in candidates.items() if count > 0}
    return _Search(there, room, need).fills(seats - len(taken))


class _Search:
    """Looks for a jury by depth, the scarcest need first; a state that failed once is not tried again."""

    def __init__(self, there: dict[Profile, int], room: list[dict[str, int]], need: list[dict[str, int]]) -> None:
        self._there = there
        self._room = room
        self._need = need
        self._failed: set[tuple[int, ...]] = set()
        self._steps = 0

    def fills(self, seats: int) -> bool:
        """Tell whether so many seats can be filled."""
        if any(sum(max(0, least) for least in needs.values()) > seats for needs in self._need):
            return False
        if seats == 0:
            return True
        state = tuple(self._there.values())
        if state in self._failed:
            return False
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise QuotaError("quotas-too-tight")
        for profile in self._choices():
            self._take(profile, 1)
            filled = self.fills(seats - 1)
            self._take(profile, -1)
            if filled:
                return True
        self._failed.add(state)
        return False

    def _choices(self) -> list[Profile]:
        """List the profiles that may sit: those that fill the scarcest need, if any; those with most room first."""
        free = [
            profile
            for profile, count in self._there.items()
            if count > 0 and all(self._room[place].get(value, 0) > 0 for place, value in enumerate(profile))
        ]
        needs = [
            (sum(self._there[one] for one in free if one[place] == value) - least, place, value)
            for place, wanted in enumerate(self._need)
            for value, least in wanted.items()
            if least > 0
        ]
        if needs:
            _, place, value = min(needs)
            free = [profile for profile in free if profile[place] == value]
        return sorted(free, key=self._worth, reverse=True)

    def _worth(self, profile: Profile) -> tuple[int, int, Profile]:
        wanted = sum(self._need[place].get(value, 0) > 0 for place, value in enumerate(profile))
        return wanted, min((self._room[place][value] for place, value in enumerate(profile)), default=0), profile

    def _take(self, profile: Profile, many: int) -> None:
        self._there[profile] -= many
        for place, value in enumerate(profile):
            self._room[place][value] -= many
            self._need[place][value] = self._need[place].get(value, 0) - many
