"""Turns the fonts of drawings into files that a drawing program reads, and words into their width."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_UNKNOWN = 0.7  # of the size of the text: the width of a letter that no font has


class Font(NamedTuple):
    """A font: its weight, the width of each letter it has (for a text of size 1), its bytes."""

    weight: int
    widths: dict[int, float]
    content: bytes


@lru_cache(maxsize=4)
def fonts_of(folder: Path) -> tuple[Font, ...]:
    """Read the fonts of a folder, in the order of their names."""
    return tuple(_read(path) for path in sorted(folder.glob("*.woff")))


def width_of(text: str, size: float, weight: int, fonts: tuple[Font, ...]) -> float:
    """Give the width of a line of text, each letter as wide as it is alone."""
    tables = [font.widths for font in sorted(fonts, key=lambda font: abs(font.weight - weight))]
    return size * sum(next((table[ord(c)] for table in tables if ord(c) in table), _UNKNOWN) for c in text)


def cut(variable: bytes, weight: int) -> bytes:
    """Give the font of one weight that a variable font holds; the day it was made is not written in it."""
    from fontTools.ttLib import TTFont  # of an extra
    from fontTools.varLib import instancer

    font = TTFont(io.BytesIO(variable), recalcTimestamp=False)
    return _plain(instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True))


def opened(packed: bytes) -> bytes:
    """Give a font that is not compressed; the day it was opened is not written in it."""
    from fontTools.ttLib import TTFont  # of an extra

    return _plain(TTFont(io.BytesIO(packed), recalcTimestamp=False))


def _plain(font: TTFont) -> bytes:
    font.flavor = None
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def _read(path: Path) -> Font:
    from fontTools.ttLib import TTFont  # of an extra; it takes a while to import

    font = TTFont(path)
    em = font["head"].unitsPerEm
    widths = {code: font["hmtx"][name][0] / em for code, name in font.getBestCmap().items()}
    weight = font["OS/2"].usWeightClass
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain, reorderTables=False)
    return Font(weight, widths, plain.getvalue())
