"""Turns the comments exported from DemocracyOS, that of Nanterre or the original, into contributions.

Nanterre's has no id and no date, and knows collective contributions; the original gives a row for each reply, with the
comment it answers before it.
"""

from __future__ import annotations

import re

from agora_build.imports.contributions import Said
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.report import Place
from agora_build.imports.rows import Row, Table
from agora_build.imports.values import moment, number, plain

NANTERRE = (
    "Concertation", "Débat", "Contribution collective", "Nombre de participants", "user-id", "Age", "Quartier", "text",
)  # fmt: skip
ORIGINAL = ("Topic ID", "Topic Title", "Comment ID", "Comment Text", "Reply Text")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)


def import_democracyos(desk: Desk, consultation: str = "") -> None:
    """Import the files of an order; of Nanterre's, only those of one consultation if it is named."""
    for path in desk.order.files:
        table = desk.table(path, (*NANTERRE, *ORIGINAL))
        if _has(table, "concertation", "débat", "text"):
            _nanterre(desk, table, plain(consultation))
        elif _has(table, "topic title", "comment id", "comment text"):
            _original(desk, table)
        else:
            columns = ", ".join(table.header)[:200]
            raise UnusableError(str(path), "import-unknown-columns", system="DemocracyOS", columns=columns)


def _has(table: Table, *columns: str) -> bool:
    return set(columns) <= set(table.columns)


def _nanterre(desk: Desk, table: Table, consultation: str) -> None:
    if desk.order.day is None:
        raise UnusableError(str(table.path), "import-needs-date")
    for place, row in desk.rows(table):
        if consultation and plain(row.get("concertation")) != consultation:
            desk.report.left["other-consultation"] += 1
            continue
        debate = desk.debate(place, row.get("débat"))
        if not debate:
            continue
        people, group = row.get("nombre de participants"), row.get("contribution collective")
        said = Said(
            place, debate, desk.order.day, row.cells["text"],
            channel="workshop" if group else "web",
            group=group,
            people=people if group or (number(people) or 0) > 1 else "",
            quarter=row.get("quartier"),
            private=(row.get("user-id"),),
        )  # fmt: skip
        desk.contributions.by_text(said, "democracyos-nanterre", desk.filing.target.campaign)


def _original(desk: Desk, table: Table) -> None:
    if desk.order.day is None and not _has(table, "comment date-time"):
        raise UnusableError(str(table.path), "import-needs-date")
    last = ("", "")  # id of the comment that was read last, and its name here
    for place, row in desk.rows(table):
        debate = desk.debate(place, _cell(row, "topic title"))
        if not debate:
            continue
        comment = _cell(row, "comment id")
        if not comment:
            desk.report.refuse(place, "import-no-id", key="Comment ID")
            continue
        if comment != last[0]:
            last = (comment, _said(desk, (place, row, debate), "comment"))
        if not _cell(row, "reply text"):
            continue
        if last[1]:
            _said(desk, (place, row, debate), "reply", last[1])
        else:
            desk.report.refuse(place, "import-no-parent")


def _said(desk: Desk, line: tuple[Place, Row, str], kind: str, reply_to: str = "") -> str:
    """File a comment or a reply; old exports give replies no id: the comment and the text make them."""
    place, row, debate = line
    day = desk.order.day
    date = _cell(row, f"{kind} date-time")
    if date:
        read = moment(date, desk.filing.target.zone)
        if read is None:
            desk.report.refuse(place, "import-bad-date", value=date[:60])
            return ""
        day = read.date()
    if day is None:
        desk.report.refuse(place, "import-no-date")
        return ""
    said = Said(
        place, debate, day, _cell(row, f"{kind} text"),
        name=_cell(row, f"{kind} author fullname") if desk.order.names else "",
        reply_to=reply_to,
        private=tuple(_cell(row, f"{kind} author {what}") for what in ("email", "id")),
    )  # fmt: skip
    own = ("democracyos", desk.filing.target.campaign, _cell(row, "topic id"), _cell(row, "comment id"))
    identity = _cell(row, f"{kind} id")
    if not identity:
        return desk.contributions.by_text(said, *own)
    return desk.contributions.by_id(said, *own, *((identity,) if kind == "reply" else ()))


def _cell(row: Row, name: str) -> str:
    """Give a cell without the quotation marks that the original writes around it before it writes it as a cell."""
    cell = row.get(name)
    match = _QUOTED.fullmatch(cell)
    inner = match[1].strip() if match else cell
    return "" if inner in ("undefined", "Invalid date", "null") else inner
