"""The commit that a site names is the one that git would name, told without git."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import commit, git, repository

from agora_build.build.commit import commit_of


def asked(folder: Path) -> str:
    """Ask git itself; '' when it has no commit to name."""
    try:
        return git(folder, "rev-parse", "--quiet", "--verify", "HEAD")
    except subprocess.CalledProcessError:
        return ""


def on_a_branch(tmp_path: Path) -> Path:
    return repository(tmp_path)


def in_a_sub_folder(tmp_path: Path) -> Path:
    return repository(tmp_path) / "content" / "campaigns"


def detached(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    commit(folder, "a second one")
    git(folder, "checkout", "--detach", "HEAD~1")
    return folder


def with_packed_refs(tmp_path: Path) -> Path:
    """Another ref ends like ours, tags are peeled on a line of their own."""
    folder = repository(tmp_path)
    git(folder, "branch", "a/main")
    git(folder, "tag", "-a", "-m", "x", "main")
    commit(folder, "a second one")
    git(folder, "pack-refs", "--all", "--prune")
    assert not (folder / ".git/refs/heads/main").exists()
    return folder


def moved_since_packed(tmp_path: Path) -> Path:
    folder = with_packed_refs(tmp_path)
    commit(folder, "a third one")
    return folder


def in_a_worktree(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    git(folder, "worktree", "add", "-b", "other", str(tmp_path / "tree"))
    commit(tmp_path / "tree", "only here")
    return tmp_path / "tree" / "content"


def in_a_worktree_with_packed_refs(tmp_path: Path) -> Path:
    folder = in_a_worktree(tmp_path)
    git(folder, "pack-refs", "--all")
    return folder


def in_a_detached_worktree(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    git(folder, "worktree", "add", "--detach", str(tmp_path / "tree"))
    commit(folder, "not there")
    return tmp_path / "tree"


def in_a_submodule(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    inner = repository(tmp_path / "a")
    (tmp_path / "b").mkdir()
    outer = repository(tmp_path / "b")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", str(inner), "inner")
    commit(outer, "with a submodule")
    return outer / "inner"


def sha256(tmp_path: Path) -> Path:
    return repository(tmp_path, "--object-format=sha256")


def without_commit(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    return tmp_path


def on_a_ref_that_names_a_ref(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    git(folder, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/alias")
    return folder


def through_a_link(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/link").symlink_to(folder / "content")
    return tmp_path / "elsewhere/link"


def under_an_empty_git_folder(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    (folder / "content" / ".git").mkdir()
    return folder / "content"


def behind_a_lost_worktree(tmp_path: Path) -> Path:
    """A `.git` file that leads nowhere hides the repository above, for git and for us."""
    folder = repository(tmp_path)
    (folder / "content" / ".git").write_text("gitdir: /nowhere\n")
    return folder / "content"


def with_an_empty_ref(tmp_path: Path) -> Path:
    """What a power cut leaves."""
    folder = repository(tmp_path)
    (folder / ".git/refs/heads/main").write_text("")
    return folder


def with_refs_in_tables(tmp_path: Path) -> Path:
    try:
        return repository(tmp_path, "--ref-format=reftable")
    except subprocess.CalledProcessError:
        pytest.skip("this git knows no reftable (it came with 2.45)")


KINDS = [
    on_a_branch,
    in_a_sub_folder,
    detached,
    with_packed_refs,
    moved_since_packed,
    in_a_worktree,
    in_a_worktree_with_packed_refs,
    in_a_detached_worktree,
    in_a_submodule,
    sha256,
    without_commit,
    on_a_ref_that_names_a_ref,
    through_a_link,
    under_an_empty_git_folder,
    behind_a_lost_worktree,
    with_an_empty_ref,
    with_refs_in_tables,
]
UNNAMED = {without_commit, behind_a_lost_worktree, with_an_empty_ref}


@pytest.mark.parametrize("kind", KINDS)
def test_the_commit_is_the_one_that_git_names(kind: Callable[[Path], Path], tmp_path: Path) -> None:
    folder = kind(tmp_path)
    assert commit_of(str(folder)) == asked(folder)
    assert (commit_of(str(folder)) == "") == (kind in UNNAMED)


def test_outside_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    assert commit_of(str(tmp_path)) == ""
    assert commit_of(str(tmp_path / "nowhere")) == ""


def test_a_relative_folder_is_looked_for_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository(tmp_path)
    monkeypatch.chdir(folder / "content")
    assert commit_of(".") == commit_of("") == asked(folder)


@pytest.mark.parametrize(
    "head",
    [
        b"ref: /etc/passwd\n",
        b"ref: refs/../../../secret\n",
        b"ref: refs/heads/x\0y\n",
        b"ref: HEAD\n",
        b"ref: refs/heads/loop\n",
        b"<script>alert(1)</script>\n",
        b"f" * 39,
        b"f" * 41,
        b"g" * 40,
        b"\xff\xfe" * 20,
        b"f" * 40_000,
        b"",
    ],
)
def test_a_hostile_head_names_nothing(head: bytes, tmp_path: Path) -> None:
    """Whatever a repository holds, what comes out is the id of a commit, or nothing."""
    folder = repository(tmp_path)
    (tmp_path / "secret").write_text("a" * 40)
    (folder / ".git/refs/heads/loop").write_text("ref: refs/heads/loop\n")
    (folder / ".git/HEAD").write_bytes(head)
    assert commit_of(str(folder)) == ""


def test_git_is_asked_where_refs_are_in_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a HEAD says nothing; a git that knows tables is stood in for by a program that answers as it would."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
    program = tmp_path / "git"
    program.write_text(f'#!/bin/sh\n[ "$*" = "-C {tmp_path} rev-parse --quiet --verify HEAD" ] && echo {"ab" * 20}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert commit_of(str(tmp_path)) == "ab" * 20
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert commit_of(str(tmp_path)) == ""


@pytest.mark.soak
def test_it_takes_less_than_a_fifth_of_a_millisecond(tmp_path: Path) -> None:
    folder = str(with_packed_refs(tmp_path))

    def seconds() -> float:
        began = time.perf_counter()
        for _ in range(100):
            commit_of(folder)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(20)) / 100 < 0.000_2


def test_it_imports_nothing_but_os() -> None:
    script = (
        "import os, sys; before = set(sys.modules); import agora_build.build.commit; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"__future__", "agora_build", "agora_build.build", "agora_build.build.commit"}
