"""Checks that each row of a vote's files is one that its debate's rules allow, and that its seals hold."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator

from agora_build.civic.choices import ANSWERS, ChoicesError, choices
from agora_build.civic.seals import COLUMNS, SEALED, START, head_of, root, rules_of
from agora_build.content import tables
from agora_build.content.draft import Document, Draft, Offer
from agora_build.content.envelope import Envelope
from agora_build.content.method_checks import BALLOTED
from agora_build.content.models import Ballot
from agora_build.content.validate import nearest, shown
from agora_build.problems import Problem

WORDS = ("agree", "disagree", "pass")
_VOTER = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
Row = tuple[int, list[str]]


def check_votes(draft: Draft, document: Document) -> Iterator[Problem]:
    """Check a file of a vote against its debate and the other files of the vote."""
    path = f"content/campaigns/{document.found.campaign}/debates/{document.found.slug}.md"
    debate = draft.offer(path)
    if path not in draft.found:
        near = nearest(document.found.slug, draft.names(document.found.campaign, "debates"))
        yield document.at_key("vote-without-debate", value=document.found.slug, near=near)
        return
    name = document.path.rpartition("/")[2]
    wanted = ("statements",) if name == "votes.csv" else BALLOTED
    if debate.method and debate.method not in wanted:
        yield document.at_key("vote-of-other-method", value=name, method=debate.method, wanted=", ".join(wanted))
    elif debate.method:
        yield from _FILES[name](draft, document, debate)


def _cell(document: Document, row: Row, index: int, code: str, /, **values: str) -> Problem:
    number, cells = row
    span = tables.at_cell(number, cells, index)
    return document.at_text(code, span.line, span.column, span.length, **{"value": shown(cells[index]), **values})


def _rows(document: Document) -> Iterator[Row]:
    return tables.rows(document.source.text)


def _votes(draft: Draft, document: Document, debate: Offer) -> Iterator[Problem]:
    folder, own = f"content/campaigns/{document.found.campaign}/contributions", document.found.slug
    known = dict.fromkeys(draft.withdrawn(document.found.campaign), True)  # its votes stay, and count no more
    days: dict[str, str] = {}
    for row in _rows(document):
        voter, statement, vote, day = row[1]
        if not _VOTER.fullmatch(voter):
            yield _cell(document, row, 0, "bad-voter")
        if statement not in known:
            known[statement] = draft.offer(f"{folder}/{statement}.md").debate == own
        if not known[statement]:
            yield _cell(document, row, 1, "unknown-statement", debate=own)
        if vote not in WORDS:
            near = nearest(vote, WORDS)
            yield _cell(document, row, 2, "not-one-of", key="vote", allowed=", ".join(WORDS), near=near)
        if day not in days:
            days[day] = _wrong_day(day, debate)
        if days[day]:
            opens, closes = (str(end or "…") for end in debate.period)
            yield _cell(document, row, 3, days[day], key="date", near="", opens=opens, closes=closes)


def _wrong_day(text: str, debate: Offer) -> str:
    """Give the code of what is wrong with the day of a vote, or nothing."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "bad-date"
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return "bad-date"
    opens, closes = debate.period
    return "vote-outside-debate" if (opens and day < opens) or (closes and day > closes) else ""


def _hashes(document: Document) -> Iterator[Problem]:
    """Check a sorted list of hashes in which nothing comes twice."""
    before = ""
    for row in _rows(document):
        value = row[1][0]
        if not _HASH.fullmatch(value):
            yield _cell(document, row, 0, "not-a-hash")
        elif value == before:
            code = "code-used-twice" if document.path.endswith("/spent.csv") else "repeated-row"
            yield _cell(document, row, 0, code, line=str(row[0] - 1))
        elif value < before:
            yield _cell(document, row, 0, "rows-out-of-order")
        before = max(before, value)


def _codes(_draft: Draft, document: Document, _debate: Offer) -> Iterator[Problem]:
    yield from _hashes(document)


def _listed(draft: Draft, document: Document, _debate: Offer) -> Iterator[Problem]:
    """Check codes, spent or void, against the list of those that were made, and against each other."""
    yield from _hashes(document)
    made = _column(draft, document, "codes.csv")
    void = _column(draft, document, "void.csv") if document.path.endswith("/spent.csv") else frozenset()
    for row in _rows(document):
        value = row[1][0]
        if _HASH.fullmatch(value) and value not in made:
            yield _cell(document, row, 0, "unlisted-code")
        elif value in void:
            yield _cell(document, row, 0, "void-code")


def _column(draft: Draft, document: Document, name: str) -> frozenset[str]:
    """Give the first column of another file of the vote."""
    return frozenset(line.partition(",")[0] for line in _lines(draft, document, name))


def _ballots(draft: Draft, document: Document, debate: Offer) -> Iterator[Problem]:
    yield from _hashes(document)
    yield from _choices(document, debate, 1)
    spent = len(_column(draft, document, "spent.csv"))
    ballots = sum(1 for _ in _rows(document))
    if ballots != spent and not debate.elsewhere:
        yield document.at_key("ballots-without-code", ballots=str(ballots), spent=str(spent))


