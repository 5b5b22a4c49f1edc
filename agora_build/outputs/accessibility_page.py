"""Turns what agora.toml says of accessibility into the declaration, in the form that French law asks for.

Its parts and their order are those of the model of declaration annexed to the order of 20 September 2019.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.config import Accessibility
from agora_build.content.site import Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class Declaration(Record, frozen=True):
    """The declaration of a city, and where it stands."""

    path: str
    said: Accessibility


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001 - it has no day but its own
    """Declare the declaration."""
    urls = Urls(site.config.city.language)
    page = Declaration(urls.section("accessibility"), site.config.accessibility)
    yield Output(page.path, page, render)


def render(page: Declaration, theme: Theme) -> bytes:
    """Write the declaration."""
    return theme.page("accessibility.html", page.path, said=page.said)
