"""Sheets to print say what the campaign says, exist while they serve, and keep French typography."""

from __future__ import annotations

import datetime
import re
from html import unescape

import pytest
from sites import campaign_of, sample_on, theme_of

from agora_build.content.sheets import booklet_of, sheets
from agora_build.content.site import Site
from agora_build.outputs import kit_pages, sheet_pages
from agora_build.record import replace
from agora_build.rendering import sheet_page
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

DAY = datetime.date(2017, 1, 20)
URLS = Urls("fr")
ALL = {"poster", "flyer", "guide", "home-debate", "sign-up", "form", "ballot", "count"}
OPEN, COMING, CLOSED = "les-groues", "la-boule", "parc-logement"


@pytest.fixture(scope="module")
def site() -> Site:
    found = sample_on(DAY).site
    assert found is not None
    return found


@pytest.fixture(scope="module")
def theme(site: Site) -> Theme:
    return theme_of(site)


def pages(site: Site, theme: Theme, slug: str, day: datetime.date = DAY) -> dict[str, str]:
    """Render the sheets of a campaign, and its list of kits; without what stands around them."""
    alone = replace(site, microsites=(campaign_of(site, slug),))
    made = [*sheet_pages.outputs(alone, day), *kit_pages.outputs(alone, day)]
    return {output.path: output.bytes(theme).decode() for output in made}


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return unescape(re.sub(r"[ \n]+", " ", re.sub(r"<wbr>", "", re.sub(r"<(?!wbr)[^>]*>", " ", main))))


@pytest.mark.parametrize(
    ("slug", "day", "kinds"),
    [
        (OPEN, DAY, ALL),
        (COMING, DAY, ALL),  # they are printed before it opens
        (CLOSED, DAY, set()),
        (OPEN, datetime.date(2017, 3, 15), ALL),  # the last day
        (OPEN, datetime.date(2017, 3, 16), set()),
    ],
)
def test_sheets_exist_while_they_serve(site: Site, slug: str, day: datetime.date, kinds: set[str]) -> None:
    found = sheets(campaign_of(site, slug), URLS, day)
    assert {sheet.kind for sheet in found} == kinds
    assert len({sheet.path for sheet in found}) == len(found)


def test_a_form_is_for_a_debate_that_is_not_over(site: Site) -> None:
    microsite = campaign_of(site, "fibre-tres-haut-debit")
    over = replace(microsite.debates[0], meta=microsite.debates[0].meta.model_copy(update={"closes": DAY}))
    microsite = replace(microsite, debates=(over, *microsite.debates[1:]))
    day = DAY + datetime.timedelta(1)
    about = {sheet.target for sheet in sheets(microsite, URLS, day) if sheet.kind == "form"}
    assert about == {debate.slug for debate in microsite.debates[1:]}


def test_a_ballot_and_its_count_are_for_a_debate_in_which_one_votes(site: Site) -> None:
    microsite = campaign_of(site, OPEN)
    voted = {debate.slug for debate in microsite.debates if debate.meta.ballot}
    for kind in ("ballot", "count"):
        assert {sheet.target for sheet in sheets(microsite, URLS, DAY) if sheet.kind == kind} == voted != set()


def test_a_poster_says_what_the_campaign_says(site: Site, theme: Theme) -> None:
    said = words(pages(site, theme, OPEN)[URLS.sheet(OPEN, "poster")]).replace("\u202f", " ").replace("\u00a0", " ")
    meta = campaign_of(site, OPEN).campaign.meta
    assert meta.question in said
    assert "du 9 janvier au 15 mars 2017" in said
    assert "participez.nanterre.example/campagnes/les-groues" in said
    assert "Agora permanente, Hôtel de ville, 92000 Nanterre" in said
    assert "samedi 28 janvier 2017, de 10 h à 12 h" in said
    assert "Exemple illustratif" in said


def test_another_question_is_another_poster(site: Site, theme: Theme) -> None:
    microsite = campaign_of(site, OPEN)
    asked = microsite.campaign.meta.model_copy(update={"question": "Et demain ?"})
    other = replace(microsite, campaign=replace(microsite.campaign, meta=asked, digest=""))
    said = pages(replace(site, microsites=(other,)), theme, OPEN)[URLS.sheet(OPEN, "poster")]
    assert "Et demain\u202f?" in said
    assert microsite.campaign.meta.question.split(" ?")[0] not in said


@pytest.mark.parametrize("slug", [OPEN, COMING, "fibre-tres-haut-debit"])
def test_french_typography_keeps_together_what_belongs_together(site: Site, theme: Theme, slug: str) -> None:
    for path, page in pages(site, theme, slug).items():
        if path.endswith(".html"):
            assert re.findall(r"[^ ]* [;:?!»](?!\w)", words(page)) == [], path
            assert re.findall(r"\d h \d\d|\d h\d|\d %", words(page)) == [], path
    assert "13\u202fh\u202f30" in words(pages(site, theme, OPEN)[URLS.sheet(OPEN, "poster")])


def test_a_form_is_numbered_by_hand_or_as_it_is_printed(site: Site, theme: Theme) -> None:
    sheet = next(item for item in sheets(campaign_of(site, OPEN), URLS, DAY) if item.kind == "form")
    page = sheet_page.sheet_page(site, campaign_of(site, OPEN), sheet, DAY)
    empty, numbered = (
        re.findall(r'leaf__value">([^<]*)<', sheet_page.render(item, theme).decode())
        for item in (page, replace(page, batch="A7", number=12))
    )
    assert empty == ["", ""]
    assert numbered == ["A7", "12"]


def test_a_form_asks_for_nothing_that_must_stay_private(site: Site, theme: Theme) -> None:
    for path, page in pages(site, theme, OPEN).items():
        if "/contribution/" in path:
            assert not re.search(r"(?i)e-mail|courriel|<input|<textarea", words(page)), path


def test_the_variants_of_a_form_say_the_same_question(site: Site, theme: Theme) -> None:
    made = pages(site, theme, OPEN)
    debate = campaign_of(site, OPEN).debates[0]
    forms = [made[URLS.sheet(OPEN, "form", debate.slug, variant)] for variant in ("", "large", "plain")]
    assert len(set(forms)) == 3
    asked = debate.meta.question.partition(" ?")[0]
    assert all(asked in words(form) for form in forms)
    assert "Une personne de la Ville recopie vos mots." in words(forms[2])


def test_the_list_of_kits_leads_to_every_sheet(site: Site, theme: Theme) -> None:
    made = pages(site, theme, OPEN)
    listing = made[URLS.part(OPEN, "kits")]
    for sheet in sheets(campaign_of(site, OPEN), URLS, DAY):
        assert f'href="../{sheet.path.partition(f"{OPEN}/")[2]}"' in listing, sheet


def test_booklet_sheets_and_their_files_are_there_in_each_language(site: Site) -> None:
    microsite = campaign_of(site, OPEN)
    for sheet in (booklet_of(microsite, URLS), *sheets(microsite, URLS, DAY)):
        assert URLS.in_each_language(sheet.path)
        assert URLS.in_each_language(sheet.pdf)
    assert URLS.in_each_language(URLS.sheet_code(OPEN))
    assert not URLS.in_each_language("campagnes/les-groues/kits/affiche.pdf")  # what staff put there exists once
