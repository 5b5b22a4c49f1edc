"""A real `agora serve` in the real Chromium: pages follow their files, mistakes are told on their line until mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cities import minimal_city
from playwright.sync_api import Browser, expect
from previews import Preview, preview, waited
from windows import Watched, opened

from agora_build.rendering.theme import base_theme

pytestmark = pytest.mark.browser
PAGE = "content/pages/a-propos.md"
LONG = "\n".join(f"Une phrase, numéro {number}.\n" for number in range(120))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = minimal_city(tmp_path_factory.mktemp("serve"))
    style = made / "themes/agora/static/css/agora.css"
    style.parent.mkdir(parents=True)
    style.write_bytes((base_theme() / "static/css/agora.css").read_bytes())
    return made


@pytest.fixture(scope="module")
def running(city: Path) -> Iterator[Preview]:
    with preview(city) as made:
        yield made


@pytest.fixture(scope="module")
def shown(chromium: Browser, running: Preview) -> Iterator[Watched]:
    with opened(chromium, running.address, viewport={"width": 1280, "height": 800}) as window:
        yield window


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_an_edit_shows_by_itself_where_one_was_reading(city: Path, shown: Watched) -> None:
    shown.visit("a-propos/index.html")
    page = shown.page
    rewrite(city / PAGE, "\n---\n", f"\n---\n{LONG}\nLa fin.\n")
    expect(page.get_by_text("La fin.")).to_be_visible(timeout=15_000)
    page.evaluate("scrollTo(0, 1500)")
    rewrite(city / PAGE, "La fin.", "La fin, pour de bon.")
    expect(page.get_by_text("La fin, pour de bon.")).to_be_visible(timeout=15_000)
    assert waited(lambda: page.evaluate("scrollY") == 1500)
    assert shown.verdict() == []


def test_a_page_that_did_not_change_is_left_alone(city: Path, running: Preview, shown: Watched) -> None:
    shown.visit("agenda/index.html")
    shown.page.evaluate("window.mine = true")
    before = len(running.builds())
    rewrite(city / PAGE, "Lire [la", "Relire [la")
    assert waited(lambda: len(running.builds()) > before)
    shown.page.wait_for_timeout(300)
    assert shown.page.evaluate("window.mine")


def test_a_style_is_changed_without_loading_the_page_again(city: Path, shown: Watched) -> None:
    shown.visit("a-propos/index.html")
    page = shown.page
    page.evaluate("window.mine = true")
    style = city / "themes/agora/static/css/agora.css"
    style.write_text(style.read_text("utf-8") + "\nh1 { letter-spacing: 7px; }\n", "utf-8")
    expect(page.locator("h1").first).to_have_css("letter-spacing", "7px", timeout=30_000)
    assert page.evaluate("window.mine")


def test_a_mistake_is_shown_on_its_line_and_goes_when_mended(city: Path, shown: Watched) -> None:
    shown.visit("a-propos/index.html")
    page, panel = shown.page, shown.page.get_by_role("alert")
    expect(panel).to_have_count(0)
    rewrite(city / PAGE, "title:", "titel:")
    expect(panel).to_be_visible(timeout=15_000)
    expect(panel).to_contain_text(f"{PAGE}:2:1")
    expect(panel.locator("mark").last).to_have_text("titel")
    expect(panel).to_contain_text("vouliez-vous dire « title » ?")
    expect(page.get_by_text("Relire")).to_be_attached()  # the last good page stays
    found = page.evaluate("axe.run('.agora-panel')")
    assert [item["id"] for item in found["violations"]] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Replier").click()
    expect(panel.get_by_role("list")).to_be_hidden()
    rewrite(city / PAGE, "titel:", "title:")
    expect(panel).to_have_count(0, timeout=15_000)
    assert shown.verdict() == []


def test_a_draft_is_there_and_says_so(city: Path, running: Preview, shown: Watched) -> None:
    shown.page.set_viewport_size({"width": 320, "height": 640})
    before = len(running.builds())
    (city / "content/pages/projet.md").write_text("---\ntitle: Le projet\ndraft: true\n---\nBientôt.\n", "utf-8")
    assert waited(lambda: len(running.builds()) > before)
    shown.visit("projet/index.html")
    expect(shown.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Brouillon\s: Le projet"))
    assert shown.verdict() == []
