"""Turns the cells of a row of Decidim into values: words in the city's language, days, times, points."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from agora_build.imports.html_text import text_of
from agora_build.imports.rows import Row
from agora_build.imports.values import moment
from agora_build.record import Record


class Cells(Record, frozen=True):
    """A row, read for a city: its language comes first, then any in which something is written."""

    row: Row
    language: str
    zone: ZoneInfo

    def local(self, name: str) -> str:
        """Give a cell in the language of the city, or in the first that has one; old exports write all in one cell."""
        found = self.row.get(f"{name}/{self.language}", name)
        if found.startswith("{") and found.endswith("}"):
            return _of_hash(found, self.language)
        if found:
            return found
        languages = (
            column for column in self.row.cells if re.fullmatch(rf"{re.escape(name)}/[a-z]{{2,3}}(-.+)?", column)
        )
        return next((cell for column in languages if (cell := self.row.get(column))), "")

    def passage(self, name: str) -> str:
        """Give the text of a cell in the language of the city, without the HTML of old exports."""
        return text_of(self.local(name))

    def names(self, start: str) -> Iterator[str]:
        """Give the names in the columns that start so: several stand in one cell, between commas."""
        for column, cell in self.row.cells.items():
            if column.startswith(f"{start}/") and "name" in column:
                yield from (name.strip(' "[]') for name in cell.split(","))

    def moment(self, *names: str) -> datetime.datetime | None:
        """Give the first day, with its hour, that some cells say; Decidim writes the time of Greenwich."""
        text = self.row.get(*names)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?", text):
            text += " UTC"
        return moment(text, self.zone) if text else None

    def day(self, *names: str) -> datetime.date | None:
        """Give the first day that some cells say."""
        found = self.moment(*names)
        return found.date() if found else None

    def point(self) -> tuple[float, float] | None:
        """Give latitude and longitude, when both are there."""
        try:
            lat, lon = float(self.row.get("latitude")), float(self.row.get("longitude"))
        except ValueError:
            return None
        return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None  # noqa: PLR2004 - degrees


def _of_hash(cell: str, language: str) -> str:
    """Read a cell that holds all the languages: {"fr"=>"…", "en"=>"…"}, as Ruby writes it, or as JSON."""
    try:
        read = json.loads(re.sub(r'(?<=")\s*=>\s*(?=")', ":", cell))
    except ValueError:
        return cell
    written = [str(value) for value in read.values() if isinstance(value, str) and value]
    return str(read.get(language) or next(iter(written), ""))
