"""Turns the list of published pages into sitemap.xml, in several files when it is long, and robots.txt."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from agora_build import urls
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme

SITEMAP = "sitemap.xml"
MOST = 50_000  # addresses that sitemaps.org allows in a file
_NOT_FOUND = "404.html"
_USUAL = 40_000  # addresses after which a file ends, on average, when nothing else ends it
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class Listed(Record, frozen=True):
    """What a file lists: output paths, in order, and the public address they stand under."""

    base_url: str
    paths: tuple[str, ...]


def outputs(paths: Sequence[str], base_url: str) -> Iterator[Output[Any]]:
    """Declare the sitemap of the HTML pages among `paths` (all but the 404 page), and the robots.txt that names it."""
    pages = sorted(path for path in set(paths) if path.endswith(".html") and path != _NOT_FOUND)
    if len(pages) <= MOST:
        yield Output(SITEMAP, Listed(base_url, tuple(pages)), render_sitemap)
    else:
        files = {f"sitemap-{number}.xml": part for number, part in enumerate(_cut(pages), 1)}
        yield Output(SITEMAP, Listed(base_url, tuple(files)), render_index)
        for name, part in files.items():
            yield Output(name, Listed(base_url, part), render_sitemap)
    yield Output("robots.txt", urls.absolute(SITEMAP, base_url), render_robots)


def render_sitemap(listed: Listed, theme: Theme) -> bytes:  # noqa: ARG001
    """Write a sitemap; without lastmod, which would need a clock or the history of the files."""
    return _written("urlset", "url", listed)


def render_index(listed: Listed, theme: Theme) -> bytes:  # noqa: ARG001
    """Write the list of the sitemaps."""
    return _written("sitemapindex", "sitemap", listed)


def render_robots(sitemap: str, theme: Theme) -> bytes:  # noqa: ARG001
    """Write robots.txt: everything may be read, and here is the list."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n".encode()


def _cut(pages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Cut a long list after names that chance chooses, so that one more page changes one file, not all that follow."""
    start = 0
    for end, path in enumerate(pages, 1):
        if end - start == MOST or zlib.crc32(path.encode()) % _USUAL == 0 or end == len(pages):
            yield tuple(pages[start:end])
            start = end


def _written(root: str, element: str, listed: Listed) -> bytes:
    addresses = (escape(urls.absolute(path, listed.base_url)) for path in listed.paths)
    lines = [f"  <{element}><loc>{address}</loc></{element}>\n" for address in addresses]
    return f"{_XML}<{root} {_SCHEMA}>\n{''.join(lines)}</{root}>\n".encode()
