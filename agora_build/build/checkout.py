"""Turns a commit of the city's repository into a folder of its own, without touching that repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from agora_build import git
from agora_build.build.commit import is_id, shallow_of
from agora_build.record import Record


class CheckedOut(Record, frozen=True):
    """A commit laid out in a folder: where the city is in it, and what the repository says of it."""

    city: Path
    day: str
    subject: str


class NotCheckedOutError(Exception):
    """Says why a commit cannot be laid out: a code, and what git said."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Take a code that `verification` has words for."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def check_out(city: Path, commit: str, target: Path, begins: Sequence[str] = ()) -> CheckedOut:
    """Lay a commit out in the new folder `target`, where git finds that commit and its history too.

    `begins` are the commits where the history begins, for who knew no more of it.

    It has to be in the history of what is checked out in the city's repository: the objects of a proposal are there
    before anybody accepts it. The new repository borrows the objects, and takes neither settings nor hooks.
    """
    inside = _git(city, "rev-parse", "--show-prefix", code="no-repository")
    if not is_id(commit) or _fails(city, "cat-file", "-e", f"{commit}^{{commit}}"):
        raise NotCheckedOutError("unknown-commit", commit[:12])
    if _fails(city, "merge-base", "--is-ancestor", commit, "HEAD"):
        raise NotCheckedOutError("not-in-history", commit[:12])
    objects = Path(city, _git(city, "rev-parse", "--git-path", "objects"))
    own = shallow_of(os.fspath(city))
    kind = _git(city, "rev-parse", "--show-object-format")
    target.mkdir()
    _git(target, "init", "--quiet", "--template=", f"--object-format={kind}", "--initial-branch=agora")
    (target / ".git/objects/info").mkdir(exist_ok=True)
    (target / ".git/objects/info/alternates").write_bytes(os.fsencode(objects.resolve()) + b"\n")
    if own or begins:
        (target / ".git/shallow").write_text("".join(f"{each}\n" for each in sorted({*own, *begins})), "ascii")
    _git(target, "checkout", "--quiet", "--detach", commit)
    missing = {*own} - {*begins}
    if missing and not missing.isdisjoint(_git(target, "rev-list", commit).split()):
        raise NotCheckedOutError("shallow-repository")
    lost = _git(target, "ls-files", "--deleted", "-z")  # git only warns of an object that is not there
    if lost:
        raise NotCheckedOutError("lost-objects", lost.partition("\0")[0])
    if not (target / inside).is_dir():
        raise NotCheckedOutError("not-in-commit", inside)
    day, _, subject = _git(target, "log", "-1", "--format=%cs %s", "--no-show-signature").partition(" ")
    return CheckedOut(target / inside, day, subject)


def _fails(folder: Path, *arguments: str) -> bool:
    return _run(folder, arguments).returncode != 0


def _git(folder: Path, *arguments: str, code: str = "git-failed") -> str:
    """Run git; give what it says on one line."""
    done = _run(folder, arguments)
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()
        raise NotCheckedOutError(code if "not a git repository" in words else "git-failed", words)
    return os.fsdecode(done.stdout.removesuffix(b"\n"))


def _run(folder: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
    try:
        return git.run(folder, arguments)
    except FileNotFoundError as error:
        raise NotCheckedOutError("no-git") from error
