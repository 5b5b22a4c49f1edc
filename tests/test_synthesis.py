"""A debate as a whole: what its synthesis rests on, counts that are never added up, what waits for an answer."""

from __future__ import annotations

import datetime
import re
import shutil
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from cities import minimal_city
from long_debate import CAMPAIGN, COUNT, DEBATE, add_long_debate, slug
from sites import built

from agora_build.content import synthesis
from agora_build.content.loader import Loaded, load
from agora_build.content.models import Debate
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.outputs import contribution_pages, debate_pages, synthesis_pages
from agora_build.outputs.synthesis_pages import SHOWN, SynthesisPage
from agora_build.record import replace
from agora_build.rendering.theme import Frame, Theme, base_theme

DAY = datetime.date(2017, 1, 20)
QUARTERS = ("centre", "petit-nanterre", "parc-sud", "universite")
HOME = f"campagnes/{CAMPAIGN}/debats/{DEBATE}"
HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
DECISION = """---
title: Ouvrir trois cours
date: 2017-01-10
by: mairie
summary: Trois cours ouvrent le samedi.
considered:
{considered}
---
La délibération du 10 janvier.
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city, with Nanterre's quarters and a debate of 130 contributions."""
    city = minimal_city(tmp_path_factory.mktemp("synthesis"))
    text = (city / "agora.toml").read_text("utf-8")
    quarters = "".join(f'[[quarters]]\nid = "{name}"\nname = "Le {name}"\n\n' for name in QUARTERS if name != "centre")
    (city / "agora.toml").write_text(f"{text}\n{quarters}", "utf-8")
    add_long_debate(city)
    return city


def read(city: Path) -> Loaded:
    loaded = load(city, DAY)
    assert loaded.problems == []
    return loaded


def whole(city: Path) -> tuple[Site, Microsite, Thread]:
    loaded = read(city)
    assert loaded.site is not None
    microsite = next(item for item in loaded.site.microsites if item.slug == CAMPAIGN)
    return loaded.site, microsite, loaded.threads[CAMPAIGN, DEBATE]


def page_of(city: Path) -> SynthesisPage:
    (output,) = synthesis_pages.thread_outputs(*whole(city), DAY)
    assert output.path == f"{HOME}/synthese/index.html"
    return output.inputs


def theme_of(site: Site) -> Theme:
    return Theme((base_theme(),), Frame(site.config, (), has_map=False, has_radio=False, as_of=None))


def html_of(city: Path) -> str:
    return synthesis_pages.render(page_of(city), theme_of(whole(city)[0])).decode()


def decided(city: Path, tmp_path: Path, *considered: str) -> Path:
    """Copy a city, with a decision that considers some things."""
    copy = Path(shutil.copytree(city, tmp_path / "decided"))
    offices = re.search(r'\[\[offic\w+\]\]\nid = "([^"]+)"', (copy / "agora.toml").read_text("utf-8"))
    assert offices
    folder = copy / "content/campaigns" / CAMPAIGN / "decisions"
    folder.mkdir()
    items = "\n".join(f"  - {{{item}, outcome: partly, why: Oui.}}" for item in considered)
    text = DECISION.format(considered=items).replace("by: mairie", f"by: {offices[1]}")
    (folder / "cours.md").write_text(text, "utf-8")
    return copy


# --- In numbers


@pytest.mark.parametrize("kind", ["theme", "quarter", "channel"])
def test_each_table_counts_every_contribution_once(city: Path, kind: str) -> None:
    thread = whole(city)[2]
    rows = next(rows for name, rows in page_of(city).tables if name == kind)
    for row in rows:
        same = [entry.meta for entry in thread.contributions if getattr(entry.meta, kind) == row.value]
        together = [meta for meta in same if meta.voice == "collective"]
        assert row.voices.individual == len(same) - len(together)
        assert row.voices.collective == len(together)
        assert row.voices.people == sum(meta.people or 0 for meta in together)
        assert row.first.startswith(f"{HOME}/")
    assert sum(row.voices.individual + row.voices.collective for row in rows) == COUNT


