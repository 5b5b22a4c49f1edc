"""Turns the list of published pages into sitemap.xml and robots.txt, for search engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from agora_build import urls
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme

SITEMAP = "sitemap.xml"
_NOT_FOUND = "404.html"


def outputs(paths: Sequence[str], base_url: str) -> Iterator[Output[Any]]:
    """Declare the sitemap of the HTML pages among `paths` (all but the 404 page), and the robots.txt that names it."""
    pages = sorted(path for path in set(paths) if path.endswith(".html") and path != _NOT_FOUND)
    yield Output(SITEMAP, tuple(urls.absolute(path, base_url) for path in pages), render_sitemap)
    yield Output("robots.txt", urls.absolute(SITEMAP, base_url), render_robots)


def render_sitemap(addresses: tuple[str, ...], theme: Theme) -> bytes:  # noqa: ARG001
    """Write the sitemap; without lastmod, which would need a clock or the history of the files."""
    lines = [f"  <url><loc>{escape(address)}</loc></url>\n" for address in addresses]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{''.join(lines)}</urlset>\n".encode()


def render_robots(sitemap: str, theme: Theme) -> bytes:  # noqa: ARG001
    """Write robots.txt: everything may be read, and here is the list."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n".encode()
