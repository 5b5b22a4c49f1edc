"""Turns what other sites answer into copies kept in the city's folder; a site that fails keeps its last good one."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import ValidationError

from agora_build.config import NetworkSite
from agora_build.content.announcement import VERSION, Announcement, NetworkCopy
from agora_build.content.network_copies import path_of, written_copy
from agora_build.content.strict_json import MOST_BYTES, JsonError, read_json
from agora_build.content.validate import dotted
from agora_build.network.fetching import FetchError
from agora_build.record import Record

Fetch = Callable[[NetworkSite], bytes]
_AT_ONCE = 8  # sites asked at the same time


class Outcome(Record, frozen=True):
    """What came of asking a site: its copy, old or new, and why there is no new one."""

    site: NetworkSite
    copy: NetworkCopy | None
    error: FetchError | None = None


def update(root: Path, sites: Sequence[NetworkSite], day: datetime.date, fetch: Fetch) -> Iterator[Outcome]:
    """Ask each site for what it announces, and keep what can be trusted; tell of each in the order given."""

    def one(site: NetworkSite) -> Outcome:
        try:
            copy = NetworkCopy(fetched=day, address=site.url, said=announced(fetch(site)))
            _write(root / path_of(site.id), written_copy(copy))
        except FetchError as error:
            return Outcome(site, copy_of(root, site), error)
        return Outcome(site, copy)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(one, sites)


def copy_of(root: Path, site: NetworkSite) -> NetworkCopy | None:
    """Read the copy that is kept of a site; None when there is none that can be read."""
    with contextlib.suppress(FileNotFoundError, JsonError, ValidationError):
        return NetworkCopy.model_validate(read_json((root / path_of(site.id)).read_bytes()))
    return None


def announced(raw: bytes) -> Announcement:
    """Read what a site announces; raise FetchError when it is not what a site of this kind says."""
    try:
        data = read_json(raw)
    except JsonError as error:
        raise FetchError(str(error)) from None
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise FetchError("newer", version=str(version))
    try:
        return Announcement.model_validate(data)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        raise FetchError("not-valid", key=dotted(place) or "agora.json") from None


def _write(path: Path, text: str) -> None:
    """Write a copy at once: a stop at any moment leaves the one before, or this one."""
    data = text.encode("utf-8")
    if len(data) > MOST_BYTES:
        raise FetchError("too-big")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(data)
    aside.replace(path)
