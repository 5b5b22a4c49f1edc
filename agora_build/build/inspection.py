"""Turns a page about to be published into what it offers (ids) and wants (links), and tells what is broken."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from sys import intern
from urllib.parse import unquote

from agora_build.problems import START, Problem
from agora_build.record import Record

_TAG = re.compile(r'<[A-Za-z]\w*\s(?:[^>"]*"[^"]*")*[^>"]*>')  # what people wrote can look like one, not be one
_ATTRIBUTE = re.compile(r' (id|href|src|data|poster)="([^"]*)"')
_REFERENCE = re.compile(r'<link\s[^>]*rel="(?:canonical|alternate|license)"|<meta\s+property="og:')
_FOREIGN = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
HOME = "index.html"


class Facts(Record, frozen=True):
    """What a page offers and wants: its ids, and the `path` or `path#anchor` of each link inside the site."""

    ids: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


NO_FACTS = Facts()


def facts(path: str, content: bytes) -> tuple[Facts, list[Problem]]:
    """Look at one file; only pages have something to say, and what is wrong in a page alone is told at once."""
    if not path.endswith(".html"):
        return NO_FACTS, []
    ids: list[str] = []
    wants: dict[str, None] = {}
    problems: list[Problem] = []
    tags = _TAG.findall(content.decode())
    for name, value in _ATTRIBUTE.findall("".join(tags).replace("\n", " ")):
        if name == "id":
            ids.append(intern(value))
        elif value[:1] == "/" or (":" in value and _SCHEME.match(value)):
            problems += _outside(path, tags, value)
        elif value[:3] == "../":
            parent = path.rpartition("/")[0].rpartition("/")[0]
            wants[_wanted(parent, value[3:])] = None
        elif value[:1] in ("#", ""):
            wants[path + value] = None
        else:
            wants[_wanted(path.rpartition("/")[0], value)] = None
    if len(set(ids)) < len(ids):
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        problems += [Problem(path, START, "repeated-anchor", {"value": name}) for name in repeated]
    return Facts(tuple(ids), tuple(wants)), problems


def _outside(path: str, tags: list[str], value: str) -> Iterator[Problem]:
    """Refuse what a page would fetch from another host; a link is only followed by a reader."""
    if not _FOREIGN.match(value):
        return
    for tag in tags:
        if f'="{value}"' in tag and not tag.startswith("<a ") and not _REFERENCE.match(tag):
            yield Problem(path, START, "foreign-resource", {"value": value})


@lru_cache(maxsize=20_000)  # the pages of one folder have most of their links in common
def _wanted(folder: str, href: str) -> str:
    target, hash_, anchor = href.replace("&amp;", "&").partition("#")
    found = posixpath.normpath(posixpath.join(folder, unquote(target)))
    return f"{found}#{unquote(anchor)}" if hash_ and anchor and "=" not in anchor else found


def missing(wants: Iterable[str], holds: Callable[[str], bool], ids: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """List the links that lead nowhere, given whether a path is in the site, and the ids of a page."""
    for want in wants:
        target, hash_, anchor = want.partition("#")
        if not holds(target) or (hash_ and target.endswith(".html") and anchor not in ids(target)):
            yield want


def broken(
    wanted_by: Mapping[str, Iterable[str]], absent: Iterable[str], holds: Callable[[str], bool]
) -> list[Problem]:
    """Blame each link that leads nowhere on the pages that have it."""
    nowhere = frozenset(absent)
    return [
        Problem(page, START, "broken-anchor" if holds(want.partition("#")[0]) else "broken-link", {"value": want})
        for page, wants in wanted_by.items()
        for want in wants
        if want in nowhere
    ]
