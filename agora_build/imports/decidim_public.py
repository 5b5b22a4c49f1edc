"""Turns the meetings and the results of Decidim into meetings of the agenda and decisions: what a city itself wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from agora_build.content.cleaning import cleaned
from agora_build.imports.decidim_cells import Cells
from agora_build.imports.filing import Item
from agora_build.imports.order import Desk
from agora_build.imports.values import number
from agora_build.record import replace

_LONGEST = 48  # characters of a title in the name of a file
_SUMMARY = 600


def file_meeting(desk: Desk, item: Item, cells: Cells, host: str) -> None:
    """File a meeting: held when its report is there, confirmed otherwise."""
    starts, ends = cells.moment("start_time"), cells.moment("end_time")
    title = _line(cells.local("title"))
    if starts is None or not title:
        desk.report.refuse(item.place, "import-no-date" if title else "import-no-text")
        return
    same_day = ends is not None and ends.date() == starts.date()
    attendees, minutes = number(cells.row.get("attendees", "attendees_count")), cells.passage("closing_report")
    held = bool(minutes) and attendees is not None
    if attendees and not held:
        desk.report.note(item.place, "import-no-minutes", value=str(attendees))
    meta = {
        "title": title,
        "kind": "workshop",
        "status": "held" if held else "confirmed",
        "date": starts.date(),
        "end_date": ends.date() if ends and ends.date() > starts.date() else None,
        "starts": starts.time(),
        "ends": ends.time() if ends and same_day and ends > starts else None,
        "location": _location(desk, cells),
        "host": host or desk.filing.target.config.city.name,
        "quarter": desk.contributions.quarters.find(cells.local("scope/name")) or None,
        "debate": desk.order.debate or None,
        "attendance": attendees if held else None,
        "minutes": desk.contributions.public(item.place, "minutes", minutes) if held else None,
    }
    body = desk.contributions.public(item.place, "description", cells.passage("description"))
    _file(desk, replace(item, named=_slug(title)), meta, body)


def file_decision(desk: Desk, item: Item, cells: Cells, office: str) -> None:
    """File a result as a decision; how far it is stands in its text."""
    day, title = cells.day("start_date", "created_at"), _line(cells.local("title"))
    if day is None or not title:
        desk.report.refuse(item.place, "import-no-date" if title else "import-no-text")
        return
    body = desk.contributions.public(item.place, "description", cells.passage("description"))
    meta = {
        "title": title,
        "date": day,
        "by": office,
        "summary": _shortened(body.split("\n\n")[0] or title),
    }
    if cells.row.get("progress") or cells.local("status/name"):
        desk.report.note(
            item.place, "import-progress", value=f"{cells.local('status/name')} {cells.row.get('progress')}"
        )
    _file(desk, replace(item, named=_slug(title)), meta, body)


def _file(desk: Desk, item: Item, meta: Mapping[str, object], body: str) -> None:
    taken = desk.report.taken
    before = taken[item.folder]
    desk.filing.file(item, meta, body)
    desk.report.end_line(taken=taken[item.folder] > before)


def _location(desk: Desk, cells: Cells) -> dict[str, object]:
    """Say where a meeting is; without an address, its city."""
    name, address = _line(cells.local("location")), _line(cells.row.get("address"))
    point, city = cells.point(), desk.filing.target.config.map
    found: dict[str, object] = {"name": name or None, "address": address or desk.filing.target.config.city.name}
    if point and city and city.south <= point[0] <= city.north and city.west <= point[1] <= city.east:
        found |= {"lat": point[0], "lon": point[1]}
    return found


def _shortened(text: str) -> str:
    """Cut a paragraph between two words."""
    line = " ".join(text.split())
    return line if len(line) <= _SUMMARY else f"{line[: _SUMMARY - 2].rpartition(' ')[0]} …"


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())[:160]


def _slug(title: str) -> str:
    """Write a title as the start of a file's name."""
    bare = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", bare)
    slug = "-".join(words) or "rencontre"
    return slug if len(slug) <= _LONGEST else slug[: _LONGEST + 1].rpartition("-")[0] or slug[:_LONGEST]
