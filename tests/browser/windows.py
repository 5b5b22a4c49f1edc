"""Opens the pages of a site in windows of the real Chromium, and gives what goes wrong in them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core"
HOOKS = "[data-timeline], [data-map]"  # what scripts fill when it is reached
LISTEN = """
window.cspViolations = [];
document.addEventListener('securitypolicyviolation',
  e => window.cspViolations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


class Watched:
    """A window with everything that went wrong while a page was open in it."""

    def __init__(self, page: Page, origin: str) -> None:
        """Listen before anything is loaded."""
        self.page = page
        self.origin = origin
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.errors: list[str] = []
        page.add_init_script(LISTEN)
        page.on("request", lambda request: self._request(request.url))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def visit(self, path: str) -> None:
        """Open a page of the site, wake its enhancements up, and forget what went wrong on the page before."""
        for wrong in (self.foreign, self.failed, self.errors):
            wrong.clear()
        self.page.goto(f"{self.origin}/{path}", wait_until="load")
        wake(self.page)

    def _request(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.foreign.append(url)

    def _failed(self, url: str, failure: str | None) -> None:
        if "ERR_ABORTED" not in str(failure):
            self.failed.append(f"{url} {failure}")

    def verdict(self) -> list[str]:
        """List everything that went wrong."""
        return self.foreign + self.failed + self.errors + list(self.page.evaluate("window.cspViolations || []"))


@contextmanager
def opened(browser: Browser, origin: str, path: str | None = None, **options: Any) -> Iterator[Watched]:
    """Open a window with axe-core in each page, on a page of the site if one is given; give it with what goes wrong."""
    context = browser.new_context(**{"reduced_motion": "reduce", **options})
    try:
        context.add_init_script(axe_core())  # once a window: sent to each page, it took longer than the page itself
        watched = Watched(context.new_page(), origin)
        if path is not None:
            watched.visit(path)
        yield watched
    finally:
        context.close()


@functools.cache
def axe_core() -> str:
    """Give axe-core with its French words and the rule on target sizes, which it leaves out by itself."""
    locale = (AXE / "locales" / "fr.json").read_text("utf-8")
    rules = "[{id: 'target-size', enabled: true}]"
    return (AXE / "axe.min.js").read_text("utf-8") + f"\n;axe.configure({{locale: {locale}, rules: {rules}}});"


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
    asked: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": rules}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{violation['id']}: {node['html'][:200]} | {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
