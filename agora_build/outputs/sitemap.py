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
from agora_build.urls import Urls

SITEMAP = "sitemap.xml"
MOST = 50_000  # addresses that sitemaps.org allows in a file
_NOT_FOUND = "404.html"
_USUAL = 40_000  # addresses after which a file ends, on average, when nothing else ends it
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class Listed(Record, frozen=True):
    """What a file lists: output paths, in order, and the public address they stand under."""

    base_url: str
    paths: tuple[str, ...]
    editions: tuple[str, ...] = ()  # the languages in which each page is there, when there are several


def outputs(paths: Sequence[str], base_url: str, editions: Sequence[str] = ()) -> Iterator[Output[Any]]:
    """Declare the sitemap of the HTML pages among `paths` (all but the 404 page), and the robots.txt that names it.

    With several `editions`, the languages of the site, each page tells where it is in the others.
    """
    editions = tuple(editions) if len(editions) > 1 else ()
    most = MOST // max(1, len(editions))
    folders = tuple(f"{language}/" for language in editions[1:])
    pages = sorted(
        path for path in set(paths) if path.endswith(".html") and path != _NOT_FOUND and not path.startswith(folders)
    )
    if len(pages) <= most:
        yield Output(SITEMAP, Listed(base_url, tuple(pages), editions), render_sitemap)
    else:
        files = {f"sitemap-{number}.xml": part for number, part in enumerate(_cut(pages, most), 1)}
        yield Output(SITEMAP, Listed(base_url, tuple(files)), render_index)
        for name, part in files.items():
            yield Output(name, Listed(base_url, part, editions), render_sitemap)
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


def _cut(pages: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Cut a long list after names that chance chooses, so that one more page changes one file, not all that follow."""
    start = 0
    for end, path in enumerate(pages, 1):
        if end - start == most or zlib.crc32(path.encode()) % _USUAL == 0 or end == len(pages):
            yield tuple(pages[start:end])
            start = end


def _written(root: str, element: str, listed: Listed) -> bytes:
    schema = f"{_SCHEMA} {_XHTML}" if listed.editions else _SCHEMA
    lines = [f"  <{element}><loc>{address}</loc>{others}</{element}>\n" for address, others in _addresses(listed)]
    return f"{_XML}<{root} {schema}>\n{''.join(lines)}</{root}>\n".encode()


def _addresses(listed: Listed) -> Iterator[tuple[str, str]]:
    """Give the address of each page, and what tells where it is in each language of the site."""
    paths = Urls(listed.editions[0]) if listed.editions else None
    for path in listed.paths:
        if paths is None or not paths.in_each_language(path):
            yield escape(urls.absolute(path, listed.base_url)), ""
            continue
        first, *others = listed.editions
        found = {first: path, **{language: f"{language}/{path}" for language in others}}
        known = {language: escape(urls.absolute(place, listed.base_url)) for language, place in found.items()}
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{name}" href="{known[name]}"/>' for name in known)
        yield from ((address, links) for address in known.values())
