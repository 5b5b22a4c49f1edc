"""Sheets to print, as Chromium prints them: on the paper they say, on as many pages as they should, nothing cut off."""

from __future__ import annotations

import re
from pathlib import Path

import pymupdf
import pytest
from cities import minimal_city
from click.testing import CliRunner
from kinds import pages_by_kind
from playwright.sync_api import Browser

from agora_build.cli import main

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


@pytest.mark.parametrize("variant", ["large", "plain"])
def test_each_page_of_a_sheet_says_which_it_is_and_none_is_left_empty(
    chromium: Browser, tmp_path: Path, variant: str
) -> None:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    debate = city / "content/campaigns/les-quais/debates/usages.md"
    long = f"question: {'Que faut-il garder, que faut-il changer ? ' * 3}"
    debate.write_text(debate.read_text("utf-8").replace("question: Quels usages pour les quais ?", long), "utf-8")
    given = ("--count", "2", "--place", "Accueil", "--variant", variant, "--out", str(out))
    made = CliRunner().invoke(main, ["sheets", "les-quais/usages", *given, "--city", str(city), "--now", "2016-05-12"])
    assert made.exit_code == 0, made.output
    page = chromium.new_page()
    page.goto((out / "les-quais-lot-1/lot-1-a-imprimer.html").as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    with pymupdf.open(stream=pdf) as document:
        said = [leaf.get_text() for leaf in document]
    assert [f"feuille {1 + (index >= len(said) / 2)}" in text for index, text in enumerate(said)] == [True] * len(said)
    assert "garder" in said[0]
    assert ("Votre texte" if variant == "large" else "Qu’en pensez-vous") in said[0], said[0]
    assert all(len(text.split()) > 8 for text in said), said


def test_a_letter_of_a_vote_is_one_page_in_three_languages(chromium: Browser, tmp_path: Path) -> None:
    city, out = minimal_city(tmp_path), tmp_path / "out"
    config = (city / "agora.toml").read_text("utf-8")
    where = '[city]\nlanguages = ["fr", "en", "ar"]\naddress = "1, place de l’Hôtel-de-Ville, 92000 Villeneuve"\n'
    (city / "agora.toml").write_text(config.replace("[city]\n", where, 1), "utf-8")
    asked = "Que faut-il garder, que faut-il changer sur les quais ? " * 2
    meta = f"title: Choix\nquestion: {asked}\nopens: 2016-04-01\ncloses: 2016-05-01\nmethod: priorities\n"
    options = "options:\n  - {id: un, title: Un}\n  - {id: deux, title: Deux}\nballot: {kind: approval}\n"
    debate = city / "content/campaigns/les-quais/debates/un-choix-entre-plusieurs-amenagements.md"
    debate.write_text(f"---\n{meta}{options}---\n", "utf-8")
    given = ("--number", "2", "--out", str(out), "--city", str(city), "--now", "2016-03-20")
    made = CliRunner().invoke(main, ["codes", f"les-quais/{debate.stem}", *given])
    assert made.exit_code == 0, made.output
    page = chromium.new_page()
    page.goto(next(out.glob("*.html")).as_uri())
    with pymupdf.open(stream=page.pdf(prefer_css_page_size=True)) as document:
        assert len(document) == 2
    page.close()
