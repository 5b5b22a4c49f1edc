"""Turns the files of open data of a campaign, and of the city, into pages that explain them to people."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agora_build.content.datasets import TITLES, tables_of
from agora_build.content.models import Campaign
from agora_build.content.opendata import VOTE_TITLES, DataFile, columns_of_vote, files_of, files_of_city, title_of
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Site
from agora_build.content.tables import HEADERS
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class Line(Record, frozen=True):
    """A table to download: its file, the same as JSON ('' for the list of another table), the anchor of its columns."""

    file: DataFile
    json: str
    anchor: str


class DataPage(Record, frozen=True):
    """The data of a campaign: its tables, its other files, what documents them."""

    path: str
    masthead: Masthead
    tables: tuple[Line, ...]
    others: tuple[DataFile, ...]
    package: str
    archive: str  # all of it in one file, once the campaign is closed; '' before


class Meaning(Record, frozen=True):
    """What the columns of a table mean."""

    anchor: str
    file: DataFile


class CityDataPage(Record, frozen=True):
    """The data of the city, the campaigns, and what every column means."""

    path: str
    campaigns: tuple[Entry[Campaign], ...]
    tables: tuple[Line, ...]
    others: tuple[DataFile, ...]
    meanings: tuple[Meaning, ...]
    package: str


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a campaign."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        files = files_of(microsite, site, urls, today)
        path, head = urls.part(microsite.slug, "data"), masthead(microsite, urls, today, "data")
        archive = urls.archive(microsite.slug) if head.state == "closed" else ""
        page = DataPage(path, head, tuple(_lines(files)), _others(files), urls.package(microsite.slug), archive)
        yield Output(page.path, page, render)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the page of the city."""
    urls = Urls(site.config.city.language)
    files = files_of_city(site, urls, today)
    campaigns = tuple(microsite.campaign for microsite in site.microsites)
    tables, meanings = tuple(_lines(files)), tuple(_meanings())
    page = CityDataPage(urls.section("data"), campaigns, tables, _others(files), meanings, urls.package())
    yield Output(page.path, page, render_city)


def render(page: DataPage, theme: Theme) -> bytes:
    """Write the page of a campaign's data."""
    return theme.page("data.html", page.path, masthead=page.masthead, page=page)


def note(campaign: Campaign, theme: Theme) -> str:
    """Write the note that stands in the archive of a closed campaign, for who opens the folder."""
    lines = (
        f"{campaign.title} · {theme.config.city.site}",
        theme.text("All that is published of this consultation, in files to open in a spreadsheet or a program."),
        theme.text(
            "datapackage.json says what each file, column and unit is; content/ holds the texts they come from."
        ),
        theme.text("The site: {address}", address=f"{theme.base_url}/"),
        theme.text("Licence of the data: {licence}.", licence=theme.config.data_licence),
    )
    return "\r\n\r\n".join(lines) + "\r\n"


def render_city(page: CityDataPage, theme: Theme) -> bytes:
    """Write the page of the city's data."""
    return theme.page("city_data.html", page.path, page=page)


def _lines(files: Sequence[DataFile]) -> Iterator[Line]:
    known = {file.name: file.path for file in files}
    for file in files:
        if file.columns:
            yield Line(file, known.get(f"{file.name}-json", ""), f"colonnes-{file.table}")


def _others(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    """Keep what is neither a table nor the same as JSON."""
    return tuple(file for file in files if not file.columns and not file.name.endswith("-json"))


def _meanings() -> Iterator[Meaning]:
    """List every table that a city may publish, whether it has a row yet or not."""
    for kind in (*TITLES, "quarters", "offices"):
        for table in tables_of(kind):
            file = DataFile(f"{table.name}.csv", title_of(kind), "", "csv", table.about, columns=table.columns)
            yield Meaning(f"colonnes-{table.name}", file)
    for name in HEADERS:
        file = DataFile(name, VOTE_TITLES[name], "", "csv", columns=columns_of_vote(name))
        yield Meaning(f"colonnes-{name.removesuffix('.csv')}", file)
