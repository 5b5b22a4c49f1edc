"""Turns points and a basemap into a picture of the map that reads alone: an SVG with the numbers of the list."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from agora_build.config import CityMap
from agora_build.content.map_points import MapPoint, Mark

WIDTH, HEIGHT = 800, 600
# Outlines of the marks in a square of 28, centre at 14,14; templates/macros/map.html and map.js draw the same.
MARK_PATHS: dict[Mark, str] = {
    "circle": "M14 2a12 12 0 1 1 0 24a12 12 0 1 1 0-24z",
    "square": "M6 3h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z",
    "diamond": "M14 .5L27.5 14L14 27.5L.5 14z",
    "hexagon": "M7.5 2.5h13L27 14l-6.5 11.500h-13L1 14z",
    "triangle": "M3 4h22a2 2 0 0 1 1.7 3L15.7 26a2 2 0 0 1-3.4 0L1.3 7A2 2 0 0 1 3 4z",
    "pentagon": "M14 1l13 9.500L22 26H6L1 10.500z",
}
MARK_COLOURS: dict[Mark, str] = {
    "circle": "#b3271e",
    "square": "#1c5a94",
    "diamond": "#246b3a",
    "hexagon": "#6d3589",
    "triangle": "#8a5200",
    "pentagon": "#3f4a57",
}
# What each kind of basemap feature looks like: light fill, light stroke, stroke width, dark fill, dark stroke.
_INKS = {
    "outline": ("none", "#8d8676", 2.2, "none", "#7d8794"),
    "quarter": ("#fbf8f1", "#d8d0be", 1.1, "#262c34", "#3d4652"),
    "water": ("#bcdcec", "#8fbfd8", 1, "#1d4258", "#2f6280"),
    "park": ("#cfe5c1", "#a9cc94", 1, "#2c4632", "#406447"),
    "rail": ("none", "#6f6a7d", 2.4, "none", "#8b93a5"),
    "station": ("#ffffff", "#4d485c", 2, "#14181d", "#aab2c3"),
}
_LAND = ("#ece6d8", "#181c21")
_WORDS = {"quarter": ("#5b5443", "#b9c0ca"), "water": ("#2b6f93", "#8cc3e0"), "station": ("#4d485c", "#aab2c3")}
_STYLE_ORDER = ("quarter", "water", "park", "outline", "rail", "station")
_GAP = 30  # between the centres of two marks
_MANY = 150  # beyond, marks are left where they are
_LONG = 3  # figures of a number that needs smaller type


def mercator(lat: float) -> float:
    """Give the height of a latitude on the map, in degrees of the equator."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


