"""Turns the first sheet of an OpenDocument spreadsheet (.ods) into rows of clean cells, and rows into a spreadsheet."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agora_build.imports.tables import Row, TableError, cleaned

MAX_UNPACKED = 100_000_000  # bytes: an honest batch takes a hundred times less
MAX_COLUMNS = 64
MAX_ROWS = 100_000
_EXTRA = "odfpy"


def is_there() -> bool:
    """Tell whether spreadsheets can be read and written here."""
    return importlib.util.find_spec("odf") is not None


def read_ods(raw: bytes) -> Iterator[Row]:
    """Read the rows of the first sheet that hold something; a formula is refused, a repeated row told again."""
    _weigh(raw)
    number = 1
    for element in _elements(_table(raw), "table-row"):
        times = _times(element, "numberrowsrepeated")
        cells = tuple(_cells(element, number))
        if any(cells):
            if number + times > MAX_ROWS:
                raise TableError("table-too-long", number, limit=str(MAX_ROWS))
            yield from (Row(number + rank, cells) for rank in range(times))
        number += times


def _weigh(raw: bytes) -> None:
    """Refuse what is not a spreadsheet, and what would fill the memory once unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise TableError("table-not-ods") from None
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise TableError("table-bomb", limit=str(MAX_UNPACKED // 1_000_000))
    if "content.xml" not in {part.filename for part in parts}:
        raise TableError("table-not-ods")


def _table(raw: bytes) -> Any:  # noqa: ANN401 - the library has no types
    try:
        from odf.opendocument import load
        from odf.table import Table
    except ModuleNotFoundError:
        raise TableError("table-needs-odf", value=_EXTRA) from None
    try:
        tables = load(io.BytesIO(raw)).body.getElementsByType(Table)
    except Exception:  # noqa: BLE001 - whatever is wrong in it, it is not a spreadsheet that one can read
        raise TableError("table-not-ods") from None
    if not tables:
        raise TableError("table-not-ods")
    return tables[0]


def _elements(parent: Any, *names: str) -> Iterator[Any]:  # noqa: ANN401
    """Find the elements of some kinds, inside groups and headers too, but not one inside another."""
    for child in parent.childNodes:
        kind = getattr(child, "qname", ("", ""))[1]
        if kind in names:
            yield child
        elif kind not in ("annotation", "table"):
            yield from _elements(child, *names)


def _times(element: Any, attribute: str) -> int:  # noqa: ANN401
    return max(1, int(element.getAttribute(attribute) or 1))


def _cells(row: Any, number: int) -> Iterator[str]:  # noqa: ANN401
    """Give the cells of a row; empty ones that repeat to the edge of the sheet are not worth telling."""
    column = 0
    for cell in _elements(row, "table-cell", "covered-table-cell"):
        times = min(_times(cell, "numbercolumnsrepeated"), MAX_COLUMNS - column)
        if cell.getAttribute("formula"):
            raise TableError("table-formula", number, value=f"{_letters(column)}{number}")
        said = cleaned(_said(cell))
        yield from [said] * times
        column += times


def _said(cell: Any) -> str:  # noqa: ANN401
    """Give what a cell says: the day of a date, whatever its looks, and otherwise what one reads."""
    if cell.getAttribute("valuetype") == "date":
        return str(cell.getAttribute("datevalue") or "")[:10]
    return "\n".join("".join(_text(part)) for part in _elements(cell, "p"))


def _text(node: Any) -> Iterator[str]:  # noqa: ANN401
    kind = getattr(node, "qname", ("", ""))[1]
    if kind in ("s", "tab", "line-break"):
        yield {"s": " ", "tab": " ", "line-break": "\n"}[kind] * (_times(node, "c") if kind == "s" else 1)
    elif not kind:
        yield str(node)
    elif kind != "annotation":
        for child in node.childNodes:
            yield from _text(child)


def _letters(column: int) -> str:
    """Name a column as a spreadsheet does: A, B… Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def write_ods(title: str, rows: list[list[str]], choices: Mapping[int, Sequence[str]], widths: Sequence[str]) -> bytes:
    """Write a spreadsheet: wrapped cells that stay text whatever is typed, and lists to choose from, by column."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import ContentValidation, ContentValidations, Table, TableColumn, TableRow

    document = OpenDocumentSpreadsheet()
    head, body = _styles(document)
    validations = ContentValidations()
    for column, allowed in choices.items():
        listed = ";".join(f'"{word.replace(chr(34), chr(39))}"' for word in allowed)
        condition = f"of:cell-content-is-in-list({listed})"
        validations.addElement(ContentValidation(name=f"choice{column}", condition=condition, allowemptycell="true"))
    if choices:
        document.spreadsheet.addElement(validations)
    table = Table(name=title)
    for rank, width in enumerate(widths):
        table.addElement(TableColumn(stylename=_width(document, rank, width), defaultcellstylename=body))
    for rank, cells in enumerate(rows):
        row = TableRow()
        for column, said in enumerate(cells):
            row.addElement(_cell(said, body if rank else head, f"choice{column}" if rank and column in choices else ""))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    packed = io.BytesIO()
    document.write(packed)
    return packed.getvalue()


def _styles(document: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Make the styles of titles and of cells."""
    from odf.number import TextContent, TextStyle
    from odf.style import Style, TableCellProperties, TextProperties

    kept = TextStyle(name="as-typed")
    kept.addElement(TextContent())
    document.automaticstyles.addElement(kept)
    made = []
    for name, bold in (("head", True), ("body", False)):
        style = Style(name=name, family="table-cell", datastylename=kept)
        shade = {"backgroundcolor": "#e6e6e6"} if bold else {}
        style.addElement(
            TableCellProperties(wrapoption="wrap", verticalalign="top", border="0.5pt solid #888888", **shade)
        )
        if bold:
            style.addElement(TextProperties(fontweight="bold"))
        document.automaticstyles.addElement(style)
        made.append(style)
    return made[0], made[1]


def _width(document: Any, rank: int, width: str) -> Any:  # noqa: ANN401
    from odf.style import Style, TableColumnProperties

    style = Style(name=f"width{rank}", family="table-column")
    style.addElement(TableColumnProperties(columnwidth=width))
    document.automaticstyles.addElement(style)
    return style


def _cell(said: str, style: Any, validation: str) -> Any:  # noqa: ANN401
    from odf.table import TableCell
    from odf.text import P

    chosen = {"contentvalidationname": validation} if validation else {}
    cell = TableCell(stylename=style, valuetype="string", **chosen) if said else TableCell(stylename=style, **chosen)
    if said:
        cell.addElement(P(text=said))
    return cell
