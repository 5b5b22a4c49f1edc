"""Take the pictures of the ten main pages that docs/apparence.md shows: the sample, as built, on a phone and on a desk.

Usage: pictures.py SITE     (SITE is a folder that `agora build` made; it needs Chromium and the packages of the tests)
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, Route, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images" / "pages"
CAMPAIGN = "campagnes/les-groues"
PAGES = {
    "accueil": "index.html",
    "concertations": "campagnes/index.html",
    "concertation": f"{CAMPAIGN}/index.html",
    "debat": f"{CAMPAIGN}/debats/un-quartier-sans-voiture/index.html",
    "contribution": f"{CAMPAIGN}/contributions/20170112-046f5g2b/index.html",
    "agenda": "agenda/index.html",
    "frise": f"{CAMPAIGN}/frise/index.html",
    "carte": f"{CAMPAIGN}/carte/index.html",
    "suivi": "suivi/index.html",
    "decisions": "campagnes/papeteries-de-la-seine/decisions/index.html",
}
SIZES = {320: 900, 1280: 860}
WAKE = "e => { const near = e.closest('section') || e.parentElement; near.scrollIntoView(); }"


def main() -> int:
    """Take every picture of a built site, in light, and of the home page and a campaign in the dark too."""
    site = Path(sys.argv[1]).resolve()
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme, names in (("light", tuple(PAGES)), ("dark", ("accueil", "concertation"))):
            for width, height in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                page.route("**/agora.css", with_its_font)
                for name in names:
                    after = "-sombre" if scheme == "dark" else ""
                    take(page, site / PAGES[name], FOLDER / f"{name}-{width}{after}.png")
                context.close()
        browser.close()
    print(sum(path.stat().st_size for path in FOLDER.iterdir()) // 1000, "ko")
    return 0


def with_its_font(route: Route) -> None:
    """Wait for the font, which a reader in a hurry sees from the second page on."""
    content = Path(route.request.url.removeprefix("file://")).read_text("utf-8")
    route.fulfill(body=content.replace("font-display: optional", "font-display: block"), content_type="text/css")


def take(page: Page, source: Path, target: Path) -> None:
    """Open a page, and let what scripts draw come."""
    page.goto(source.as_uri(), wait_until="networkidle")
    for hook in page.query_selector_all("[data-timeline], [data-map]"):
        hook.evaluate(WAKE)
        page.wait_for_timeout(1500)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    page.screenshot(path=target)


if __name__ == "__main__":
    sys.exit(main())
