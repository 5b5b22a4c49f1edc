"""Sheets to print, as Chromium prints them: on the paper they say, on as many pages as they should, nothing cut off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kinds import pages_by_kind
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
A4, A5 = (595, 842), (420, 595)
CUT = """
() => [...document.querySelectorAll('.leaf')]
  .filter(e => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2).map(e => e.className)
"""


def printed(chromium: Browser, address: str, path: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Print a page; give the size of each sheet in points, and what is cut off."""
    page = chromium.new_page(viewport={"width": 688, "height": 1000})
    try:
        page.goto(f"{address}/{path}", wait_until="load")
        page.emulate_media(media="print")
        cut = page.evaluate(CUT)
        pdf = page.pdf(prefer_css_page_size=True)
    finally:
        page.close()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes], cut


def sheets(site: Path, word: str) -> list[str]:
    found = [path for path in pages_by_kind(site)["sheet"] if f"/feuilles/{word}" in path]
    assert found
    return found


def close(sizes: list[tuple[int, int]], paper: tuple[int, int]) -> bool:
    return all(abs(got - wanted) <= 1 for size in sizes for got, wanted in zip(size, paper, strict=True))


def test_a_poster_is_one_page_and_a_flyer_two(chromium: Browser, address: str, site: Path) -> None:
    for word, paper, count in (("affiche", A4, 1), ("tract", A5, 2)):
        for path in sheets(site, word):
            sizes, cut = printed(chromium, address, path)
            assert (len(sizes), cut) == (count, []), path
            assert close(sizes, paper), (path, sizes)


def test_a_paper_form_is_one_sheet_both_sides(chromium: Browser, address: str, site: Path) -> None:
    for path in sheets(site, "contribution"):
        sizes, _ = printed(chromium, address, path)
        assert len(sizes) <= (4 if "grands-caracteres" in path else 3 if "facile" in path else 2), path
        assert close(sizes, A4), (path, sizes)


def test_nothing_of_the_site_is_printed_around_a_sheet(chromium: Browser, address: str, site: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{address}/{sheets(site, 'affiche')[0]}")
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    page.close()
    assert "Concertations" not in seen
    assert "Imprimez cette page" not in seen
