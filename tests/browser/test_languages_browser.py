"""The same pages in English and in Arabic: mirrored, named in the language of the page, nothing cut off."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cities import minimal_city, sample, speak
from kinds import KINDS, pages_by_kind
from playwright.sync_api import Browser, Page
from sites import built
from test_pages import check_clean
from windows import opened

pytestmark = pytest.mark.browser
ARABIC = re.compile("[\u0621-\u064a]{2}")
QUAIS = "content/campaigns/les-quais"
WORDS = '\n[city.ar]\nsite = "أغورا فيلنوف"\ntagline = "لنقرّر معًا شؤون المدينة"\n'
TRANSLATIONS = {
    f"{QUAIS}/campaign.ar.md": "---\ntitle: الأرصفة\nsummary: ماذا نفعل بالأرصفة؟\n"
    "question: ماذا تريدون أن تفعلوا؟\n---\n## المشروع\n\nستعود الأرصفة إلى المشاة.\n",
    f"{QUAIS}/timeline.ar.yml": "steps:\n  - title: افتتاح التشاور\n  - {}\n",
    f"{QUAIS}/map.ar.yml": "title: خريطة الأرصفة\n",
}
PAGES = (
    "index.html",
    "campagnes/les-quais/index.html",
    "campagnes/les-quais/frise/index.html",
    "campagnes/les-quais/carte/index.html",
    "campagnes/les-quais/debats/usages/index.html",
    "campagnes/les-quais/regles/index.html",
)

# Of each date drawn on the timeline: where it is, its words, and whether its first figure is right of its last letter.
SIDES = """() => [...document.querySelectorAll('.tl-slidenav-description, .tl-headline-date, .tl-timeaxis-tick-text')]
  .filter(e => e.checkVisibility() && /^[0-9]+ [^0-9]/.test(e.textContent)).map(e => {
    const text = document.createTreeWalker(e, NodeFilter.SHOW_TEXT).nextNode(), range = document.createRange();
    const left = at => {
      range.setStart(text, at), range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    };
    return [e.classList[0].split("-").pop(), text.data, left(0) > left(text.length - 1)];
  })"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small city in French, English and Arabic, served."""
    folder = tmp_path_factory.mktemp("small")
    city = speak(minimal_city(folder), WORDS)
    for name, text in TRANSLATIONS.items():
        (city / name).write_text(text, "utf-8")
    assert built(city, folder / "output").problems == []
    with served(folder / "output") as address:
        yield address


def box(page: Page, selector: str) -> tuple[float, float]:
    """Give where an element starts and ends, from the left."""
    found = page.eval_on_selector(selector, "e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]")
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_arabic_is_clean_on_a_phone(chromium: Browser, small: str, path: str) -> None:
    """No finding of axe, nothing wider than 320 px, and it says the language and the direction it is read in."""
    with opened(chromium, small, f"ar/{path}", viewport={"width": 320, "height": 900}) as watched:
        assert watched.page.evaluate("[document.documentElement.lang, document.dir]") == ["ar", "rtl"]
        check_clean(watched, path)


def test_a_page_in_english_is_clean(chromium: Browser, small: str) -> None:
    with opened(chromium, small, f"en/{PAGES[1]}", viewport={"width": 320, "height": 900}) as watched:
        check_clean(watched, PAGES[1])


def test_the_layout_is_mirrored(chromium: Browser, small: str) -> None:
    """The name of the site stands where reading starts, the menu and the languages where it ends; arrows follow."""
    places = {}
    for folder in ("", "ar/"):
        with opened(chromium, small, f"{folder}{PAGES[1]}", viewport={"width": 1280, "height": 900}) as watched:
            brand, menu = box(watched.page, ".brand"), box(watched.page, ".menu ul")
            languages, title = box(watched.page, ".languages li:last-child"), box(watched.page, "h1")
            after = "e => getComputedStyle(e, '::after').content"
            places[folder] = brand, menu, languages, title, watched.page.eval_on_selector(".more", after)
    (brand, menu, languages, title, arrow), right = places[""], places["ar/"]
    assert brand[1] < menu[0]
    assert right[0][0] > right[1][1]
    assert languages[1] > 1100
    assert right[2][0] < 180
    assert brand[0] == pytest.approx(1280 - right[0][1], abs=1), "as far from the edge where reading starts"
    assert title[0] == pytest.approx(1280 - right[3][1], abs=1)
    assert "→" in arrow
    assert "←" in right[4]


def test_the_drawn_timeline_speaks_arabic(chromium: Browser, small: str) -> None:
    with opened(chromium, small, f"ar/{PAGES[2]}", viewport={"width": 1280, "height": 900}) as watched:
        watched.page.wait_for_selector(".tl-timemarker", state="attached")
        names = watched.page.eval_on_selector_all(
            ".timeline-view, .tl-timenav, .tl-timemarker, .tl-slidenav-next, .tl-menubar-button",
            "all => all.map(e => e.getAttribute('aria-label')).filter(Boolean)",
        )
        assert len(names) > 4
        assert [name for name in names if not ARABIC.search(name)] == []
        assert "افتتاح التشاور" in " ".join(watched.page.locator(".tl-headline").all_inner_texts())
        assert watched.page.locator(".tl-headline span[lang='fr']").first.inner_text() != ""
        days = watched.page.evaluate(SIDES)
        assert {place for place, _, _ in days} >= {"date", "text"}
        assert [day for day in days if not day[2]] == [], "the number of a day is to the right of its month"


def test_the_drawn_map_speaks_arabic(chromium: Browser, small: str) -> None:
    with opened(chromium, small, f"ar/{PAGES[3]}", viewport={"width": 1280, "height": 900}) as watched:
        watched.page.wait_for_selector(".leaflet-control-zoom-in")
        names = watched.page.eval_on_selector_all(
            ".map-view, .leaflet-control-zoom a, .leaflet-control-zoom button",
            "all => all.map(e => e.getAttribute('aria-label'))",
        )
        assert len(names) > 2
        assert [name for name in names if not ARABIC.search(name or "")] == []


def test_one_reads_on_in_another_language_without_losing_the_page(chromium: Browser, small: str) -> None:
    with opened(chromium, small, PAGES[4]) as watched:
        watched.page.get_by_role("link", name="العربية").click()
        watched.page.wait_for_url(f"{small}/ar/{PAGES[4]}")
        watched.page.locator(".untranslated a").click()
        watched.page.wait_for_url(f"{small}/{PAGES[4]}")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The sample in all its languages, served."""
    folder = tmp_path_factory.mktemp("whole")
    assert built(sample(folder / "city", languages=True), folder / "output").problems == []
    shutil.rmtree(folder / "city")
    with served(folder / "output") as address:
        yield folder / "output", address


@pytest.mark.soak
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("folder", ["en/", "ar/"])
def test_every_kind_of_page_is_clean_in_every_language(
    chromium: Browser, whole: tuple[Path, str], folder: str, width: int
) -> None:
    site, address = whole
    found = pages_by_kind(site, folder)
    assert [kind for kind in KINDS if pages_by_kind(site)[kind] and not found[kind]] == []
    for pages in found.values():
        for path in sorted({*pages[:1], *pages[-1:]}):
            with opened(chromium, address, path, viewport={"width": width, "height": 900}) as watched:
                check_clean(watched, path)
