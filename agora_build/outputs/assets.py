"""Turns the theme's static files, and the files that content names, into published files of the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agora_build.content.site import Site
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme, static_files
from agora_build.urls import Urls


@dataclass(frozen=True, slots=True)
class File:
    """A file to publish as it is, and the hash of its bytes; it is kept in memory only while it is rendered."""

    source: Path
    digest: str


def outputs(site: Site, root: Path, folders: tuple[Path, ...]) -> Iterator[Output[Any]]:
    """Declare the theme's files (`assets/…`) and the public copy of each file that content names."""
    urls = Urls(site.config.city.language)
    for name, source in static_files(folders).items():
        yield Output(urls.asset(name), _file(source), render)
    for media in site.media:
        yield Output(urls.media(media), _file(root / media), render)


def _file(source: Path) -> File:
    with source.open("rb") as opened:
        return File(source, hashlib.file_digest(opened, "sha256").hexdigest())


def render(file: File, theme: Theme) -> bytes:  # noqa: ARG001
    """Give the bytes of the file."""
    return file.source.read_bytes()