def test_the_bars_and_the_table_say_the_same(city: Path) -> None:
    tree = html5lib.parse(html_of(city), namespaceHTMLElements=False)
    charts = [item for item in tree.iter(f"{SVG}svg") if item.get("role") == "img"]
    tables = [item for item in tree.iter("table") if (item.findtext("caption") or "").startswith("Contributions par ")]
    assert len(charts) == len(tables) == 3
    for chart, table in zip(charts, tables, strict=True):
        assert chart.findtext(f"{SVG}title")
        drawn = [int(item.text or "") for item in chart.iter(f"{SVG}text") if item.get("class") == "bars__count"]
        written = [[int(cell.text or "") for cell in row.iter("td")][:2] for row in table.iter("tr")]
        assert drawn == [count for row in written for count in row]
        widths = [float(re.findall(r"h([\d.]+)", str(item.get("d")))[0]) for item in chart.iter(f"{SVG}path")]
        assert max(widths) == 280
        scale = 280 / max(drawn)
        assert [round(width - count * scale) for width, count in zip(widths, drawn, strict=True)] == [0] * len(drawn)


def test_nothing_is_added_up(city: Path) -> None:
    """No number on the page is a sum of the two kinds of voice, of people, or of people who came."""
    page = page_of(city)
    text = re.sub(r"<[^>]*>", " ", html_of(city).partition("<main")[2].partition("</main>")[0])
    numbers = {int(number) for number in re.findall(r"\d+", re.sub(r"(?<=\d)[\s\u202f\xa0](?=\d{3})", "", text))}
    people = page.voices.people
    alone, together = page.voices.individual, page.voices.collective
    assert {alone, together, people} <= numbers
    assert not numbers & {alone + together, alone + people, together + people, alone + together + people}


def test_meetings_are_counted_apart(city: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(city, tmp_path / "met"))
    folder = copy / "content/campaigns" / CAMPAIGN / "workshops"
    folder.mkdir()
    for rank, (status, more) in enumerate(
        [("held", "attendance: 31\nminutes: Bref.\n"), ("held", "attendance: 12\nminutes: Bref.\n"), ("confirmed", "")]
    ):
        head = (
            f"title: Rencontre {rank}\nkind: workshop\nstatus: {status}\ndate: 2016-11-0{rank + 1}\nhost: Une école\n"
        )
        where = f"location:\n  name: École\n  lat: 48.8960\n  lon: 2.2040\ndebate: {DEBATE}\n"
        (folder / f"rencontre-{rank}.md").write_text(f"---\n{head}{where}{more}---\nVenez.\n", "utf-8")
    page = page_of(copy)
    assert ([entry.slug for entry in page.meetings], page.present) == (["rencontre-0", "rencontre-1"], 43)
    assert "43 présences notées" in html_of(copy)


def test_a_debate_where_nobody_spoke_has_no_synthesis_until_it_is_written(city: Path) -> None:
    site, microsite, thread = whole(city)
    empty = Thread(thread.campaign, thread.debate, ())
    (debate,) = microsite.debates
    assert synthesis.has_page(debate, empty)
    silent = Entry(debate.slug, debate.campaign, debate.path, debate.meta.model_copy(update={"synthesis": None}), "")
    without = replace(microsite, debates=(silent,))
    assert list(synthesis_pages.thread_outputs(site, without, empty, DAY)) == []
    (output,) = debate_pages.thread_outputs(site, without, empty, DAY)
    assert "synthese/" not in output.bytes(theme_of(site)).decode()


# --- In words


def test_the_synthesis_says_what_it_rests_on_both_ways(city: Path) -> None:
    assert [entry.slug for entry in page_of(city).cited] == [slug(0), slug(1)]
    site, microsite, thread = whole(city)
    outputs, theme = contribution_pages.thread_outputs(site, microsite, thread, DAY), theme_of(site)
    said = {output.inputs.contribution.slug: output.bytes(theme).decode() for output in outputs}
    assert [name for name, page in said.items() if "La synthèse du débat s’appuie sur elle" in page] == [
        slug(0),
        slug(1),
    ]
    assert f'href="../../debats/{DEBATE}/synthese/index.html#fondements"' in said[slug(0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, []),
        ("Rien.", []),
        ("[a](../contributions/un.md) [b](../contributions/deux.md) [a](../contributions/un.md)", ["un", "deux"]),
        ("[a](../contributions/un.md#x) [par référence][r]\n\n[r]: ../contributions/deux.md", ["un", "deux"]),
        ("`[a](../contributions/un.md)` \\[a](../contributions/deux.md)", []),
        ("![a](../contributions/un.svg) [b](https://ville.example/contributions/deux.md)", []),
        ("[a](../../autre/contributions/un.md) [b](autre.md) [c](#ici)", []),
    ],
)
def test_what_a_synthesis_cites(text: str | None, expected: list[str]) -> None:
    meta = Debate.model_validate({"title": "t", "question": "q", "opens": "2016-01-01", "synthesis": text})
    assert list(synthesis.cited(Entry("d", "c", "content/campaigns/c/debates/d.md", meta, ""))) == expected


