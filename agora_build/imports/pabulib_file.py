"""Turns a .pb file, as Pabulib defines it, into its lines, one at a time: a section, then cells by their column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agora_build.imports.encodings import Dialect, encoding_of
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.report import Place
from agora_build.imports.rows import Flaw, folded, records
from agora_build.record import Record

SECTIONS = ("META", "PROJECTS", "VOTES")


class PbLine(Record, frozen=True):
    """A line of a section, its cells by the folded name of their column."""

    place: Place
    section: str
    cells: dict[str, str]


def pb_lines(desk: Desk, path: Path) -> Iterator[PbLine]:
    """Read the lines below the header of each section; those that cannot be read are told of."""
    dialect = Dialect(desk.order.encoding or encoding_of(path), desk.order.separator or ";")
    section, header = "", list[str]()
    for number, cells in records(path, dialect):
        place = Place(str(path), number)
        if isinstance(cells, Flaw):
            desk.report.refuse(place, cells.code, **cells.values)
        elif not any(cell.strip() for cell in cells):
            continue
        elif (named := cells[0].strip().upper().lstrip("\ufeff")) in SECTIONS and not any(cells[1:]):
            section, header = named, []
        elif not section:
            raise UnusableError(str(path), "import-not-pabulib")
        elif not header:
            header = [folded(cell) for cell in cells]
            desk.report.facts["columns-left"] = _left(desk, header)
        elif any(cells[len(header) :]):
            desk.report.refuse(place, "import-cells", cells=str(len(cells)), wanted=str(len(header)))
        else:
            yield PbLine(place, section, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
    if not section:
        raise UnusableError(str(path), "import-not-pabulib")


_USED = {"key", "value", "project_id", "cost", "name", "selected", "votes", "score", "voter_id", "vote", "points"}


def _left(desk: Desk, header: list[str]) -> str:
    """List the columns that are not read, those of the sections before too."""
    before = desk.report.facts.get("columns-left", "")
    return ", ".join([before] * bool(before) + [name for name in header if name not in _USED])
