"""Turns a city into the files of an export, and an export into a city beside the one that is there, to be checked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from agora_build.config import Config
from agora_build.content.site import Site
from agora_build.content.tree import Tree, found_at, is_media
from agora_build.exchange.bundle import CONFIG, CONTENT, FILES, FORMAT, MANIFEST, Bundle, BundleError
from agora_build.exchange.records import RecordError, file_of, line_of, record_of
from agora_build.problems import Problem, Span
from agora_build.record import Record, field

_TEXTS = (".md", ".yml")


class Staged(Record):
    """A city as an import would make it: what is new, what was there already, what cannot be taken, what is missing."""

    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    theme: str = ""  # the name of the one that agora.toml asks for and that is not there


def has_password(config: Config) -> bool:
    """Tell whether agora.toml holds the password of the journal."""
    return config.intake is not None and bool(re.search(r"://[^/@\s]*:[^/@\s]+@", config.intake.store))


def members(root: Path, site: Site, tree: Tree, campaign: str = "", version: str = "") -> Iterator[tuple[str, bytes]]:
    """Give the files of an export of a city that is right, or of one campaign: its records, then files as they are."""
    sums: dict[str, str] = {}
    for name, data in _members(root, site, tree, campaign):
        sums[name] = hashlib.sha256(data).hexdigest()
        yield name, data
    said = {"format": FORMAT, "agora": version, "campaign": campaign or None, "sha256": sums}
    yield MANIFEST, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _members(root: Path, site: Site, tree: Tree, campaign: str) -> Iterator[tuple[str, bytes]]:
    found = [item for item in tree.found if not campaign or item.campaign == campaign]
    texts = sorted((item for item in found if item.path.endswith(_TEXTS)), key=lambda item: item.path)
    yield CONTENT, b"".join(line_of(record_of(item, (root / item.path).read_bytes())) for item in texts)
    others = {item.path for item in found if not item.path.endswith(_TEXTS)} | {*_media(site, campaign)}
    for path in sorted({CONFIG, *others}):
        yield FILES + path, (root / path).read_bytes()


def _media(site: Site, campaign: str) -> Iterable[str]:
    """List the files that content names; nobody published the others."""
    if campaign:
        return [path for path in site.media if path.startswith(f"content/campaigns/{campaign}/")]
    basemap = site.config.map.basemap if site.config.map else None
    return [*site.media, *([basemap] if basemap else [])]


def stage(bundle: Bundle, root: Path, aside: Path) -> Staged:
    """Put an export beside a city, in a folder of its own, with what the city has already."""
    staged = Staged()
    if root.exists():
        for name in (CONFIG, "content"):
            _linked(root / name, aside / name)
    for rank, line in enumerate(bundle.lines(), 1):
        try:
            path, data = file_of(line)
        except RecordError as error:
            staged.problems.append(Problem(CONTENT, Span(rank, 1), error.code, error.values))
        else:
            _put(staged, root, aside, path, data)
    for path in bundle.files():
        if not _may_be(path):
            raise BundleError("exchange-bad-path", value=path[:120])
        _put(staged, root, aside, path, bundle.read(FILES + path))
    return staged


def take(staged: Staged, aside: Path, root: Path) -> None:
    """Move what is new into the city, file by file: a stop leaves each whole or absent, and the rest for next time."""
    for path in staged.new:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        shutil.copyfile(aside / path, beside)
        beside.replace(target)


def _may_be(path: str) -> bool:
    """Tell whether a path may be that of a file kept as it is: the configuration, media, a table, a copy."""
    if path == CONFIG:
        return True
    if not path.startswith("content/") or any(part.startswith(".") for part in path.split("/")):
        return False
    return is_media(path) or (found_at(path) is not None and not path.endswith(_TEXTS))


def _put(staged: Staged, root: Path, aside: Path, path: str, data: bytes) -> None:
    target = aside / path
    if path in staged.new:
        staged.problems.append(Problem(path, Span(1, 1), "exchange-twice", {"value": path}))
    elif target.exists():
        if target.read_bytes() == data:
            staged.same.append(path)
        elif path != CONFIG or not (root / CONFIG).exists():
            staged.problems.append(Problem(path, Span(1, 1), "exchange-changed", {"value": path}))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        staged.new.append(path)


def _linked(source: Path, target: Path) -> None:
    """Give a file, or those of a folder, a second name: nothing is copied where the disk can do without."""
    if source.is_dir() and not source.is_symlink():
        for item in sorted(source.iterdir()):
            _linked(item, target / item.name)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            os.link(source, target, follow_symlinks=False)
            return
        shutil.copy2(source, target, follow_symlinks=False)
