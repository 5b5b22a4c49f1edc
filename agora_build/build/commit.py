"""Turns the folder of a city into the id of the commit checked out there.

It reads the files of the repository instead of asking git, which takes 3 ms to start: the answer is needed by every
build, even one where nothing changed. For the same reason it imports nothing but `os`.
"""

# os.path, several times quicker than Path objects.
# ruff: noqa: PTH113, PTH118, PTH120, PTH123
from __future__ import annotations

import os

_HEX = frozenset("0123456789abcdef")
_LENGTHS = (40, 64)  # SHA-1, SHA-256
_ELSEWHERE = "refs/heads/.invalid"  # what HEAD says when the refs are kept in tables (reftable)
_MAX_LINKS = 5  # refs that name a ref, as git follows them
_LIMIT = 4_096  # bytes of a file that holds one ref


def commit_of(root: str) -> str:
    """Give the id of the commit checked out around `root`, '' when there is none."""
    repository, head = _around(root)
    return _resolved(repository, head, root)


def shallow_file(root: str) -> str:
    """Give the file where the repository around `root` says that it is shallow, if it is; '' without a repository."""
    repository, head = _around(root)
    return os.path.join(_shared(repository), "shallow") if head else ""


def shallow_of(root: str) -> list[str]:
    """Give the ids of the commits before which a shallow repository knows nothing, sorted; none in a whole one."""
    try:
        with open(shallow_file(root), "rb") as file:
            return sorted(filter(is_id, file.read().decode("ascii", "replace").split()))
    except OSError:
        return []


def _around(root: str) -> tuple[str, str]:
    """Give the folder of the repository around a folder, and what its HEAD says; '' when there is none."""
    folder = os.path.realpath(root)
    while True:
        link = os.path.join(folder, ".git")
        repository = _named(folder, link) if os.path.isfile(link) else link
        head = _text(os.path.join(repository, "HEAD"))
        if head or repository is not link:
            return repository, head
        folder, child = os.path.dirname(folder), folder
        if folder == child:
            return "", ""


def is_id(text: str) -> bool:
    """Tell whether a text is the id of a commit."""
    return len(text) in _LENGTHS and _HEX.issuperset(text)


def _named(folder: str, link: str) -> str:
    """Give the folder that a `.git` file names, as in a worktree or a submodule."""
    return os.path.join(folder, _text(link).removeprefix("gitdir: ").rstrip("\n"))


def _shared(repository: str) -> str:
    """Give the folder that all the worktrees of a repository share."""
    return os.path.join(repository, _text(os.path.join(repository, "commondir")).rstrip("\n"))


def _resolved(repository: str, said: str, root: str) -> str:
    """Follow HEAD to an id."""
    shared = _shared(repository)
    for _ in range(_MAX_LINKS):
        key, _, ref = said.rstrip().partition(": ")
        if key != "ref":
            break
        if ref == _ELSEWHERE:
            said = _asked(root)
        elif not ref.startswith("refs/") or ".." in ref:
            return ""
        else:
            said = _text(os.path.join(repository, ref)) or _text(os.path.join(shared, ref)) or _packed(shared, ref)
    found = said.partition("\n")[0].strip()
    return found if is_id(found) else ""


def _packed(shared: str, ref: str) -> str:
    """Look a ref up in the file where git packs them."""
    try:
        with open(os.path.join(shared, "packed-refs"), "rb") as file:
            lines = b"\n" + file.read()
    except OSError:
        return ""
    before, found, _ = lines.partition(f" {ref}\n".encode("utf-8", "surrogateescape"))
    return before.rpartition(b"\n")[2].decode("ascii", "replace") if found else ""


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_LIMIT).decode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return ""


def _asked(root: str) -> str:
    """Ask git itself; '' when it is not installed, or has no commit to tell."""
    import subprocess

    own = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    try:
        command = ["git", "-C", root, "rev-parse", "--quiet", "--verify", "HEAD"]
        done = subprocess.run(command, capture_output=True, env=own, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("ascii", "replace")
