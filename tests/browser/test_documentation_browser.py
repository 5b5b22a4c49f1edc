"""The documentation, a site of pages alone, opened from its files: on a phone and on a desk, light and dark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sites import built
from windows import axe, opened

ROOT = Path(__file__).parents[2]
VNU = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PAGES = ("", "guide-agents/", "reference/", "serveur/", "methodes-budget/")
pytestmark = pytest.mark.browser

sys.path.append(str(ROOT / "scripts"))
import documentation  # noqa: E402


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documentation")
    documentation.lay(folder / "docs")
    assert built(folder / "docs", folder / "site").problems == []
    return folder / "site"


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_documentation_is_clean(chromium: Browser, docs: Path, width: int, scheme: str) -> None:
    """Nothing foreign, nothing blocked, nothing inaccessible, no sideways scroll."""
    size = {"width": width, "height": 900}
    with opened(chromium, docs.as_uri(), viewport=size, color_scheme=scheme) as watched:
        for page in PAGES:
            watched.visit(f"{page}index.html")
            assert watched.verdict() == [], page
            assert axe(watched.page) == [], page
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, page


@pytest.mark.soak
def test_the_documentation_has_no_error_of_html(docs: Path) -> None:
    command = ["java", "-jar", str(VNU), "--skip-non-html", "--errors-only", "--format", "gnu", str(docs)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stderr.replace(str(docs), "") == ""
    assert checked.returncode == 0
