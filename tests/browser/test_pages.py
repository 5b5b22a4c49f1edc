"""Every kind of page, in a real browser: nothing foreign, nothing blocked, nothing inaccessible, nothing cut off."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kinds import KINDS, pages_by_kind
from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core"
VNU = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
COLOURS = ("color-contrast", "link-in-text-block")  # what axe finds otherwise in the dark
HOOKS = "[data-timeline], [data-map]"  # what scripts fill when it is reached
pytestmark = pytest.mark.browser
LISTEN = """
window.cspViolations = [];
document.addEventListener('securitypolicyviolation',
  e => window.cspViolations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


class Watched:
    """A page with everything that went wrong while it was open."""

    def __init__(self, page: Page, origin: str) -> None:
        """Listen before anything is loaded."""
        self.page = page
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.errors: list[str] = []
        page.add_init_script(LISTEN)
        page.on("request", lambda request: self._request(request.url, origin))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def _request(self, url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            self.foreign.append(url)

    def _failed(self, url: str, failure: str | None) -> None:
        if "ERR_ABORTED" not in str(failure):
            self.failed.append(f"{url} {failure}")

    def verdict(self) -> list[str]:
        """List everything that went wrong."""
        return self.foreign + self.failed + self.errors + list(self.page.evaluate("window.cspViolations || []"))


@contextmanager
def opened(browser: Browser, origin: str, path: str, **options: Any) -> Iterator[Watched]:
    """Open a page, wake its enhancements up, and give it with what went wrong."""
    context = browser.new_context(reduced_motion="reduce", **options)
    try:
        watched = Watched(context.new_page(), origin)
        watched.page.goto(f"{origin}/{path}", wait_until="load")
        wake(watched.page)
        yield watched
    finally:
        context.close()


def wake(page: Page) -> None:
    """Scroll to what loads when it is reached, and wait until it is there."""
    hooks = page.query_selector_all(HOOKS)
    for hook in hooks:
        handle = hook.evaluate_handle("e => e.closest('section') || e.parentElement").as_element()
        assert handle is not None
        handle.scroll_into_view_if_needed()
        ask(page)
        page.wait_for_function("e => !e.hidden", arg=hook, timeout=15_000)
    if hooks:
        page.wait_for_load_state("networkidle")
        page.evaluate("window.scrollTo(0, 0)")


def ask(page: Page) -> None:
    """Ask for the timeline, which is drawn by itself on large screens only."""
    for button in page.locator(".timeline-ask button").all():
        if button.is_visible():
            button.click()


def axe(page: Page, *rules: str) -> list[str]:
    """Run axe-core with its French words, or some rules of it alone, and give its findings, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
        locale = json.loads((AXE / "locales" / "fr.json").read_text("utf-8"))
        page.evaluate("locale => axe.configure({locale, rules: [{id: 'target-size', enabled: true}]})", locale)
    asked: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": rules}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{violation['id']}: {node['html'][:200]} | {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
        # markers of a map may overlap: the list below it leads to the same places
        if (violation["id"], "leaflet-marker-icon" in node["html"]) != ("target-size", True)
    ]


def examples(site: Path, kind: str) -> list[str]:
    """Give the heaviest and the lightest page of a kind."""
    pages = pages_by_kind(site)[kind]
    assert pages, f"the sample has no page of the kind {kind}"
    return sorted({pages[0], pages[-1]})


@pytest.mark.parametrize("in_the_dark", [COLOURS, pytest.param((), marks=pytest.mark.soak)], ids=["", "every rule"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_page_is_clean(
    chromium: Browser, address: str, site: Path, kind: str, width: int, in_the_dark: tuple[str, ...]
) -> None:
    """No foreign request, no CSP violation, no console error, no axe finding, no sideways scroll, light or dark."""
    for path in examples(site, kind):
        with opened(chromium, address, path, viewport={"width": width, "height": 900}) as watched:
            for scheme in SCHEMES:
                watched.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                if scheme == "dark" and watched.page.query_selector(HOOKS):  # a script may look at the scheme once
                    watched.page.reload(wait_until="load")
                    wake(watched.page)
                check_clean(watched, path, *(in_the_dark if scheme == "dark" else ()))


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
def test_page_reads_without_javascript(chromium: Browser, address: str, site: Path, kind: str) -> None:
    """Without JavaScript the page shows its heading and text, and hides only what scripts would fill."""
    path = examples(site, kind)[0]
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{path}")
    assert page.locator("h1").count() == 1
    assert len(page.locator("main").inner_text()) > 100
    for hook in page.locator("[data-timeline], [data-map]").all():
        assert not hook.is_visible()
    if kind in ("timeline", "campaign"):
        assert page.locator("ol.timeline > li").first.is_visible()
    context.close()


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
