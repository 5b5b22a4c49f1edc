"""The served site and its intake in a real browser: sentences from page to page, the check that one is no machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pymupdf
import pytest
from cities import minimal_city, speak
from intakes import with_votes
from playwright.sync_api import Browser, Page, expect
from sites import built
from windows import Watched, axe, opened

from agora_build.intake.store import Journal, address_in

EPOCH = os.environ | {"SOURCE_DATE_EPOCH": "1461153600"}
VOTES = "campagnes/les-quais/participer/voter/phrases/index.html"
SPEAK = "campagnes/les-quais/participer/dire/usages/index.html"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city with votes on two pages of sentences, whose forms ask that one is no machine."""
    made = with_votes(minimal_city(tmp_path_factory.mktemp("asked")))
    toml = made / "agora.toml"
    text = toml.read_text("utf-8").replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true")
    toml.write_text(f'{text}\n[intake]\nurl = "envoi/"\ncaptcha = true\n', "utf-8")
    assert built(made, made / "output").problems == []
    return made


@pytest.fixture(scope="module")
def served(city: Path) -> Iterator[str]:
    """The address at which `agora intake` shows the site with its forms."""
    with serving(city) as address:
        yield address


@contextmanager
def serving(city: Path) -> Iterator[str]:
    """Run `agora intake` with the site of a city; give its address."""
    command = [sys.executable, "-m", "agora_build", "intake", "--city", str(city), "--site", str(city / "output")]
    with subprocess.Popen([*command, "--port", "0"], env=EPOCH, stderr=subprocess.PIPE) as server:
        assert server.stderr
        found = re.search(r"http://[^ ]*/", server.stderr.readline().decode())
        assert found
        try:
            yield found[0].rstrip("/")
        finally:
            server.terminate()
            server.wait(timeout=20)
            server.stderr.close()


def journal(city: Path) -> Journal:
    return Journal(address_in(city, "sqlite:///.agora/intake/journal.sqlite"))


def test_sentences_are_voted_on_from_page_to_page_by_one_voter(chromium: Browser, served: str, city: Path) -> None:
    """Without JavaScript, and with no name in any address: the receipt of a page leads to the next."""
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{served}/{VOTES}")
    page.locator("fieldset.field--sentence").first.get_by_label("D’accord", exact=True).check()
    page.locator("button.button--primary").click()
    page.wait_for_selector(".receipt")
    page.locator("form button.button--primary").click()
    page.wait_for_selector("fieldset.field--sentence")
    assert page.locator("#erreurs").count() == 0
    assert "?" not in page.url
    assert page.locator("fieldset.field--sentence").count() == 3
    page.locator("button.button--primary").click()  # nothing was answered: the voter is not lost
    page.wait_for_selector("#erreurs")
    page.locator("fieldset.field--sentence").last.get_by_label("Pas d’accord").check()
    page.locator("button.button--primary").click()
    page.wait_for_selector(".receipt")
    assert page.locator("form button.button--primary").count() == 0
    page.context.close()
    with closing(journal(city)) as kept:
        cast, _ = kept.cast_of("les-quais/phrases", secret=False)
    rows = [row for item in cast for row in json.loads(item.choices)]
    assert {row[2] for row in rows} == {"agree", "disagree"}
    assert len({row[0] for row in rows}) == 1


def solved(page: Page) -> None:
    """Wait until the browser solved its challenge."""
    expect(page.locator("input[name=altcha]")).to_have_value(re.compile("."), timeout=30_000)


def test_the_browser_proves_that_it_is_no_machine(chromium: Browser, served: str, city: Path) -> None:
    """On the page of the site, and on the form that comes back; what was solved serves once."""
    with opened(chromium, served, SPEAK) as watched:
        page, posted = watched.page, []
        page.on("request", lambda sent: posted.append(sent.post_data or "") if sent.method == "POST" else None)
        page.locator("#c-text").fill("Un banc à l’ombre.")
        solved(page)
        assert axe(page) == []
        page.locator("#c-email").evaluate("e => { e.type = 'text'; e.value = 'moi@'; }")
        page.locator("button.button--primary").click()
        page.wait_for_selector("#erreurs")
        page.locator("#c-email").fill("moi@exemple.fr")
        solved(page)
        page.locator("button.button--primary").click()
        page.wait_for_selector(".receipt")
        identity = page.locator(".receipt code").first.inner_text()
        assert [said for said in watched.verdict() if "422" not in said] == []
        first = dict(parse_qsl(posted[-1]))
        answer = page.request.post(f"{served}/envoi/les-quais/contribution/usages", form={**first, "text": "Autre"})
        assert answer.status == 422
        assert "Rien n’est perdu" in answer.text()
    with closing(journal(city)) as kept:
        entry: Any = kept.entry(identity)
    assert "no-captcha" not in entry.labels
    assert "no-token" not in entry.labels


