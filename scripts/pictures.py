"""Take the pictures that docs/ shows, of the sample as built: the ten main pages, on a phone and on a desk; those of guides.

Usage: pictures.py SITE     (SITE is a folder that `agora build` made; it needs Chromium and the packages of the tests)
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

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
GUIDES = FOLDER.parent / "guides"
GUIDE = {  # what a guide shows while it tells of a task
    "concertation": "campagnes/les-groues/index.html",
    "regles": "campagnes/les-groues/regles/index.html",
    "rencontre": "campagnes/la-boule/agenda/reunion-publique-de-lancement/index.html",
    "question": "campagnes/fibre-tres-haut-debit/questions/20161108-d4p8zk1m/index.html",
    "decision": "campagnes/papeteries-de-la-seine/decisions/passage-vers-la-seine/index.html",
    "moderation": "campagnes/la-boule/moderation/index.html",
    "lots": "campagnes/la-boule/lots/index.html",
    "kits": "campagnes/la-boule/kits/index.html",
    "participer": "campagnes/les-groues/participer/index.html",
}
DESK = {"width": 960, "height": 600}  # of a guide: read beside its text
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
        guide(browser, site)
        browser.close()
    print(sum(path.stat().st_size for folder in (FOLDER, GUIDES) for path in folder.iterdir()) // 1000, "ko")
    return 0


def guide(browser: Browser, site: Path) -> None:
    """Take the pictures of the guides, below the top of the site, in sixty-four colours: they are read on a phone too."""
    GUIDES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.route("**/agora.css", with_its_font)
    for name, path in GUIDE.items():
        take(page, site / path, GUIDES / f"{name}.png", below=".crumbs")
        with Image.open(GUIDES / f"{name}.png") as picture:
            few = picture.convert("RGB").quantize(64, dither=Image.Dither.NONE)
        few.save(GUIDES / f"{name}.png", optimize=True)
    context.close()


def with_its_font(route: Route) -> None:
    """Wait for the font, which a reader in a hurry sees from the second page on."""
    content = Path(route.request.url.removeprefix("file://")).read_text("utf-8")
    route.fulfill(body=content.replace("font-display: optional", "font-display: block"), content_type="text/css")


def take(page: Page, source: Path, target: Path, below: str = "") -> None:
    """Open a page, and let what scripts draw come."""
    page.goto(source.as_uri(), wait_until="networkidle")
    for hook in page.query_selector_all("[data-timeline], [data-map]"):
        hook.evaluate(WAKE)
        page.wait_for_timeout(1500)
    page.evaluate("scrollTo(0, 0)")
    for top in page.query_selector_all(below) if below else ():
        top.evaluate("e => scrollTo(0, e.getBoundingClientRect().top)")
    page.wait_for_timeout(500)
    page.screenshot(path=target)


if __name__ == "__main__":
    sys.exit(main())
