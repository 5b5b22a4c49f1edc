"""The whole program, killed by the kernel as it enters each system call that changes a name on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cities import minimal_city
from publishing import read

CALLS = "rename,renameat2,link,unlink,rmdir,mkdir,linkat,unlinkat,mkdirat,renameat"
PAGE = "content/pages/a-propos.md"
KILLED = 137, -9  # as strace says it, as the system does


def _built(city: Path, *before: str) -> int:
    command = [*before, sys.executable, "-m", "agora_build", "build", "--now", "2017-01-20", "--jobs", "1"]
    return subprocess.run(
        command, cwd=city, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, check=False
    ).returncode


def _say(city: Path, word: str) -> None:
    """Give the city one of two contents: one page changes, another comes or goes."""
    (city / PAGE).write_text(f"---\ntitle: {word}\nmenu: main\n---\n{word}.\n", "utf-8")
    for name in {"ici", "ailleurs"} - {word}:
        (city / f"content/pages/{name}.md").unlink(missing_ok=True)
    (city / f"content/pages/{word}.md").write_text(f"---\ntitle: {word}\n---\n{word}.\n", "utf-8")


@pytest.mark.slow
def test_killed_at_every_system_call_the_site_is_whole(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not installed, or may not trace here")
    city, sites = minimal_city(tmp_path), {}
    for word in ("ici", "ailleurs", "ici"):
        _say(city, word)
        assert _built(city) == 0
        sites[word] = read(city / "output")
    assert sites["ici"] != sites["ailleurs"]
    published, number, over = "ici", 0, False
    while not over:
        number += 1
        wanted = "ailleurs" if published == "ici" else "ici"
        _say(city, wanted)
        traced = [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}"]
        ended = _built(city, *traced, "-e", f"inject={CALLS}:signal=KILL:when={number}")
        over = ended == 0
        assert over or ended in KILLED, (number, ended)
        found = [word for word, expected in sites.items() if read(city / "output") == expected]
        assert found in ([[wanted]] if over else [[published], [wanted]]), number
        assert over or _built(city) == 0, number  # the next build, which nobody kills, ends well
        assert read(city / "output") == sites[wanted], number
        published = wanted
    assert number > 20
