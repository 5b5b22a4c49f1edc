"""Turns colours into contrasts, and into shades that are read, or lighter; names what each accent fills with."""

from __future__ import annotations

from collections.abc import Sequence

READABLE = 4.5  # the contrast that WCAG 2 asks of text
# On what each accent fills, white is read; the stylesheet of the theme says the same.
FILLS = {
    "city": "#14233c",
    "seine": "#0a5a8c",
    "brique": "#a5391d",
    "parc": "#256537",
    "prune": "#7b2a6d",
    "encre": "#2c3a93",
    "ocre": "#855304",
    "canal": "#00666b",
    "garance": "#b0123c",
    "ardoise": "#414e5c",
}
Colour = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2 computes it, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, behind: Sequence[str]) -> str:
    """Give the nearest shade of a colour that is read on all that may be behind it, or '' when none is."""
    for percent in range(1, 101):
        for end in ("#000000", "#ffffff"):
            shade = _mixed(colour, end, percent / 100)
            if all(contrast(shade, other) >= READABLE for other in behind):
                return shade
    return ""


def lighter(colour: str, part: float = 0.35) -> str:
    """Mix a colour with white."""
    return _mixed(colour, "#ffffff", part)


def _mixed(colour: str, other: str, part: float) -> str:
    pairs = zip(_read(colour), _read(other), strict=True)
    return _written(tuple(one + (two - one) * part for one, two in pairs))


def _luminance(colour: str) -> float:
    linear = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _read(colour))  # noqa: PLR2004
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _read(colour: str) -> Colour:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _written(values: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in values)
