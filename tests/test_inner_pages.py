"""The inner pages of a microsite: what they must say, and what they must never say."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from typing import Any

import html5lib
import pytest
from sites import declared, with_threads

from agora_build.config import Config
from agora_build.content.meetings import agenda, meetings, next_meetings
from agora_build.content.models import Campaign, Contribution, Debate, Decision, Episode, Kit, Model, Resource, Workshop
from agora_build.content.sections import sections
from agora_build.content.site import AudioFacts, Entry, Microsite, Site
from agora_build.content.states import campaign_state, debate_state, tense, workshop_state
from agora_build.content.voices import by_position, voices
from agora_build.outputs import (
    agenda_pages,
    contribution_pages,
    debate_pages,
    decision_pages,
    kit_pages,
    moderation_pages,
    opendata_pages,
    question_pages,
    radio_pages,
    resource_pages,
    rules_pages,
    sheet_pages,
)
from agora_build.rendering.theme import Frame, Theme, base_theme
from agora_build.urls import Urls

MODULES = (
    debate_pages, contribution_pages, agenda_pages, resource_pages, kit_pages, radio_pages, decision_pages, rules_pages,
    sheet_pages, question_pages, moderation_pages, opendata_pages,
)  # fmt: skip
URLS = Urls("fr")
OPEN, CLOSED = datetime.date(2016, 6, 15), datetime.date(2016, 9, 1)
PAPER, GROUP, REPLY = "20160602-aaaaaaaa", "20160603-bbbbbbbb", "20160604-cccccccc"
PLACE = {"name": "Maison du parc", "address": "3 rue des Tilleuls", "lat": 48.89, "lon": 2.2}
CONFIG = Config.model_validate({
    "city": {"name": "Ici", "site": "L’Agora", "tagline": "t", "description": "d", "address": "1 place du Marché"},
    "publication": {"base_url": "https://ici.example", "repository": "https://forge.example/ici"},
    "podcast": {"title": "Radio", "description": "d", "author": "Des voisins", "email": "r@ici.example"},
    "offices": [{"id": "conseil", "name": "Conseil municipal"}],
    "quarters": [{"id": "centre", "name": "Centre"}],
})  # fmt: skip
RULES = {"announced": "2016-05-15", "who": "Tous.", "how": "Ici.", "use": "Lues.", "decides": "Le conseil."}
CAMPAIGN = {
    "title": "Un parc", "summary": "s", "question": "Quel parc ?", "opens": "2016-06-01", "closes": "2016-07-31",
    "level": "consult", "rules": {**RULES, "reply_within_days": 30},
}  # fmt: skip
DEBATE = {
    "title": "Les allées", "question": "Quelles allées ?", "opens": "2016-06-01", "closes": "2016-07-31",
    "themes": [{"id": "sol", "title": "Le sol"}], "documents": ["plan"],
}  # fmt: skip
MEETING = {
    "title": "Balade",
    "kind": "walk",
    "status": "confirmed",
    "date": "2016-06-20",
    "location": PLACE,
    "host": "Nous",
}


def _entry(folder: str, slug: str, model: type[Model], values: dict[str, object], body: str = "") -> Entry[Any]:
    return Entry(slug, "parc", f"content/campaigns/parc/{folder}/{slug}.md", model.model_validate(values), body)


def _said(slug: str, body: str, **values: object) -> Entry[Contribution]:
    date = f"{slug[:4]}-{slug[4:6]}-{slug[6:8]}"
    defaults = {"debate": "allees", "date": date, "voice": "individual", "channel": "web", "theme": "sol"}
    return _entry("contributions", slug, Contribution, {**defaults, **values}, body)


SAID = (
    _said(PAPER, "Du <b>sable</b>.", channel="paper", position="for", name="Un voisin", quarter="centre"),
    _said(GROUP, "Du pavé.", voice="collective", group="Le comité", people=12, position="against", title="Pavons"),
    _said(REPLY, "Ni l’un ni l’autre.", reply_to=PAPER, theme=None, workshop="balade"),
)
PLAN = {"title": "Le plan", "kind": "plan", "date": "2016-05-01", "file": "plan.pdf"}
KIT = {"title": "Une table", "purpose": "participation", "summary": "s"}
DECISION = {
    "title": "Du sable", "date": "2016-08-20", "by": "conseil", "summary": "s", "documents": ["plan"],
    "considered": [{"contribution": PAPER, "outcome": "partly", "why": "Moitié sable."}],
    "progress": [{"date": "2016-08-25", "text": "Livré.", "status": "started"}],
}  # fmt: skip
EPISODE = {
    "title": "Pas à pas", "date": "2016-06-10", "summary": "s", "audio": "pas.mp3", "number": 1,
    "chapters": [{"start": "1:05", "title": "Le sable"}], "people": [{"role": "host", "name": "Une voisine"}],
}  # fmt: skip
FULL = Microsite(
    campaign=_entry("", "parc", Campaign, CAMPAIGN),
    timeline=None,
    map=None,
    debates=(_entry("debates", "allees", Debate, DEBATE, "Le contexte."),),
    workshops=(_entry("workshops", "balade", Workshop, MEETING, "Venez."),),
    places=(),
    resources=(_entry("resources", "plan", Resource, PLAN),),
    kits=(_entry("kits", "table", Kit, KIT, "À imprimer."),),
    episodes=(_entry("episodes", "pas", Episode, EPISODE, "Bonjour."),),
    decisions=(_entry("decisions", "sable", Decision, DECISION),),
)  # fmt: skip
EMPTY = Microsite(_entry("", "parc", Campaign, {**CAMPAIGN, "rules": None}), None, None, (), (), (), (), (), (), ())


def _pages(microsite: Microsite, today: datetime.date) -> dict[str, str]:
    """Render every inner page of a one-campaign city."""
    mp3, pdf = "content/campaigns/parc/episodes/pas.mp3", "content/campaigns/parc/resources/plan.pdf"
    microsite, said = with_threads(microsite, SAID if microsite is FULL else ())
    site = Site(CONFIG, (), (microsite,), (mp3, pdf), {mp3: AudioFacts(9000, 125.0)}, sizes={mp3: 9000, pdf: 184_000})
    theme = Theme((base_theme(),), Frame(CONFIG, (), has_map=False, has_radio=True, as_of=None))
    return {item.path: item.bytes(theme).decode() for item in declared(MODULES, site, today, said)}


@pytest.fixture(scope="module")
def during() -> dict[str, str]:
    return _pages(FULL, OPEN)


@pytest.fixture(scope="module")
def after() -> dict[str, str]:
    return _pages(FULL, CLOSED)


def _words(page: str) -> str:
    """Give the words of a page's content, on one line."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def test_the_first_and_last_days_of_a_consultation_are_open_days() -> None:
    meta = FULL.campaign.meta
    days = ("2016-05-31", "2016-06-01", "2016-07-31", "2016-08-01")
    states = [campaign_state(meta, datetime.date.fromisoformat(text)) for text in days]
    assert states == ["upcoming", "open", "open", "closed"]
    assert debate_state(FULL.debates[0].meta, FULL.campaign.meta, datetime.date(2016, 8, 1)) == "closed"


