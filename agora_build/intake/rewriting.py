"""Turns the history of a repository into one that never held a text: same commits otherwise, under other ids.

Every version of the file is replaced by what stands at its place today. Signatures of commits and tags that follow are
lost, and whoever took a copy before still has the text: this is for serious cases.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from agora_build.intake.repository import Repository

_EXPORT = (
    "fast-export", "--all", "--no-data", "--signed-tags=strip", "--tag-of-filtered-object=rewrite", "--reencode=no",
    "--show-original-ids",
)  # fmt: skip


def rewrite(repository: Repository, path: str, tombstone: bytes) -> dict[str, str]:
    """Write the history again with a tombstone in the place of a file; give the new id of each commit that has another.

    What no branch holds any more is destroyed. Nobody may be writing there meanwhile.
    """
    name = f"{repository.inside}{path}"
    stone = repository.ask("hash-object", "-w", "--stdin", given=tombstone).decode()
    said = repository.ask("rev-list", "--all", "--objects", "--", name).decode("utf-8", "replace")
    blobs = {line[: len(stone)] for line in said.splitlines() if line[len(stone) + 1 :] == name} - {stone}
    changed: dict[str, str] = {}
    if blobs:
        changed = _imported(repository, repository.ask(*_EXPORT, strip=False), name.encode(), blobs, stone)
    for left in ("FETCH_HEAD", "ORIG_HEAD"):
        (repository.path / left).unlink(missing_ok=True)
    repository.forget()
    return changed


def _imported(repository: Repository, stream: bytes, name: bytes, blobs: set[str], stone: str) -> dict[str, str]:
    marks: dict[str, str] = {}
    given = b"".join(_lines(stream, name, blobs, stone, marks))
    with tempfile.TemporaryDirectory(prefix="agora-") as folder:
        told = Path(folder) / "marks"
        repository.ask("fast-import", "--quiet", "--force", f"--export-marks={told}", given=given)
        new = dict(line.split() for line in told.read_text("ascii").splitlines())
    return {old: new[mark] for mark, old in marks.items() if new[mark] != old}


def _lines(stream: bytes, name: bytes, blobs: set[str], stone: str, marks: dict[str, str]) -> Iterator[bytes]:
    """Give the commands of an export, the file's old contents replaced; note the id that each mark had."""
    place, mark = 0, ""
    while place < len(stream):
        end = stream.index(b"\n", place) + 1
        line = stream[place:end]
        if line.startswith(b"data "):
            end += int(line[5:])  # a message: whatever is written in it is no command
            line = stream[place:end]
        elif line.startswith(b"mark :"):
            mark = line[5:].decode().strip()
        elif line.startswith(b"original-oid "):
            marks[mark] = line[13:].decode().strip()
        elif line.startswith(b"M 100644 "):
            _, _, blob, path = line.rstrip(b"\n").split(b" ", 3)
            if path == name and blob.decode() in blobs:
                line = b"M 100644 " + stone.encode() + b" " + path + b"\n"
        yield line
        place = end
