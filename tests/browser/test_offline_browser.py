"""An archive is unpacked, and read from its folder in the real Chromium, without any network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

pytestmark = pytest.mark.browser
CAMPAIGN = "les-groues"
LOCAL = ("file:", "data:", "blob:")


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a campaign, unpacked."""
    folder = tmp_path_factory.mktemp("usb")
    with zipfile.ZipFile(site / "hors-reseau" / f"{CAMPAIGN}.zip") as archive:
        archive.extractall(folder)
    return folder / CAMPAIGN


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that has no network; whatever it asks for outside, misses or throws fails the test."""
    context = chromium.new_context(offline=True, locale="fr-FR")
    page = context.new_page()
    wrong: list[str] = []  # told at the end: an exception inside a listener would end the browser of every test after
    page.on("pageerror", lambda error: wrong.append(f"the page threw {error}"))
    page.on("requestfailed", lambda request: missed(request, wrong))
    page.on("request", lambda request: request.url.startswith(LOCAL) or wrong.append(f"outside: {request.url}"))
    yield page
    context.close()
    assert wrong == []


def missed(request: Request, wrong: list[str]) -> None:
    """Note a file that is not in the archive; a player gives a download up when it is told to load anew."""
    if "ERR_ABORTED" not in str(request.failure):
        wrong.append(f"not in the archive: {request.url}")


def test_archive_opens_on_its_campaign(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name="Lire cette concertation").click()
    expect(page.locator(".notice").first).to_contain_text("Copie à lire sans réseau")
    assert page.url.startswith("file:")
    expect(page.locator("h1")).to_be_visible()


def test_timeline_is_drawn_from_the_folder(page: Page, folder: Path) -> None:
    page.goto((folder / "campagnes" / CAMPAIGN / "frise" / "index.html").as_uri())
    page.locator("[data-timeline]").first.scroll_into_view_if_needed()
    expect(page.locator(".tl-timeline").first).to_be_visible(timeout=15_000)


def test_map_is_drawn_from_the_folder(page: Page, folder: Path) -> None:
    page.goto((folder / "campagnes" / CAMPAIGN / "carte" / "index.html").as_uri())
    page.locator("[data-map]").first.scroll_into_view_if_needed()
    expect(page.locator(".leaflet-container").first).to_be_visible(timeout=15_000)


def test_sound_is_played_from_the_folder(page: Page, folder: Path) -> None:
    episodes = sorted((folder / "campagnes" / CAMPAIGN / "radio").glob("*/index.html"))
    assert episodes
    page.goto(episodes[0].as_uri())
    sound = page.locator("audio").first
    sound.evaluate("sound => { sound.preload = 'auto'; sound.load(); }")
    page.wait_for_function("sound => sound.readyState >= 1", arg=sound.element_handle(), timeout=15_000)
    assert sound.evaluate("sound => sound.duration") > 0
