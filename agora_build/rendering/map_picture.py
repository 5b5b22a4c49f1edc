"""Turns points and a basemap into a picture of the map that reads alone: an SVG with the numbers of the list."""

from __future__ import annotations

import json
import math
from html import escape
from typing import Any

from agora_build.config import CityMap
from agora_build.content.map_points import MapPoint, Mark, placed
from agora_build.record import Record

WIDTH, HEIGHT = 800, 600
Spot = tuple[float, float]
# Outlines of the marks in a square of 28, centre at 14,14; templates/macros/map.html and map.js draw the same.
MARK_PATHS: dict[Mark, str] = {
    "circle": "M14 2a12 12 0 1 1 0 24a12 12 0 1 1 0-24z",
    "square": "M6 3h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z",
    "diamond": "M14 .5L27.5 14L14 27.5L.5 14z",
    "hexagon": "M7.5 2.5h13L27 14l-6.5 11.5h-13L1 14z",
    "triangle": "M3 4h22a2 2 0 0 1 1.7 3L15.7 26a2 2 0 0 1-3.4 0L1.3 7A2 2 0 0 1 3 4z",
    "pentagon": "M14 1l13 9.5L22 26H6L1 10.5z",
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
_HALO = ("#fbf8f1", "#262c34")  # around names, so that lines do not cross them out
_WORDS = {"quarter": ("#5b5443", "#b9c0ca"), "water": ("#2b6f93", "#8cc3e0"), "station": ("#4d485c", "#aab2c3")}
_STYLE_ORDER = ("quarter", "water", "park", "outline", "rail", "station")
_GAP = 30  # between the centres of two marks
_MANY = 150  # beyond, marks are left where they are
_MOVED = 8  # a mark this far from its place needs a line to it
_MOVES = ((0, 0), (0, 30), (0, -30), (34, 0), (-34, 0), (0, 46), (0, -46), (40, 32), (-40, 32), (40, -32), (-40, -32))
_LONG = 3  # figures of a number that needs smaller type


def mercator(lat: float) -> float:
    """Give the height of a latitude on the map, in degrees of the equator."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


class View(Record, frozen=True):
    """The part of the world in the picture: its west and north edges and its scale."""

    west: float
    north: float
    scale: float

    def at(self, lon: float, lat: float) -> Spot:
        """Give the place of a point in the picture."""
        return (lon - self.west) * self.scale, (self.north - mercator(lat)) * self.scale

    def of(self, x: float, y: float) -> Spot:
        """Give the longitude and the latitude of a place of the picture, in degrees."""
        height = math.radians(self.north - y / self.scale)
        return self.west + x / self.scale, math.degrees(2 * math.atan(math.exp(height)) - math.pi / 2)


def features(basemap: str) -> list[dict[str, Any]]:
    """Read a basemap in the order it is drawn, what lies below first."""
    found: list[dict[str, Any]] = json.loads(basemap)["features"] if basemap else []
    order = {kind: rank for rank, kind in enumerate(_STYLE_ORDER)}
    return sorted(found, key=lambda feature: order.get(feature["properties"].get("kind"), 0))


def view_of(points: tuple[MapPoint, ...], city: CityMap) -> View:
    """Frame the points that are placed, one at least, with some of the city around; never closer than half the city."""
    spots = [point.spot for point in points if point.spot]
    lons = [lon for _, lon in spots]
    heights = [mercator(lat) for lat, _ in spots]
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
    points = placed(points)
    places = [view.at(lon, lat) for lat, lon in (point.spot for point in points if point.spot)]
    seats = _apart(places) if len(points) <= _MANY else places
    body = (
        *(_feature(feature, view) for feature in drawn),
        *(_label(feature, view, seats + _station_names(drawn, view)) for feature in drawn),
        *(_lead(place, seat) for place, seat in zip(places, seats, strict=True)),
        *(_mark(point, x, y) for point, (x, y) in zip(points, seats, strict=True)),
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
    rules += [
        f".quarter-name,.station-name{{stroke:{_HALO[1]}}}.lead{{stroke:#e8e8e8}}.place{{fill:#e8e8e8;stroke:#181c21}}"
    ]
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


def _label(feature: dict[str, Any], view: View, seats: list[Spot]) -> str:
    """Write the name of a quarter, station or river, on as many lines as it has parts, beside the marks."""
    named = feature["properties"]
    kind, name = named.get("kind"), named.get("name")
    if kind not in _WORDS or not name:
        return ""
    x, y = view.at(*(named.get("label") or feature["geometry"]["coordinates"]))
    if not (0 < x < WIDTH and 0 < y < HEIGHT):
        return ""
    parts = name.split(" – ") if kind == "quarter" else [name]
    if kind == "quarter":
        x, y = _clear(x, y, parts, seats)
    looks = {
        "quarter": 'font-size="15" font-weight="600" text-anchor="middle"',
        "water": f'font-size="16" font-style="italic" text-anchor="middle" transform="rotate(-30 {x:.0f} {y:.0f})"',
        "station": 'font-size="12" text-anchor="start" dx="9" dy="4"',
    }[kind]
    halo = (
        "" if kind == "water" else f' stroke="{_HALO[0]}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
    )
    paint = f'class="{kind}-name" fill="{_WORDS[kind][0]}"{halo}'
    return f'<text {paint} {looks} x="{x:.0f}" y="{y:.0f}">{_over_lines(parts, x)}</text>'


def _station_names(drawn: list[dict[str, Any]], view: View) -> list[Spot]:
    """Give spots along the names of stations, which the names of quarters keep clear of."""
    stations = [feature for feature in drawn if feature["properties"].get("kind") == "station"]
    places = [view.at(*feature["geometry"]["coordinates"]) for feature in stations]
    return [(x + step, y) for x, y in places for step in (0, 45, 90)]


def _over_lines(parts: list[str], x: float) -> str:
    if len(parts) == 1:
        return escape(parts[0])
    shown = [*(f"{part} –" for part in parts[:-1]), parts[-1]]
    steps = ("0", *("1.15em" for _ in parts[1:]))
    return "".join(
        f'<tspan x="{x:.0f}" dy="{step}">{escape(part)}</tspan>' for part, step in zip(shown, steps, strict=True)
    )


def _clear(x: float, y: float, parts: list[str], seats: list[Spot]) -> Spot:
    """Move a name to the nearest place that no mark covers, if there is one."""
    width, height = max(map(len, parts)) * 4.4 + 16, len(parts) * 9 + 15
    middle = (len(parts) - 1) * 9 - 5
    for dx, dy in _MOVES:
        covered = (abs(a - x - dx) < width and abs(b - y - dy - middle) < height for a, b in seats)
        if not any(covered):
            return x + dx, y + dy
    return x, y


def _lead(place: Spot, seat: Spot) -> str:
    """Draw a line from a mark to its place, when it had to move."""
    (x, y), (at_x, at_y) = place, seat
    if math.hypot(at_x - x, at_y - y) <= _MOVED:
        return ""
    return (
        f'<path class="lead" stroke="#2a2a2a" stroke-width="1.5" d="M{x:.1f} {y:.1f}L{at_x:.1f} {at_y:.1f}"/>'
        f'<circle class="place" cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#2a2a2a" stroke="#ffffff"/>'
    )


def _mark(point: MapPoint, x: float, y: float) -> str:
    fill, number = MARK_COLOURS[point.mark], str(point.number)
    size, base = 12.5 if len(number) < _LONG else 10, 16 if point.mark == "triangle" else 18.5
    return (
        f'<g transform="translate({x - 14:.1f} {y - 14:.1f})"><title>{number}. {escape(point.title)}</title>'
        f'<path d="{MARK_PATHS[point.mark]}" fill="{fill}" stroke="#ffffff" stroke-width="1.5"/>'
        f'<text x="14" y="{base}" font-size="{size}" font-weight="700" text-anchor="middle"'
        f' fill="#ffffff">{number}</text></g>'
    )


def _apart(places: list[Spot]) -> list[Spot]:
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
