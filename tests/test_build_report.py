"""What `agora build` tells: one line, its progress on a terminal alone, where its time went when asked."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cities import minimal_city

AGORA = [sys.executable, "-m", "agora_build", "build", "--now", "2017-01-20", "--city"]
SAID = "---\ndebate: usages\ndate: 2016-04-05\nvoice: individual\nchannel: web\n---\nDes bancs.\n"


def long_city(tmp_path: Path) -> Path:
    """Make a city where six hundred people spoke."""
    city = minimal_city(tmp_path)
    for number in range(600):
        path = city / f"content/campaigns/les-quais/contributions/20160405-{number:08}.md"
        path.write_text(SAID, "utf-8")
    return city


def test_a_long_build_shows_how_far_it_is_on_a_terminal_and_nothing_in_a_log(tmp_path: Path) -> None:
    city = long_city(tmp_path)
    seen, terminal = pty.openpty()
    done = subprocess.run([*AGORA, str(city)], stdout=subprocess.PIPE, stderr=terminal, text=True, check=True)
    os.close(terminal)
    shown = os.read(seen, 65_536).decode()
    os.close(seen)
    assert re.search(r"Lecture et vérification \d+/\d+", shown)
    assert shown.endswith("\x1b[K"), "the line goes when the build ends"
    assert "Lecture" not in done.stdout
    logged = subprocess.run([*AGORA, str(city), "--full"], capture_output=True, text=True, check=True)
    assert logged.stderr == ""
    assert re.fullmatch(r"Site construit : \d+ fichiers en [\d,]+ s\.\n", logged.stdout)


def test_profile_says_where_the_time_went(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    done = subprocess.run([*AGORA, str(city), "--profile"], capture_output=True, text=True, check=True)
    for stage in (
        "Regard sur les fichiers",
        "Lecture et vérification",
        "Pages des débats",
        "Inspection",
        "Publication",
    ):
        assert re.search(rf"  {stage}.* \d+\.\d{{3}}\n", done.stdout), stage
    assert re.search(r"  front_pages +\d+ fichiers +\d+\.\d{3} ", done.stdout)
    assert len(re.findall(r"\d+\.\d  [a-z][\w/.-]+\n", done.stdout)) == 10, "the slowest files"


def test_nothing_changed_is_said_without_building(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    os.utime(city / "agora.toml", (1, 1))

    def built() -> str:
        return subprocess.run([*AGORA, str(city)], capture_output=True, text=True, check=True).stdout

    assert built().startswith("Site construit")
    built()
    assert built().startswith("Rien n’a changé")
    (city / "content/pages/a-propos.md").write_text("---\ntitle: Autre\n---\nAutre.\n", "utf-8")
    assert built().startswith("Site à jour")
    shutil.rmtree(city / "output")
    assert not built().startswith("Rien n’a changé")
    assert (city / "output/index.html").exists()
