"""Turns the files of a vote, once they may be shown, into its result; one that an earlier build made is found again."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.civic.choices import choices
from agora_build.civic.tally import Count, count, holds, passed
from agora_build.content.envelope import envelope_of
from agora_build.content.kept import Kept
from agora_build.content.models import Ballot, Debate, MeetingTally, PaperCount
from agora_build.content.site import Thread, Vote, VoteFile
from agora_build.record import Record, replace

ONLINE, PAPER = "ballots.csv", "paper.csv"


class PaperResult(Record, frozen=True):
    """The count of paper ballots, and who counted."""

    count: Count
    said: PaperCount | None


class Result(Record, frozen=True):
    """What a vote by ballot gave: with codes, on paper, by raised hands.

    They are never added, but for paper and codes where the rules said so before the vote: `together` is their count.
    `sent` is how many codes could be used, `used` how many were; `holds` says whether that is enough, `passed` whether
    yes wins (None: nobody said yes or no, or it is not asked).
    """

    count: Count
    sent: int
    used: int
    holds: bool
    passed: bool | None
    paper: PaperResult | None
    meetings: tuple[MeetingTally, ...]
    together: Count | None = None

    @property
    def whole(self) -> Count:
        """The count by which the rules decide."""
        return self.together or self.count


def counted(vote: Vote, root: Path, debate: Debate, thread: Thread, kept: Kept) -> Vote:
    """Add the result to a vote that may be shown."""
    if vote.state != "shown":
        return vote
    if debate.ballot is not None:
        return replace(vote, result=_result(vote, root, debate, debate.ballot, thread, kept))
    file = next(file for file in vote.files if file.name == "votes.csv")
    statements = tuple(entry.slug for entry in thread.contributions)
    key = b"opinions " + hashlib.blake2b(repr((file.digest, statements)).encode()).digest()
    return replace(vote, result=kept.value(key, lambda: _opinions(root, file, statements)))


def _opinions(root: Path, file: VoteFile, statements: tuple[str, ...]) -> Any:  # noqa: ANN401
    from agora_build.civic.consensus import opinions  # brings numpy in: only a city that counts votes waits for it
    from agora_build.civic.votes import matrix

    return opinions(matrix(_rows(root, file), statements))


def _result(  # noqa: PLR0913, PLR0917 - what a vote is counted from
    vote: Vote, root: Path, debate: Debate, ballot: Ballot, thread: Thread, kept: Kept
) -> Result:
    files = {file.name: file for file in vote.files}
    metas = {entry.path.rpartition("/")[2]: entry.meta for entry in thread.votes}
    options = tuple(option.id for option in debate.offered)
    envelope = envelope_of(vars(debate))

    def size(name: str) -> int:
        return metas[name].rows if name in metas else 0

    def of(*names: str) -> Count:
        """Count the ballots of files; sharing out the money of many takes seconds, and is done once."""
        there = [files[name] for name in names if name in files]
        if envelope is None or not there:
            return counted_in(there)
        rules = repr(([file.digest for file in there], ballot, options, envelope))
        key = b"budget " + hashlib.blake2b(rules.encode()).digest()
        found: Count = kept.value(key, lambda: counted_in(there))
        return found

    def counted_in(there: list[VoteFile]) -> Count:
        """Count the ballots of files; those that are alike are read once."""
        cast: Counter[str] = Counter()
        for file in there:
            for first, second in _rows(root, file):
                cast[first if file.name == PAPER else second] += int(second) if file.name == PAPER else 1
        read = [(choices(text, ballot, options, envelope), many) for text, many in cast.items()]
        return count(read, ballot, options, envelope)

    online, sent, used = of(ONLINE), size("codes.csv") - size("void.csv"), size("spent.csv")
    said = metas.get("paper.yml")
    return Result(
        online,
        sent,
        used,
        holds(used, sent, ballot),
        passed(online, ballot) if ballot.kind == "yes-no" else None,
        PaperResult(of(PAPER), said) if PAPER in files else None,
        metas["meetings.yml"].meetings if "meetings.yml" in metas else (),
        of(ONLINE, PAPER) if ballot.paper == "added" and PAPER in files else None,
    )


def _rows(root: Path, file: VoteFile) -> Iterator[list[str]]:
    with (root / file.path).open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        yield from rows
