"""Turns a published site and the repository of its city into a verdict: whether one is what the other gives."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agora_build.build import sums
from agora_build.build.checkout import NotCheckedOutError, check_out
from agora_build.build.origin import PROGRAMS, Origin, read
from agora_build.build.served import AbsentError, Folder, Place, UnreadError, content, digest, place_at
from agora_build.build.verdict import Difference, Obstacle, Verdict
from agora_build.outputs import record
from agora_build.problems import Problem
from agora_build.record import replace

Rebuild = Callable[[Path, Path, Origin], list[Problem]]
Progress = Callable[[str, int, int], None]

_MAX_SUMS, _MAX_RECORD = 1 << 28, 1 << 16
_MAX_UNREAD = 20  # files in a row that do not answer: the server is gone
_BATCH = 50  # files asked for before one looks at the answers


Programs = Mapping[str, Callable[[], str]]
_NONE: Programs = {}


class _StopError(Exception):
    def __init__(self, code: str, *details: object) -> None:
        self.obstacle = Obstacle(code, tuple(str(detail) for detail in details))


def verify(  # noqa: PLR0913, PLR0917 - what it compares, with what, and what it tells meanwhile
    address: str,
    city: Path,
    version: str,
    rebuild: Rebuild,
    progress: Progress = lambda _stage, _done, _total: None,
    programs: Programs = _NONE,
) -> Verdict:
    """Compare a site, in a folder or on the web, with its own list of sums and with what its commit gives.

    `programs` name those that this computer could make the same files with, by their names in `Origin`.
    """
    verdict = Verdict(address)
    try:
        place = _place(address)
        listed = _listed(place)
        origin = _origin(place)
        verdict = replace(verdict, files=len(listed), origin=origin)
        verdict = replace(verdict, served=_looked_at(place, listed, progress), compared=True)
        _compatible(origin, version, programs)
        return _compare(verdict, listed, city, rebuild)
    except _StopError as stop:
        return replace(verdict, obstacle=stop.obstacle)


def _place(address: str) -> Place:
    try:
        return place_at(address)
    except ValueError as error:
        raise _StopError("bad-address", address) from error


def _listed(place: Place) -> dict[str, str]:
    try:
        return sums.read(content(place, record.SUMS, _MAX_SUMS))
    except sums.SumsError as error:
        raise _StopError("bad-sums", error.line) from error
    except AbsentError as error:
        raise _StopError("no-sums") from error
    except UnreadError as error:
        raise _StopError("unreachable", error) from error


def _origin(place: Place) -> Origin:
    try:
        return read(content(place, record.PATH, _MAX_RECORD))
    except (ValueError, AbsentError) as error:
        raise _StopError("bad-record") from error
    except UnreadError as error:
        raise _StopError("unreachable", error) from error


def _looked_at(place: Place, listed: Mapping[str, str], progress: Progress) -> tuple[Difference, ...]:
    found = tuple(_differences_served(place, listed, progress))
    if found and _listed(place) != listed:
        raise _StopError("republished")
    return found


def _differences_served(place: Place, listed: Mapping[str, str], progress: Progress) -> Iterator[Difference]:
    """Read every listed file."""

    def look(path: str) -> Difference | None:
        try:
            return None if digest(place, path) == listed[path] else Difference("changed", path)
        except AbsentError:
            return Difference("missing", path)
        except UnreadError as error:
            return Difference("unread", path, str(error))

    paths = sorted(listed)
    unread = 0
    pool = ThreadPoolExecutor(place.at_once)
    try:
        for first in range(0, len(paths), _BATCH):
            for found in pool.map(look, paths[first : first + _BATCH]):
                unread = unread + 1 if found and found.kind == "unread" else 0
                if found and unread == _MAX_UNREAD:
                    raise _StopError("unreachable", found.why)
                if found:
                    yield found
            progress("verify", min(first + _BATCH, len(paths)), len(paths))
    finally:
        pool.shutdown(cancel_futures=True)
    yield from (Difference("extra", path) for path in place.others({*listed, record.SUMS}))


def _compatible(origin: Origin, version: str, programs: Programs) -> None:
    """Stop where the site cannot be made again with what is here."""
    if not origin.commit:
        raise _StopError("no-commit")
    if origin.version != version:
        raise _StopError("other-version", origin.version, version)
    for name in PROGRAMS:
        wanted = getattr(origin, name)
        here = programs[name]() if wanted and name in programs else ""
        if wanted != here:
            raise _StopError(f"{'other' if here else 'no'}-{name}", wanted, here)
    if origin.history == "none":
        raise _StopError("no-history")


def _compare(verdict: Verdict, listed: Mapping[str, str], city: Path, rebuild: Rebuild) -> Verdict:
    """Build the commit again, and compare."""
    origin = verdict.origin
    assert origin is not None  # noqa: S101 - read before
    if not city.is_dir():
        raise _StopError("no-repository", city)
    with tempfile.TemporaryDirectory(prefix="agora-") as folder:
        aside = Path(folder).resolve()
        try:
            source = check_out(city, origin.commit, aside / "source", origin.history.split())
        except NotCheckedOutError as error:
            raise _StopError(error.code, error.detail) from error
        problems = tuple(rebuild(source.city, aside / "site", origin))
        again = {} if problems else _sums_of(aside / "site")
    rebuilt = None if problems else tuple(_differences(listed, again))
    return replace(verdict, subject=f"{source.day} {source.subject}", rebuilt=rebuilt, problems=problems)


def _sums_of(site: Path) -> dict[str, str]:
    place = Folder(site)
    return {path: digest(place, path) for path in place.others({record.SUMS})}


def _differences(listed: Mapping[str, str], again: Mapping[str, str]) -> Iterator[Difference]:
    """Tell how the site's list differs from what its commit gives."""
    for path in sorted(listed.keys() | again.keys()):
        if path not in again:
            yield Difference("extra", path)
        elif path not in listed:
            yield Difference("missing", path)
        elif listed[path] != again[path]:
            yield Difference("changed", path)
