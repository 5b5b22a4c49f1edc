"""Turns the words and the drawing of a card into the PNG that social networks show beside a link to a page.

Both libraries are of the extra [social]: without them nothing is drawn, and pages name no picture.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import importlib.util
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import escape

from agora_build.record import Record
from agora_build.rendering.colours import lighter
from agora_build.rendering.fonts import Font, fonts_of, width_of
from agora_build.rendering.theme import base_theme

WIDTH, HEIGHT = 1200, 630
LIBRARIES = ("resvg-py", "fonttools")
_MARGIN, _ART = 72, 440  # the art takes the far end of the card
_SIZES = (84, 76, 68, 60, 54, 48, 42)  # of the question, the largest that fits is taken
_ROOM = 316  # pixels of height for the question
_LEADING = 1.1
_SAFE = 1.04  # joined letters and fallbacks may be a little wider than letters taken one by one
_TYPES = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]+")
Measure = Callable[[str], float]


class Card(Record, frozen=True):
    """What a social picture says: the site, what the page is about, its question, its dates; and its colour."""

    site: str
    title: str
    question: str
    dates: str
    fill: str
    rtl: bool = False


@lru_cache(maxsize=1)
def versions() -> str:
    """Say with what pictures are drawn; '' when something is missing."""
    if not all(importlib.util.find_spec(name) for name in ("resvg_py", "fontTools")) or not any(
        _folder().glob("*.woff")
    ):
        return ""
    return " ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)


def digest_of_fonts() -> str:
    """Hash the fonts that the words are drawn with."""
    fonts = b"".join(path.read_bytes() for path in sorted(_folder().glob("*.woff")))
    return hashlib.blake2b(fonts, digest_size=16).hexdigest()


def draw(card: Card, art: bytes = b"", suffix: str = "") -> bytes:
    """Draw a card, beside a picture of its own or the city's amphitheatre, as a PNG."""
    import resvg_py

    fonts = fonts_of(_folder())
    drawing = svg(card, fonts, art, suffix)
    with tempfile.TemporaryDirectory(prefix="agora-fonts-") as folder:
        files = []
        for number, font in enumerate(fonts):
            files.append(f"{folder}/{number}.ttf")
            Path(files[-1]).write_bytes(font.content)
        return bytes(resvg_py.svg_to_bytes(svg_string=drawing, skip_system_fonts=True, font_files=files))


def svg(card: Card, fonts: tuple[Font, ...], art: bytes = b"", suffix: str = "") -> str:
    """Lay a card out: the site above, the question in the largest letters that fit, its title and dates below."""
    room = WIDTH - 2 * _MARGIN - (_ART - 12 if art else 330)
    size, lines = fitted(card.question, room, fonts)
    top = 172 + (_ROOM - len(lines) * size * _LEADING) / 2
    words = [_line(card, _MARGIN + 66, 96, 34, 700, clipped(card.site, room - 66, partial(_width, 34, fonts)))]
    words += [
        _line(card, _MARGIN, top + size * (0.82 + _LEADING * row), size, 700, line) for row, line in enumerate(lines)
    ]
    below = ((card.title, 548, 34, 700), (card.dates, 588, 30, 500))
    words += [_line(card, _MARGIN, y, s, w, clipped(text, room, partial(_width, s, fonts))) for text, y, s, w in below]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{card.fill}"/>{_art(card, art, suffix)}{_mark(card)}'
        f"{''.join(words)}</svg>"
    )


def fitted(text: str, room: float, fonts: tuple[Font, ...]) -> tuple[int, list[str]]:
    """Give the largest size at which a text fits, and its lines; what does not fit at the smallest is cut."""
    for size in _SIZES:
        measure = partial(_width, size, fonts)
        lines = list(wrapped(text, room, measure))
        if len(lines) * size * _LEADING <= _ROOM and all(measure(word) <= room for word in text.split(" ")):
            return size, lines
    most = int(_ROOM / (_SIZES[-1] * _LEADING))
    measure = partial(_width, _SIZES[-1], fonts)
    lines = list(wrapped(text, room, measure))
    if len(lines) > most:
        lines = [*lines[: most - 1], clipped(f"{lines[most - 1]} …", room, measure)]
    return _SIZES[-1], lines


