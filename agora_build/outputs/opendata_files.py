"""Turns what a debate, a campaign and the city publish into open data: a CSV file a table, a JSON file a kind."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from agora_build.content.columns import amounts_of
from agora_build.content.datasets import CONTRIBUTIONS, Dataset, Table, count, datasets, rows, said, tables_of
from agora_build.content.fields import Model, PartialDate
from agora_build.content.opendata import city_datasets
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.content.tree import TRANSLATIONS
from agora_build.record import Record, replace
from agora_build.rendering.csv_file import csv_of, written
from agora_build.rendering.output import Output, Shared
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

_ANCHORED = ("moderation", "rules", "timeline", "map", "batches")  # kinds told on one page of the campaign
_AS_IT_IS = (str, int, float, bool)


class Published(Record, Shared, frozen=True):
    """The rows of a kind, which its tables and its JSON file have in common."""

    dataset: Dataset


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the data of a campaign but for its contributions."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        slug = microsite.slug
        for dataset in datasets(microsite, today):
            yield from _files(dataset, lambda name, slug=slug: urls.part_file(slug, "data", name))  # type: ignore[misc]


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the data of the city: the same tables for all campaigns, and the lists they refer to."""
    urls = Urls(site.config.city.language)
    for dataset in city_datasets(site, today):
        yield from _files(dataset, lambda name: urls.section_file("data", name))


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the contributions to a debate as data."""
    if thread.contributions or thread.erased:
        urls = Urls(site.config.city.language)
        name = f"{CONTRIBUTIONS}-{thread.debate}"
        published = Published(said(thread))
        table = next(tables_of(CONTRIBUTIONS))
        yield Output(urls.part_file(microsite.slug, "data", f"{name}.csv"), (published, table), render_csv)
        yield Output(urls.part_file(microsite.slug, "data", f"{name}.json"), published, render_json)


def _files(dataset: Dataset, at: Callable[[str], str]) -> Iterator[Output[Any]]:
    published = Published(dataset)
    for table in tables_of(dataset.kind):
        if count(table, dataset.entries):
            yield Output(at(f"{table.name}.csv"), (published, table), render_csv)
    yield Output(at(f"{dataset.kind}.json"), published, render_json)


def render_csv(inputs: tuple[Published, Table], theme: Theme) -> bytes:
    """Write a table."""
    published, table = inputs
    entries, options = published.dataset.entries, theme.config.opendata
    addresses = [] if table.parts else _addresses(published.dataset, theme)
    lines = itertools.chain([[column.name for column in table.columns]], rows(table, entries, addresses))
    return csv_of(lines, options.delimiter, bom=options.bom)


def render_json(published: Published, theme: Theme) -> bytes:
    """Write the rows of a kind, one a line, each with what it lists; a key without a value is left out."""
    pairs = zip(published.dataset.entries, _addresses(published.dataset, theme), strict=True)
    lines = (json.dumps(_item(entry, address), ensure_ascii=False) for entry, address in pairs)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def _item(entry: Entry[Any], address: str) -> dict[str, Any]:
    if not entry.campaign:
        return _plain(entry.meta)  # type: ignore[no-any-return]
    body = {"text": entry.body} if entry.body else {}
    named = {"id": entry.slug, "campaign": entry.campaign}
    return {**named, **_plain(entry.meta), **body, "url": address}


def _plain(value: Any) -> Any:  # noqa: ANN401 - what a model holds
    """Give what JSON can say of a value, in the forms that cells have."""
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Model) and not isinstance(value, PartialDate):
        money = amounts_of(type(value))
        items = ((name, item) for name, item in vars(value).items() if item is not None and item != ())
        return {name: item / 100 if name in money else _plain(item) for name, item in items}
    if isinstance(value, Record):
        return {name: _plain(item) for name in value.__struct_fields__ if (item := getattr(value, name)) is not None}
    return written(value)


def _addresses(dataset: Dataset, theme: Theme) -> Iterator[str]:
    """Give the public address of the page that tells of each entry."""
    asked = {*dataset.questions}
    for entry in dataset.entries:
        yield theme.absolute(_page(entry, dataset.kind, asked, theme.urls)) if entry.campaign else ""


def _page(entry: Entry[Any], kind: str, asked: set[str], urls: Urls) -> str:
    campaign = entry.campaign
    if kind == TRANSLATIONS:
        return _page(replace(entry, slug=entry.meta.of), entry.meta.kind, asked, urls)
    if kind == "campaigns":
        return urls.campaign(campaign)
    if kind in _ANCHORED:
        return urls.part(campaign, kind)
    if kind == "draws":
        return urls.item(campaign, "juries", entry.slug)
    if kind == "answers":
        return urls.item(campaign, "questions" if entry.slug in asked else CONTRIBUTIONS, entry.slug)
    return urls.source(entry.path)
