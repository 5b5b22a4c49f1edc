"""Turns the theme's static files, and the files that content names, into published files of the same bytes."""

from __future__ import annotations

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
    """A file to publish as it is; it is read when it is rendered, not before."""

    source: Path


def outputs(site: Site, root: Path, folders: tuple[Path, ...]) -> Iterator[Output[Any]]:
    """Declare the theme's files (`assets/…`) and the public copy of each file that content names."""
    urls = Urls(site.config.city.language)
    for name, source in static_files(folders).items():
        yield Output(urls.asset(name), File(source), render)
    for media in site.media:
        yield Output(urls.media(media), File(root / media), render)


def render(file: File, theme: Theme) -> bytes:  # noqa: ARG001
    """Give the bytes of the file."""
    return file.source.read_bytes()
