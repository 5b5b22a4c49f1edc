"""Turns the numbered points of a campaign, and of the whole city, into map pages, where a list says the same."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.content.map_points import (
    MapFiles,
    MapPoint,
    campaign_files,
    campaign_points,
    city_files,
    city_points,
)
from agora_build.content.models import Erased, Map
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class MapPage(Record, frozen=True):
    """A campaign's map: its questions, its points, the files drawn from them."""

    masthead: Masthead
    map: Map
    source: str
    points: tuple[MapPoint, ...]
    files: MapFiles
    erased: tuple[Entry[Erased], ...]


class CityMapPage(Record, frozen=True):
    """The map of the whole city."""

    points: tuple[MapPoint, ...]
    files: MapFiles


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a campaign that has a map."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        if microsite.map:
            page = MapPage(
                masthead=masthead(microsite, urls, today, "map"),
                map=microsite.map,
                source=microsite.campaign.path.replace("campaign.md", "map.yml"),
                points=campaign_points(microsite, urls),
                files=campaign_files(microsite.slug, urls),
                erased=tuple(entry for entry in microsite.erased if entry.meta.kind == "place"),
            )
            yield Output(page.files.page, page, render)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the page of the city's map, if the city has one."""
    urls = Urls(site.config.city.language)
    if site.config.map:
        files = city_files(urls)
        yield Output(files.page, CityMapPage(city_points(site, urls, today), files), render_city)


def render(page: MapPage, theme: Theme) -> bytes:
    """Write a campaign's map page."""
    return theme.page("map.html", page.files.page, masthead=page.masthead, page=page)


def render_city(page: CityMapPage, theme: Theme) -> bytes:
    """Write the city's map page."""
    return theme.page("city_map.html", page.files.page, page=page)