@dataclass(frozen=True, slots=True)
class View:
    """The part of the world in the picture: its west and north edges and its scale."""

    west: float
    north: float
    scale: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Give the place of a point in the picture."""
        return (lon - self.west) * self.scale, (self.north - mercator(lat)) * self.scale


def features(basemap: str) -> list[dict[str, Any]]:
    """Read a basemap in the order it is drawn, what lies below first."""
    found: list[dict[str, Any]] = json.loads(basemap)["features"] if basemap else []
    order = {kind: rank for rank, kind in enumerate(_STYLE_ORDER)}
    return sorted(found, key=lambda feature: order.get(feature["properties"].get("kind"), 0))


def view_of(points: tuple[MapPoint, ...], city: CityMap) -> View:
    """Frame the points with some of the city around them; never closer than half the city."""
    lons = [point.lon for point in points]
    heights = [mercator(point.lat) for point in points]
    south, north = mercator(city.south), mercator(city.north)
    width = max((max(lons) - min(lons)) * 1.25, (city.east - city.west) * 0.55)
    height = max((max(heights) - min(heights)) * 1.25, (north - south) * 0.55)
    scale = min(WIDTH / width, HEIGHT / height)
    middle = ((max(lons) + min(lons)) / 2, (max(heights) + min(heights)) / 2)
    return View(middle[0] - WIDTH / scale / 2, middle[1] + HEIGHT / scale / 2, scale)


def city_view(city: CityMap) -> View:
    """Frame the whole city."""
    south, north = mercator(city.south), mercator(city.north)
    scale = min(WIDTH / (city.east - city.west), HEIGHT / (north - south))
    west = (city.west + city.east) / 2 - WIDTH / scale / 2
    return View(west, (north + south) / 2 + HEIGHT / scale / 2, scale)


def picture(points: tuple[MapPoint, ...], basemap: str, view: View, title: str, description: str) -> str:
    """Draw the map."""
    drawn = features(basemap)
    body = (
        *(_feature(feature, view) for feature in drawn),
        *(_label(feature, view) for feature in drawn),
        *_marks(points, view),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-labelledby="t d" font-family="system-ui,sans-serif">\n'
        f'<title id="t">{escape(title)}</title>\n<desc id="d">{escape(description)}</desc>\n'
        f"<style>{_dark()}</style>\n"
        f'<rect class="land" width="{WIDTH}" height="{HEIGHT}" fill="{_LAND[0]}"/>\n'
        + "\n".join(part for part in body if part)
        + "\n</svg>\n"
    )


def _dark() -> str:
    """Give the colours of the night; those of the day are attributes, which no policy can take away."""
    rules = [f".land{{fill:{_LAND[1]}}}"]
    rules += [f".{kind}{{fill:{ink[3]};stroke:{ink[4]}}}" for kind, ink in _INKS.items()]
    rules += [f".{kind}-name{{fill:{words[1]}}}" for kind, words in _WORDS.items()]
    rules += [".halo{stroke:#181c21}.lead{stroke:#e8e8e8}"]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _feature(feature: dict[str, Any], view: View) -> str:
    kind = feature["properties"].get("kind")
    kind = kind if kind in _INKS else "outline"
    fill, stroke, width, *_ = _INKS[kind]
    paint = f'class="{kind}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"'
    geometry = feature["geometry"]
    if geometry["type"] == "Point":
        x, y = view.at(*geometry["coordinates"])
        return f'<circle {paint} cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    path = "".join(_path(line, view) for line in _lines(geometry))
    dashes = ' stroke-dasharray="7 3.5"' if kind == "rail" else ""
    return f'<path {paint}{dashes} fill-rule="evenodd" stroke-linejoin="round" d="{path}"/>'


def _lines(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """Give the lines of a geometry; rings come back to where they start."""
    coordinates = geometry["coordinates"]
    nesting: dict[str, list[list[list[float]]]] = {
        "LineString": [coordinates],
        "Polygon": coordinates,
        "MultiLineString": coordinates,
    }
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in coordinates for ring in polygon]
    return nesting.get(geometry["type"], [])


def _path(line: list[list[float]], view: View) -> str:
    places = [view.at(lon, lat) for lon, lat, *_ in line]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + ("z" if line[0] == line[-1] else "")


def _label(feature: dict[str, Any], view: View) -> str:
    """Write the name of a quarter, station or river, on as many lines as it has parts."""
    named = feature["properties"]
    kind, name = named.get("kind"), named.get("name")
    if kind not in _WORDS or not name:
        return ""
    lon, lat = named.get("label") or feature["geometry"]["coordinates"]
    x, y = view.at(lon, lat)
    if not (0 < x < WIDTH and 0 < y < HEIGHT):
        return ""
    looks = {
        "quarter": 'font-size="15" font-weight="600" text-anchor="middle"',
        "water": f'font-size="16" font-style="italic" text-anchor="middle" transform="rotate(-30 {x:.0f} {y:.0f})"',
        "station": 'font-size="12" text-anchor="start" dx="9" dy="4"',
    }[kind]
    parts = name.split(" – ") if kind == "quarter" else [name]
    lines = "".join(
        f'<tspan x="{x:.0f}" dy="{1.15 if rank else 0}em">{escape(part)}{" –" if part is not parts[-1] else ""}</tspan>'
        for rank, part in enumerate(parts)
    )
    text = lines if len(parts) > 1 else escape(name)
    return f'<text class="{kind}-name" fill="{_WORDS[kind][0]}" {looks} x="{x:.0f}" y="{y:.0f}">{text}</text>'


def _marks(points: tuple[MapPoint, ...], view: View) -> Iterator[str]:
    """Draw the marks, set apart from each other, each with a line to its place when it had to move."""
    places = [view.at(point.lon, point.lat) for point in points]
    seats = _apart(places) if len(points) <= _MANY else places
    for (x, y), (at_x, at_y) in zip(places, seats, strict=True):
        if math.hypot(at_x - x, at_y - y) > 8:  # noqa: PLR2004
            yield (
                f'<path class="lead" stroke="#2a2a2a" stroke-width="1.5" d="M{x:.1f} {y:.1f}L{at_x:.1f} {at_y:.1f}"/>'
                f'<circle class="halo" cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#b3271e" stroke="#ffffff"/>'
            )
    yield from (_mark(point, x, y) for point, (x, y) in zip(points, seats, strict=True))


def _mark(point: MapPoint, x: float, y: float) -> str:
    fill, number = MARK_COLOURS[point.mark], str(point.number)
    size, base = 12.5 if len(number) < _LONG else 10, 16 if point.mark == "triangle" else 18.5
    return (
        f'<g transform="translate({x - 14:.1f} {y - 14:.1f})"><title>{number}. {escape(point.title)}</title>'
        f'<path d="{MARK_PATHS[point.mark]}" fill="{fill}" stroke="#ffffff" stroke-width="1.5"/>'
        f'<text x="14" y="{base}" font-size="{size}" font-weight="700" text-anchor="middle"'
        f' fill="#ffffff">{number}</text></g>'
    )


def _apart(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Push apart the marks that would cover each other, always the same way."""
    seats = [list(place) for place in places]
    for _ in range(60):
        for i, one in enumerate(seats):
            for j, other in enumerate(seats[:i]):
                _push(one, other, i + j)
        for seat in seats:
            seat[0] = min(max(seat[0], 18), WIDTH - 18)
            seat[1] = min(max(seat[1], 18), HEIGHT - 18)
    return [(x, y) for x, y in seats]


def _push(one: list[float], other: list[float], turn: int) -> None:
    dx, dy = one[0] - other[0], one[1] - other[1]
    distance = math.hypot(dx, dy)
    if distance >= _GAP:
        return
    if distance < 0.01:  # noqa: PLR2004
        dx, dy, distance = math.cos(turn * 2.4), math.sin(turn * 2.4), 1.0
        step = _GAP / 2
    else:
        step = (_GAP - distance) / 2
    one[0], one[1] = one[0] + dx / distance * step, one[1] + dy / distance * step
    other[0], other[1] = other[0] - dx / distance * step, other[1] - dy / distance * step
