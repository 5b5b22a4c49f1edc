"""Turns the city's folder into the bare repository of the intake, and what was accepted there into files of the folder.

The folder may be the top of a git checkout, a folder of one, or no checkout at all. Nothing that somebody is working on
is written over: what cannot be brought is told.
"""

from __future__ import annotations

import datetime
import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from agora_build import git
from agora_build.intake.durable import make_folder, sync_folder, sync_tree
from agora_build.intake.repository import HEADS, Move, Repository, RepositoryError

# How what was accepted came into the folder: with git, as files of their own, in one that is on another branch, or not
# at all.
How = Literal["forwarded", "written", "aside", "there", "elsewhere"]


NOTHING_BEFORE: Mapping[str, bytes | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Checkout:
    """The git checkout around a city: its top, the branch it is on ('' when on none), the city's folder in it."""

    top: Path
    branch: str
    inside: str


def checkout_of(city: Path) -> Checkout | None:
    """Find the checkout around a city; None when there is none."""
    done = _run(city, "rev-parse", "--show-toplevel", "--show-prefix")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        if "not a git repository" in said or "must be run in a work tree" in said:
            return None
        if "dubious ownership" in said:
            raise RepositoryError("not-yours", os.fspath(city))
        raise RepositoryError("git-failed", said.strip().splitlines()[0] if said.strip() else "")
    top, inside = os.fsdecode(done.stdout).removesuffix("\n").split("\n")
    branch = _run(city, "symbolic-ref", "--quiet", "--short", "HEAD").stdout.decode().strip()
    return Checkout(Path(top), branch, inside) if _succeeds(city, "cat-file", "-e", "HEAD:./agora.toml") else None


def founded(city: Path, path: Path, base: str, day: datetime.date) -> Repository:
    """Give the bare repository at a path, made from the city's folder where there is none."""
    around = checkout_of(city)
    repository = Repository(path, base, around.inside if around else "")
    if not path.exists():
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        shutil.rmtree(aside, ignore_errors=True)
        make_folder(aside)
        new = Repository(aside, base, repository.inside)
        _cloned(around, new) if around else _begun(city, new, day)
        sync_tree(aside)  # git leaves its settings and its names to the next power cut
        try:
            aside.rename(path)
            sync_folder(path.parent)
        except OSError:  # another relay made it meanwhile
            shutil.rmtree(aside)
    repository.head()
    return repository


def follow(city: Path, repository: Repository, day: datetime.date) -> None:
    """Bring the published branch of the bare repository up to what the city committed in its checkout."""
    around = checkout_of(city)
    theirs = _commit(city, f"{HEADS}{repository.base}") if around else ""
    ours = repository.head()
    if not around or not theirs:
        return
    if ours != theirs and not _succeeds(city, "merge-base", "--is-ancestor", theirs, ours):
        repository.ask("fetch", "--quiet", "--no-tags", os.fspath(around.top), theirs)
        _take(repository, ours, theirs, day)
    repository.remember("city", theirs)


def _take(repository: Repository, ours: str, theirs: str, day: datetime.date) -> None:
    """Publish what the city committed, with what was accepted here meanwhile."""
    seen, common = repository.remembered("city"), repository.common(ours, theirs)
    if common == theirs:
        return
    if ours in (common, seen):  # a city that wrote its history again means it, when nothing was added here
        new = theirs
    elif seen and repository.common(seen, theirs) != seen:
        raise RepositoryError("rewritten", os.fspath(repository.path))
    else:
        new = _merged(repository, ours, theirs, day)
    repository.move([Move(repository.base, new, ours)])


def _merged(repository: Repository, ours: str, theirs: str, day: datetime.date) -> str:
    try:
        return repository.merge(ours, theirs, "Ce que la ville a changé", day)
    except RepositoryError as error:
        if error.code == "conflict":
            place = f"{shlex.quote(os.fspath(repository.path))} {repository.base}"
            raise RepositoryError("city-conflict", error.detail, place) from error
        raise


def under_way(city: Path, paths: Sequence[str]) -> list[str]:
    """List files of a checkout that are not as it committed them: somebody works on them."""
    if checkout_of(city) is None:
        return []
    done = _run(city, "diff", "--name-only", "-z", "--relative", "HEAD", "--", *paths)
    return [name for name in os.fsdecode(done.stdout).split("\0") if name]


def branch_in(city: Path) -> str:
    """Give the branch that the city's folder is on; '' when it is on none."""
    around = checkout_of(city)
    return around.branch if around else ""


def bring(
    city: Path, repository: Repository, paths: Sequence[str], before: Mapping[str, bytes | None] = NOTHING_BEFORE
) -> How:
    """Bring what was decided into the city's folder: by git where nothing is in the way, else as files.

    A file that is still as it was `before`, or as the published branch of the folder has it, is written over; any other
    is left to whoever works on it.
    """
    around, head = checkout_of(city), repository.head()
    home = around is not None and around.branch == repository.base
    if around and home and _is_clean(around) and _forwarded(around, repository, head):
        repository.remember("city", head)
        return "forwarded"
    contents = {path: repository.read(head, path) for path in paths}
    old = {path: {before.get(path), _committed(city, path) if home else before.get(path)} for path in paths}
    missing = [path for path in paths if not (city / path).is_symlink() and _content(city / path) in old[path]]
    for path in missing:
        _write(city / path, contents[path] or b"")
    if any((city / path).read_bytes() != contents[path] for path in paths):
        return "elsewhere"
    if not missing:
        return "there"
    return "written" if home or around is None else "aside"


def history_of(city: Path, base: str) -> Repository | None:
    """Give the repository that the city's checkout keeps its own history in; None when it is not under git."""
    around = checkout_of(city)
    if around is None:
        return None
    common = _run(around.top, "rev-parse", "--path-format=absolute", "--git-common-dir").stdout
    return Repository(Path(os.fsdecode(common).removesuffix("\n")), around.branch or base, around.inside)


def staged(city: Path, path: str) -> None:
    """Take a file of the city's folder into the index of git, in the place of what the index held."""
    _run(city, "add", "--", path)


def _committed(city: Path, path: str) -> bytes | None:
    done = _run(city, "cat-file", "blob", f"HEAD:./{path}")
    return None if done.returncode else done.stdout


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _forwarded(around: Checkout, repository: Repository, head: str) -> bool:
    """Take a clean checkout forward; files that were written without git before are taken over."""
    if not _succeeds(around.top, "fetch", "--quiet", "--no-tags", os.fspath(repository.path.resolve()), head):
        return False
    added = _run(around.top, "diff", "--name-only", "-z", "--no-renames", "--diff-filter=A", "HEAD", head).stdout
    aside = {}
    for name in filter(None, os.fsdecode(added).split("\0")):
        path = around.top / name
        content = _run(around.top, "cat-file", "blob", f"{head}:{name}").stdout
        if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
            aside[path] = content
            path.unlink()
    if _succeeds(around.top, "merge", "--ff-only", "--quiet", head):
        return True
    for path, content in aside.items():
        _write(path, content)
    return False


def _cloned(around: Checkout, new: Repository) -> None:
    """Take the published branch of a checkout; where it has no branch of that name, what is checked out."""
    start = _commit(around.top, f"{HEADS}{new.base}") or _commit(around.top, "HEAD")
    if not start:
        raise RepositoryError("nothing-committed", os.fspath(around.top))
    _init(new, _run(around.top, "rev-parse", "--show-object-format").stdout.decode().strip() or "sha1")
    new.ask("fetch", "--quiet", "--no-tags", "--update-shallow", os.fspath(around.top), start)
    new.move([Move(new.base, start)])


def _begun(city: Path, new: Repository, day: datetime.date) -> None:
    """Make a first commit of a folder that is in no repository: its settings and its content."""
    _init(new, "sha1")
    new.ask(f"--work-tree={city.resolve()}", "add", "--all", "--", ":(top)agora.toml", ":(top)content")
    first = new.commit(new.ask("write-tree").decode(), (), "Contenu", day)
    (new.path / "index").unlink()
    new.move([Move(new.base, first)])


def _init(new: Repository, kind: str) -> None:
    command = (
        "init",
        "--quiet",
        "--bare",
        "--template=",
        f"--object-format={kind}",
        f"--initial-branch={new.base}",
        ".",
    )
    done = git.run(new.path, command)
    if done.returncode:
        raise RepositoryError("git-failed", done.stderr.decode("utf-8", "replace").strip())


def _is_clean(around: Checkout) -> bool:
    done = _run(around.top, "status", "--porcelain", "--untracked-files=no")
    return done.returncode == 0 and not done.stdout


def _commit(folder: Path, name: str) -> str:
    """Give the id of a commit by its name; '' when there is none."""
    return _run(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").stdout.decode().strip()


def _write(path: Path, content: bytes) -> None:
    """Write a new file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(content)
    aside.replace(path)


def _succeeds(folder: Path, *arguments: str) -> bool:
    return _run(folder, *arguments).returncode == 0


def _run(folder: Path, *arguments: str) -> git.Done:
    try:
        return git.run(folder, arguments)
    except FileNotFoundError as error:
        raise RepositoryError("no-git") from error
