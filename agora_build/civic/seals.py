"""Turns the files of a vote into seals that chain: each commits to the rules, codes, ballots and what came before.

A list of lines is summed up by its Merkle root, made as in RFC 6962: SHA-256 of 0x00 and the line for a leaf, of 0x01
and two roots for a node, of nothing for an empty list. A seal's head is the SHA-256 of the head before it (64 zeros at
first), a line end, and its own row up to the head.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot

Period = tuple[datetime.date | None, datetime.date | None]
Event = Literal["opening", "day", "rules", "closing"]
EVENTS: tuple[Event, ...] = get_args(Event)
SEALED = ("codes", "void", "spent", "ballots", "paper")  # tables, in the order of a seal's columns
COLUMNS = ("date", "event", "rules", *(part for name in SEALED for part in (name, f"{name}_root")), "head")
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Seal:
    """A row of roots.csv: a day, what happened, the hash of the rules, how long each list is and its root, the head."""

    date: datetime.date
    event: Event
    rules: str
    lists: tuple[tuple[int, str], ...]  # in the order of SEALED
    head: str

    @classmethod
    def read(cls, line: str) -> Seal:
        """Read a row of roots.csv; raise ValueError when it is not one."""
        date, event, rules, *rest, head = line.split(",")
        if event not in EVENTS or len(rest) != 2 * len(SEALED):
            raise ValueError(line)
        lists = tuple((int(count), listed) for count, listed in zip(rest[::2], rest[1::2], strict=True))
        return cls(datetime.date.fromisoformat(date), event, rules, lists, head)

    def cells(self) -> list[str]:
        """Give the cells of the row."""
        values = (part for count, root in self.lists for part in (str(count), root))
        return [self.date.isoformat(), self.event, self.rules, *values, self.head]

    def count(self, name: str) -> int:
        """Give how long a list was."""
        return self.lists[SEALED.index(name)][0]


def root(lines: Sequence[str]) -> str:
    """Give the Merkle root of lines, in hexadecimal."""
    level = [hashlib.sha256(b"\x00" + line.encode()).digest() for line in lines]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:  # an odd one goes up alone, which makes the same tree as cutting at powers of two
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()


def rules_of(
    vote: str, period: Period, options: Sequence[str], ballot: Ballot, envelope: Envelope | None = None
) -> bytes:
    """Write down the rules of a vote (`campaign/debate`), as vote.json: keys in order, no space, one line end."""
    campaign, _, debate = vote.partition("/")
    opens, closes = (day.isoformat() if day else None for day in period)
    said: dict[str, object] = {
        "format": "agora-vote-1",
        "campaign": campaign,
        "debate": debate,
        "opens": opens,
        "closes": closes,
        "options": list(options),
        **ballot.model_dump(mode="json", exclude={"results", "within", "paper"}),
    }
    if ballot.paper == "added":  # rules sealed before there was a choice say nothing of it
        said["paper"] = ballot.paper
    if envelope is not None:  # of a participatory budget, in hundredths
        said["budget"] = {
            "amount": envelope.amount,
            "rule": envelope.rule,
            "costs": [list(item) for item in envelope.costs],
            "within": envelope.within,
        }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def sealed(
    before: Iterable[Seal], day: datetime.date, event: Event, rules: bytes, lists: Mapping[str, Sequence[str]]
) -> Seal:
    """Make the seal that follows others; `lists` are the lines of each table, without header."""
    last = START
    for seal in before:
        last = seal.head
    parts = tuple((len(lists.get(name, ())), root(lists.get(name, ()))) for name in SEALED)
    made = Seal(day, event, hashlib.sha256(rules).hexdigest(), parts, "")
    return Seal(made.date, made.event, made.rules, made.lists, head_of(made.cells()[:-1], last))


class SealError(ValueError):
    """Says why no seal may follow: `unsealed`, there is no first one; `closed`, there was a last one."""


def following(
    before: Sequence[Seal], day: datetime.date, event: Event, rules: bytes, lists: Mapping[str, Sequence[str]]
) -> Seal:
    """Make the seal of a day, once the first was made with the codes; raise SealError."""
    if not before:
        raise SealError("unsealed")
    if before[-1].event == "closing":
        raise SealError("closed")
    return sealed(before, max(day, before[-1].date), event, rules, lists)


def head_of(cells: Sequence[str], before: str) -> str:
    """Compute the head of a row from its other cells and the head before."""
    return hashlib.sha256(f"{before}\n{','.join(cells)}".encode()).hexdigest()
