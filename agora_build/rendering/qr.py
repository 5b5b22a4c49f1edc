"""Turns an address into the picture of a QR code, as SVG."""

from __future__ import annotations

import io

import segno

_DARK, _LIGHT = "#000", "#fff"  # on white in the dark too: telephones look for dark on light


def svg(text: str, *, inside: bool = False) -> bytes:
    """Draw a text; `inside` an HTML page, or as a file of its own."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    if inside:
        code.save(drawn, kind="svg", xmldecl=False, svgns=False, scale=3, border=2)
    else:
        code.save(drawn, kind="svg", scale=4, border=4, dark=_DARK, light=_LIGHT)
    return drawn.getvalue()
