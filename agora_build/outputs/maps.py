"""Turns the points of each campaign, and of the city, into GeoJSON, a picture, and the data of the map on screen."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from agora_build.config import CityMap
from agora_build.content.map_points import (
    MapFiles,
    MapPoint,
    campaign_files,
    campaign_points,
    city_files,
    city_points,
    placed,
)
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering import leaflet, map_picture
from agora_build.rendering.form_page import PLAN, PLAN_SCRIPT
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

# What the theme calls the layers that nobody has to name, by kind and layer.
_LAYERS = {
    ("campaign", "project"): "The project",
    ("campaign", "open"): "Open consultations",
    ("campaign", "upcoming"): "Consultations to come",
    ("campaign", "closed"): "Closed consultations",
    ("workshop", "workshops"): "Meetings",
}
# The properties of a GeoJSON feature, and what they say.
_FIELDS = {
    "number": "Rank in the list and on the picture of the map",
    "kind": "campaign, place or workshop",
    "layer": "Identifier of the layer",
    "layer_title": "Name of the layer",
    "title": "Name of the point",
    "detail": "Name and address of the place",
    "text": "What was said of it, in CommonMark",
    "date": "Day, as year-month-day",
    "campaign": "Identifier of the consultation",
    "quarter": "Identifier of the quarter",
    "voice": "individual or collective",
    "group": "Name of the group, for a collective voice",
    "people": "Number of people, for a collective voice",
    "channel": "web, paper, workshop or pull-request",
    "illustrative": "True for an example made up",
    "url": "Page, or place of a page, that tells more",
}
_ESCAPES = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"})


class MapInputs(Record, frozen=True):
    """What the files of one map are made from; `title` is the campaign's, or '' for the city's map."""

    title: str
    points: tuple[MapPoint, ...]
    files: MapFiles
    city: CityMap
    basemap: str


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Offer the files of each campaign's map that has something to show; none when the city has no [map]."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        title, points = microsite.campaign.meta.title, campaign_points(microsite, urls)
        yield from _map(site, title, points, campaign_files(microsite.slug, urls))


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Offer the files of the city's map."""
    urls = Urls(site.config.city.language)
    yield from _map(site, "", city_points(site, urls, today), city_files(urls))
    if site.config.map and site.config.intake:
        files = MapFiles("", urls.section_file("map", PLAN), urls.section_file("map", PLAN_SCRIPT), "")
        inputs = MapInputs("", (), files, site.config.map, site.basemap)
        yield Output(files.picture, inputs, picture)
        yield Output(files.script, inputs, script)


def _map(site: Site, title: str, points: tuple[MapPoint, ...], files: MapFiles) -> Iterator[Output[Any]]:
    if placed(points) and site.config.map:
        inputs = MapInputs(title, points, files, site.config.map, site.basemap)
        yield Output(files.data, inputs, geojson)
        yield Output(files.picture, inputs, picture)
        yield Output(files.script, inputs, script)


def geojson(inputs: MapInputs, theme: Theme) -> bytes:
    """Write the points for everyone's use: RFC 7946, with what each property says."""
    document = {
        "type": "FeatureCollection",
        "name": _title(inputs, theme),
        "licence": theme.config.publication.licence,
        "fields": {name: theme.text(meaning) for name, meaning in _FIELDS.items()},
        "features": [_feature(point, theme) for point in inputs.points],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def picture(inputs: MapInputs, theme: Theme) -> bytes:
    """Draw the map as a picture that reads alone."""
    view = map_picture.view_of(inputs.points, inputs.city) if inputs.title else map_picture.city_view(inputs.city)
    said = theme.text("Each number is that of the list beside the map.") if inputs.points else ""
    return map_picture.picture(inputs.points, inputs.basemap, view, _title(inputs, theme), said).encode()


def script(inputs: MapInputs, theme: Theme) -> bytes:
    """Write the map on screen: the shell that folium compiled, and the points as data for map.js.

    A classic script, because a page opened from a disk may not read a data file.
    """
    data = {
        "points": [_on_screen(point, inputs, theme) for point in placed(inputs.points)],
        "marks": {point.mark: map_picture.MARK_PATHS[point.mark] for point in placed(inputs.points)},
        "basemap": map_picture.features(inputs.basemap),
        "bounds": [[inputs.city.south, inputs.city.west], [inputs.city.north, inputs.city.east]],
        "whole": not inputs.title,
        "words": _words(inputs, theme),
    }
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    shell = leaflet.shell(inputs.city)
    key = "document.currentScript.src"
    return (
        f"(window.agoraMaps = window.agoraMaps || {{}})[{key}] = {{\nshell: {shell},\ndata: {written}\n}};\n".encode()
    )


def layer_title(point: MapPoint, theme: Theme) -> str:
    """Give the name of a point's layer: the city's, or the theme's."""
    return point.layer_title or theme.text(_LAYERS[point.kind, point.layer])


def _title(inputs: MapInputs, theme: Theme) -> str:
    if not inputs.title:
        return theme.text("Map of {city}", city=theme.config.city.name)
    return theme.text("Map of the consultation: {title}", title=inputs.title)


def _feature(point: MapPoint, theme: Theme) -> dict[str, Any]:
    properties = {
        "number": point.number,
        "kind": point.kind,
        "layer": point.layer,
        "layer_title": layer_title(point, theme),
        "title": point.title,
        "detail": point.detail,
        "text": point.text,
        "date": point.date.isoformat() if point.date else None,
        "campaign": point.campaign,
        "quarter": point.quarter,
        "voice": point.voice,
        "group": point.group,
        "people": point.people,
        "channel": point.channel,
        "illustrative": point.illustrative,
        "url": theme.absolute(point.target),
    }
    kept = {name: value for name, value in properties.items() if value not in ("", None)}
    geometry = {"type": "Point", "coordinates": [point.lon, point.lat]} if point.spot else None
    return {"type": "Feature", "id": point.id, "geometry": geometry, "properties": kept}


def _on_screen(point: MapPoint, inputs: MapInputs, theme: Theme) -> dict[str, Any]:
    """Give what the map on screen says of a point; links start from the script's own folder."""
    lines = [point.detail]
    if point.workshop:
        lines.insert(0, theme.when(point.workshop))
    if point.campaign_title not in (point.title, inputs.title):
        lines.append(point.campaign_title)
    return {
        "id": point.id,
        "number": point.number,
        "mark": point.mark,
        "lat": point.lat,
        "lon": point.lon,
        "title": point.title,
        "layer": layer_title(point, theme),
        "lines": [line for line in lines if line],
        "href": theme.way(point.target, inputs.files.script),
    }


def _words(inputs: MapInputs, theme: Theme) -> dict[str, str]:
    """Give the words of the map on screen; {braces} are filled in by map.js."""
    return {
        "label": _title(inputs, theme),
        "zoomIn": theme.text("Zoom in"),
        "zoomOut": theme.text("Zoom out"),
        "close": theme.text("Close"),
        "more": theme.text("Read more"),
        "whole": theme.text("See the whole map"),
        "closer": theme.text("{count} points here: zoom in", count="{count}"),
        "choose": theme.text("{count} points here: choose one", count="{count}"),
        "keys": theme.text(
            "Keyboard: Tab goes from point to point, Enter opens, Escape closes; arrows move, + and − zoom."
        ),
        "credit": theme.text("Schematic basemap: {site}", site=theme.config.city.site) if inputs.basemap else "",
    }