# --- What waits for an answer


def test_what_no_decision_names_waits(city: Path, tmp_path: Path) -> None:
    before = page_of(city)
    assert (before.waiting, len(before.first_waiting), before.outcomes) == (before.voices, SHOWN, ())
    answered = page_of(decided(city, tmp_path, f"contribution: {slug(0)}", f"contribution: {slug(5)}"))
    assert answered.waiting.individual == before.waiting.individual - 1
    assert answered.waiting.collective == before.waiting.collective - 1
    assert [entry.slug for entry in answered.first_waiting[:2]] == [slug(1), slug(2)]


def test_what_got_an_answer_waits_no_more_from_the_day_of_the_answer(city: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(city, tmp_path / "city"))
    path = copy / "content/campaigns" / CAMPAIGN / "answers" / f"{slug(0)}.md"
    path.parent.mkdir()
    for day, first in (("2017-01-20", slug(1)), ("2017-01-21", slug(0))):
        path.write_text(f"---\nby: conseil-municipal\ndate: {day}\n---\nOui.\n", "utf-8")
        assert page_of(copy).first_waiting[0].slug == first


def test_a_decision_on_the_whole_debate_is_said_apart(city: Path, tmp_path: Path) -> None:
    copy = decided(city, tmp_path, f"debate: {DEBATE}")
    page = page_of(copy)
    assert (len(page.outcomes), page.waiting) == (1, page.voices)
    assert "Cette décision répond au débat dans son ensemble" in html_of(copy)


# --- The arguments


def test_arguments_are_ranked_by_theme_and_date_alone(city: Path) -> None:
    """Whatever their length, their people, their replies, they come by date; and the pages say so."""
    site, microsite, thread = whole(city)
    dates = [(entry.meta.date, entry.slug) for entry in thread.contributions]
    assert dates == sorted(dates)
    short = Thread(thread.campaign, thread.debate, thread.contributions[:50])
    (output,) = debate_pages.thread_outputs(site, microsite, short, DAY)
    for group in output.inputs.groups:
        for side in (group.individual, group.collective):
            shown = [(item.entry.meta.date, item.entry.slug) for item in side]
            assert shown == sorted(shown)
    text = output.bytes(theme_of(site)).decode()
    assert "rien ne place une contribution au-dessus d’une autre" in text
    assert "Ce tableau n’est pas le résultat d’un vote" in html_of(city)


def test_an_argument_and_its_reply_lead_to_each_other(city: Path) -> None:
    site, microsite, thread = whole(city)
    reply = next(entry for entry in thread.contributions if entry.meta.reply_to)
    outputs, theme = contribution_pages.thread_outputs(site, microsite, thread, DAY), theme_of(site)
    pages = {output.inputs.contribution.slug: output.bytes(theme).decode() for output in outputs}
    assert f'href="../{reply.meta.reply_to}/index.html"' in pages[reply.slug]
    assert f'href="../{reply.slug}/index.html"' in pages[reply.meta.reply_to or ""]


def test_headings_follow_one_another(city: Path) -> None:
    tree = html5lib.parse(html_of(city))
    levels = [int(str(item.tag)[-1]) for item in tree.iter() if re.fullmatch(f"{HTML}h[1-6]", str(item.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_is_built_and_every_link_leads_somewhere(city: Path, tmp_path: Path) -> None:
    assert built(city, tmp_path / "site", DAY).problems == []
    assert (tmp_path / "site" / HOME / "synthese/index.html").is_file()
