"""A site in several languages: folders, switcher, the language of each text, what says that it is not translated."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cities import minimal_city, speak
from sites import built

from agora_build.serving.files import lost


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
    report = built(speak(minimal_city(folder), words, ("fr", "en")), folder / "output")
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


def test_an_address_that_leads_nowhere_says_so_in_the_language_of_its_folder(site: Path) -> None:
    for asked, language in (("/en/nowhere/", "en"), ("/nulle-part", "fr"), ("/", "fr"), ("/agenda/rien", "fr")):
        answer = lost(site, asked)
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in bytes(answer.body).decode()


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


QUAIS = "content/campaigns/les-quais"
TRANSLATIONS = {
    f"{QUAIS}/campaign.en.md": "---\ntitle: The quays\nsummary: What to do with the quays?\n"
    "question: What would you do on the quays?\npicture:\n  alt: Map of the quays.\n---\n## The project\n\n"
    "The quays will be given back to people on foot. See [the debate](debates/usages.md).\n",
    f"{QUAIS}/debates/usages.en.md": "---\ntitle: Uses\nthemes:\n  - id: nature\n    title: Nature and trees\n---\n",
    f"{QUAIS}/timeline.en.yml": "steps:\n  - {}\n  - title: Works\n",
    "content/pages/a-propos.en.md": "---\ntitle: About\n---\nThis site is that of the city. See [how](#part).\n\n"
    "## Part\n",
}


def write(city: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (city / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same city, some files of which are translated."""
    folder = tmp_path_factory.mktemp("translated")
    city = speak(minimal_city(folder), '\n[intake]\nurl = "envoi/"\n', ("fr", "en"))
    write(city, TRANSLATIONS)
    for name, before, after in (
        ("campaign.md", "illustrative: true\n", "illustrative: true\neasy_read: |\n  Les quais changent.\n"),
        ("campaign.en.md", "title: The quays\n", "title: The quays\neasy_read: |\n  The quays change.\n"),
    ):
        text = (city / QUAIS / name).read_text("utf-8")
        (city / QUAIS / name).write_text(text.replace(before, after, 1), "utf-8")
    assert built(city, folder / "output").problems == []
    return folder / "output"


def test_what_is_translated_is_said_in_the_language_and_facts_stay(translated: Path) -> None:
    page = html(translated, "en/campagnes/les-quais/index.html")
    assert '<h1 class="mast__title">The quays</h1>' in page
    assert 'alt="Map of the quays."' in page
    assert '<a href="debats/usages/index.html">the debate</a>' in page
    assert "7 March 2016 to 30 June 2017" in page
    assert "The quays" not in html(translated, "campagnes/les-quais/index.html")
    about = html(translated, "en/a-propos/index.html")
    assert "This site is that of the city." in about
    assert '<h2 id="texte-participer">Part</h2>' in about, "the id is that of the original"
    assert '<a href="#texte-participer">how</a>' in about
    assert "not translated yet" not in about
    assert '<a href="../a-propos/index.html">About</a>' in html(translated, "en/suivi/index.html")


def test_the_forms_of_a_language_are_sent_to_the_intake_in_that_language(translated: Path) -> None:
    """The link from the page of the form leads to the intake, from however deep the page stands."""
    found = set()
    for path in tree(translated):
        if path.endswith("participer/question/index.html"):
            action = re.search(r'<form class="form" method="post" action="([^"]+)"', html(translated, path))
            assert action
            found.add((translated / path).parent.joinpath(action[1]).resolve())
    assert found == {(translated / folder / "envoi/les-quais/question").resolve() for folder in ("", "en")}


def test_the_easy_to_read_text_stands_by_itself_and_is_found_from_the_top(translated: Path) -> None:
    for folder, words, link in (
        ("", "Les quais changent.", "Lire en mots faciles"),
        ("en/", "The quays change.", "Read this page in easy words"),
    ):
        page = html(translated, f"{folder}campagnes/les-quais/index.html")
        head, section = page.split('<section class="section" aria-labelledby="easy-read">')
        assert f'<a href="#easy-read">{link}</a>' in head
        assert words in section.split("</section>")[0]
        assert words not in head