def test_a_consultation_without_a_closing_day_stays_open() -> None:
    meta = Campaign.model_validate({**CAMPAIGN, "closes": None})
    assert campaign_state(meta, datetime.date(2050, 1, 1)) == "open"


@pytest.mark.parametrize(
    ("status", "today", "state"),
    [
        ("confirmed", "2016-06-21", "confirmed"),  # it lasts until the 21st
        ("confirmed", "2016-06-22", "past"),
        ("proposed", "2016-06-22", "past"),
        ("held", "2016-06-22", "held"),
        ("cancelled", "2016-06-22", "cancelled"),
    ],
)
def test_a_meeting_is_past_when_its_last_day_went_by_without_a_report(status: str, today: str, state: str) -> None:
    meta = Workshop.model_validate({**MEETING, "status": status, "end_date": "2016-06-21"})
    assert workshop_state(meta, datetime.date.fromisoformat(today)) == state


def test_a_period_is_current_on_both_its_days() -> None:
    first, last = datetime.date(2016, 6, 1), datetime.date(2016, 6, 30)
    days = [datetime.date(2016, 5, 31), first, last, datetime.date(2016, 7, 1)]
    assert [tense(first, last, day) for day in days] == ["coming", "current", "current", "past"]


def test_collective_voices_are_counted_apart_and_never_added() -> None:
    counts = voices(SAID)
    assert (counts.individual, counts.collective, counts.people) == (2, 1, 12)
    assert dict(counts.channels) == {"web": 2, "paper": 1}
    sides = {side: (count.individual, count.collective) for side, count in by_position(SAID)}
    assert sides == {"for": (1, 0), "against": (0, 1), "neutral": (0, 0), None: (1, 0)}


def test_coming_meetings_come_first_by_month_and_a_cancelled_one_cannot_be_gone_to() -> None:
    def meeting(slug: str, **values: object) -> Entry[Workshop]:
        return _entry("workshops", slug, Workshop, {**MEETING, **values})

    workshops = (
        meeting("juillet", date="2016-07-02"), meeting("juin"),
        meeting("annulee", date="2016-06-16", status="cancelled"),
        meeting("tenue", date="2016-06-14", status="held"), meeting("vieille", date="2016-01-01"),
    )  # fmt: skip
    microsite = Microsite(FULL.campaign, None, None, FULL.debates, workshops, (), (), (), (), ())
    found = agenda(meetings(microsite, OPEN))
    assert [[item.entry.slug for item in month.meetings] for month in found.coming] == [
        ["annulee", "juin"],
        ["juillet"],
    ]
    assert [item.entry.slug for item in found.past] == ["tenue", "vieille"]
    assert [item.entry.slug for item in next_meetings(microsite, OPEN)] == ["juillet", "juin"]


