"""Turns a spreadsheet saved as CSV into contributions, once somebody said which column is what."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from agora_build.content.validate import nearest
from agora_build.imports.contributions import Said
from agora_build.imports.order import Desk, UnusableError
from agora_build.imports.report import Place
from agora_build.imports.rows import Row, Table, folded
from agora_build.imports.values import CHANNELS, POSITIONS, Words, moment, words_of
from agora_build.record import Record

FIELDS = (
    "text", "title", "date", "name", "group", "spokesperson", "people", "meeting", "quarter", "theme", "position",
    "channel", "workshop", "debate", "id",
)  # fmt: skip
_AS_THEY_ARE = ("title", "name", "group", "spokesperson", "people", "meeting", "quarter", "workshop")


class Mapped(Record, frozen=True):
    """Which columns hold what, and the channel of what no column says."""

    columns: Mapping[str, tuple[str, ...]]
    channel: str

    def get(self, row: Row, field: str) -> str:
        """Give what a row says of a field; several columns make several paragraphs."""
        cells = (row.get(column) for column in self.columns.get(field, ()))
        return "\n\n".join(cell for cell in cells if cell)


def import_spreadsheet(desk: Desk, columns: Sequence[tuple[str, str]], channel: str) -> None:
    """Import the files of an order; `columns` are fields, each with the name of a column."""
    wanted: dict[str, tuple[str, ...]] = {}
    for name, column in columns:
        wanted[name] = (*wanted.get(name, ()), folded(column))
    mapped = Mapped(wanted, channel)
    themes = {
        slug: words_of((theme.id, theme.title) for theme in debate.themes)
        for slug, debate in desk.filing.target.debates.items()
    }
    for path in desk.order.files:
        table = desk.table(path, [column for _, column in columns])
        _check(desk, table, columns)
        for place, row in desk.rows(table):
            _row(desk, place, row, mapped, themes)


def _check(desk: Desk, table: Table, columns: Sequence[tuple[str, str]]) -> None:
    path, named = str(table.path), {field for field, _ in columns}
    for needed, other in (("text", ""), ("debate", desk.order.debate), ("date", desk.order.day)):
        if needed not in named and not other:
            raise UnusableError(path, f"import-needs-{needed}", columns=", ".join(table.header)[:300])
    for _field, column in columns:
        if folded(column) not in table.columns:
            near = next((name for name in table.header if folded(name) == nearest(folded(column), table.columns)), "")
            columns_ = ", ".join(table.header)[:300]
            raise UnusableError(path, "import-no-column", value=column, near=near, columns=columns_)
    mapped = {folded(column) for _, column in columns}
    left = [name for name in table.header if name and folded(name) not in mapped]
    desk.report.facts["columns-left"] = ", ".join(left)


def _row(desk: Desk, place: Place, row: Row, mapped: Mapped, themes: Mapping[str, Words]) -> None:
    debate = desk.debate(place, mapped.get(row, "debate"))
    day = _day(desk, place, mapped.get(row, "date"))
    if not debate or day is None:
        return
    said = Said(
        place, debate, day, mapped.get(row, "text"),
        channel=_word(desk, place, "channel", mapped.get(row, "channel"), CHANNELS) or mapped.channel,
        theme=_word(desk, place, "theme", mapped.get(row, "theme"), themes[debate]),
        position=_word(desk, place, "position", mapped.get(row, "position"), POSITIONS),
        private=tuple(_others(row, mapped)),
        **{key: mapped.get(row, key) for key in _AS_THEY_ARE},  # type: ignore[arg-type]
    )  # fmt: skip
    own = ("spreadsheet", desk.filing.target.campaign)
    if "id" not in mapped.columns:
        desk.contributions.by_text(said, *own)
    elif identity := mapped.get(row, "id"):
        desk.contributions.by_id(said, *own, debate, identity)
    else:
        desk.report.refuse(place, "import-no-id", key=mapped.columns["id"][0])


def _day(desk: Desk, place: Place, text: str) -> datetime.date | None:
    if not text:
        if desk.order.day is None:
            desk.report.refuse(place, "import-no-date")
        return desk.order.day
    read = moment(text, desk.filing.target.zone)
    if read is None:
        desk.report.refuse(place, "import-bad-date", value=text[:60])
    return read.date() if read else None


def _word(desk: Desk, place: Place, key: str, text: str, words: Words) -> str:
    """Find what a word means; when it means nothing here, it is left out and told of."""
    found = words.find(text) if text else ""
    if text and not found:
        desk.report.note(place, "import-unknown-word", key=key, value=text[:60], near=words.near(text))
    return found


def _others(row: Row, mapped: Mapped) -> Iterator[str]:
    """Give the cells that hold an address and that nobody asked for."""
    asked = {column for columns in mapped.columns.values() for column in columns}
    yield from (cell.strip() for column, cell in row.cells.items() if column not in asked and "@" in cell)