def test_what_a_translation_does_not_say_is_said_as_it_was_written(translated: Path) -> None:
    """A question, one theme of two, one step of two: each in its own language, and the page says so."""
    debate = html(translated, "en/campagnes/les-quais/debats/usages/index.html")
    assert "<title>Uses · " in debate
    assert '<span lang="fr" dir="ltr">Quels usages pour les quais\u202f?</span>' in debate
    assert "Nature and trees" in debate
    assert '<span lang="fr" dir="ltr">Jeux</span>' in debate
    assert "not translated yet" in debate
    timeline = html(translated, "en/campagnes/les-quais/frise/index.html")
    assert '<span lang="fr" dir="ltr">Ouverture de la concertation</span>' in timeline
    assert ">Works<" in timeline
    drawn = html(translated, "en/campagnes/les-quais/frise/donnees.js")
    assert '"headline":"Works"' in drawn
    assert '"headline":"Travaux"' in html(translated, "campagnes/les-quais/frise/donnees.js")


def test_edits_give_the_tree_of_a_full_build(tmp_path: Path) -> None:
    """Whatever changes in whatever language, the site is as if it was built anew."""
    city, output = speak(minimal_city(tmp_path), languages=("fr", "en")), tmp_path / "output"
    campaign, config = f"{QUAIS}/campaign.md", "agora.toml"

    def replaced(name: str, before: str, after: str) -> dict[str, str]:
        text = (city / name).read_text("utf-8")
        assert before in text
        return {name: text.replace(before, after, 1)}

    def same() -> None:
        full = tmp_path / f"full{len(list(tmp_path.iterdir()))}"
        assert built(city, full, full=True).problems == []
        assert tree(output) == tree(full)

    assert built(city, output).problems == []
    write(city, TRANSLATIONS)
    assert built(city, output).problems == []
    same()
    write(city, replaced(f"{QUAIS}/campaign.en.md", "The quays", "The embankments"))
    write(city, replaced(campaign, "title: Les quais", "title: Les berges"))
    assert built(city, output).problems == []
    assert "The embankments" in html(output, "en/campagnes/les-quais/debats/usages/index.html")
    write(city, replaced("content/pages/a-propos.en.md", "About", "About us"))
    write(city, replaced(config, "[publication]", '[city.en]\ntagline = "Together"\n\n[publication]'))
    assert built(city, output).problems == []
    (city / QUAIS / "debates/usages.en.md").unlink()
    assert built(city, output).problems == []
    same()
    (city / QUAIS / "campaign.en.md").unlink()
    (city / QUAIS / "timeline.en.yml").unlink()
    (city / "content/pages/a-propos.en.md").unlink()
    write(city, replaced(config, '["fr", "en"]', '["fr"]'))
    assert built(city, output).problems == []
    same()
    assert not (output / "en").exists()


def test_a_step_that_comes_is_asked_of_the_translation_too(tmp_path: Path) -> None:
    """The original alone changed: what translates it is checked against it again."""
    city, output = speak(minimal_city(tmp_path), languages=("fr", "en")), tmp_path / "output"
    write(city, TRANSLATIONS)
    assert built(city, output).problems == []
    with (city / QUAIS / "timeline.yml").open("a", encoding="utf-8") as file:
        file.write("  - start: 2018\n    title: Fin\n")
    assert [problem.code for problem in built(city, output).problems] == ["translation-items"]


def test_the_page_of_the_data_says_in_which_language_they_are(translated: Path) -> None:
    for name in ("en/donnees/index.html", "en/campagnes/les-quais/donnees/index.html"):
        assert "The texts are in French, as the City wrote them" in html(translated, name)
    assert "Les textes sont en français" in html(translated, "donnees/index.html")
    assert json.loads(html(translated, "datapackage.json"))["language"] == "fr"
