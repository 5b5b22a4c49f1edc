"""Turns differences into two columns side by side, which a terminal of 80 columns shows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from agora_build.imports.sheet_differences import Difference, excerpts
from agora_build.problems import printable

_WIDTH = 37  # two columns, a bar between: 78 of the 80 that a terminal has


def side_by_side(differences: Sequence[Difference], one: str, two: str) -> Iterator[str]:
    """Show each difference below the number of its sheet and the name of its column."""
    for item in differences:
        sheet, column, first, second = item.cells
        yield ""
        yield f"Feuille {sheet} · {column}"
        yield _line(one, two)
        yield _line("-" * _WIDTH, "-" * _WIDTH)
        for left, right in excerpts(first, second):
            yield from _pair(left, right)


def _pair(left: str, right: str) -> Iterator[str]:
    columns = (textwrap.wrap(printable(side), _WIDTH) or ["(vide)"] for side in (left, right))
    for a, b in zip_longest(*columns, fillvalue=""):
        yield _line(a, b)


def _line(left: str, right: str) -> str:
    return f" {left:<{_WIDTH}} | {right}".rstrip()
