"""Turns the theme's static files, and the files that content names, into published files of the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.site import Site
from agora_build.rendering.output import File, Output, copied
from agora_build.rendering.theme import static_files
from agora_build.urls import Urls


def outputs(site: Site, root: Path, folders: tuple[Path, ...]) -> Iterator[Output[Any]]:
    """Declare the theme's files (`assets/…`) and the public copy of each file that content names."""
    urls = Urls(site.config.city.language)
    for name, source in static_files(folders).items():
        yield Output(urls.asset(name), _file(source), copied)
    for media in site.media:
        yield Output(urls.media(media), _file(root / media), copied)


def _file(source: Path) -> File:
    with source.open("rb") as opened:
        return File(source, hashlib.file_digest(opened, "sha256").hexdigest())
