"""The wheel is enough: installed with pip alone, without Node, it builds a site."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cities import minimal_city
from wheels import run

ROOT = Path(__file__).parents[1]
THEME = ROOT / "themes" / "agora"

pytestmark = pytest.mark.slow


def test_the_wheel_carries_the_whole_theme(wheel: Path) -> None:
    """Every file of themes/agora is in it, with the browser files that git ignores."""
    files = (path.relative_to(THEME) for path in THEME.rglob("*") if path.is_file() and path.suffix != ".pyc")
    theme = {f"agora_build/theme_files/{path}" for path in files}
    assert theme <= names_in(wheel)
    assert "agora_build/theme_files/static/vendor/timelinejs/js/timeline.js" in theme
    assert any("/templates/" in name for name in theme)


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names_in(wheel))


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    """No test, no sample content, no package of npm, no map of the sources."""
    strangers = [
        name
        for name in names_in(wheel)
        if not name.startswith("agora_build") or "node_modules" in name or name.endswith((".map", ".pyc"))
    ]
    assert strangers == []


def interpreter(version: str) -> str | None:
    """Find a Python of this version that starts: this one, one on PATH, or one that pyenv installed."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        return sys.executable
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, kept)):
        said = candidate and subprocess.run([candidate, "-V"], capture_output=True, text=True, check=False).stdout
        if candidate and said and said.startswith(f"Python {version}."):
            return candidate
    return None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_a_city_builds_its_site_with_the_wheel_alone(wheel: Path, tmp_path: Path, version: str) -> None:
    """An empty environment, no Node on PATH, another folder: `pip install` then `agora build`."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here: install it to try the wheel with it")
    environment = tmp_path / "venv"
    run(python, "-m", "venv", environment)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", wheel)
    city = minimal_city(tmp_path)

    run(environment / "bin" / "agora", "build", cwd=city, PATH=path_without_node(tmp_path))

    assert (city / "output" / "index.html").is_file()
    assert list((city / "output").rglob("timelinejs/js/timeline.js"))


def names_in(wheel: Path) -> set[str]:
    """List the files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def path_without_node(tmp_path: Path) -> str:
    """Make a PATH where git is the only program."""
    folder = tmp_path / "programs"
    folder.mkdir()
    git = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
    (folder / "git").symlink_to(git)
    return str(folder)
