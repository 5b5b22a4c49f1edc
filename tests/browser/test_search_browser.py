"""People look for words in the real Chromium: on the served site, without JavaScript, from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
SAID = ".search__said"


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The search page, which may throw nothing while people look for words."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    thrown: list[str] = []  # told at the end: an exception inside a listener would end the browser of every test after
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(f"{address}/recherche/index.html")
    yield page
    context.close()
    assert thrown == []


def search(page: Page, words: str, **choices: str) -> list[str]:
    """Look for words, and give the paths of the pages shown."""
    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?{urlencode({'q': words, **choices})}")
    expect(page.locator(SAID)).not_to_have_text("Recherche en cours…")
    expect(page.locator(SAID)).not_to_be_empty()
    found: list[str] = page.locator(".search__found a").evaluate_all("links => links.map((link) => link.pathname)")
    return found


def said(page: Page) -> str:
    return page.locator(SAID).inner_text()


def test_a_word_is_found_whatever_its_accents_number_or_article(page: Page) -> None:
    pages = [search(page, word) for word in ("délibération", "deliberation", "DÉLIBÉRATIONS", "la délibération")]
    assert pages[0]
    assert pages.count(pages[0]) == 3
    assert set(pages[3]) <= set(search(page, "délibération"))
    schools = search(page, "école")
    assert schools
    assert search(page, "l’école") == search(page, "l'ecole") == schools
    assert page.locator(".search__found mark").first.inner_text().casefold().startswith("écol")


def test_the_beginning_of_a_word_finds_it(page: Page) -> None:
    assert set(search(page, "délibérat")) & set(search(page, "délibération"))


@pytest.mark.parametrize("words", ["abracadabrantesque", "pisciculteur", "école abracadabrantesque"])
def test_a_word_that_no_page_holds_finds_nothing(page: Page, words: str) -> None:
    assert search(page, words) == []
    assert said(page).startswith("Aucune page ne contient le mot")
    assert said(page).endswith(words.rsplit(maxsplit=1)[-1])


def test_choices_narrow_what_is_found(page: Page) -> None:
    everything = search(page, "école")
    contributions = search(page, "école", kind="contribution")
    assert contributions
    assert all("/contributions/" in path for path in contributions)
    assert set(contributions) <= {path for path in everything if "/contributions/" in path} | set(contributions)
    assert all("/les-groues/" in path for path in search(page, "école", campaign="les-groues"))
    page.get_by_label("Sorte de page").select_option("decision")
    expect(page.locator(SAID)).not_to_have_text("Recherche en cours…")
    assert "kind=decision" in page.url


@pytest.mark.parametrize(
    "words",
    [
        '"><img src=x onerror=document.title="pris">',
        "<script>document.title='pris'</script>",
        "' OR 1=1 --",
        '"',
        "\\u0000 %00 \u202e",
        "a" * 120,
        ". * + ? ^ $ { } ( ) | [ ]",
        "__proto__ constructor",
    ],
)
def test_hostile_words_do_nothing(page: Page, words: str) -> None:
    search(page, words)
    assert "pris" not in page.title()
    assert page.locator(".search img").count() == 0
    assert page.locator("#search-words").input_value()


def test_words_in_arabic_are_looked_for(page: Page) -> None:
    assert search(page, "الديمقراطية") == []
    assert said(page).startswith("Aucune page ne contient le mot")


def test_the_keyboard_alone_goes_through_the_results(page: Page) -> None:
    page.goto(page.url.partition("?")[0])
    page.locator("#search-words").focus()
    page.keyboard.type("quartier")
    page.keyboard.press("Enter")
    expect(page.locator(SAID)).to_contain_text("pages trouvées")
    expect(page.locator(".search__found li")).to_have_count(10)
    more = page.get_by_role("button", name="Voir plus de résultats")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".search__found li").nth(10).locator("a")).to_be_focused()
    assert page.locator(SAID).get_attribute("role") == "status"


def test_without_javascript_the_index_is_there(chromium: Browser, address: str) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/recherche/index.html")
    expect(page.get_by_text("Chercher demande JavaScript")).to_be_visible()
    page.get_by_role("link", name="Mai 2016").click()
    expect(page.locator("h1")).to_have_text("mai 2016")
    page.locator(".listed a").first.click()
    expect(page.locator("h1")).to_be_visible()


def test_from_a_folder_the_page_says_that_it_cannot_search(chromium: Browser, site: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{(site / 'recherche' / 'index.html').as_uri()}")
    expect(page.get_by_text("Cette copie du site est ouverte depuis un dossier")).to_be_visible()
    expect(page.locator(".search__form")).to_be_hidden()
    expect(page.get_by_role("heading", name="Par date")).to_be_visible()
