"""States what is asked of an import, whatever the system, and opens what all importers need."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from agora_build.content.validate import nearest
from agora_build.imports.contributions import Contributions
from agora_build.imports.filing import Filing
from agora_build.imports.report import Place, Report
from agora_build.imports.rows import Flaw, NotATableError, Row, Table, open_table
from agora_build.imports.values import Words, plain, quarters_of, words_of
from agora_build.record import Record, field


class Order(Record, frozen=True):
    """What was typed: the files and how they are written, the debate, the day of what has none, the names."""

    files: tuple[Path, ...]
    debate: str = ""  # all goes there
    renamed: tuple[tuple[str, str], ...] = ()  # titles of debates elsewhere, and debates here
    day: datetime.date | None = None
    encoding: str = ""
    separator: str = ""
    names: bool = False


class UnusableError(Exception):
    """Says by a code, about a file, why nothing can be imported as it was asked."""

    def __init__(self, path: str, code: str, /, **values: str) -> None:
        super().__init__(code)
        self.place, self.code, self.values = Place(path), code, values


class Desk(Record, frozen=True):
    """What an importer works with."""

    order: Order
    filing: Filing
    contributions: Contributions
    debates: Words = field(default_factory=lambda: Words({}))

    @property
    def report(self) -> Report:
        """Where all is told."""
        return self.filing.report

    def table(self, path: Path, columns: Iterable[str]) -> Table:
        """Open a table; `columns` are some that it may have."""
        try:
            return open_table(path, columns, self.order.encoding, self.order.separator)
        except NotATableError as error:
            raise UnusableError(str(path), error.code, **error.values) from None

    def rows(self, table: Table) -> Iterator[tuple[Place, Row]]:
        """Read the rows of a table; those that cannot be read are told of."""
        for row in table.rows():
            place = Place(str(table.path), row.line)
            if isinstance(row, Flaw):
                self.report.refuse(place, row.code, **row.values)
            else:
                yield place, row

    def debate(self, place: Place, title: str) -> str:
        """Find the debate that a title names, or '' when there is none, and it is told of."""
        if self.order.debate:
            return self.order.debate
        found = self.debates.find(title)
        if not found:
            self.report.refuse(place, "import-unknown-debate", value=title[:80], near=self.debates.near(title))
        return found


def desk_of(order: Order, filing: Filing, masks: dict[str, str]) -> Desk:
    """Prepare the desk of an importer; raise UnusableError when a debate that was typed is not there."""
    target = filing.target
    for slug in (order.debate, *(slug for _, slug in order.renamed)):
        if slug and slug not in target.debates:
            near, path = nearest(slug, target.debates), f"{target.folder}/debates/{slug}.md"
            raise UnusableError(path, "import-no-debate", value=slug, near=near, campaign=target.campaign)
    named = words_of((slug, debate.title) for slug, debate in target.debates.items())
    asked = {plain(debate.question): slug for slug, debate in target.debates.items()}
    renamed = {plain(title): slug for title, slug in order.renamed}
    words = Words({**asked, **named.known, **renamed})
    contributions = Contributions(filing, quarters_of(target.config.quarters), masks)  # type: ignore[arg-type]
    return Desk(order, filing, contributions, words)
