"""Turns the text of a city's basemap into a verdict: whether it can be drawn.

The format is GeoJSON (RFC 7946), as far as it is drawn: points, lines, surfaces, in two dimensions.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

Position = Annotated[list[float], Field(min_length=2, max_length=2)]
Line = Annotated[list[Position], Field(min_length=2)]


class _Point(BaseModel):
    type: Literal["Point"]
    coordinates: Position


class _LineString(BaseModel):
    type: Literal["LineString"]
    coordinates: Line


class _Lines(BaseModel):
    type: Literal["Polygon", "MultiLineString"]
    coordinates: list[Line]


class _MultiPolygon(BaseModel):
    type: Literal["MultiPolygon"]
    coordinates: list[list[Line]]


class _Properties(BaseModel):
    kind: str | None = None
    name: str | None = None
    label: Position | None = None


class _Feature(BaseModel):
    type: Literal["Feature"]
    properties: _Properties
    geometry: Annotated[_Point | _LineString | _Lines | _MultiPolygon, Field(discriminator="type")]


class _Collection(BaseModel):
    type: Literal["FeatureCollection"]
    features: list[_Feature]


def can_be_drawn(text: str) -> bool:
    """Tell whether a text is a collection of points, lines and surfaces."""
    try:
        _Collection.model_validate_json(text)
    except ValidationError:
        return False
    return True
