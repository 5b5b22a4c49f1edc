"""Turns the pictures that content names into their sizes in pixels, so that a page keeps a place for each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

from agora_build.content.fields import PICTURES

Size = tuple[int, int]  # width and height, in pixels
_HEAD = 65_536  # bytes in which the first tag of a drawing is looked for
_VIEW = re.compile(r"<svg\b[^>]*?\bviewBox\s*=\s*[\"']\s*([^\"']*)", re.IGNORECASE)


def picture_sizes(root: str, named: Iterable[str]) -> dict[str, Size]:
    """Read the size of each picture, by path from the city's root; those that have none are left out."""
    found = {path: picture_size(Path(root, path)) for path in sorted(named) if path.lower().endswith(PICTURES.suffixes)}
    return {path: size for path, size in found.items() if size}


def picture_size(path: Path) -> Size | None:
    """Read the size of a picture, turned as it will be shown; None when no browser could tell it either."""
    import imagesize  # it imports half of the standard library, and most checks look at no picture

    try:
        width, height = imagesize.get(path)
        if width <= 0 or height <= 0:
            width, height = _viewed(path)
    except (OSError, ValueError, OverflowError):
        return None
    if not (0 < width < math.inf and 0 < height < math.inf):
        return None
    return max(1, round(width)), max(1, round(height))


def _viewed(path: Path) -> tuple[float, float]:
    """Give the size of the part of the plane that a drawing shows: it has no other, but its proportions are right."""
    if path.suffix.lower() != ".svg":
        return 0, 0
    with path.open("rb") as file:
        match = _VIEW.search(file.read(_HEAD).decode("utf-8", "replace"))
    numbers = re.split(r"[\s,]+", match[1].strip()) if match else []
    return (float(numbers[2]), float(numbers[3])) if len(numbers) == 4 else (0, 0)  # noqa: PLR2004
