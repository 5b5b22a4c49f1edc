"""Turns a city's folder into its problems; where all was right before, only the files that changed are read again."""

from __future__ import annotations

import datetime
import os
import pickle
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from agora_build.build import locks, reading, signature, state
from agora_build.build.kept import kept_at
from agora_build.build.store import Row, Store, entry_from
from agora_build.content.config_file import NAME, ConfigFile, read_config_file
from agora_build.content.day import day_of_build
from agora_build.content.tree import found_at
from agora_build.problems import Problem, in_order
from agora_build.record import Record

_FOLDER = "check"  # inside the city's cache: a check and a build each keep what they read
_COUNTED = {"campaign", "debates", "contributions", "pages"}


class Checked(Record, frozen=True):
    """All the problems of a city, in the order of a report; where there are none, how many files of each kind."""

    problems: list[Problem]
    counts: Mapping[str, int]


class _Look(Record, frozen=True):
    """The city as it stands."""

    root: str
    day: datetime.date
    config: ConfigFile
    since: int
    signatures: signature.Signatures
    code: list[tuple[str, signature.Sign]]


def check(root: str, day: datetime.date | None) -> Checked:
    """Check every file of a city, as it is on a day."""
    since, signatures = signature.of_city(root)
    code = signature.of_code(root)
    with kept_at(root) as kept:
        folder = os.path.join(kept, _FOLDER)  # noqa: PTH118 - as everywhere around the cache
        with locks.alone(folder):
            old: dict[str, Any] = state.read(folder)
            known = _known_config(signatures, code, old)
            if known:
                city = _Look(root, day or day_of_build(known.config), known, since, signatures, code)
                done = _again(city, folder, old)
                if done:
                    return done
            config = read_config_file(Path(root))
            return _whole(_Look(root, day or day_of_build(config.config), config, since, signatures, code), folder)


def _known_config(
    signatures: signature.Signatures, code: list[tuple[str, signature.Sign]], old: Mapping[str, Any]
) -> ConfigFile | None:
    """Give the settings of a city that was right, if neither they, nor the program, nor the themes changed since."""
    if not old or old["code"] != code or old["city"].get(NAME) != signatures.get(NAME):
        return None
    if _themes(old["city"]) != _themes(signatures):
        return None
    return pickle.loads(old["config"])  # type: ignore[no-any-return]  # noqa: S301 - our own file


def _again(city: _Look, folder: str, old: Mapping[str, Any]) -> Checked | None:
    """Check what changed since all was right that day; None when the whole city must be read."""
    if old["day"] != city.day.isoformat():
        return None
    store = Store.opened(_path(folder))
    if store is None:
        return None
    with closing(store):
        if store.fact("since") != str(old["since"]).encode():
            return None  # one was killed between the two
        done = reading.read_changed(city.root, city.config, city.day, old["city"], city.signatures, store, tell=True)
        if done is None:
            return None
        if done.problems:
            return Checked(in_order(done.problems), {})
        counts = Counter(old["counts"])
        counts.subtract(_counted(filter(None, (store.row(row.path) for row in done.rows))))
        counts.update(_counted(done.rows))
        if city.signatures != old["city"]:
            store.add(done.rows)
            _keep(city, folder, store, counts)
    return Checked([], counts)


def _themes(signatures: signature.Signatures) -> list[tuple[str, signature.Sign]]:
    return [item for item in signatures.items() if item[0][0] == "t" and item[0].startswith("themes/")]


def _whole(city: _Look, folder: str) -> Checked:
    """Check the whole city, on every core, and keep what was read of one that is right."""
    from agora_build.rendering.palette import unreadable

    counts: Counter[str] = Counter()
    with closing(Store(_path(folder), fresh=True)) as store:

        def keep(rows: list[Row]) -> None:
            store.add(rows)
            counts.update(_counted(rows))

        jobs = os.cpu_count() or 1
        done = reading.read_all(city.root, city.config, city.day, jobs, lambda *_: None, keep)
        config = city.config.config
        problems = [*done.problems, *(unreadable(Path(city.root), config.publication.theme) if config else ())]
        if problems:
            return Checked(in_order(problems), {})
        _keep(city, folder, store, counts)
    return Checked([], counts)


def _counted(rows: Iterable[Row]) -> Counter[str]:
    """Count campaigns, debates, contributions and free pages, as they were written: not translated, not erased."""
    kinds: Counter[str] = Counter()
    for row in rows:
        found = found_at(row.path)
        if found is None or found.folder not in _COUNTED or found.language:
            continue
        said = found.folder == "contributions"
        if found.folder == "campaign" and not row.path.endswith("/campaign.md"):
            continue
        if not (said and entry_from(row.entry, row.digest).meta.erased):
            kinds[found.folder] += 1
    return kinds


def _keep(city: _Look, folder: str, store: Store, counts: Mapping[str, int]) -> None:
    """Keep what was read: the next check begins here."""
    store.note("since", str(city.since).encode())
    store.keep()
    said = {"since": city.since, "day": city.day.isoformat(), "code": city.code, "counts": dict(counts)}
    said["config"] = pickle.dumps(city.config, pickle.HIGHEST_PROTOCOL)
    state.write(folder, {**said, "city": signature.settled(city.signatures, city.since)})


def _path(folder: str) -> str:
    return os.path.join(folder, state.STORE)  # noqa: PTH118
