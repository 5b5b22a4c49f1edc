"""Turns the files that Polis exports into statements and votes: comments.csv, votes.csv, participants-votes.csv.

Three generations of headers, times in seconds or in milliseconds, and votes whose sign a release of 2024 turned over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from agora_build.imports.ballots import Ballots
from agora_build.imports.contributions import Said
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.register import source_of
from agora_build.imports.report import Place
from agora_build.imports.rows import Flaw, Row, Table
from agora_build.imports.values import from_epoch, moment
from agora_build.record import Record, field

COLUMNS = ("timestamp", "datetime", "comment-id", "author-id", "voter-id", "vote", "participant", "group-id", "n-votes")
_MILLISECONDS = 100_000_000_000  # a number of seconds that a calendar reaches in the year 5138
_LAST = 6_600_000_000_000  # milliseconds: 2179, when the days of votes end
_FEWEST_OWN, _MOST_OWN = 3, 0.75  # votes on one's own statement, and the share of one sign, that tell the sign
_FIGURES = {"total-votes", "n-visitors"}  # columns of files that say what the votes say: nothing is read there
_REJECTED = "-1"
_FIXED = 6  # columns of participants-votes.csv before the statements


class Conversation(Record):
    """What must be known of a conversation before anything is written."""

    debate: str
    authors: dict[str, str] = field(default_factory=dict)  # of each statement
    rejected: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)  # of the statements that are here
    own: Counter[int] = field(default_factory=Counter)  # what authors voted on their own statement


def import_polis(desk: Desk, sign: int = 0) -> None:
    """Import the files of an order into its debate; `sign` is the number that says agree, 0 to find it out."""
    debate = desk.filing.target.debates.get(desk.order.debate)
    if debate is None or debate.method != "statements":
        raise UnusableError(str(desk.order.files[0]), "import-needs-statements", value=desk.order.debate or "—")
    comments, votes, participants = _sorted(desk)
    talk = Conversation(desk.order.debate)
    for table in comments:
        _learn(talk, table)
    with closing(Ballots()) as ballots:
        for table in votes:
            _cast(desk, talk, table, ballots)
        _dates(desk, ballots, votes)
        sign = _sign(sign, talk, votes) if ballots.rows else 1
        for table in participants:
            _compare(desk, table, ballots)
        for table in comments:
            _statements(desk, talk, table)
        if votes:
            _write(desk, talk, ballots, votes[0], sign)


def _sorted(desk: Desk) -> tuple[list[Table], list[Table], list[Table]]:
    """Tell the files apart by their columns; those with figures alone are not needed."""
    found: dict[str, list[Table]] = {"comments": [], "votes": [], "participants": []}
    for path in desk.order.files:
        table = desk.table(path, COLUMNS)
        columns = set(table.columns)
        if {"comment-id", "comment-body"} <= columns:
            found["comments"].append(table)
        elif {"comment-id", "voter-id", "vote"} <= columns:
            found["votes"].append(table)
        elif {"participant", "n-votes"} <= columns:
            found["participants"].append(table)
        elif not (_FIGURES & columns or table.columns[0] == "topic"):
            raise UnusableError(
                str(path), "import-unknown-columns", system="Polis", columns=", ".join(table.header)[:200]
            )
    return found["comments"], found["votes"], found["participants"]


def _learn(talk: Conversation, table: Table) -> None:
    """Note who wrote each statement, and which ones Polis rejected."""
    for row in table.rows():
        if not isinstance(row, Flaw):
            talk.authors[row.get("comment-id")] = row.get("author-id")
            if row.get("moderated") == _REJECTED:
                talk.rejected.add(row.get("comment-id"))


def _cast(desk: Desk, talk: Conversation, table: Table, ballots: Ballots) -> None:
    for place, row in desk.rows(table):
        statement, voter, vote, at = (row.get(key) for key in ("comment-id", "voter-id", "vote", "timestamp"))
        when = _milliseconds(at)
        if not voter or not statement:
            desk.report.refuse(place, "import-no-id", key="comment-id, voter-id")
        elif vote not in ("1", "0", "-1"):
            desk.report.refuse(place, "import-bad-vote", value=vote[:60])
        elif when is None:
            desk.report.refuse(place, "import-bad-date", value=at[:60])
        elif statement not in talk.authors and not _known(desk, talk, statement):
            desk.report.refuse(place, "import-unknown-statement", value=statement[:60])
        else:
            ballots.cast(voter, statement, when, int(vote))
            talk.own[int(vote)] += talk.authors.get(statement) == voter


def _known(desk: Desk, talk: Conversation, statement: str) -> bool:
    """Tell whether a statement was imported before, and note its name."""
    if statement not in talk.names:
        claim = desk.filing.target.register.claim("contributions", source_of(*_identity(desk, statement)))
        talk.names[statement] = claim.name
    return bool(talk.names[statement])


def _identity(desk: Desk, statement: str) -> tuple[str, ...]:
    return ("polis", desk.filing.target.campaign, desk.order.debate, statement)


def _milliseconds(text: str) -> int | None:
    if not re.fullmatch(r"[0-9]{9,14}(\.[0-9]+)?", text):
        return None
    number = int(float(text))
    number = number if number > _MILLISECONDS else number * 1000
    return number if number < _LAST else None


def _sign(asked: int, talk: Conversation, votes: list[Table]) -> int:
    """Tell the number that says agree: Polis makes authors agree with what they write."""
    found = talk.own[1] + talk.own[-1]
    for sign in (1, -1):
        if asked in (0, sign) and found >= _FEWEST_OWN and talk.own[sign] >= _MOST_OWN * found:
            return sign
    if not asked:
        raise UnusableError(str(votes[0].path), "import-needs-sign", count=str(found))
    return asked


def _dates(desk: Desk, ballots: Ballots, votes: list[Table]) -> None:
    """Refuse votes of days when the debate was not open: no page would count them."""
    debate, target = desk.filing.target.debates[desk.order.debate], desk.filing.target
    span = ballots.span(target.zone)
    if span and (span[0] < debate.opens or (debate.closes and span[1] > debate.closes)):
        days = {"first": str(span[0]), "last": str(span[1])}
        days |= {"opens": str(debate.opens), "closes": str(debate.closes or "…")}
        path = f"{target.folder}/debates/{desk.order.debate}.md"
        raise UnusableError(str(votes[0].path), "import-votes-outside", path=path, **days)


def _compare(desk: Desk, table: Table, ballots: Ballots) -> None:
    """Check the votes against what Polis says that each participant last voted."""
    statements = table.columns[_FIXED:] if "xid" not in table.columns else table.columns[_FIXED + 1 :]
    for place, row in desk.rows(table):
        said = {name: int(cell) for name in statements if (cell := row.get(name)) in ("1", "0", "-1")}
        found = {name: vote for name, vote in ballots.of(row.get("participant")).items() if name in statements}
        different = sum(said.get(name) != found.get(name) for name in {*said, *found})
        if different:
            desk.report.note(place, "import-polis-differs", count=str(different))
            desk.report.end_line(taken=True)


def _statements(desk: Desk, talk: Conversation, table: Table) -> None:
    for place, row in desk.rows(table):
        statement = row.get("comment-id")
        if not statement:
            desk.report.refuse(place, "import-no-id", key="comment-id")
        elif statement in talk.rejected:
            desk.report.left["polis-rejected"] += 1
        else:
            for said in _said(desk, place, row):
                if row.get("is-meta").lower() in ("true", "1"):
                    desk.report.note(place, "import-polis-meta")
                talk.names[statement] = desk.contributions.by_id(said, *_identity(desk, statement))


def _said(desk: Desk, place: Place, row: Row) -> Iterator[Said]:
    """Give what a row says, or nothing when its day cannot be told, and it is told of."""
    when, zone = row.get("timestamp", "datetime"), desk.filing.target.zone
    milliseconds = _milliseconds(when)
    read = moment(when, zone) if milliseconds is None else from_epoch(milliseconds / 1000, zone)
    if read is None:
        desk.report.refuse(place, "import-bad-date", value=when[:60])
    else:
        yield Said(place, desk.order.debate, read.date(), row.cells["comment-body"])


def _write(desk: Desk, talk: Conversation, ballots: Ballots, table: Table, sign: int) -> None:
    report, target = desk.report, desk.filing.target
    report.left["polis-superseded"] += ballots.superseded
    names = {
        statement: name
        for statement, name in talk.names.items()
        if name and statement not in talk.rejected and not target.gone(name)
    }
    report.left["polis-votes-left"] += ballots.keep(names)
    report.facts["polis-sign"] = f"{sign:+d}"
    path = f"{target.folder}/votes/{desk.order.debate}/votes.csv"
    desk.filing.table(Place(str(table.path)), path, ballots.table(sign, target.zone))
