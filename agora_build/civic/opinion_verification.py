"""Turns the published votes on sentences and the figures published of them into all that does not agree.

The groups are found again from nothing but the votes. Sentences that have votes and no figures were withdrawn: they
count no more, and whoever verifies should find them in the log of moderation.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from agora_build.civic.consensus import opinions
from agora_build.civic.opinions import Opinions, Tally, opinions_of
from agora_build.civic.votes import COLUMNS, matrix

_NAMES = {
    "voters": "le nombre de votants", "votes": "le nombre de votes", "placed": "le nombre de personnes placées",
    "votes_to_be_placed": "le nombre de votes qu’il faut pour être placé", "groups": "les groupes d’opinion",
    "silhouette": "ce qui distingue les groupes", "reason": "la raison de l’absence de groupes",
    "shared": "ce qui rassemble", "majority": "les majorités", "divisive": "ce qui divise",
    "unclear": "ce que beaucoup laissent passer", "statements": "les chiffres des phrases",
}  # fmt: skip
_SHOWN = 60
_NUMBER = re.compile(r"\d+")


class UnreadableError(Exception):
    """Says which file is not one that can be verified."""


@dataclass(frozen=True, slots=True)
class OpinionFault:
    """Where what is published is not what the votes give: its name, the file or sentence, and both figures."""

    code: str
    about: str
    published: str = ""
    computed: str = ""


@dataclass(frozen=True, slots=True)
class Recount:
    """What the votes give, the sentences that were left out with how many votes they had, and what disagrees."""

    found: Opinions
    withdrawn: Mapping[str, int]
    faults: tuple[OpinionFault, ...]


def recounted(votes: bytes, published: bytes, page: bytes | None) -> Recount:
    """Compute the groups again from votes.csv, and compare with opinions.json and, if given, the page of results."""
    said = _said(published)
    known = {str(item["statement"]) for item in said["statements"]}
    rows = _rows(votes)
    table = matrix((row for row in rows if len(row) != len(COLUMNS) or row[1] in known), known)
    left = Counter(row[1] for row in rows if len(row) == len(COLUMNS) and row[1] not in known)
    found = opinions(table)
    faults = [OpinionFault("row", f"votes.csv, colonne {fault.field}", fault.value[:_SHOWN]) for fault in table.faults]
    if published != opinions_of(found):
        figures = list(_figures(said, json.loads(opinions_of(found))))
        faults += figures or [OpinionFault("written-otherwise", "opinions.json")]
    if page is not None:
        faults += _page(page, found)
    return Recount(found, dict(sorted(left.items())), tuple(faults))


def _said(published: bytes) -> dict[str, Any]:
    try:
        said = json.loads(published)
        if isinstance(said, dict) and all(isinstance(item["statement"], str) for item in said["statements"]):
            return said
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise UnreadableError("opinions.json")


def _rows(votes: bytes) -> list[list[str]]:
    try:
        header, *rows = csv.reader(io.StringIO(votes.decode("utf-8-sig"), newline=""))
    except (ValueError, csv.Error):
        raise UnreadableError("votes.csv") from None
    if tuple(header) != COLUMNS:
        raise UnreadableError("votes.csv")
    return rows


def _figures(said: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[OpinionFault]:
    """Name the figures that differ, sentence by sentence."""
    sentences = {item["statement"]: item for item in here["statements"]}
    for item in said["statements"]:
        other = sentences[item["statement"]]
        if item != other:
            yield OpinionFault("sentence", str(item["statement"]), _tally(item), _tally(other))
    names = [name for name in _NAMES if name != "statements" and said.get(name) != here.get(name)]
    yield from (OpinionFault("figure", _NAMES[name], _short(said.get(name)), _short(here.get(name))) for name in names)


def _tally(item: Mapping[str, Any]) -> str:
    """Say the figures of a sentence on one line."""
    tallies = [item.get("tally"), *item.get("groups", ())] if isinstance(item.get("groups"), list) else [item]
    return " ; ".join(
        "/".join(str(one.get(key)) for key in ("agree", "disagree", "passes")) if isinstance(one, dict) else _short(one)
        for one in tallies
    )


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:_SHOWN]


def _page(page: bytes, found: Opinions) -> Iterator[OpinionFault]:
    """Compare the table that citizens read with the votes: votes and per cents of all, then of each group."""
    table = _Figures()
    table.feed(page.decode("utf-8", "replace"))
    if not table.rows:
        yield OpinionFault("no-table", "index.html")
        return
    wanted = {opinion.statement: _cells(opinion.tally, opinion.groups, found) for opinion in found.statements}
    for statement in sorted(wanted.keys() | table.rows.keys()):
        shown, computed = table.rows.get(statement), wanted.get(statement)
        if shown != computed:
            words = [" ".join(each) if each else "absente" for each in (shown, computed)]
            yield OpinionFault("page", statement, *words)


def _cells(everyone: Tally, groups: tuple[Tally, ...], found: Opinions) -> tuple[str, ...]:
    def share(part: int, whole: int) -> str:
        return str(round(100 * part / whole)) if whole else "–"

    cells = [str(everyone.votes), *(share(part, everyone.votes) for part in _parts(everyone))]
    for tally in groups if found.groups else ():
        cells += [share(part, tally.votes) for part in _parts(tally)[:2]]
    return tuple(cells)


def _parts(tally: Tally) -> tuple[int, int, int]:
    return tally.agree, tally.disagree, tally.passes


class _Figures(HTMLParser):
    """Reads the table of sentences: the figures of each, by the name of the page that its sentence leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, tuple[str, ...]] = {}
        self._inside = self._cell = False
        self._statement, self._words = "", [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where one is."""
        given = dict(attrs)
        if tag == "table":
            self._inside = "figures" in (given.get("class") or "").split()
        elif tag == "tr":
            self._statement, self._words = "", []
        elif tag == "a" and self._inside:
            self._statement = (given.get("href") or "").removesuffix("index.html").strip("/").rpartition("/")[2]
        elif tag == "td":
            self._cell = True
            self._words.append("")

    def handle_endtag(self, tag: str) -> None:
        """Keep a row that ends."""
        if tag == "td":
            self._cell = False
        elif tag == "tr" and self._inside and self._statement:
            cells = (part for word in self._words for part in word.split("/"))
            self.rows[self._statement] = tuple(_figure(cell) for cell in cells)
        elif tag == "table":
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Keep what a cell says."""
        if self._cell:
            self._words[-1] += data


def _figure(cell: str) -> str:
    """Read a number, whatever separates its thousands and follows it."""
    return "".join(_NUMBER.findall(cell)) or cell.strip()
