"""Gives tests a git repository of their own, with a small city in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cities import MINIMAL

_WHO = {
    "GIT_AUTHOR_NAME": "Mairie",
    "GIT_AUTHOR_EMAIL": "mairie@ville.example",
    "GIT_COMMITTER_NAME": "Mairie",
    "GIT_COMMITTER_EMAIL": "mairie@ville.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str, day: str = "2017-01-20", **more: str) -> str:
    """Run git as nobody in particular, on a day; give what it says."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _WHO | more
    own["GIT_COMMITTER_DATE"] = f"{day}T12:00:00+0100"
    done = subprocess.run(["git", *arguments], cwd=folder, env=own, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, message: str, day: str = "2017-01-20", **more: str) -> str:
    """Commit all that is in a folder, even nothing new; give the id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message, day=day, **more)
    return git(folder, "rev-parse", "HEAD")


def repository(tmp_path: Path, *options: str, inside: str = "", day: str = "2017-01-20") -> Path:
    """Make a repository of one commit, with a city in its folder `inside`; give the folder of the repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main", *options)
    shutil.copytree(MINIMAL, folder / inside, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".agora"))
    (folder / ".gitignore").write_text(".agora/\noutput/\n")
    commit(folder, "Ouvrir la consultation", day)
    return folder
