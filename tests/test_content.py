"""A city's folder to a Site: what is gathered, in which order, and the rules' fine print."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from cities import MINIMAL, minimal_city

from agora_build.content import markdown_scan
from agora_build.content.loader import load
from agora_build.content.site import Site

TODAY = datetime.date(2017, 1, 20)
QUAIS = "content/campaigns/les-quais"


def site_of(city: Path) -> Site:
    loaded = load(city, TODAY)
    assert loaded.problems == []
    assert loaded.site is not None
    return loaded.site


def edit(city: Path, name: str, old: str, new: str) -> None:
    path = city / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def codes(city: Path, today: datetime.date = TODAY) -> list[str]:
    return [problem.code for problem in load(city, today).problems]


def test_a_link_may_say_code_and_not_nothing(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    page = city / "content/pages/outil.md"
    page.write_text("---\ntitle: Outil\n---\nLisez [`a-propos.md`](a-propos.md), ![`plan`](absent.png).\n", "utf-8")
    assert codes(city) == ["missing-image"]
    edit(city, "content/pages/outil.md", "[`a-propos.md`]", "[ ]")
    assert codes(city) == ["link-without-words", "missing-image"]


def test_the_small_city_is_whole() -> None:
    (quais,) = site_of(MINIMAL).microsites
    assert quais.campaign.slug == quais.slug == "les-quais"
    said = load(MINIMAL, TODAY).threads["les-quais", "usages"].contributions
    assert [entry.slug for entry in said] == ["20160312-k7m2q9xw", "20160405-aaaabbbb"]
    assert quais.workshops[0].meta.starts == datetime.time(18, 30)
    assert quais.timeline is not None
    assert quais.timeline.steps[1].start.last == datetime.date(2017, 12, 31)
    assert said[0].body == "Des jeux pour les enfants, et de l’ombre."


def test_files_that_content_names_are_published() -> None:
    site = site_of(MINIMAL)
    names = ("episodes/premiere.mp3", "media/plan.svg", "resources/dossier.txt")
    assert site.media == tuple(f"{QUAIS}/{name}" for name in names)
    facts = site.audio[f"{QUAIS}/episodes/premiere.mp3"]
    assert facts.size == (MINIMAL / QUAIS / "episodes/premiere.mp3").stat().st_size
    assert facts.seconds > 0


def test_files_that_prose_links_to_are_published(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (city / QUAIS / "media/fiche.pdf").write_bytes(b"%PDF-")
    edit(city, f"{QUAIS}/kits/reunion.md", "Inviter huit voisins.", "Voir [la fiche](../media/fiche.pdf).")
    assert f"{QUAIS}/media/fiche.pdf" in site_of(city).media


def test_newest_campaign_comes_first(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    for slug, opens in (("aa", "2016-03-07"), ("zz", "2016-10-01")):
        folder = city / "content/campaigns" / slug
        folder.mkdir()
        shutil.copy(city / QUAIS / "campaign.md", folder)
        edit(city, f"content/campaigns/{slug}/campaign.md", "opens: 2016-03-07", f"opens: {opens}")
        edit(city, f"content/campaigns/{slug}/campaign.md", "[le débat](debates/usages.md)", "le débat")
        edit(city, f"content/campaigns/{slug}/campaign.md", "\n![Plan des quais](media/plan.svg)\n", "")
        edit(
            city,
            f"content/campaigns/{slug}/campaign.md",
            "picture:\n  file: media/plan.svg\n  alt: Plan",
            "# alt: Plan",
        )
    assert [microsite.slug for microsite in site_of(city).microsites] == ["zz", "aa", "les-quais"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (datetime.date(2016, 3, 6), []),
        (datetime.date(2016, 3, 7), ["rules-not-announced"]),
        (datetime.date(2017, 6, 30), ["rules-not-announced"]),
        (datetime.date(2017, 7, 1), []),
    ],
)
def test_rules_are_due_on_the_days_a_consultation_is_open(
    tmp_path: Path, today: datetime.date, expected: list[str]
) -> None:
    """Not before the opening day, and no longer after the closing day."""
    city = minimal_city(tmp_path)
    text = (city / QUAIS / "campaign.md").read_text("utf-8")
    start, end = text.index("rules:"), text.index("contacts:")
    (city / QUAIS / "campaign.md").write_text(text[:start] + text[end:], "utf-8")
    assert codes(city, today) == expected


def test_a_missing_configuration_does_not_hide_the_content(tmp_path: Path) -> None:
    """With agora.toml unreadable, content is still checked, and its quarters are not doubted."""
    city = minimal_city(tmp_path)
    (city / "agora.toml").write_text("[city\n", "utf-8")
    edit(city, f"{QUAIS}/workshops/atelier.md", "18:30", "25:00")
    assert codes(city) == ["toml-syntax", "bad-time"]


def test_readme_and_hidden_files_may_stay(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (city / "content/README.md").write_text("Pour les agents.", "utf-8")
    (city / QUAIS / "media/.gitkeep").touch()
    assert codes(city) == []


def test_anchors_are_those_of_the_page() -> None:
    """Accents, markup, repeated headings, explicit ids; headings inside code do not count."""
    text = "## Où *en* est-on ?\n\n## Dates\n\n### Dates\n\n## Suite {#apres}\n\n```\n## Code\n```\n\nBas\n---\n"
    assert markdown_scan.anchors(text) == {"ou-en-est-on", "dates", "dates_1", "apres", "bas"}


@pytest.mark.parametrize(
    "text",
    [
        "`<b>`",
        "``a ` <b>``",
        "~~~\n<b>\n~~~",
        "    <b>",
        "\\<b>",
        "a < b et c > d",
        "<https://ville.example>",
        "1 <2",
    ],
)
def test_what_only_looks_like_html_is_accepted(text: str) -> None:
    assert list(markdown_scan.tags(markdown_scan.without_code(text))) == []


def test_links_of_every_writing_are_found() -> None:
    text = '[a](b.md "titre") ![c](<d e.svg>) [![f](g.svg)](h.md) [i][1] <https://j.example>\n\n[1]: k.md\n'
    found = [(link.target, link.picture) for link in markdown_scan.links(markdown_scan.without_code(text))]
    assert found == [
        ("b.md", False),
        ("d e.svg", True),
        ("g.svg", True),
        ("h.md", False),
        ("k.md", False),
        ("https://j.example", False),
    ]


@pytest.mark.parametrize("text", ["[" * 50_000, "![" * 50_000, "`" * 50_001 + "a", "> " * 30_000, "<" * 50_000])
def test_hostile_prose_is_scanned_quickly(text: str) -> None:
    masked = markdown_scan.without_code(text)
    assert list(markdown_scan.links(masked)) == []
    list(markdown_scan.tags(masked))
    markdown_scan.headings(text, masked)
