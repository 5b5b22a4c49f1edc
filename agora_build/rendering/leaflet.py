"""Turns a city's view into the script that sets up its Leaflet map: compiled by folium, without any page of its own."""

from __future__ import annotations

import functools
import html
import itertools
import re
from collections.abc import Iterator
from typing import Any

from agora_build.config import CityMap

_ID = re.compile(r"[0-9a-f]{32}")


@functools.cache
def shell(city: CityMap) -> str:
    """Compile the function that makes a map in an element: `function (L, element) -> map`.

    Only the view and the tiles a city asked for go through folium: what people wrote never does, it
    reaches the page as data. Names are counted, not drawn at random, so that the same city gives the same script.
    """
    script = _compiled(city)
    names = {name: str(rank) for rank, name in enumerate(dict.fromkeys(_ID.findall(script)), 1)}
    script = _ID.sub(lambda match: names[match[0]], script)
    script, found = re.subn(r'L\.map\(\s*"map_1"', "L.map(element", script)
    if found != 1:
        raise RuntimeError("folium writes maps another way: rendering/leaflet.py must follow")
    lines = "\n".join(line.rstrip() for line in script.splitlines() if line.strip())
    return f"function (L, element) {{\n{lines}\nreturn map_1;\n}}"


def _compiled(city: CityMap) -> str:
    import folium

    options: dict[str, Any] = {"minZoom": 11, "maxZoom": 18, "zoomSnap": 1 if city.tiles else 0.25}
    drawing = folium.Map(location=[city.lat, city.lon], zoom_start=city.zoom, tiles=None, **options)
    if city.tiles:
        credit = html.escape(city.tiles.attribution)
        folium.TileLayer(city.tiles.url, attr=credit, overlay=False, control=False).add_to(drawing)
    figure: Any = drawing.get_root()
    for element in _elements(figure):
        if hasattr(element, "default_js"):
            element.default_js, element.default_css = [], []
    figure.render()
    return str(figure.script.render())


def _elements(element: Any) -> Iterator[Any]:  # noqa: ANN401
    return itertools.chain([element], *(_elements(child) for child in element._children.values()))  # noqa: SLF001
