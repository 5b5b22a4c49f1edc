"""A debate where many spoke: its page says where to read them, and its lists give every contribution, fifty a page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from cities import minimal_city
from sites import built, declared, with_threads

from agora_build.build.fingerprints import Fingerprints
from agora_build.config import Config
from agora_build.content.models import Campaign, Contribution, Debate
from agora_build.content.site import Entry, Microsite, Site
from agora_build.outputs import contribution_pages, debate_pages, said_pages
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, Theme, base_theme

DAY = datetime.date(2017, 1, 20)
FIRST = datetime.date(2016, 2, 1)
HOME = "campagnes/parc/debats/allees/"
CONFIG = Config.model_validate({
    "city": {"name": "Ici", "site": "L’Agora", "tagline": "t", "description": "d"},
    "publication": {"base_url": "https://ici.example"},
    "quarters": [{"id": "parc", "name": "Le parc"}, {"id": "centre", "name": "Centre"}],
})  # fmt: skip
CAMPAIGN = {"title": "Un parc", "summary": "s", "question": "Quel parc ?", "opens": "2016-01-01", "level": "consult"}
THEMES = [{"id": "sol", "title": "Le <sol>"}, {"id": "eau", "title": "L’eau"}, {"id": "vide", "title": "Personne"}]
DEBATE = {"title": "Les allées", "question": "Quelles allées ?", "opens": "2016-01-01", "themes": THEMES}
HTML = "{http://www.w3.org/1999/xhtml}"


def said(rank: int, **values: object) -> Entry[Contribution]:
    """Make the contribution of a rank: one in ten is collective, one in five without theme, three a day."""
    date = FIRST + datetime.timedelta(rank // 3)
    slug = f"{date:%Y%m%d}-{rank:08d}"
    voice = {"voice": "collective", "group": f"Collectif {rank}", "people": 4} if rank % 10 == 9 else {}
    theme = {0: None, 1: "eau"}.get(rank % 5, "sol")
    usual = {"debate": "allees", "date": date.isoformat(), "voice": "individual", "channel": "paper", "theme": theme}
    meta = Contribution.model_validate({**usual, **voice, "title": f"Titre {rank}", **values})
    return Entry(slug, "parc", f"content/campaigns/parc/contributions/{slug}.md", meta, f"Texte *{rank}* <b>.")


def outputs(contributions: Sequence[Entry[Contribution]], debate: Mapping[str, object] = DEBATE) -> list[Output[Any]]:
    """Declare what is made of a debate in which these contributions were made."""
    folder = "content/campaigns/parc"
    campaign = Entry("parc", "parc", f"{folder}/campaign.md", Campaign.model_validate(CAMPAIGN), "")
    question = Entry("allees", "parc", f"{folder}/debates/allees.md", Debate.model_validate(debate), "")
    empty = Microsite(campaign, None, None, (question,), (), (), (), (), (), ())
    microsite, threads = with_threads(empty, contributions)
    site = Site(CONFIG, (), (microsite,), (), {})
    return declared((debate_pages, said_pages, contribution_pages), site, DAY, threads)


def pages(contributions: Sequence[Entry[Contribution]], debate: Mapping[str, object] = DEBATE) -> dict[str, str]:
    """Render the pages of a debate and its lists."""
    theme = Theme((base_theme(),), Frame(CONFIG, (), has_map=False, has_radio=False, as_of=None))
    wanted = (output for output in outputs(contributions, debate) if output.path.startswith(HOME))
    return {output.path.removeprefix(HOME): output.bytes(theme).decode() for output in wanted}


MANY = [said(rank) for rank in range(230)]


@pytest.fixture(scope="module")
def many() -> dict[str, str]:
    return pages(MANY)


def titles(page: str) -> list[str]:
    return re.findall(r'class="said__title"><a href="[^"]*"><bdi>([^<]*)</bdi>', page)


def listed(made: Mapping[str, str], name: str) -> list[list[str]]:
    """Give the titles on each page of a list, following its links to the next page from the first."""
    found, path = [], f"{name}-1/index.html"
    while path:
        found.append(titles(made[path]))
        after = re.search(r'<link rel="next" href="\.\./([^"]*)">', made[path])
        path = after[1] if after else ""
    return found


def test_sixty_are_read_on_one_page() -> None:
    made = pages(MANY[:60])
    assert list(made) == ["index.html"]
    assert sorted(titles(made["index.html"])) == sorted(f"Titre {rank}" for rank in range(60))


def test_from_sixty_one_they_are_in_lists() -> None:
    made = pages(MANY[:61])
    parts = ("theme-sol", "theme-eau", "autres", "voix-individuelles", "voix-collectives", "paroles")
    assert set(made) == {f"{name}-1/index.html" for name in parts} | {
        "paroles-2/index.html", "voix-individuelles-2/index.html", "index.html",
    }  # fmt: skip


def test_the_whole_is_read_from_page_to_page_by_date(many: dict[str, str]) -> None:
    found = listed(many, "paroles")
    assert [len(page) for page in found] == [50, 50, 50, 50, 30]
    assert [title for page in found for title in page] == [f"Titre {rank}" for rank in range(230)]


@pytest.mark.parametrize(("name", "theme"), [("theme-sol", "sol"), ("theme-eau", "eau"), ("autres", None)])
def test_each_theme_is_read_alone(many: dict[str, str], name: str, theme: str | None) -> None:
    found = [title for page in listed(many, name) for title in page]
    assert found == [entry.meta.title for entry in MANY if entry.meta.theme == theme]


def test_a_theme_that_is_no_more_of_the_debate_is_among_other_subjects() -> None:
    made = pages(MANY, {**DEBATE, "themes": [{"id": "sol", "title": "Le sol"}]})
    assert sum(map(len, listed(made, "autres"))) == sum(entry.meta.theme != "sol" for entry in MANY)


def test_what_does_not_tell_contributions_apart_makes_no_list() -> None:
    """No theme, no quarter, all on paper, and nobody in a group."""
    alone = [said(rank, voice="individual", group=None, people=None) for rank in range(100)]
    made = pages(alone, {**DEBATE, "themes": []})
    assert {re.sub(r"-\d+/.*", "", path) for path in made} == {"index.html", "paroles"}
    assert all(
        text not in page for page in made.values() for text in ("Par thème", "Par canal", "Choisir quoi lire</s")
    )


QUARTERS = ("centre", None, "parc")
CHANNELS = ("web", "paper", "workshop", "pull-request")
SORTED = [said(rank, quarter=QUARTERS[rank % 3], channel=CHANNELS[rank % 7 % 4]) for rank in range(230)]


@pytest.fixture(scope="module")
def by_part() -> dict[str, str]:
    return pages(SORTED)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("quartier-centre", "quarter", "centre"),
        ("quartier-parc", "quarter", "parc"),
        ("sans-quartier", "quarter", None),
        ("voix-individuelles", "voice", "individual"),
        ("voix-collectives", "voice", "collective"),
        ("canal-site", "channel", "web"),
        ("canal-papier", "channel", "paper"),
        ("canal-atelier", "channel", "workshop"),
        ("canal-demande-de-fusion", "channel", "pull-request"),
    ],
)
def test_each_part_is_read_alone(by_part: dict[str, str], name: str, field: str, value: str | None) -> None:
    found = [title for page in listed(by_part, name) for title in page]
    kept = [entry.meta for entry in SORTED if getattr(entry.meta, field) == value]
    assert found == [meta.title for meta in kept]
    alone = sum(meta.voice == "individual" for meta in kept)
    row = re.search(rf'<a href="{name}-1/index.html">[^<]*</a> <span class="quiet">(.*?)</span>', by_part["index.html"])
    assert row
    counts = [int(count) for count in re.findall(r"\d+", row[1])]
    together = [len(kept) - alone] if alone != len(kept) else []
    people = [4 * together[0]] if name == "voix-collectives" else []
    assert counts == ([alone, *together] if alone else [*together, *people])


def test_from_a_list_one_may_go_to_any_other_without_a_script(by_part: dict[str, str]) -> None:
    firsts = {path for path in by_part if path.endswith("-1/index.html")}
    for path in ("paroles-2/index.html", "canal-papier-1/index.html"):
        nav = re.search(r"<details.*?</details>", by_part[path], re.DOTALL)
        assert nav
        assert {
            link.removeprefix("../") for link in re.findall(r'href="(\.\./[^"/]+/index.html)"', nav[0])
        } == firsts - {path}


def test_a_short_debate_leads_to_its_themes_on_the_same_page() -> None:
    page = pages(MANY[:30])["index.html"]
    nav = re.search(r'<nav aria-label="Par thème">(.*?)</nav>', page, re.DOTALL)
    assert nav
    links = re.findall(r'href="#([^"]*)"', nav[1])
    assert links == ["theme-sol", "theme-eau", "autres"]
    assert all(f'<h3 class="group__title" id="{link}">' in page for link in links)
    assert [int(count) for count in re.findall(r">(?:[^<]*?)(\d+) contribution", nav[1])] == [15, 6, 6]


def test_the_debate_says_how_many_spoke_under_each_theme_the_two_voices_apart(many: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", many["index.html"])
    for theme, title in (("sol", "Le &lt;sol&gt;"), ("eau", "L’eau"), (None, "Autres sujets")):
        under = [entry.meta.voice for entry in MANY if entry.meta.theme == theme]
        row = re.search(rf">{title}</a> <span class=\"quiet\">(\d+) contributions? individuelles? · (\d+)", text)
        assert row, title
        assert [int(row[1]), int(row[2])] == [under.count("individual"), under.count("collective")]
    assert "Personne</a>" not in text


def test_the_debate_shows_the_last_of_each_voice(many: dict[str, str]) -> None:
    assert titles(many["index.html"]) == [f"Titre {rank}" for rank in (228, 227, 226, 229, 219, 209)]


def test_the_pages_of_a_list_lead_to_each_other(many: dict[str, str]) -> None:
    nav = re.search(r'<nav class="pages" aria-label="[^"]+">(.*?)</nav>', many["paroles-3/index.html"], re.DOTALL)
    assert nav
    assert re.findall(r'<a href="\.\./([^/]*)/index.html"', nav[1]) == [
        "paroles-1",
        "paroles-2",
        "paroles-4",
        "paroles-5",
    ]
    assert re.findall(r'<span aria-current="page">(.*?)</span>', nav[1]) == ["Page 3 sur 5"]
    head = many["paroles-3/index.html"].partition("</head>")[0]
    assert re.findall(r'<link rel="(prev|next|canonical)" href="([^"]*)">', head) == [
        ("canonical", f"https://ici.example/{HOME}paroles-3/"),
        ("prev", "../paroles-2/index.html"),
        ("next", "../paroles-4/index.html"),
    ]
    first, last = many["paroles-1/index.html"], many["paroles-5/index.html"]
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    assert '<nav class="pages"' not in many["autres-1/index.html"]


def test_pages_have_names_of_their_own(many: dict[str, str]) -> None:
    names = [re.search(r"<title>(.*?)</title>", page, re.DOTALL) for page in many.values()]
    assert len({name[1] for name in names if name}) == len(many)


def test_headings_follow_one_another(many: dict[str, str]) -> None:
    for path, page in many.items():
        tree = html5lib.parse(page)
        levels = [int(item.tag[-1]) for item in tree.iter() if re.fullmatch(f"{HTML}h[1-6]", str(item.tag))]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_a_contribution_is_said_the_same_in_every_list(many: dict[str, str]) -> None:
    whole, theme = (
        re.findall(r"<article(?:(?!</article>).)*Titre 2<.*?</article>", many[path], re.DOTALL)
        for path in ("paroles-1/index.html", "theme-sol-1/index.html")
    )
    assert len(whole) == 1
    assert whole == theme
    assert "Le &lt;sol&gt;" in whole[0]
    assert "&lt;b&gt;" in whole[0]


def test_replies_are_counted_and_what_is_replied_to_is_named() -> None:
    replies = [said(rank, reply_to=MANY[0].slug, title=None) for rank in range(100, 108)]
    made = pages([*MANY[:100], *replies])
    asked = re.search(r"Titre 0<.*?</article>", made["paroles-1/index.html"], re.DOTALL)
    assert asked
    assert "8 réponses" in asked[0]
    assert asked[0].count("<a ") == 0  # eight thousand replies would not fit: they are on its own page
    assert made["paroles-3/index.html"].count(f'href="../../../contributions/{MANY[0].slug}/index.html"') == 8
    assert "Contribution du 5 mars 2016" in made["paroles-3/index.html"]


def changed(before: list[Output[Any]], after: list[Output[Any]]) -> set[str]:
    known = {output.path: Fingerprints("").of(output) for output in before}
    now = {output.path: Fingerprints("").of(output) for output in after}
    assert known.keys() <= now.keys()
    return {path.removeprefix(HOME) for path in now if known.get(path) != now[path]}


def test_one_more_contribution_changes_the_last_page_of_its_lists() -> None:
    more = said(230, theme="sol")
    assert changed(outputs(MANY), outputs([*MANY, more])) == {
        "index.html", "paroles-5/index.html", "theme-sol-3/index.html", "voix-individuelles-5/index.html",
        "campagnes/parc/debats/index.html",
        f"campagnes/parc/contributions/{more.slug}/index.html",
    }  # fmt: skip


def test_a_city_with_a_long_debate_is_built(tmp_path: Path) -> None:
    """Every link between the pages is followed by the build itself."""
    city = minimal_city(tmp_path)
    folder = next(city.glob("content/campaigns/*/contributions"))
    pattern = min(folder.glob("*.md"))
    for rank in range(120):
        folder.joinpath(f"{pattern.name.partition('-')[0]}-{rank:08d}.md").write_bytes(pattern.read_bytes())
    output = tmp_path / "output"
    assert built(city, output, DAY).problems == []
    assert len(list(output.glob("campagnes/*/debats/*/paroles-*/index.html"))) == 3
