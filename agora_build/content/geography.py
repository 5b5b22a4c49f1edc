"""Checks that places say where they are, in the city, and recognises a latitude written as a longitude."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agora_build.config import CityMap
from agora_build.content.draft import Document
from agora_build.content.fields import Model
from agora_build.content.models import Location
from agora_build.content.places import Path
from agora_build.content.references import marked_fields
from agora_build.problems import Problem


def check_locations(city: CityMap | None, document: Document) -> Iterator[Problem]:
    """Check that every location of a file has an address or a point, and that the point is in the city."""
    for path, location in _locations(document.found.model, document.written, ()):
        yield from _said(document, path, location)
        if city is None:
            continue
        try:
            lat, lon = float(location["lat"]), float(location["lon"])
        except (KeyError, TypeError, ValueError):
            continue
        if _inside(city, lat, lon):
            continue
        values = {"lat": str(location["lat"]), "lon": str(location["lon"])}
        if _inside(city, lon, lat):
            yield document.at_value("swapped-coordinates", *path, "lat", **values)
        elif abs(lat) <= 90 and abs(lon) <= 180:  # noqa: PLR2004 - beyond, bad-latitude or bad-longitude says it
            bounds = {name: str(getattr(city, name)) for name in ("south", "north", "west", "east")}
            yield document.at_value("outside-city", *path, "lat", **values, **bounds)


def _said(document: Document, path: Path, location: dict[str, Any]) -> Iterator[Problem]:
    """Refuse half a point, and a place of which there is a name alone."""
    written = [key for key in ("lat", "lon") if key in location]
    if len(written) == 1:
        missing = "lon" if written == ["lat"] else "lat"
        yield document.at_key("half-a-point", *path, written[0], key=written[0], missing=missing)
    elif not written and "address" not in location:
        yield document.at_key("nowhere", *path)


def _inside(city: CityMap, lat: float, lon: float) -> bool:
    return city.south <= lat <= city.north and city.west <= lon <= city.east


def _locations(model: type[Model], data: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name, _marker, inner in marked_fields(model):
        value = data.get(name)
        if inner is None:
            continue
        pairs = [((*path, name, i), item) for i, item in enumerate(value)] if isinstance(value, list) else []
        for place, item in pairs or [((*path, name), value)]:
            if isinstance(item, dict) and inner is Location:
                yield place, item
            elif isinstance(item, dict):
                yield from _locations(inner, item, place)
