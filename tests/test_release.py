"""What is released: the core alone builds a site and says what is missing; licences are listed, and true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from cities import minimal_city

from agora_build import __version__

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "scripts"))
import sbom  # noqa: E402

# Runs `agora` where the packages of the extras cannot be imported, as after `pip install agora-build`.
CORE = """
import sys
from importlib.machinery import PathFinder
absent = set(sys.argv.pop(1).split(","))
class Core:
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else PathFinder.find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Core()
from agora_build.__main__ import main
main()
"""


@cache
def of_the_extras() -> set[str]:
    """Name the modules that only an extra brings."""
    extra = {item.name for item in sbom.asked() if "" not in item.extras}
    names = packages_distributions().items()
    return {module for module, owners in names if {re.sub(r"[-_.]+", "-", name).lower() for name in owners} <= extra}


def core(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CORE, ",".join(sorted(of_the_extras())), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_core_builds_a_site_and_says_what_it_left_out(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    done = core("build", cwd=city)
    assert done.returncode == 0, done.stderr
    assert (city / "output/index.html").is_file()
    assert "pip install 'agora-build[search]'" in done.stdout
    assert core("check", cwd=city).stdout.startswith("Tout est en ordre")


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        ("intake --site .", "intake"),
        ("relay --once", "intake"),
        ("inbox list", "intake"),
        ("verify inbox", "intake"),
        ("serve", "serve"),
        ("build --pdf", "pdf"),
    ],
)
def test_a_command_of_an_extra_says_what_to_install(arguments: str, extra: str, tmp_path: Path) -> None:
    done = core(*arguments.split(), cwd=minimal_city(tmp_path))
    assert f"pip install 'agora-build[{extra}]'" in done.stderr
    assert done.returncode == 2


def test_help_comes_whatever_is_missing(tmp_path: Path) -> None:
    done = core("--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "inbox" in done.stdout


def test_every_licence_is_known_and_the_page_of_licences_is_up_to_date() -> None:
    """Otherwise: scripts/sbom.py --page."""
    assert sbom.page() == sbom.PAGE.read_text("utf-8")


def test_the_wheel_says_every_licence_of_what_it_carries() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"].split(" AND ")
    assert said[0] == sbom.OWN
    for item in sbom.shipped():
        assert set(item.licence.strip("()").split(" OR ")) & set(said), item.name


def test_each_package_that_is_carried_has_its_licence_beside_it() -> None:
    for item in sbom.shipped():
        assert item.inside or any("LICENSE" in path.name for path in item.files), item.name


def test_the_bill_lists_all_that_is_carried_and_asked_for() -> None:
    bill = sbom.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill == sbom.bill(), "the same packages give the same bytes"
    parts = {item["name"]: item for item in bill["components"]}
    assert parts["leaflet"]["purl"].startswith("pkg:npm/leaflet@")
    assert {item["alg"] for item in parts["leaflet"]["components"][0]["hashes"]} == {"SHA-256"}
    inside = {it["properties"][-1]["value"] for it in bill["components"] if it["name"] == "dompurify"}
    assert inside == {"@knight-lab/timelinejs", "decap-cms"}
    assert parts["jinja2"]["scope"] == "required"
    assert parts["weasyprint"]["scope"] == "optional"
    assert "markupsafe" in parts, "what packages ask for is there too"
    assert all(item["licenses"] for item in bill["components"])
    references = [item["bom-ref"] for item in bill["components"]]
    assert len(references) == len(set(references))
    json.dumps(bill)


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", text)
    assert versions[0] == __version__


def test_what_is_heavy_waits_until_it_serves(tmp_path: Path) -> None:
    """docs/installation.md says so."""
    program = (
        "import sys, agora_build.cli as cli\n"
        "try: cli.main(['check'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'folium', 'babel', 'lxml'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=minimal_city(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
