"""Every kind of page for those who do not read it as it was drawn: by keyboard, in larger text, in their colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from kinds import KINDS, pages_by_kind
from playwright.sync_api import Browser, Page
from windows import Watched, axe, opened

pytestmark = pytest.mark.browser
ENHANCED = ("timeline", "map", "campaign", "form: place", "form: contribution", "episode")
MOST_STOPS = 400

# What a person who types sees of where they are: its place, whether something covers it, whether it is marked.
STOP = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const rings = [[e], [e.closest('.card') || e], [e.closest('label') || e]].map(of => getComputedStyle(...of));
  const marked = rings.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none');
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const top = document.elementFromPoint((Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
                                        (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2);
  const own = top && (e.contains(top) || top.contains(e) || [...e.labels || []].some(l => l.contains(top)));
  const same = window.lastStop === e;
  const again = !same && 'stop' in e.dataset;
  window.lastStop = e;
  e.dataset.stop = '';
  return {name: e.outerHTML.slice(0, 120), seen, covered: seen && !own, marked, same, again};
}
"""


def walk(page: Page) -> tuple[list[str], int]:
    """Press Tab to the end of a page; give what is wrong with where one stands, and how many stops there were."""
    wrong, stops = [], 0
    page.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    while stops < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["again"]:
            break
        stops += 1
        if stop["same"]:  # the parts of a player, of a day or of an hour
            continue
        if not stop["seen"]:
            wrong.append(f"out of sight: {stop['name']}")
        elif stop["covered"]:
            wrong.append(f"covered: {stop['name']}")
        if not stop["marked"]:
            wrong.append(f"no mark of focus: {stop['name']}")
    return wrong, stops


def reached(page: Page) -> list[str]:
    """Give what can be operated, is visible, and was never reached by Tab."""
    return list(
        page.evaluate("""
      () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, audio[controls]')]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('[inert]'))
        .filter(e => !e.disabled && e.tabIndex >= 0 && e.type !== 'radio')
        .filter(e => !('stop' in e.dataset))
        .map(e => e.outerHTML.slice(0, 120))
    """)
    )


def chosen(site: Path, kind: str) -> str:
    """Give the heaviest page of a kind that scripts enhance or where one writes, the lightest of another."""
    pages = pages_by_kind(site)[kind]
    return pages[0] if kind in ENHANCED else pages[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_walked_by_keyboard_alone(window: Watched, site: Path, kind: str) -> None:
    """Each stop is seen, marked, and covered by nothing; all that can be operated is reached; there is a way out."""
    window.page.set_viewport_size({"width": 1280, "height": 720})
    window.visit(chosen(site, kind))
    wrong, stops = walk(window.page)
    assert wrong == []
    assert stops < MOST_STOPS, "no way out"
    assert reached(window.page) == []


def test_focus_is_seen_at_once_by_those_who_asked_for_no_less_motion(
    chromium: Browser, address: str, site: Path
) -> None:
    """A page that slides to where one stands is late: who goes on with Tab no longer sees it."""
    with opened(chromium, address, chosen(site, "campaign"), reduced_motion="no-preference") as window:
        assert walk(window.page)[0] == []


LARGE = "html { font-size: 200% !important; }"
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } "
    "p { margin-block-end: 2em !important; }"
)
ONLY_STYLE = """
style => {
  const added = new CSSStyleSheet();
  added.replaceSync(style);
  document.adoptedStyleSheets = [added];
}
"""
CUT = """
() => {
  const cut = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) cut.push(`the page scrolls sideways by ${wide} px`);
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    if (!e.checkVisibility() || e.closest('.tl-timeline, .leaflet-container, svg, .hidden, textarea, select')) continue;
    const s = getComputedStyle(e), clips = v => v === 'hidden' || v === 'clip';
    const short = clips(s.overflowX) && e.scrollWidth > e.clientWidth + 1;
    const low = clips(s.overflowY) && e.scrollHeight > e.clientHeight + 1;
    if ((short || low) && e.innerText && e.clientHeight > 1) cut.push(e.outerHTML.slice(0, 120));
  }
  return cut;
}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_keeps_its_words_when_text_is_large_or_spaced_out(window: Watched, site: Path, kind: str) -> None:
    """Nothing is cut off at 320 px with text twice as large, or with the spaces of rule 1.4.12 of WCAG."""
    window.page.set_viewport_size({"width": 320, "height": 800})
    window.visit(chosen(site, kind))
    for style in (LARGE, SPACED):
        window.page.evaluate(ONLY_STYLE, style)
        assert window.page.evaluate(CUT) == [], style


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_in_colours_that_the_reader_sets(
    chromium: Browser, address: str, site: Path, kind: str
) -> None:
    with opened(chromium, address, chosen(site, kind), forced_colors="active") as watched:
        assert axe(watched.page) == []
