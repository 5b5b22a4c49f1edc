"""A site in several languages: folders, switcher, the language of each text, what says that it is not translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

LANGUAGES = 'email = "agora@villeneuve.example"\nlanguages = ["fr", "en"]\n'


def add_languages(city: Path, more: str = "", languages: str = LANGUAGES) -> Path:
    """Let a city speak several languages."""
    config = city / "agora.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('email = "agora@villeneuve.example"\n', languages, 1) + more, "utf-8")
    return city


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("build.json", "SHA256SUMS")
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city in French and in English, of which nothing is translated but its own words."""
    folder = tmp_path_factory.mktemp("languages")
    words = '\n[city.en]\nsite = "The Agora of Villeneuve"\ntagline = "Deciding the city together"\n'
    report = built(add_languages(minimal_city(folder), words), folder / "output")
    assert report.problems == []
    return folder / "output"


def html(site: Path, path: str) -> str:
    return (site / path).read_text("utf-8")


def test_each_page_is_in_each_language_and_files_exist_once(site: Path) -> None:
    paths = tree(site).keys()
    pages = {path for path in paths if path.endswith(".html") and not path.startswith("en/")}
    assert {path.removeprefix("en/") for path in paths if path.startswith("en/") and path.endswith(".html")} == pages
    others = {path for path in paths if path.startswith("en/") and not path.endswith(".html")}
    drawn = "carte/carte", "campagnes/les-quais/carte/carte"
    assert others == {
        *(f"en/{name}.{suffix}" for name in drawn for suffix in ("js", "svg")),
        "en/campagnes/les-quais/frise/donnees.js",
    }


def test_a_city_of_one_language_has_neither_switcher_nor_folder(tmp_path: Path) -> None:
    assert built(minimal_city(tmp_path), tmp_path / "output").problems == []
    assert not (tmp_path / "output" / "en").exists()
    for name in ("index.html", "campagnes/les-quais/index.html", "sitemap.xml"):
        text = html(tmp_path / "output", name)
        assert "hreflang" not in text
        assert "languages" not in text
        assert "untranslated" not in text


def test_pages_lead_to_themselves_in_the_other_language_both_ways(site: Path) -> None:
    for path in [path for path in tree(site) if path.endswith(".html") and not path.endswith("404.html")]:
        page = html(site, path)
        bare = path.removeprefix("en/")
        links = dict(re.findall(r'<li><a href="([^"]+)" lang="(\w\w)" hreflang="\2"', page))
        found = {language: (site / path).parent.joinpath(link).resolve() for link, language in links.items()}
        assert found == {"fr": (site / bare).resolve(), "en": (site / "en" / bare).resolve()}, path
        assert re.findall(r'<li><a href="[^"]+" lang="(\w\w)" hreflang="\w\w" aria-current="true"', page) == [
            "en" if path.startswith("en/") else "fr"
        ]
        address = bare.removesuffix("index.html")
        base = "https://agora.villeneuve.example"
        assert re.findall(r'<link rel="alternate" hreflang="(\w\w)" href="([^"]+)">', page) == [
            ("fr", f"{base}/{address}"),
            ("en", f"{base}/en/{address}"),
        ]
        assert f'<link rel="canonical" href="{base}/{path.removesuffix("index.html")}">' in page


def test_the_page_of_addresses_that_lead_nowhere_starts_at_the_root_in_each_language(site: Path) -> None:
    page = html(site, "en/404.html")
    assert '<html lang="en" dir="ltr"' in page
    assert 'href="/en/campagnes/index.html"' in page
    assert 'href="/assets/css/agora.css"' in page
    assert '<a href="/index.html" lang="fr" hreflang="fr">' in page
    assert '<a href="/en/index.html" lang="en" hreflang="en" aria-current="true">' in page


def test_the_interface_is_in_the_language_and_the_rest_tells_its_own(site: Path) -> None:
    page = html(site, "en/campagnes/les-quais/index.html")
    assert "<title>Les quais · The Agora of Villeneuve</title>" in page
    assert '<h1 class="mast__title"><span lang="fr" dir="ltr">Les quais</span></h1>' in page
    assert "7 March 2016 to 30 June 2017" in page
    assert '<div lang="fr" dir="ltr"><h2' in page, "prose"
    assert 'alt="Plan des quais, de la passerelle au vieux pont."' in page, "no element inside a tag"
    assert 'href="../../../campagnes/les-quais/flux.atom"' in page, "feeds exist once"
    assert "<span" not in re.sub(r"(?s)<body.*", "", page), "no element in the head"
    assert "lang=" not in html(site, "campagnes/les-quais/index.html").split("</nav>", 1)[1]


def test_what_people_said_is_in_their_language_and_never_said_to_lack_a_translation(site: Path) -> None:
    page = html(site, "en/campagnes/les-quais/contributions/20160312-k7m2q9xw/index.html")
    assert '<div class="citizen" lang="fr" dir="auto">' in page


def test_a_page_that_is_not_translated_says_so_and_leads_to_the_original(site: Path) -> None:
    notice = "This page is not translated yet: its text is in French, as it was written."
    page = html(site, "en/a-propos/index.html")
    assert notice in page
    assert '<a href="../../a-propos/index.html" hreflang="fr">Read the original page, in French</a>' in page
    part = html(site, "en/campagnes/les-quais/debats/index.html")
    assert "A part of this page is not translated yet" in part
    assert notice not in part
    for path in ("en/accessibilite/index.html", "a-propos/index.html"):
        assert "not translated yet" not in html(site, path)
    assert "<!-- untranslated -->" not in "".join(html(site, path) for path in tree(site) if path.endswith(".html"))


def test_the_sitemap_tells_where_each_page_is_in_each_language(site: Path) -> None:
    text = html(site, "sitemap.xml")
    base = "https://agora.villeneuve.example"
    links = (
        f'<xhtml:link rel="alternate" hreflang="fr" href="{base}/a-propos/"/>'
        f'<xhtml:link rel="alternate" hreflang="en" href="{base}/en/a-propos/"/>'
    )
    assert f"<url><loc>{base}/a-propos/</loc>{links}</url>" in text
    assert f"<url><loc>{base}/en/a-propos/</loc>{links}</url>" in text


def test_an_edit_gives_the_tree_of_a_full_build(tmp_path: Path) -> None:
    """A title changes in both languages, the city's words in one, a language goes: each time as if built anew."""
    city, output = add_languages(minimal_city(tmp_path)), tmp_path / "output"
    assert built(city, output).problems == []
    campaign, config = city / "content/campaigns/les-quais/campaign.md", city / "agora.toml"
    edits = (
        (campaign, "title: Les quais", "title: Les berges"),
        (city / "content/pages/a-propos.md", "title: ", "title: Tout "),
        (config, "[publication]", '[city.en]\ntagline = "Together"\n\n[publication]'),
        (config, '["fr", "en"]', '["fr"]'),
    )
    for number, (file, before, after) in enumerate(edits):
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")
        assert built(city, output).problems == []
        assert built(city, tmp_path / f"full{number}", full=True).problems == []
        assert tree(output) == tree(tmp_path / f"full{number}"), after
        assert built(city, output).problems == []
    assert not (output / "en").exists()
