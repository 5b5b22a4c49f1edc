"""Turns the files of open data of a campaign, or of the city, into datapackage.json: each column, unit and licence.

Its form is that of the Data Package standard (Frictionless); every path stands below the file's own folder.
"""

from __future__ import annotations

import datetime
import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from agora_build.content.columns import Column
from agora_build.content.opendata import DataFile, files_of, files_of_city
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

LICENCES: Mapping[str, tuple[str, str]] = {
    "CC BY-SA 4.0": ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0 1.0": ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL 1.0": ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "Licence Ouverte 2.0": ("etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
}
_MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "yaml": "application/yaml",
    "ics": "text/calendar",
    "geojson": "application/geo+json",
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "pb": "text/plain",
}
_UNITS = {
    "second": "s",
    "degree": "°",
    "person": "person",
    "sheet": "sheet",
    "day": "d",
    "percent": "%",
    "money": "currency",
}
_REFERRED = {  # the table of what a column refers to, where there is one
    "campaign": "campaigns",
    "quarter": "quarters",
    "office": "offices",
    "debate": "debates",
    "workshop": "workshops",
    "resource": "resources",
    "jury": "juries",
    "decision": "decisions",
    "batch": "batches",
}
_OF_CITY = ("quarters", "offices")
_PARTIAL = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


class Package(Record, frozen=True):
    """The files of a campaign, or of the city; `page` is the page that explains them."""

    path: str
    name: str
    title: str
    summary: str
    page: str
    files: tuple[DataFile, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Package]]:
    """Declare the description of a campaign's data."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        meta, slug = microsite.campaign.meta, microsite.slug
        files = files_of(microsite, site, urls, today)
        package = Package(urls.package(slug), slug, meta.title, meta.summary, urls.part(slug, "data"), files)
        yield Output(package.path, package, render)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Package]]:
    """Declare the description of the city's data."""
    urls, city = Urls(site.config.city.language), site.config.city
    files = files_of_city(site, urls, today)
    package = Package(urls.package(), "agora", city.site, city.description, urls.section("data"), files)
    yield Output(package.path, package, render)


def render(package: Package, theme: Theme) -> bytes:
    """Write the description."""
    tables = {file.name: file for file in package.files if file.columns}
    said = {
        "profile": "data-package",
        "name": package.name,
        "title": package.title,
        "description": package.summary,
        "language": theme.config.city.language,  # of its texts, whatever the languages of the pages
        "homepage": theme.absolute(package.page),
        "licenses": [_licence(theme)],
        "contributors": [{"title": theme.config.city.name, "path": f"{theme.base_url}/", "role": "publisher"}],
        "resources": [_resource(file, package, tables, theme) for file in package.files],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def title(file: DataFile, theme: Theme) -> str:
    """Give the title of a file: its kind, the debate, what it lists."""
    parts = (theme.text(file.title), file.debate, theme.text(file.about).rstrip(".") if file.about else "")
    return " · ".join(part for part in parts if part)


def _licence(theme: Theme) -> dict[str, str]:
    name = theme.config.data_licence
    known = LICENCES.get(name)
    if known is None:
        return {"name": "-".join(name.split()), "title": name}
    return {"name": known[0], "path": known[1], "title": name}


def _resource(file: DataFile, package: Package, tables: Mapping[str, DataFile], theme: Theme) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": file.name,
        "path": posixpath.relpath(file.path, posixpath.dirname(package.path) or "."),
        "title": title(file, theme),
        "format": file.form,
        "mediatype": _MEDIA[file.form],
        "licenses": [_licence(theme)],
    }
    if file.columns:
        delimiter = theme.config.opendata.delimiter if file.ours else ","
        said |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "dialect": {"delimiter": delimiter, "lineTerminator": "\r\n" if file.ours else "\n", "quoteChar": '"'},
            "schema": _schema(file, tables, theme),
        }
    return said


def _schema(file: DataFile, tables: Mapping[str, DataFile], theme: Theme) -> dict[str, Any]:
    said: dict[str, Any] = {"fields": [_field(column, theme) for column in file.columns], "missingValues": [""]}
    if file.keys:
        said["primaryKey"] = list(file.keys)
    links = [*_links(file, tables, of_city="quarters" in tables or "offices" in tables)]
    return {**said, "foreignKeys": links} if links else said


def _links(file: DataFile, tables: Mapping[str, DataFile], *, of_city: bool) -> Iterator[dict[str, Any]]:
    """Say which columns name a row of another table of the package; of those that name several, the standard cannot."""
    for column in file.columns:
        kind = _REFERRED.get(column.refers, "") if not column.many else ""
        if column.name == "parent":
            kind = file.table.partition("-")[0]
        if kind in tables and kind != file.table:
            alone = not of_city or column.name == "campaign" or kind in _OF_CITY
            own, fields = ([column.name], ["id"]) if alone else (["campaign", column.name], ["campaign", "id"])
            if alone or column.required:  # half a key that is empty would name nothing
                yield {"fields": own, "reference": {"resource": kind, "fields": fields}}


def _field(column: Column, theme: Theme) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "type": column.type, "description": theme.text(column.description)}
    if column.type == "time":
        said["format"] = "%H:%M"
    if column.unit:
        said["unit"] = _UNITS[column.unit]
    if column.many:
        said["separator"] = " "
    if column.refers:
        said["refersTo"] = column.refers
    limits = {
        **({"required": True} if column.required else {}),
        **({"enum": list(column.values)} if column.values else {}),
        **({"pattern": _PARTIAL} if column.partial else {}),
    }
    return {**said, "constraints": limits} if limits else said
