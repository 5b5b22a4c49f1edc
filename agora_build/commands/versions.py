"""Turns a file of a git checkout into the contents it had at each commit; none when git has nothing to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agora_build import git


def versions(path: Path, since: str) -> Iterator[bytes]:
    """Give every version of a file that the commits hold, from the one where the file `since` beside it first came."""
    came = _said(path.parent, "log", "--format=%H", "--diff-filter=A", "--reverse", "--", since).decode().split()
    if came:
        later = _said(path.parent, "log", "--format=%H", f"{came[0]}..HEAD", "--", path.name).decode().split()
        for commit in (*later, came[0]):
            yield _said(path.parent, "cat-file", "blob", f"{commit}:./{path.name}")


def _said(folder: Path, *arguments: str) -> bytes:
    try:
        done = git.run(folder, arguments)
    except OSError:  # no git, or no folder
        return b""
    return done.stdout if done.returncode == 0 else b""
