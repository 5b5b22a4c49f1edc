"""Every kind of page, in a real browser: nothing foreign, nothing blocked, nothing inaccessible, nothing cut off."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from kinds import KINDS, pages_by_kind
from playwright.sync_api import Browser
from windows import HOOKS, Watched, axe, opened

HERE = Path(__file__).parent
VNU = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
COLOURS = ("color-contrast", "link-in-text-block")  # what axe finds otherwise in the dark
pytestmark = pytest.mark.browser


def examples(site: Path, kind: str) -> list[str]:
    """Give the heaviest and the lightest page of a kind."""
    pages = pages_by_kind(site)[kind]
    assert pages, f"the sample has no page of the kind {kind}"
    return sorted({pages[0], pages[-1]})


@pytest.mark.parametrize("in_the_dark", [COLOURS, pytest.param((), marks=pytest.mark.soak)], ids=["", "every rule"])
@pytest.mark.parametrize("kind", KINDS)
def test_page_is_clean(window: Watched, site: Path, kind: str, in_the_dark: tuple[str, ...]) -> None:
    """No foreign request, no CSP violation, no console error, no axe finding, no sideways scroll, light or dark."""
    for path in examples(site, kind):
        for width in WIDTHS:
            window.page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                window.page.emulate_media(color_scheme=scheme)
                # a script may look at the width and at the scheme once, as the page opens
                if (width, scheme) == (WIDTHS[0], SCHEMES[0]) or window.page.query_selector(HOOKS):
                    window.visit(path)
                check_clean(window, path, *(in_the_dark if scheme == "dark" else ()))


def check_clean(watched: Watched, path: str, *rules: str) -> None:
    """Find nothing wrong with an open page, or nothing that some rules of axe look at."""
    assert watched.verdict() == [], path
    assert axe(watched.page, *rules) == [], path
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = watched.page.evaluate(widths)
    assert scroll <= client, f"{path} is {scroll} px wide in a window of {client} px"


def test_the_figures_of_a_vote_are_read_on_a_phone_without_scrolling_sideways(
    chromium: Browser, address: str, site: Path
) -> None:
    for path in [path for path in pages_by_kind(site)["vote"] if "/tous-les-votes/" in path]:
        with opened(chromium, address, path, viewport={"width": 320, "height": 900}) as watched:
            frames = watched.page.locator(".scroll:has(table)").all()
            assert frames, path
            assert all(frame.evaluate("e => e.scrollWidth <= e.clientWidth") for frame in frames), path
            assert all(cell.is_visible() for cell in watched.page.locator("table td").all()), path


def test_no_error_of_html(site: Path) -> None:
    """The Nu HTML checker finds nothing on any page."""
    command = ["java", "-jar", str(VNU), "--skip-non-html", "--errors-only", "--format", "gnu", str(site)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stderr.replace(str(site), "") == ""
    assert checked.returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_page_reads_without_javascript(plain: Watched, site: Path, kind: str) -> None:
    """Without JavaScript the page shows its heading and text, and hides only what scripts would fill."""
    page = plain.page
    page.goto(f"{plain.origin}/{examples(site, kind)[0]}")
    assert page.locator("h1").count() == 1
    assert len(page.locator("main").inner_text()) > 100
    for hook in page.locator(HOOKS).all():
        assert not hook.is_visible()
    if kind in ("timeline", "campaign"):
        assert page.locator("ol.timeline > li").first.is_visible()


@pytest.mark.parametrize("kind", ["home", "campaign", "timeline", "map", "city map", "episode"])
def test_page_works_from_a_usb_key(chromium: Browser, site: Path, kind: str) -> None:
    """Opened from file://, links lead to pages, timeline and map come alive, nothing is blocked."""
    path = examples(site, kind)[0]
    with opened(chromium, f"file://{site}", path) as watched:
        assert watched.verdict() == []
        watched.page.locator("header a").first.click()
        assert watched.page.url.endswith("index.html")
        assert watched.page.locator("h1").count() == 1


def test_keyboard_reaches_the_content_and_the_menu(chromium: Browser, address: str) -> None:
    """The first Tab offers to skip to the content; the menu's links follow in order, each with a visible focus."""
    with opened(chromium, address, "index.html") as watched:
        page = watched.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#content"
        page.goto(f"{address}/index.html")
        seen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.getAttribute('href')"))
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", seen[-1]
        assert "agenda/index.html" in seen
        assert "campagnes/index.html" in seen


def test_weight_budgets(site: Path) -> None:
    """A campaign page is at most 30 kB gzipped, the stylesheet 10 kB, and no script is needed to read."""
    for path in pages_by_kind(site)["campaign"]:
        content = (site / path).read_bytes()
        assert len(gzip.compress(content, 9)) <= 30_000, path
        assert all(b"defer" in tag for tag in re.findall(rb"<script\b[^>]*>", content)), path
    assert len(gzip.compress((site / "assets/css/agora.css").read_bytes(), 9)) <= 10_000


def test_every_kind_of_page_is_in_the_sample(site: Path) -> None:
    """Each page is of a known kind, and each kind has a page: none goes untested."""
    assert [kind for kind, pages in pages_by_kind(site).items() if not pages] == []
