"""Turns a vote on a budget, as Pabulib writes it (.pb), into a debate with its projects, and ballots without voters."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path

from agora_build.civic.budget import allocate
from agora_build.civic.choices import ChoicesError, choices
from agora_build.content.envelope import Envelope, written
from agora_build.content.models import Ballot, BudgetRule
from agora_build.content.validate import nearest, shown
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.pabulib_file import PbLine, pb_lines
from agora_build.imports.pile import Pile
from agora_build.imports.report import Place
from agora_build.imports.values import moment, number, plain
from agora_build.problems import wording
from agora_build.record import Record, field

_KINDS = {"approval": "approval", "cumulative": "points", "scoring": "points"}
_ID, _TITLE = 60, 160  # characters of ours
_FEWEST_POINTS, _MOST_POINTS, _MOST_CHOICES = 2, 1000, 100


class Asked(Record, frozen=True):
    """What was typed besides the file: the name of the debate, its rule and its days when the file is silent."""

    debate: str = ""
    rule: BudgetRule | None = None
    opens: datetime.date | None = None
    closes: datetime.date | None = None


class Election(Record):
    """What is known of a vote before its first ballot."""

    path: Path
    meta: dict[str, str] = field(default_factory=dict)
    projects: list[dict[str, object]] = field(default_factory=list)  # as a debate lists them
    names: dict[str, str] = field(default_factory=dict)  # id of the file -> ours, '' when the project is left out
    costs: dict[str, int] = field(default_factory=dict)
    selected: dict[str, tuple[Place, bool]] = field(default_factory=dict)  # what the file says of projects

    def refuse(self, code: str, **values: str) -> UnusableError:
        """Say why the vote cannot be held here."""
        return UnusableError(str(self.path), code, **values)


def import_pabulib(desk: Desk, asked: Asked) -> None:
    """Import a file; raise UnusableError when the method cannot hold its vote."""
    if len(desk.order.files) > 1:
        raise UnusableError(str(desk.order.files[1]), "import-one-file")
    election = Election(desk.order.files[0])
    lines = pb_lines(desk, election.path)
    first: list[PbLine] = []
    for line in lines:
        if line.section == "VOTES":
            first.append(line)
            break
        (_learn if line.section == "META" else _project)(desk, election, line)
    slug = asked.debate or _slug(election.meta.get("description", "")) or "budget"
    ballot, envelope = _rules(election, asked)
    days = _days(desk, election, asked)
    with closing(Pile(f"{desk.filing.target.campaign}/{slug}")) as pile:
        for line in chain(first, lines):
            _cast(desk, election, line, (ballot, envelope), pile)
        _write(desk, election, slug, _meta(desk, election, days, ballot, envelope), pile)
        _compare(desk, election, (ballot, envelope), pile)


def _learn(_desk: Desk, election: Election, line: PbLine) -> None:
    election.meta[line.cells.get("key", "").casefold()] = line.cells.get("value", "")


def _project(desk: Desk, election: Election, line: PbLine) -> None:
    """Take a project, or tell why it is left out with what was voted for it."""
    known, cost = line.cells.get("project_id", ""), _amount(line.cells.get("cost", ""))
    name, budget = _slug(known), _amount(election.meta.get("budget", ""))
    if not known or known in election.names:
        code = "import-repeated-project" if known else "import-no-id"
        desk.report.refuse(line.place, code, key="project_id", value=shown(known))
        return
    election.names[known] = ""
    if not name or name in election.costs:
        desk.report.refuse(line.place, "import-bad-project", value=shown(known))
    elif not cost:
        desk.report.refuse(line.place, "import-bad-cost", value=shown(line.cells.get("cost", "")))
    elif budget and cost > budget:
        values = {"value": written(cost), "budget": written(budget), "project": shown(known)}
        desk.report.refuse(line.place, "project-over-budget", **values)
    else:
        title = desk.contributions.public(line.place, "name", line.cells.get("name", "")) or known
        election.names[known], election.costs[name] = name, cost
        election.projects.append({"id": name, "title": _line(title), "cost": written(cost)})
        if line.cells.get("selected") in ("0", "1"):
            election.selected[name] = (line.place, line.cells["selected"] == "1")
        desk.report.end_line(taken=True)


def _rules(election: Election, asked: Asked) -> tuple[Ballot, Envelope]:
    """Tell how one voted and what there was to share out, or why it cannot be held here."""
    meta, total = election.meta, _amount(election.meta.get("budget", ""))
    kind = _KINDS.get(meta.get("vote_type", "").casefold())
    if kind is None or number(meta.get("default_score", "0") or "0") != 0:
        raise election.refuse("import-pabulib-type", value=shown(meta.get("vote_type", "")))
    if not total or not election.costs:
        raise election.refuse("import-pabulib-missing", key="PROJECTS" if total else "budget")
    within = _amount(meta.get("max_sum_cost", ""))
    limits: dict[str, object] = {"within": within if within and within < total else None}
    most = number(meta.get("max_length", "")) or 0
    if kind == "approval":
        limits["choices"] = most if 0 < most < min(len(election.costs), _MOST_CHOICES + 1) else None
    else:
        highest = number(meta.get("max_points", "")) or 0
        points = number(meta.get("max_sum_points", "")) or highest * (most or len(election.costs))
        if not _FEWEST_POINTS <= points <= _MOST_POINTS:
            raise election.refuse("import-pabulib-points", value=str(points))
        limits |= {"points": points, "most": highest if 0 < highest < points else None}
    ballot = Ballot.model_validate({"kind": kind, **limits})
    return ballot, Envelope(total, _rule(election, asked), tuple(election.costs.items()), ballot.within)


def _rule(election: Election, asked: Asked) -> BudgetRule:
    said = plain(election.meta.get("rule", ""))
    if asked.rule:
        return asked.rule
    if said == "greedy":
        return "greedy"
    if said.startswith(("equalshares", "equal shares")):
        return "equal-shares"
    raise election.refuse("import-pabulib-rule", value=shown(election.meta.get("rule", "") or "—"))


def _days(desk: Desk, election: Election, asked: Asked) -> tuple[datetime.date, datetime.date]:
    """Tell when one voted; a year alone is all of it."""
    found = []
    for key, given, rest in (("date_begin", asked.opens, "-01-01"), ("date_end", asked.closes, "-12-31")):
        text = election.meta.get(key, "")
        text = f"{text}{rest}" if re.fullmatch(r"[0-9]{4}", text) else text
        read = moment(text, desk.filing.target.zone)
        day = given or (read.date() if read else None)
        if day is None:
            raise election.refuse("import-pabulib-days", key=key, value=shown(text or "—"))
        found.append(day)
    return found[0], found[1]


def _cast(desk: Desk, election: Election, line: PbLine, rules: tuple[Ballot, Envelope], pile: Pile) -> None:
    """Take a ballot, in the order of the projects; what it gives to one that is left out is counted."""
    ballot, envelope = rules
    ids = [part.strip() for part in line.cells.get("vote", "").split(",") if part.strip()]
    points = [part.strip() for part in line.cells.get("points", "").split(",") if part.strip()]
    unknown = next((id_ for id_ in ids if id_ not in election.names), "")
    if unknown:
        near = nearest(unknown, election.names)
        desk.report.refuse(line.place, "import-unknown-project", value=shown(unknown), near=near)
    elif ballot.kind == "points" and len(points) != len(ids):
        desk.report.refuse(line.place, "import-points-count", value=str(len(points)), wanted=str(len(ids)))
    else:
        given = dict(zip(election.names, range(len(election.names)), strict=True))
        order = sorted(range(len(ids)), key=lambda rank: given[ids[rank]])
        said = ";".join(_said(election, ids[rank], points[rank] if points else "") for rank in order)
        said = re.sub(";+", ";", said).strip(";")
        try:
            choices(said, ballot, list(election.costs), envelope)
        except ChoicesError as error:
            desk.report.refuse(line.place, error.code, **{"near": "", "written": shown(said), **error.values})
            return
        if not pile.cast(line.cells.get("voter_id", ""), said):
            desk.report.refuse(line.place, "import-voted-twice")
            return
        desk.report.left["pabulib-choices-left"] += sum(not election.names[id_] for id_ in ids)


def _said(election: Election, id_: str, points: str) -> str:
    """Write a choice as ballots are published; '' for a project that is left out, or that gets no point."""
    name, given = election.names[id_], number(points)
    if not name or (points and given == 0):
        return ""
    return f"{name}:{points if given is None else given}" if points else name


def _meta(
    desk: Desk, election: Election, days: tuple[datetime.date, datetime.date], ballot: Ballot, envelope: Envelope
) -> dict[str, object]:
    place, meta = Place(str(election.path)), election.meta
    where = ", ".join(meta[key] for key in ("unit", "district", "instance") if meta.get(key)) or election.path.stem
    public = {
        key: _line(desk.contributions.public(place, key, text))
        for key, text in (("description", meta.get("description") or where), ("unit", where))
    }
    limits = {key: getattr(ballot, key) for key in ("choices", "points", "most")}
    desk.report.end_line(taken=True)
    return {
        "title": public["description"],
        "question": wording(desk.filing.target.config.city.language).label("budget-question"),
        "opens": days[0],
        "closes": days[1],
        "method": "budget",
        "elsewhere": public["unit"],
        "budget": written(envelope.amount),
        "rule": envelope.rule,
        "projects": election.projects,
        "ballot": {"kind": ballot.kind, **limits, "within": envelope.within and written(envelope.within)},
    }


def _write(desk: Desk, election: Election, slug: str, meta: Mapping[str, object], pile: Pile) -> None:
    place, folder = Place(str(election.path)), desk.filing.target.folder
    body = wording(desk.filing.target.config.city.language).label("budget-imported")
    if desk.filing.page(place, f"{folder}/debates/{slug}.md", meta, body):
        desk.filing.table(place, f"{folder}/votes/{slug}/ballots.csv", pile.table())


def _compare(desk: Desk, election: Election, rules: tuple[Ballot, Envelope], pile: Pile) -> None:
    """Tell of each project that is funded here and was not there, or the other way round."""
    ballot, envelope = rules
    cast = ((choices(text, ballot, list(election.costs), envelope), many) for text, many in pile.counts())
    funded = allocate(cast, envelope).funded
    desk.report.facts["pabulib-funded"] = ", ".join(funded)
    for name, (place, there) in election.selected.items():
        if there != (name in funded):
            desk.report.note(place, "import-pabulib-selected" if there else "import-pabulib-not-selected", value=name)
            desk.report.end_line(taken=True)


def _amount(text: str) -> int:
    """Read an amount of money in hundredths; 0 when it is none."""
    try:
        hundredths = Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".")) * 100
    except InvalidOperation:
        return 0
    return int(hundredths) if 0 < hundredths < 10**13 and hundredths == int(hundredths) else 0


def _slug(text: str) -> str:
    return _cut("-".join(re.findall("[a-z0-9]+", plain(text))), _ID, "-")


def _line(text: str) -> str:
    return _cut(" ".join(text.split()), _TITLE, " ")


def _cut(text: str, limit: int, between: str) -> str:
    """Shorten a text to whole words."""
    return text if len(text) <= limit else text[: limit + 1].rpartition(between)[0] or text[:limit]
