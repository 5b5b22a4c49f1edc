"""Turns the stylesheets of the theme in force into the problems of its accents: colours that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from agora_build.content.models import Accent
from agora_build.problems import Problem
from agora_build.record import Record
from agora_build.rendering.colours import READABLE, contrast, readable
from agora_build.rendering.stylesheet import Declared, declared
from agora_build.rendering.theme import static_files, theme_folders

_MODES = ("light", "dark")
_ACCENTS = ("city", *get_args(Accent))
_BACKGROUNDS = {"--accent": ("--paper", "--soft"), "--fill": ("--on",)}  # what each colour is read on, or reads
_PAGE = {":root", "html", "body"}
_OF_ACCENT = re.compile(r"(?:html|body|:root)?\.accent-(\w+)")
_SHORT = 4  # characters of a colour such as #fff


class Shade(Record, frozen=True):
    """A colour as a stylesheet says it."""

    path: str
    is_own: bool  # whether the city wrote it, in its own theme
    said: Declared


Palette = dict[tuple[str, str], Shade]  # by accent ('' for the whole page) and property; what comes last counts


def unreadable(root: Path, theme: str) -> Iterator[Problem]:
    """Find the accents that are not read, by day or by night, on what the theme puts them on."""
    shades = list(_shades(root, theme))
    for mode in _MODES:
        palette = _palette(shades, mode)
        for accent in _ACCENTS:
            for name in _BACKGROUNDS:
                yield from _problems(palette, accent, name, mode)


def _shades(root: Path, theme: str) -> Iterator[Shade]:
    """Read the one stylesheet, then those that only the city's theme has: its pages ask for them after it."""
    folders = theme_folders(root, theme)
    files = static_files(folders)
    first = "css/agora.css"
    own = [name for name in files if name.endswith(".css") and files[name].is_relative_to(folders[0])]
    for name in [first, *(name for name in own if name != first and len(folders) > 1)]:
        file = files[name]
        path = file.relative_to(root) if file.is_relative_to(root) else Path("themes/agora/static", name)
        for said in declared(file.read_text("utf-8", "replace")):
            yield Shade(path.as_posix(), file.is_relative_to(folders[0]), said)


def _palette(shades: list[Shade], mode: str) -> Palette:
    palette: Palette = {}
    for shade in shades:
        if mode in _modes(" ".join(shade.said.media)):
            for selector in shade.said.selectors:
                found = _OF_ACCENT.fullmatch(selector)
                if found or selector in _PAGE:
                    palette[found[1] if found else "", shade.said.name] = shade
    return palette


def _modes(media: str) -> tuple[str, ...]:
    """Give the modes that a screen may be in, under these conditions."""
    if re.search(r"\bprint\b|forced-colors|prefers-contrast", media):
        return ()
    asked = re.search(r"prefers-color-scheme\s*:\s*(\w+)", media)
    return (asked[1],) if asked else _MODES


def _problems(palette: Palette, accent: str, name: str, mode: str) -> Iterator[Problem]:
    shade = palette.get((accent, name)) or palette.get(("", name))
    others = [palette.get((accent, other)) or palette.get(("", other)) for other in _BACKGROUNDS[name]]
    found = [item for item in [shade, *others] if item]
    if shade is None or len(found) <= len(others):
        return  # a theme with colours of its own: nothing says what they are put on
    written = [_written(item, palette, accent, mode) for item in found]
    for item, colour in zip(found, written, strict=True):
        if not colour:
            yield _problem(item, "unknown-colour", value=item.said.value, name=item.said.name)
    if all(written):
        yield from _faint(found, written, f".accent-{accent}", mode)


def _faint(found: list[Shade], written: list[str], place: str, mode: str) -> Iterator[Problem]:
    """Compare a colour with what is behind it, and tell the worst."""
    (shade, *others), (colour, *behind) = found, written
    ratio, rank = min((contrast(colour, other), rank) for rank, other in enumerate(behind))
    if ratio < READABLE:
        units, hundredths = divmod(int(ratio * 100), 100)
        yield _problem(
            shade if shade.is_own or not others[rank].is_own else others[rank],
            "low-contrast" if mode == "light" else "low-contrast-dark",
            place=place, name=shade.said.name, colour=colour, other=others[rank].said.name, behind=behind[rank],
            units=str(units), hundredths=f"{hundredths:02}", near=readable(colour, behind),
        )  # fmt: skip


def _written(shade: Shade, palette: Palette, accent: str, mode: str) -> str:
    """Write a colour with six digits; '' when it is written in a way that is not computed here."""
    value = shade.said.value.lower()
    for _ in palette:
        pair = re.fullmatch(r"light-dark\(\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)", value)
        value = pair[1 + _MODES.index(mode)] if pair else value
        named = re.fullmatch(r"var\(\s*(--[\w-]+)\s*\)", value)
        other = (palette.get((accent, named[1])) or palette.get(("", named[1]))) if named else None
        if other is None:
            break
        value = other.said.value.lower()
    if not re.fullmatch(r"#(?:[0-9a-f]{3}){1,2}", value):
        return ""
    return "#" + "".join(digit * 2 for digit in value[1:]) if len(value) == _SHORT else value


def _problem(shade: Shade, code: str, **values: str) -> Problem:
    return Problem(shade.path, shade.said.span, code, values, shade.said.source_line)
