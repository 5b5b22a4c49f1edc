"""Pages of a campaign, printed by the real Chromium: their text whole, and nothing that only a screen can use."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from kinds import pages_by_kind
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LEAST = 200  # characters: a last sheet with less is paper lost


@pytest.mark.parametrize("kind", ["campaign", "debate", "contribution", "timeline", "map", "decision", "question"])
def test_a_page_prints_well(site: Path, address: str, chromium: Browser, kind: str, tmp_path: Path) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/{pages_by_kind(site)[kind][0]}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 1000})  # A4 without its margins, at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    visible = page.evaluate(
        "[...document.querySelectorAll('nav, audio, .skip')].filter(e => e.checkVisibility()).length"
    )
    assert visible == 0
    title = page.locator("h1").inner_text()
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    context.close()
    with pymupdf.open(tmp_path / "page.pdf") as printed:
        sheets = [sheet.get_text() for sheet in printed]
    assert "".join(title.split()) in "".join(sheets[0].split())
    assert len(sheets[-1]) > LEAST
