"""Turns opinions into a picture of who thinks alike: an SVG for a page, with a shape, a colour and a letter a group.

Two voters are near each other when they voted alike. Voters who would cover each other are drawn as one larger mark,
so that the picture stays light however many voted. It holds no words: the page's table is its equal. Colours of the
day are attributes, which no policy can take away; those of the night are in the theme's votes.css.
"""

from __future__ import annotations

import math
from html import escape

from agora_build.civic.opinions import FINENESS, Opinions, Spot
from agora_build.content.map_points import Mark
from agora_build.record import Record
from agora_build.rendering.map_picture import MARK_PATHS

WIDTH, HEIGHT = 480, 360
MARKS: dict[str, Mark] = {"A": "circle", "B": "square", "C": "triangle", "D": "diamond", "E": "pentagon"}
# The marks of each group, and what lies under them.
INKS = {
    "A": ("#1c5a94", "#dde8f3"),
    "B": ("#8a5200", "#f6e8d0"),
    "C": ("#6d3589", "#ecdff2"),
    "D": ("#00666b", "#d3ebea"),
    "E": ("#3f4a57", "#e2e5e9"),
    "": ("#535b66", "#e9ebe8"),
}
_PAPER = "#ffffff"
_FARTHEST = 4 * FINENESS  # steps from the middle: voters beyond are drawn there, so that a few do not crowd the others
_MARGIN = 34  # around the marks
_MOST_MARKS = 450  # beyond, marks are made of more voters
_CELL = 8  # pixels between marks, at least
_WIDEST = 14  # pixels between marks that make them no larger
_SMALLEST = 1.5  # radius, in pixels
_LETTER = 17  # size of type
Place = tuple[int, int]


class _Dot(Record, frozen=True):
    """Voters of one group drawn as one mark."""

    group: str
    place: Place
    voters: int


