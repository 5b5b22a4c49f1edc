"""The whole way through: same bytes twice, nothing written with a problem, a theme replaced file by file."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cities import minimal_city, sample
from sites import built as build

DAY = datetime.date(2017, 1, 20)
NAMES = [".output.lag", ".output.previous", "output"]  # the site, its spare, and in what they differ
BUILD = "import sys; from agora_build.cli import main; main(['build', '--output', *sys.argv[1:]])"


def tree(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def built_under(city: Path, output: Path, **environment: str) -> dict[str, str]:
    """Build a city in another process with other surroundings."""
    subprocess.run(
        [sys.executable, "-c", BUILD, str(output)],
        cwd=city,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1484913600", **environment},
        check=True,
        capture_output=True,
    )
    return tree(output)


def test_same_bytes_under_another_time_zone_locale_and_hash_seed(tmp_path: Path) -> None:
    """A site depends on its content and its day, never on the machine that built it."""
    city = sample(tmp_path / "city")
    here = built_under(city, tmp_path / "a", TZ="Europe/Paris", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    there = built_under(city, tmp_path / "b", TZ="Pacific/Auckland", LC_ALL="tr_TR.UTF-8", PYTHONHASHSEED="4242")
    assert len(here) > 300
    assert {path for path in here | there if here.get(path) != there.get(path)} == set()


def test_one_mistake_and_the_last_good_site_stays(tmp_path: Path) -> None:
    """A city with a mistake is not published, and what was published before is untouched."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    assert build(city, output, DAY).problems == []
    before = tree(output)
    campaign = next(city.glob("content/campaigns/*/campaign.md"))
    campaign.write_text(campaign.read_text("utf-8").replace("title:", "titel:", 1), "utf-8")
    assert {problem.code for problem in build(city, output, DAY).problems} == {"unknown-key", "missing-key"}
    assert tree(output) == before
    assert sorted(path.name for path in tmp_path.iterdir() if "output" in path.name) == NAMES


def test_what_is_gone_from_the_content_is_gone_from_the_site(tmp_path: Path) -> None:
    """A page whose file was deleted is not published again."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    (city / "content/pages/brouillon.md").write_text("---\ntitle: Brouillon\n---\nUn texte.\n", "utf-8")
    assert build(city, output, DAY).problems == []
    assert (output / "brouillon/index.html").exists()
    (city / "content/pages/brouillon.md").unlink()
    assert build(city, output, DAY).problems == []
    assert not (output / "brouillon").exists()


def test_a_theme_replaces_the_base_theme_file_by_file(tmp_path: Path) -> None:
    """A city's theme gives one template, one stylesheet and one word; all the rest is the base theme's."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    shutil.copytree(Path(__file__).parent / "themes" / "ville", city / "themes" / "ville")
    toml = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(toml.replace("[publication]", '[publication]\ntheme = "ville"', 1), "utf-8")
    assert build(city, output, DAY).problems == []
    assert (output / "assets/css/agora.css").read_text("utf-8") == "body { color: black }\n"
    assert "Perdu en ville" in (output / "404.html").read_text("utf-8")
    home = (output / "index.html").read_text("utf-8")
    assert ">Nos rencontres</a>" in home
    assert ">Concertations</a>" in home
    assert (output / "assets/vendor/leaflet/leaflet.js").exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_interface_speaks_the_language_of_the_city(tmp_path: Path, language: str) -> None:
    """Every word of the interface, and the addresses, follow the language of agora.toml."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    toml = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(toml.replace("[city]", f'[city]\nlanguage = "{language}"', 1), "utf-8")
    assert build(city, output, DAY).problems == []
    home = (output / "index.html").read_text("utf-8")
    assert f'<html lang="{language}"' in home
    assert (output / {"fr": "campagnes", "en": "campaigns"}[language] / "index.html").exists()


def test_any_number_of_processes_gives_the_same_site(tmp_path: Path) -> None:
    """Work shared out over processes changes nothing, in bytes or in order."""
    agora = [sys.executable, "-c", "import sys; from agora_build.cli import main; main(sys.argv[1:])", "build"]
    city = minimal_city(tmp_path)
    for jobs in ("1", "3"):
        command = [*agora, "--city", str(city), "--output", str(tmp_path / jobs), "--now", "2017-01-20", "--jobs", jobs]
        subprocess.run(command, check=True, capture_output=True)
    assert tree(tmp_path / "1") == tree(tmp_path / "3")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_broken_template_is_named_whichever_process_meets_it(tmp_path: Path, jobs: str) -> None:
    """A fault of the theme ends the build with code 3, keeps its whole story in a file, and publishes nothing."""
    city = minimal_city(tmp_path)
    templates = city / "themes" / "ville" / "templates"
    templates.mkdir(parents=True)
    for name in ("page.html", "contribution.html", "workshop.html", "resource.html", "debate.html"):
        (templates / name).write_text("{{ nulle_part.rien }}", "utf-8")
    toml = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(toml.replace("[publication]", '[publication]\ntheme = "ville"', 1), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", BUILD, str(tmp_path / "output"), "--jobs", jobs],
        cwd=city,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == 3
    assert "nulle_part" in next(tmp_path.glob("agora-*.txt")).read_text("utf-8")
    assert not (tmp_path / "output").exists()
