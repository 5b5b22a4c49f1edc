"""Tells whether a folder is outside a city's content, and outside whatever git watches over."""

from __future__ import annotations

from pathlib import Path


def is_inside(out: Path, city: Path) -> bool:
    """Tell whether a folder is in the city's, or in a folder that git watches over."""
    place = out.resolve()
    return city.resolve() in (place, *place.parents) or any((up / ".git").exists() for up in (place, *place.parents))