def picture(opinions: Opinions, title: str, description: str) -> str:
    """Draw the voters placed, group by group; `title` and `description` are for those who do not see it."""
    dots, room = _gathered(opinions.spots)
    most = max((dot.voters for dot in dots), default=1)
    letters = sorted({dot.group for dot in dots})
    parts = [
        *(_ground(letter, [dot.place for dot in dots if dot.group == letter]) for letter in letters),
        *(_drawn(letter, [dot for dot in dots if dot.group == letter], room / 2 + 1, most) for letter in letters),
        *(_badge(letter, [dot for dot in dots if dot.group == letter]) for letter in letters if letter),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-labelledby="opinions-t opinions-d" font-family="system-ui,sans-serif">\n'
        f'<title id="opinions-t">{escape(title)}</title>\n<desc id="opinions-d">{escape(description)}</desc>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _gathered(spots: tuple[Spot, ...]) -> tuple[list[_Dot], float]:
    """Give the marks to draw, and the pixels between two: as few voters a mark as keeps the picture light."""
    if not spots:
        return [], 0
    places, step = _in_frame(spots)
    cell = _CELL
    dots = _in_cells(spots, places, cell)
    while len(dots) > _MOST_MARKS:
        cell += 1
        dots = _in_cells(spots, places, cell)
    return dots, max(cell, min(step, _WIDEST))


def _in_frame(spots: tuple[Spot, ...]) -> tuple[list[tuple[float, float]], float]:
    """Fit the spots in the frame, distances kept, up being up; give the pixels of a step too."""
    near = [(_held(spot.x), -_held(spot.y)) for spot in spots]
    lows, highs = [min(axis) for axis in zip(*near, strict=True)], [max(axis) for axis in zip(*near, strict=True)]
    room = (WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN)
    step = min(size / max(high - low, FINENESS) for size, low, high in zip(room, lows, highs, strict=True))
    middle = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    return [(WIDTH / 2 + (x - middle[0]) * step, HEIGHT / 2 + (y - middle[1]) * step) for x, y in near], step


def _held(steps: int) -> int:
    return max(-_FARTHEST, min(_FARTHEST, steps))


def _in_cells(spots: tuple[Spot, ...], places: list[tuple[float, float]], cell: int) -> list[_Dot]:
    """Gather the voters of a group who fall in the same square, at their mean place."""
    sums: dict[tuple[str, int, int], list[float]] = {}
    for spot, (x, y) in zip(spots, places, strict=True):
        held = sums.setdefault((spot.group, math.floor(y / cell), math.floor(x / cell)), [0, 0.0, 0.0])
        held[0] += spot.voters
        held[1] += spot.voters * x
        held[2] += spot.voters * y
    return [
        _Dot(group, (round(x / voters), round(y / voters)), int(voters))
        for (group, *_), (voters, x, y) in sorted(sums.items())
    ]


def _ground(letter: str, places: list[Place]) -> str:
    """Colour the ground under a group: the smallest outline around it, rounded."""
    path = "L".join(f"{x} {y}" for x, y in _outline(places))
    fill, name = INKS[letter][1], letter.lower() or "all"
    return (
        f'<path class="opinion-ground opinion--{name}" fill="{fill}" stroke="{fill}" stroke-width="16"'
        f' stroke-linejoin="round" d="M{path}z"/>'
    )


def _outline(places: list[Place]) -> list[Place]:
    """Give the convex hull, corner after corner (Andrew, 1979)."""
    ordered = sorted(set(places))
    if len(ordered) <= 2:  # noqa: PLR2004
        return ordered
    return _half(ordered)[:-1] + _half(ordered[::-1])[:-1]


def _half(ordered: list[Place]) -> list[Place]:
    kept: list[Place] = []
    for x, y in ordered:
        while len(kept) > 1:
            (a, b), (c, d) = kept[-2:]
            if (c - a) * (y - b) > (d - b) * (x - a):
                break
            kept.pop()
        kept.append((x, y))
    return kept


def _drawn(letter: str, dots: list[_Dot], largest: float, most: int) -> str:
    """Draw the marks of a group, those of a size in one path; their area grows with the voters."""
    by_size: dict[float, list[Place]] = {}
    for dot in dots:
        radius = max(_SMALLEST, round(largest * math.sqrt(dot.voters / most) * 2) / 2)
        by_size.setdefault(radius, []).append(dot.place)
    ink, name = INKS[letter][0], letter.lower() or "all"
    shape = MARKS.get(letter, "circle")
    paths = "".join(_marks(shape, radius, places) for radius, places in sorted(by_size.items()))
    kind = "line" if shape in _CAPS else "mark"
    paint = f'stroke="{ink}" stroke-linecap="{_CAPS[shape]}"' if shape in _CAPS else f'fill="{ink}"'
    return f'<g class="opinion-{kind} opinion--{name}" {paint}>{paths}</g>'


_CAPS: dict[Mark, str] = {"circle": "round", "square": "square"}  # a line without length is drawn as its two ends
_SIDES: dict[Mark, tuple[tuple[float, float], ...]] = {  # from the top, one radius above the middle
    "triangle": ((1, 1.75), (-2, 0)),
    "diamond": ((1, 1), (-1, 1), (-1, -1)),
    "pentagon": ((0.95, 0.7), (-0.36, 1.1), (-1.18, 0), (-0.36, -1.1)),
}


def _marks(shape: Mark, radius: float, places: list[Place]) -> str:
    """Draw marks of one size in one path, each of an area near that of the circle of the radius."""
    if shape in _CAPS:
        width = 2 * radius if shape == "circle" else 1.75 * radius
        return f'<path stroke-width="{width:g}" d="{"".join(f"M{x} {y}h0" for x, y in places)}"/>'
    r = radius * 1.2
    sides = "".join(f"l{across * r:.2g} {down * r:.2g}" for across, down in _SIDES[shape]) + "z"
    return f'<path d="{"".join(f"M{x} {y - r:g}{sides}" for x, y in places)}"/>'


def _badge(letter: str, dots: list[_Dot]) -> str:
    """Write the letter of a group in its shape, at the middle of its voters."""
    voters = sum(dot.voters for dot in dots)
    x, y = (sum(dot.place[axis] * dot.voters for dot in dots) / voters for axis in (0, 1))
    shape, ink = MARKS[letter], INKS[letter][0]
    base = 18 if shape == "triangle" else 20  # a triangle is narrow where the others are not
    return (
        f'<g transform="translate({x - 18:.0f} {y - 18:.0f}) scale(1.3)">'
        f'<path class="opinion-badge opinion--{letter.lower()}" d="{MARK_PATHS[shape]}" fill="{ink}" stroke="{_PAPER}"'
        f' stroke-width="2.5"/><text class="opinion-letter" x="14" y="{base}" font-size="{_LETTER}" font-weight="700"'
        f' text-anchor="middle" fill="{_PAPER}">{letter}</text></g>'
    )