def wrapped(text: str, room: float, measure: Measure) -> Iterator[str]:
    """Cut a text into lines between its words; a word longer than a line is cut too."""
    line = ""
    for whole in filter(None, text.split(" ")):
        rest = whole
        if line and measure(f"{line} {rest}") <= room:
            line = f"{line} {rest}"
            continue
        if line:
            yield line
        while len(rest) > 1 and measure(rest) > room:
            count = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or measure(rest[:n]) <= room)
            yield rest[:count]
            rest = rest[count:]
        line = rest
    if line:
        yield line


def clipped(text: str, room: float, measure: Measure) -> str:
    """Cut the end of a line that is too long, and say so."""
    if measure(text) <= room:
        return text
    text = text.rstrip(" …")
    while text and measure(f"{text}…") > room:
        text = text[:-1].rstrip()
    return f"{text}…"


def _width(size: float, fonts: tuple[Font, ...], text: str) -> float:
    return width_of(text, size, 700, fonts) * _SAFE


def _line(  # noqa: PLR0913, PLR0917 - where, how and what
    card: Card, start: float, baseline: float, size: float, weight: int, text: str
) -> str:
    x = WIDTH - start if card.rtl else start
    side = ' text-anchor="end" direction="rtl"' if card.rtl else ""
    family = "'Bricolage Grotesque', 'Bricolage Grotesque Medium'"
    words = _ARABIC.sub(r"<tspan font-family='Noto Sans Arabic' font-weight='700'>\g<0></tspan>", str(escape(text)))
    return (
        f'<text x="{x:g}" y="{baseline:g}" font-family="{family}" font-weight="{weight}" font-size="{size:g}"'
        f' fill="#fff"{side}>{words}</text>'
    )


def _art(card: Card, art: bytes, suffix: str) -> str:
    """Put the campaign's picture at the far end, or the amphitheatre where every dot is a voice."""
    if not art:
        x = -410 if card.rtl else WIDTH - 470
        rows = "".join(_row(card, 90 + 44 * rank) for rank in range(8))
        return f'<g transform="translate({x} 180)" fill="none" stroke-linecap="round">{rows}</g>'
    x = 0 if card.rtl else WIDTH - _ART
    data = base64.b64encode(art).decode()
    return (
        f'<image x="{x}" y="0" width="{_ART}" height="{HEIGHT}" preserveAspectRatio="xMidYMid slice"'
        f' href="data:image/{_TYPES[suffix]};base64,{data}"/>'
    )


def _row(card: Card, radius: int) -> str:
    return (
        f'<path d="M{440 - radius} 430a{radius} {radius} 0 0 1 {2 * radius} 0" stroke="{lighter(card.fill)}"'
        f' stroke-width="{6 + radius / 40:g}" stroke-dasharray="0 26"/>'
    )


def _mark(card: Card) -> str:
    """Draw the city's mark before its name."""
    x = WIDTH - _MARGIN - 48 if card.rtl else _MARGIN
    return (
        f'<g transform="translate({x} 68)" fill="none" stroke="#fff" stroke-linecap="round">'
        '<path d="M3 30a21 21 0 0 1 42 0" stroke-width="6" stroke-dasharray="0 10.99"/>'
        '<path d="M13 30a11 11 0 0 1 22 0" stroke-width="5" stroke-dasharray="0 11.5"/></g>'
        f'<circle cx="{x + 24}" cy="97" r="5" fill="#ff6a45"/>'
    )


def _folder() -> Path:
    return base_theme() / "fonts"
