"""Turns a page of the site into one that stands without the rest: links that leave become the site's addresses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container
from functools import cache
from html import escape, unescape
from urllib.parse import unquote

from agora_build import urls

_TAG = re.compile(r'<[A-Za-z]\w*\s(?:[^>"]*"[^"]*")*[^>"]*>')  # what people wrote can look like one, not be one
_ATTRIBUTE = re.compile(r'( (?:href|src|data|poster|action)=")([^"]*)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)
_END = re.compile(r"[?#]")  # of the path
_HEADER = '<header class="top">\n'


def detached(page: str, path: str, holds: Container[str], base_url: str, notice: str = "") -> str:
    """Write the page at an output path so that it leads only to what `holds` has, or to the site; say `notice` on top.

    Anchors stay, and so do the addresses of other sites.
    """

    @cache  # most links of a page are there twice
    def moved(value: str) -> str:
        if not value or value.startswith("#") or _SCHEME.match(value):
            return value
        target = _END.split(unescape(value), maxsplit=1)[0]
        rest = unescape(value)[len(target) :]
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
        if found in holds:
            return value
        return escape(urls.absolute(found + ("/" if target.endswith("/") else ""), base_url) + rest)

    def retold(tag: re.Match[str]) -> str:
        return _ATTRIBUTE.sub(lambda found: f'{found[1]}{moved(found[2])}"', tag[0])

    said = _TAG.sub(retold, page)
    told = f'{_HEADER}<p class="notice">{escape(notice)}</p>\n' if notice else _HEADER
    return said.replace(_HEADER, told, 1)