def test_what_is_not_there_gets_the_page_of_the_site(chromium: Browser, served: str) -> None:
    """With its style, at any depth."""
    page = chromium.new_page()
    answer = page.goto(f"{served}/campagnes/nulle/part/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "Rien n’est publié à cette adresse"
    assert page.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length > 0)")
    page.close()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a small city in French, English and Arabic, whose forms ask that one is no machine."""
    city = speak(minimal_city(tmp_path_factory.mktemp("spoken")))
    toml = city / "agora.toml"
    text = toml.read_text("utf-8").replace("demonstration = true", "as_of = 2016-04-20\ndemonstration = true")
    toml.write_text(f'{text}\n[intake]\nurl = "envoi/"\ncaptcha = true\n', "utf-8")
    assert built(city, city / "output").problems == []
    with serving(city) as address:
        yield address


SAID = {
    "en": ("To correct", "Thank you. Your contribution is safe.", "It is safe, and waits to be read", "It was erased"),
    "ar": ("للتصحيح", "شكرًا. مساهمتكم محفوظة.", "محفوظ", "مُحي"),
}
VERIFIED = {"en": "Verified", "ar": "تم التحقق"}


def clean(watched: Watched, language: str) -> None:
    """Find the page in its language, read from its side, with no finding of axe, and no wider than the phone."""
    page = watched.page
    sides = {"en": "ltr", "ar": "rtl"}
    assert page.evaluate("[document.documentElement.lang, document.dir]") == [language, sides[language]], page.url
    assert page.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length > 0)"), page.url
    assert axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_takes_part_from_end_to_end_in_another_language(
    chromium: Browser, spoken: str, language: str, tmp_path: Path
) -> None:
    """A mistake, a receipt that prints, its address, a text that is too long, an erasure: all in that language."""
    to_correct, thanks, waits, gone = SAID[language]
    with opened(chromium, spoken, f"{language}/{SPEAK}", viewport={"width": 320, "height": 900}) as watched:
        page = watched.page
        page.locator("#c-text").fill("Un banc à l’ombre.")
        page.locator("[name=voice][value=individual]").first.check()
        solved(page)
        assert page.locator("altcha-widget label").inner_text() == VERIFIED[language]
        page.locator("#c-email").evaluate("e => { e.type = 'text'; e.value = 'moi@'; }")
        page.locator("button.button--primary").click()
        page.wait_for_selector("#erreurs")
        assert to_correct in page.title()
        clean(watched, language)
        page.locator("#erreurs a").first.click()
        assert page.evaluate("document.activeElement.id") == "c-email"
        assert page.locator("#c-text").input_value() == "Un banc à l’ombre."
        page.locator("#c-email").fill("moi@exemple.fr")
        solved(page)
        page.locator("button.button--primary").click()
        page.wait_for_selector(".receipt")
        assert page.locator("h1").inner_text() == thanks
        clean(watched, language)
        identity, code = page.locator(".receipt code").first.inner_text(), page.locator(".receipt__code").inner_text()
        page.pdf(path=tmp_path / "receipt.pdf", format="A4")
        with pymupdf.open(tmp_path / "receipt.pdf") as printed:
            sheets = [sheet.get_text() for sheet in printed]
        assert len(sheets) == 1, "a receipt is one sheet"
        assert identity in sheets[0]
        assert code in sheets[0]
        page.locator(".receipt__facts a").click()
        page.wait_for_url(f"{spoken}/{language}/envoi/recu/{identity}/{code}")
        assert waits in page.locator("h1").inner_text()
        clean(watched, language)
        page.locator(".more-line a").click()
        page.locator("#c-receipt").fill(identity)
        page.locator("#c-code").fill(code)
        solved(page)
        page.locator("button.button--primary").click()
        page.wait_for_selector(".receipt__facts")
        assert gone in page.locator("h1").inner_text()
        clean(watched, language)
        page.goto(f"{spoken}/{language}/{SPEAK}")
        page.locator("#c-text").evaluate("e => { e.removeAttribute('maxlength'); e.value = 'a'.repeat(70000); }")
        page.locator("button.button--primary").click()
        page.wait_for_url(f"{spoken}/{language}/envoi/les-quais/contribution/usages")
        clean(watched, language)
        assert [said for said in watched.verdict() if "422" not in said and "413" not in said] == []
        page.goto(f"{spoken}/{language}/envoi/recu/{identity}/{code}")
        page.locator(".languages a[hreflang=fr]").click()
        page.wait_for_url(f"{spoken}/envoi/recu/{identity}/{code}")
