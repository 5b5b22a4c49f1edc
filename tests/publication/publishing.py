"""Publishes small sites whose every byte is known, with the functions of the build and in its order."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from agora_build.build import mark, release

Site = Mapping[str, bytes]
FILLING = 40_000  # bytes of a page, read in several times by whoever serves it


def site(number: int, filling: int = 300) -> dict[str, bytes]:
    """Give the files of a site: most are those of the site before, some are not.

    From one to the next a file becomes a folder or the reverse, a folder comes and another goes, at the top and below.
    """
    name = f"{number:06}".encode()
    page = b"<p>" + name + b"</p>" + b"x" * filling + b"<p>" + name + b"</p>"
    files = {f"pages/{shelf}/{book}/index.html": b"the same" for shelf in range(3) for book in range(3)}
    files |= {"index.html": page, "pages/1/1/index.html": page, f"news-{number}/deep/index.html": page}
    files |= {f"top-{number}.html": page}
    files |= {"turn": page, "turns/a": page} if number % 2 else {"turn/index.html": page, "turns": page}
    return files


def identity(files: Site) -> str:
    """Give the id of a release, which says all that is in it."""
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:32]


def publish(output: Path, files: Site, known: Site | None = None) -> None:
    """Publish a site as a build does that remembers having made `known`, or nothing."""
    with release.alone(output):
        base, wanted = identity(known) if known is not None else "", identity(files)
        fresh = known is None or not release.reachable(output, base)
        before = {} if fresh or known is None else known
        changed = {path: content for path, content in files.items() if before.get(path) != content}
        trees = [release.stage(output), release.twin(output) if fresh else ""]
        for path, content in changed.items():
            _write(trees, path, content)
        if fresh:
            release.publish(output, wanted)
        elif wanted != release.current(output):
            release.update(output, base, wanted, changed, before.keys() - files.keys())
        release.unstage(output)


def read(folder: Path) -> dict[str, bytes]:
    """Read back all files of a folder, but the mark and a mark half written; a folder without files is told too."""
    found: dict[str, bytes] = {}
    for path, folders, names in os.walk(folder):
        here = Path(path)
        found |= {str((here / name).relative_to(folder)): (here / name).read_bytes() for name in names}
        if not folders and not names:
            found[f"{here.relative_to(folder)}/"] = b""
    return {path: content for path, content in found.items() if path not in {mark.NAME, f"{mark.NAME}.new"}}


def spare(output: Path) -> Path:
    """Give the place of the site before."""
    return output.with_name(f".{output.name}.previous")


def _write(trees: list[str], path: str, content: bytes) -> None:
    stage, twin = (Path(tree) / path for tree in trees)
    stage.parent.mkdir(parents=True, exist_ok=True)
    with stage.open("wb", buffering=0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
    if trees[1]:
        twin.parent.mkdir(parents=True, exist_ok=True)
        release.link(os.fspath(stage), os.fspath(twin))
