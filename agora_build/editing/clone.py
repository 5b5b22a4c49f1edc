"""Turns one change of a city's files into one commit of its clone, with that change and nothing else in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from agora_build import git
from agora_build.record import Record

_SHOWN = 5  # files that are named, of those that are in the way


class RefusedError(Exception):
    """Says why something is not done: the name of a sentence of messages/*.toml, and the values it needs."""

    def __init__(self, name: str, **values: str) -> None:
        super().__init__(name)
        self.name, self.values = name, values


class Clone(Record, frozen=True):
    """A clone whose files a person edits; `root` is the folder of the city in it."""

    root: Path

    def branch(self) -> str:
        """Name the branch that commits go to."""
        return self._asked("symbolic-ref", "--short", "HEAD")

    def is_as_committed(self, path: str) -> bool:
        """Tell whether a file is what the last commit says, or is neither there nor in it."""
        return not self._asked("status", "--porcelain", "--untracked-files=all", "--ignored", "--", path)

    def commit(self, changed: Mapping[str, bytes | None], message: str) -> str:
        """Commit the files that were just written, or removed (None); give the short id of the commit."""
        written = [path for path, raw in changed.items() if raw is not None]
        try:
            if written:
                self._done("add", "--", *written)
            self._done("commit", "--quiet", "--only", f"--message={message}", "--", *changed)
        except RefusedError:
            self._done("reset", "--quiet", "--", *changed)
            raise
        return self._asked("rev-parse", "--short", "HEAD")

    def write(self, changed: Mapping[str, bytes | None]) -> None:
        """Write files, each in one go, or remove them."""
        for path, raw in changed.items():
            file = self.root / path
            if raw is None:
                file.unlink(missing_ok=True)
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            aside = file.with_name(f".{secrets.token_hex(8)}")
            mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
            aside.write_bytes(raw)
            aside.chmod(mode)
            os.replace(aside, file)  # noqa: PTH105 - from the same folder

    def read(self, paths: Sequence[str]) -> dict[str, bytes | None]:
        """Read files; None for those that are not there."""
        found = {path: self.root / path for path in paths}
        return {path: file.read_bytes() if file.is_file() else None for path, file in found.items()}

    def _asked(self, *arguments: str) -> str:
        return self._done(*arguments).decode("utf-8", "replace").strip()

    def _done(self, *arguments: str) -> bytes:
        done = git.run(self.root, ("--literal-pathspecs", *arguments))
        if done.returncode:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise RefusedError("editor-git", said=said)
        return done.stdout


def opened(root: Path) -> Clone:
    """Open the clone that a city is in, when nothing in it waits to be committed; raise RefusedError otherwise."""
    try:
        inside = git.run(root, ("rev-parse", "--is-inside-work-tree"))
    except FileNotFoundError:
        raise RefusedError("editor-no-git") from None
    if inside.returncode or inside.stdout.strip() != b"true":
        raise RefusedError("editor-no-clone", folder=str(root))
    if git.run(root, ("symbolic-ref", "--quiet", "HEAD")).returncode:
        raise RefusedError("editor-no-branch")
    if git.run(root, ("rev-parse", "--quiet", "--verify", "HEAD")).returncode:
        raise RefusedError("editor-no-commit")
    for key in ("user.name", "user.email"):
        if not git.run(root, ("config", "--get", key)).stdout.strip():
            raise RefusedError("editor-no-author", key=key)
    left = _in_the_way(root)
    if left:
        more = f" (+ {len(left) - _SHOWN})" if len(left) > _SHOWN else ""
        raise RefusedError("editor-not-clean", files=", ".join(left[:_SHOWN]) + more)
    return Clone(root)


def _in_the_way(root: Path) -> list[str]:
    """List what is not committed, but what a preview makes."""
    asked = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ":/", ":(exclude).agora")
    said = git.run(root, asked).stdout.decode("utf-8", "replace")
    return [line[3:] for line in said.split("\0") if line]
