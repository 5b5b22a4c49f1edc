"""The staff editor in the real Chromium: a campaign is edited, a workshop is added, two commits tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from previews import Preview, preview, waited
from repositories import git, repository
from windows import Watched, axe, opened

from agora_build.build.checking import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CAMPAIGN, WORKSHOPS = "content/campaigns/les-quais/campaign.md", "content/campaigns/les-quais/workshops"
DOOR = "_agora/editor/"
PATIENCE = 60  # seconds for what takes one, on a computer that does much else


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = repository(tmp_path_factory.mktemp("editor"))
    git(folder, "config", "user.name", "Agent de la Ville")
    git(folder, "config", "user.email", "agent@ville.example")
    return folder


@pytest.fixture(scope="module")
def running(city: Path) -> Iterator[Preview]:
    with preview(city, "--editor") as made:
        yield made


@pytest.fixture
def shown(chromium: Browser, running: Preview) -> Iterator[Watched]:
    with opened(chromium, running.address, viewport={"width": 1280, "height": 900}) as window:
        yield window


def write(page: Page, label: str, text: str) -> None:
    """Write over what is in a field, as a person does: Decap moves the caret by itself."""
    field = page.get_by_label(label, exact=True).first
    field.click()
    field.press("Control+a")
    field.press_sequentially(text)


def choose(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=text, exact=True).click()


def keep(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("menuitem", name="Enregistrer", exact=True).click()


def commits(city: Path) -> list[str]:
    return git(city, "log", "--format=%h", "--reverse").splitlines()


def files_of(city: Path, commit: str) -> list[str]:
    return git(city, "show", "--name-only", "--format=", commit).splitlines()


def test_a_campaign_is_edited_and_a_workshop_added(city: Path, running: Preview, shown: Watched) -> None:
    page, before = shown.page, commits(city)
    page.goto(f"{running.address}/{DOOR}")
    page.get_by_role("link", name="(les-quais)").click()
    page.get_by_role("link", name="La concertation").click()
    page.get_by_label("Nom de la concertation").wait_for()
    assert axe(page, "color-contrast", "label", "button-name", "aria-input-field-name") == []
    write(page, "Nom de la concertation", "Les quais, vus d’en bas")
    keep(page)
    assert waited(lambda: len(commits(city)) == len(before) + 1, PATIENCE)
    expect(page.get_by_text("Modifications enregistrées")).to_be_visible(timeout=PATIENCE * 1000)

    page.get_by_role("link", name="Écriture dans la collection").click()
    page.get_by_role("link", name="Rencontres").click()
    page.get_by_role("link", name="rencontre", exact=False).last.click()
    write(page, "Nom de la rencontre", "Réunion à l’école")
    choose(page, "Format", "réunion publique")
    choose(page, "État", "confirmée")
    page.get_by_label("Jour", exact=True).fill("2016-04-02")
    page.get_by_label("Heure de début (optionnel)").fill("18:30")
    write(page, "Adresse postale (optionnel)", "1, quai de Seine")
    write(page, "Qui invite", "La Ville")
    keep(page)
    assert waited(lambda: len(commits(city)) == len(before) + 2, PATIENCE)

    first, second = commits(city)[len(before) :]
    assert (files_of(city, first), files_of(city, second)) == ([CAMPAIGN], [f"{WORKSHOPS}/reunion-a-l-ecole.md"])
    assert [line for line in git(city, "show", "--unified=0", first).splitlines() if line.startswith("+title")] == [
        "+title: Les quais, vus d’en bas"
    ]
    assert check(str(city), None).problems == []
    assert git(city, "status", "--porcelain") == ""
    assert shown.foreign == []
    assert page.evaluate("window.cspViolations") == []

    page.goto(f"{running.address}/campagnes/les-quais/agenda/reunion-a-l-ecole/")
    expect(page.get_by_role("heading", name="Réunion à l’école")).to_be_visible(timeout=PATIENCE * 1000)
    page.goto(f"{running.address}/campagnes/les-quais/")
    expect(page.get_by_role("heading", name="Les quais, vus d’en bas").first).to_be_visible(timeout=PATIENCE * 1000)


def test_a_refusal_stays_on_the_page_until_it_is_mended(city: Path, running: Preview, shown: Watched) -> None:
    page, before = shown.page, commits(city)
    page.goto(f"{running.address}/{DOOR}campaign/les-quais/#/collections/les-quais-workshops/entries/atelier")
    page.get_by_label("Jour", exact=True).fill("1300-04-02")
    keep(page)
    told = page.locator(".told")
    expect(told).to_contain_text("« date » n’est pas une date : « 1300-04-02 »", timeout=PATIENCE * 1000)
    assert commits(city) == before
    page.get_by_label("Jour", exact=True).fill("2016-04-03")
    keep(page)
    assert waited(lambda: len(commits(city)) == len(before) + 1, PATIENCE)
    expect(told).to_be_empty(timeout=PATIENCE * 1000)


def test_it_fits_a_narrow_screen(running: Preview, shown: Watched) -> None:
    page = shown.page
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{running.address}/{DOOR}campaign/les-quais/#/collections/les-quais-files/entries/campaign")
    field = page.get_by_label("Nom de la concertation").first
    field.wait_for()
    box, save = field.bounding_box(), page.get_by_role("button", name="Retirer").or_(page.get_by_text("Enregistré"))
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    expect(save.first).to_be_in_viewport()


def test_a_preview_that_stopped_is_told_and_the_text_stays(city: Path, chromium: Browser) -> None:
    with preview(city, "--editor") as running, opened(chromium, running.address) as shown:
        page = shown.page
        page.goto(f"{running.address}/{DOOR}campaign/les-quais/#/collections/les-quais-files/entries/campaign")
        write(page, "La question posée aux habitants", "Et après ?")
        running.stop()
        keep(page)
        expect(page.locator(".told")).to_contain_text("Relancez", timeout=PATIENCE * 1000)
        expect(page.get_by_label("La question posée aux habitants")).to_have_value("Et après ?")