def test_a_section_with_nothing_in_it_has_neither_page_nor_link_but_debates_agenda_kits_questions_data() -> None:
    paths = {path for path in _pages(EMPTY, CLOSED) if path.startswith("campagnes/")}
    assert paths == {URLS.part("parc", name) for name in ("debates", "agenda", "kits", "questions", "data")}
    assert {section.target for section in sections(EMPTY, URLS)} == paths


def test_every_section_linked_has_its_page(during: dict[str, str]) -> None:
    assert {section.target for section in sections(FULL, URLS)} <= set(during)


@pytest.mark.parametrize("today", [OPEN, CLOSED])
@pytest.mark.parametrize("microsite", [FULL, EMPTY])
def test_every_page_parses_with_one_title_and_no_skipped_heading(microsite: Microsite, today: datetime.date) -> None:
    for path, page in _pages(microsite, today).items():
        if not path.endswith(".html"):
            continue
        parser = html5lib.HTMLParser()
        parser.parse(page)
        assert not parser.errors, path
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels.count(1) == 1, path
        assert all(later <= former + 1 for former, later in pairwise(levels)), path
        ids = re.findall(r'\sid="([^"]*)"', page)
        assert len(ids) == len(set(ids)), path
        assert "style=" not in page, path


def test_a_debate_shows_both_kinds_of_voice_side_by_side_with_their_counts(during: dict[str, str]) -> None:
    words = _words(during[URLS.item("parc", "debates", "allees")])
    assert "Quelles allées" in words
    assert "1 contribution collective au nom de 12 personnes" in words
    assert "1 contribution individuelle" in words
    assert words.index("Le sol") < words.index("Autres sujets")


def test_an_open_debate_says_how_to_take_part_and_a_closed_one_what_came_of_it(
    during: dict[str, str], after: dict[str, str]
) -> None:
    path = URLS.item("parc", "debates", "allees")
    assert 'id="participer"' in during[path]
    for way in ("Balade", "Une table", "1 place du Marché", "https://forge.example/ici"):
        assert way in during[path]
    assert 'id="participer"' not in after[path]
    assert "Du sable" in after[path].split('id="suites"')[1]


def test_a_contribution_keeps_its_words_letter_for_letter(during: dict[str, str]) -> None:
    page = during[URLS.item("parc", "contributions", PAPER)]
    assert "Du &lt;b&gt;sable&lt;/b&gt;." in page
    assert "<bdi>Un voisin</bdi>" in page


def test_a_contribution_tells_what_came_of_it_and_who_replied(during: dict[str, str]) -> None:
    words = _words(during[URLS.item("parc", "contributions", PAPER)])
    assert "Moitié sable." in words
    assert "1 réponse" in words
    reply = during[URLS.item("parc", "contributions", REPLY)]
    assert f"../{PAPER}/index.html" in reply
    assert "Aucune décision" in _words(reply)


def test_a_meeting_whose_day_went_by_says_that_its_report_is_awaited(after: dict[str, str]) -> None:
    words = _words(after[URLS.item("parc", "workshops", "balade")])
    assert "compte rendu est attendu" in words
    assert "Ajouter à votre calendrier" not in words


def test_a_link_to_a_file_tells_its_kind_and_size(during: dict[str, str]) -> None:
    assert "PDF, 184 ko" in _words(during[URLS.part("parc", "resources")])
    assert "MP3, 9 ko" in _words(during[URLS.item("parc", "episodes", "pas")])


def test_an_episode_is_heard_by_a_native_player_that_loads_nothing_before(during: dict[str, str]) -> None:
    page = during[URLS.item("parc", "episodes", "pas")]
    assert '<audio controls preload="none"' in page
    assert "pas.mp3#t=65" in page
    assert "chapitres.json" in page
    assert "transcription.txt" in page


def test_an_episode_that_is_not_aired_yet_cannot_be_played() -> None:
    page = _pages(FULL, datetime.date(2016, 6, 9))[URLS.item("parc", "episodes", "pas")]
    assert "<audio" not in page
    assert "10 juin 2016" in _words(page)


def test_a_decision_says_who_decided_and_what_came_of_each_contribution(after: dict[str, str]) -> None:
    words = _words(after[URLS.item("parc", "decisions", "sable")])
    for said in ("Conseil municipal", "20 août 2016", "Retenue en partie", "Moitié sable.", "Livré."):
        assert said in words


def test_the_rules_are_told_one_by_one(during: dict[str, str]) -> None:
    words = _words(during[URLS.part("parc", "rules")])
    for said in ("15 mai 2016", "Tous.", "Lues.", "Le conseil.", "30 jours"):
        assert said in words
