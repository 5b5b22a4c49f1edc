"""Turns the open data of Decidim, old or new columns, into contributions, answers, meetings and decisions.

Columns are told apart by the system's own names (`title/fr`, `author/id`); a file is known by those it has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from agora_build.content.validate import nearest
from agora_build.imports.contributions import Said
from agora_build.imports.decidim_cells import Cells
from agora_build.imports.decidim_public import file_decision, file_meeting
from agora_build.imports.filing import Item
from agora_build.imports.html_text import text_of
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.register import source_of
from agora_build.imports.report import Place
from agora_build.imports.rows import Table
from agora_build.record import Record

COLUMNS = ("id", "participatory_space/id", "component/id", "url", "created_at", "start_time", "commentable_id", "body")
_ORDER = ("proposals", "meetings", "results", "comments")  # a comment answers what is there
_ALIGNMENTS = {"1": "for", "-1": "against", "0": "neutral"}
_PROPOSAL, _COMMENT = "Decidim::Proposals::Proposal", "Decidim::Comments::Comment"


class Officials(Record, frozen=True):
    """Who answers proposals and who decides, among the offices of agora.toml, and who invites to meetings."""

    answers: str = ""
    decides: str = ""
    host: str = ""


def import_decidim(desk: Desk, officials: Officials) -> None:
    """Import the files of an order, whatever the order they were typed in."""
    offices = [office.id for office in desk.filing.target.config.offices]
    for office in (officials.answers, officials.decides):
        if office and office not in offices:
            raise UnusableError("agora.toml", "import-no-office", value=office, near=nearest(office, offices))
    tables = [(_entity(desk, table), table) for table in (desk.table(path, COLUMNS) for path in desk.order.files)]
    importer = _Importer(desk, officials)
    for entity in _ORDER:
        for kind, table in tables:
            if kind == entity:
                importer.file(entity, table)


def _entity(desk: Desk, table: Table) -> str:
    """Tell what a file holds."""
    columns = set(table.columns)
    if {"commentable_id", "commentable_type", "body"} <= columns:
        return "comments"
    stems = {column.partition("/")[0] for column in columns}
    if {"start_time", "end_time", "title"} <= stems:
        return "meetings"
    if {"progress", "proposal_urls"} <= stems or {"start_date", "end_date", "progress"} <= stems:
        return "results"
    if {"id", "title", "body"} <= stems:
        if not desk.order.debate:
            raise UnusableError(str(table.path), "import-needs-one-debate")
        return "proposals"
    raise UnusableError(
        str(table.path), "import-unknown-columns", system="Decidim", columns=", ".join(table.header)[:200]
    )


class _Importer:
    """Files the rows of each kind."""

    def __init__(self, desk: Desk, officials: Officials) -> None:
        self._desk, self._officials = desk, officials

    def file(self, entity: str, table: Table) -> None:
        act = {
            "proposals": self._proposal, "comments": self._comment, "meetings": self._meeting, "results": self._result,
        }[entity]  # fmt: skip
        for place, row in self._desk.rows(table):
            cells = Cells(row, self._desk.filing.target.config.city.language, self._desk.filing.target.zone)
            if not row.get("id"):
                self._desk.report.refuse(place, "import-no-id", key="id")
            else:
                act(place, cells)

    def _identity(self, cells: Cells, kind: str, identity: str) -> tuple[str, ...]:
        """Name a thing of a platform: ids are those of the platform, whose address the row says."""
        address = cells.row.get("url", "root_commentable_url", "participatory_space/url")
        host = (urlsplit(address).hostname or "") if re.match(r"https?://", address) else ""
        return ("decidim", self._desk.filing.target.campaign, host, kind, identity)

    def _proposal(self, place: Place, cells: Cells) -> None:
        row, report = cells.row, self._desk.report
        if row.get("withdrawn") == "true" or row.get("withdrawn_at") or row.get("state") == "withdrawn":
            report.left["decidim-withdrawn"] += 1
            return
        day = cells.day("published_at", "created_at") or self._desk.order.day
        if day is None:
            self._no_day(place, cells)
            return
        said = Said(
            place, self._desk.order.debate, day, cells.passage("body"),
            channel="workshop" if row.get("created_in_meeting") == "true" else "web",
            title=cells.local("title"),
            name=row.get("author/name") if self._desk.order.names else "",
            quarter=cells.local("scope/name") or self._taxonomy(cells),
            location=self._location(place, cells),
        )  # fmt: skip
        name = self._desk.contributions.by_id(said, *self._identity(cells, _PROPOSAL, row.get("id")))
        if name:
            self._answer(place, cells, name)

    def _taxonomy(self, cells: Cells) -> str:
        """Give the quarter among the words a proposal is filed under, if there is one."""
        words = self._desk.contributions.quarters
        return next((name for name in cells.names("taxonomies") if words.find(name)), "")

    def _no_day(self, place: Place, cells: Cells) -> None:
        date = cells.row.get("published_at", "created_at", "start_time", "start_date")
        self._desk.report.refuse(place, "import-bad-date" if date else "import-no-date", value=date[:60])

    def _location(self, place: Place, cells: Cells) -> Mapping[str, object] | None:
        """Give where a proposal is; a point outside the city is left out, and told of."""
        city, row = self._desk.filing.target.config.map, cells.row
        point = cells.point()
        if point and city and not (city.south <= point[0] <= city.north and city.west <= point[1] <= city.east):
            self._desk.report.note(place, "import-outside-city", value=f"{point[0]}, {point[1]}")
            point = None
        address = " ".join(row.get("address").split())[:160]
        if not point and not address:
            return None
        found: dict[str, object] = {"address": address or None}
        return {**found, "lat": point[0], "lon": point[1]} if point else found

    def _answer(self, place: Place, cells: Cells, name: str) -> None:
        text, day = cells.passage("answer"), cells.day("answered_at", "state_published_at")
        if not text or self._desk.filing.target.gone(name):
            return
        if not self._officials.answers:
            self._desk.report.left["decidim-answers"] += 1
        elif day is None:
            self._desk.report.refuse(place, "import-no-date")
        else:
            public = self._desk.contributions.public(place, "answer", text)
            self._desk.report.end_line(taken=True)
            self._desk.filing.answer(place, name, {"by": self._officials.answers, "date": day}, public)

    def _comment(self, place: Place, cells: Cells) -> None:
        row, kind = cells.row, cells.row.get("commentable_type")
        if kind not in (_PROPOSAL, _COMMENT):
            self._desk.report.left["decidim-comments"] += 1
            return
        source = source_of(*self._identity(cells, kind, row.get("commentable_id")))
        parent = self._desk.filing.target.register.claim("contributions", source).name
        debate = self._desk.filing.target.draft.offer(
            f"{self._desk.filing.target.folder}/contributions/{parent}.md"
        ).debate
        day = cells.day("created_at")
        if not parent and "/proposals/" not in row.get("root_commentable_url"):
            self._desk.report.left["decidim-comments"] += 1  # an answer to a comment on something else
        elif not parent or not debate:
            self._desk.report.refuse(place, "import-no-parent")
        elif day is None:
            self._no_day(place, cells)
        else:
            said = Said(
                place, debate, day, text_of(row.cells["body"]),
                name=row.get("author/name") if self._desk.order.names else "",
                position=_ALIGNMENTS.get(row.get("alignment"), "") if kind == _PROPOSAL else "",
                reply_to=parent,
            )  # fmt: skip
            self._desk.contributions.by_id(said, *self._identity(cells, _COMMENT, row.get("id")))

    def _meeting(self, place: Place, cells: Cells) -> None:
        item = Item(place, "workshops", source_of(*self._identity(cells, "meeting", cells.row.get("id"))), "")
        file_meeting(self._desk, item, cells, self._officials.host)

    def _result(self, place: Place, cells: Cells) -> None:
        if not self._officials.decides:
            self._desk.report.left["decidim-results"] += 1
            return
        item = Item(place, "decisions", source_of(*self._identity(cells, "result", cells.row.get("id"))), "")
        file_decision(self._desk, item, cells, self._officials.decides)
