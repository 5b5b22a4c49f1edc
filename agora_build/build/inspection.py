"""Turns a site about to be published into the list of what is broken in it: links, anchors, ids, foreign resources."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from agora_build.problems import START, Problem

_ID = re.compile(rb'\sid="([^"]*)"')
_LINK = re.compile(rb'<(\w+)\b[^>]*?\s(?:href|src|data|poster)="([^"]*)"')
_REL = re.compile(rb"<link\b[^>]*>")
_REFERENCE_RELS = (b'rel="canonical"', b'rel="alternate"', b'rel="license"')
_FOREIGN = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def inspect(files: Mapping[str, bytes]) -> list[Problem]:
    """Check every HTML file of the site, given by output path."""
    pages = {path: content for path, content in files.items() if path.endswith(".html")}
    ids = {path: [found.decode() for found in _ID.findall(content)] for path, content in pages.items()}
    anchors = {path: frozenset(found) for path, found in ids.items()}
    problems = [] if "index.html" in files else [Problem("index.html", START, "no-home-page")]
    for path, content in pages.items():
        problems += [
            Problem(path, START, "repeated-anchor", {"value": name})
            for name in sorted(anchors[path])
            if ids[path].count(name) > 1
        ]
        problems += _broken(path, content, files, anchors)
    return problems


def _broken(
    page: str, content: bytes, files: Mapping[str, bytes], anchors: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    for tag, href in _links(content):
        if _FOREIGN.match(href) and tag != "a":
            yield Problem(page, START, "foreign-resource", {"value": href})
        if _SCHEME.match(href) or href.startswith("/"):
            continue
        path, _, anchor = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
        if target not in files:
            yield Problem(page, START, "broken-link", {"value": href})
        elif anchor and target in anchors and unquote(anchor) not in anchors[target] and "=" not in anchor:
            yield Problem(page, START, "broken-anchor", {"value": href})


def _links(content: bytes) -> Iterator[tuple[str, str]]:
    references = {tag for tag in _REL.findall(content) if any(rel in tag for rel in _REFERENCE_RELS)}
    for match in _LINK.finditer(content):
        if match[1] == b"link" and any(match[0] in tag for tag in references) and b"://" in match[2]:
            continue
        yield match[1].decode(), match[2].decode().replace("&amp;", "&")