def _paper(_draft: Draft, document: Document, debate: Offer) -> Iterator[Problem]:
    yield from _choices(document, debate, 0)
    for row in _rows(document):
        if not re.fullmatch(r"[1-9][0-9]{0,6}", row[1][1]):
            yield _cell(document, row, 1, "bad-number", key="count", near="")


def _choices(document: Document, debate: Offer, index: int) -> Iterator[Problem]:
    """Check what is written on ballots; the same words are read once."""
    if debate.ballot is None or debate.options is None:
        return  # they are wrong, and told of
    wrong: dict[str, ChoicesError | None] = {}
    for row in _rows(document):
        text = row[1][index]
        if text not in wrong:
            wrong[text] = _refused(text, debate.ballot, debate.options, debate.envelope)
        error = wrong[text]
        if error:
            near = nearest(error.values.get("value", ""), debate.options)
            yield _cell(document, row, index, error.code, **{"near": near, "written": shown(text), **error.values})


def _refused(text: str, ballot: Ballot, options: tuple[str, ...], envelope: Envelope | None) -> ChoicesError | None:
    try:
        choices(text, ballot, options, envelope)
    except ChoicesError as error:
        return error
    return None


def _roots(draft: Draft, document: Document, debate: Offer) -> Iterator[Problem]:
    """Check that each seal follows from the one before, and that the last one seals the rules and files as they are."""
    before, last = START, None
    for row in _rows(document):
        if row[1][-1] != head_of(row[1][:-1], before):
            yield _cell(document, row, len(row[1]) - 1, "broken-chain")
        yield from _early(document, row, str(debate.period[0] or ""))
        before, last = row[1][-1], row
    if last is None or debate.ballot is None or debate.options is None:
        return
    vote = f"{document.found.campaign}/{document.found.slug}"
    rules = rules_of(vote, debate.period, debate.options, debate.ballot, debate.envelope)
    if last[1][2] != hashlib.sha256(rules).hexdigest():
        yield _cell(document, last, 2, "rules-after-seal")
    for rank, name in enumerate(SEALED):
        lines = _lines(draft, document, f"{name}.csv")
        if last[1][3 + 2 * rank : 5 + 2 * rank] != [str(len(lines)), root(lines)]:
            yield _cell(document, last, 3 + 2 * rank, "changed-since-seal", file=f"{name}.csv", count=str(len(lines)))


def _early(document: Document, row: Row, opens: str) -> Iterator[Problem]:
    """Check on which side of the opening a seal is: that of the codes before, those of ballots after."""
    date, event, *_ = row[1]
    if event == "opening" and opens and date >= opens:
        yield _cell(document, row, 0, "codes-after-opening", opens=opens)
    elif date < opens and any(cell != "0" for cell in row[1][COLUMNS.index("spent") : -1 : 2]):
        yield _cell(document, row, 0, "ballots-before-opening", opens=opens)


def _lines(draft: Draft, document: Document, name: str) -> list[str]:
    """Give the lines of another table of the vote, below its header."""
    path = f"{document.path.rpartition('/')[0]}/{name}"
    if path not in draft.found:
        return []
    draft.offer(path)
    return [",".join(cells) for _, cells in _rows(draft.document(path))]


def _counted(_draft: Draft, document: Document, _debate: Offer) -> Iterator[Problem]:
    yield from _two_roles(document, document.values.get("entered_by"), document.values.get("checked_by"))


def _raised(_draft: Draft, document: Document, debate: Offer) -> Iterator[Problem]:
    known = ANSWERS if debate.method == "referendum" else (debate.options or ())
    for index, meeting in enumerate(document.values.get("meetings", ())):
        yield from _two_roles(document, meeting.entered_by, meeting.checked_by, "meetings", index)
        for rank, raised in enumerate(meeting.hands):
            place = ("meetings", index, "hands", rank)
            if known and raised.option not in known:
                given = {"value": shown(raised.option), "near": nearest(raised.option, known)}
                yield document.at_value("unknown-option", *place, "option", allowed=", ".join(known), **given)
            if raised.hands > meeting.present:
                given = {"value": str(raised.hands), "present": str(meeting.present)}
                yield document.at_value("more-hands-than-people", *place, "hands", **given)


def _two_roles(document: Document, one: str | None, two: str | None, *where: str | int) -> Iterator[Problem]:
    if one and two and one.casefold() == two.casefold():
        yield document.at_value("same-role-twice", *where, "checked_by", value=shown(two))


_FILES: dict[str, Callable[[Draft, Document, Offer], Iterator[Problem]]] = {
    "votes.csv": _votes,
    "codes.csv": _codes,
    "void.csv": _listed,
    "spent.csv": _listed,
    "ballots.csv": _ballots,
    "paper.csv": _paper,
    "roots.csv": _roots,
    "paper.yml": _counted,
    "meetings.yml": _raised,
}
