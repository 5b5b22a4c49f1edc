"""States which version of content files this program reads, and recognises those written before they had a number.

The number is `schema` in agora.toml; `agora migrate` writes it, and rewrites the files of an older one.
"""

# os.path, several times quicker than Path objects: every build looks.
# ruff: noqa: PTH112, PTH113, PTH118
from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agora_build.urls import Urls

KEY = "schema"
CURRENT = 1
PODCAST, RADIO = "content/podcast", "content/radio"  # where the files of the podcast were, and are


def older_page(language: str) -> str:
    """Give the page whose place the declaration of accessibility took: it was a free page before version 1."""
    slug = Urls(language).section("accessibility").partition("/")[0]
    return f"content/pages/{slug}.md"


def language_of(settings: Mapping[str, Any]) -> str:
    """Give the language of a city, from its agora.toml as it is written."""
    city = settings.get("city")
    language = city.get("language") if isinstance(city, dict) else None
    return language if isinstance(language, str) else "fr"


def image_of(settings: Mapping[str, Any]) -> str:
    """Give the path of the podcast's picture, '' when there is none."""
    show = settings.get("podcast")
    image = show.get("image") if isinstance(show, dict) else None
    return image if isinstance(image, str) else ""


def is_before_numbers(root: str, settings: Mapping[str, Any]) -> bool:
    """Tell whether a city without a number has what version 1 has no more."""
    page = os.path.join(root, older_page(language_of(settings)))
    named = image_of(settings).startswith(f"{PODCAST}/")
    return named or os.path.isdir(os.path.join(root, PODCAST)) or os.path.isfile(page)
