"""Questions, answers, the dashboard and the moderation log: what their pages and feeds say, on which day."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from typing import Any

import feedparser
import html5lib
import pytest
from sites import declared, with_threads

from agora_build.build.fingerprints import Fingerprints
from agora_build.config import Config
from agora_build.content.models import (
    Answer,
    Campaign,
    Contribution,
    Debate,
    Decision,
    Model,
    Moderation,
    Question,
    Resource,
)
from agora_build.content.site import Entry, Microsite, Site
from agora_build.outputs import (
    contribution_pages,
    decision_pages,
    followup_pages,
    front_pages,
    moderation_pages,
    question_feeds,
    question_pages,
    rules_pages,
)
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, Theme, base_theme
from agora_build.urls import Urls

MODULES = (
    contribution_pages, decision_pages, followup_pages, moderation_pages, question_feeds, question_pages, rules_pages,
    front_pages,
)  # fmt: skip
URLS = Urls("fr")
BASE = "https://ici.example"
CONFIG = Config.model_validate({
    "city": {"name": "Ici", "site": "L’Agora", "tagline": "t", "description": "d", "address": "1 place du Marché"},
    "publication": {"base_url": BASE, "repository": "https://forge.example/ici"},
    "offices": [{"id": "conseil", "name": "Conseil municipal"}, {"id": "voirie", "name": "La voirie"}],
    "quarters": [{"id": "centre", "name": "Centre"}],
})  # fmt: skip
RULES = {"announced": "2016-05-15", "who": "Tous.", "how": "Ici.", "use": "Lues.", "decides": "Le conseil."}
CAMPAIGN = {
    "title": "Un parc", "summary": "s", "question": "Quel parc ?", "opens": "2016-06-01", "closes": "2016-07-31",
    "level": "consult", "rules": {**RULES, "reply_within_days": 30},
}  # fmt: skip
BENCH, LAMP, TREE, SAID = "20160602-aaaaaaaa", "20160603-bbbbbbbb", "20160805-cccccccc", "20160604-dddddddd"
WAITING, OVERDUE, LATER = datetime.date(2016, 7, 2), datetime.date(2016, 7, 3), datetime.date(2016, 10, 1)


def _entry(folder: str, slug: str, model: type[Model], values: dict[str, object], body: str = "") -> Entry[Any]:
    return Entry(slug, "parc", f"content/campaigns/parc/{folder}/{slug}.md", model.model_validate(values), body)


def _question(slug: str, body: str, **values: object) -> Entry[Question]:
    date = f"{slug[:4]}-{slug[4:6]}-{slug[6:8]}"
    usual = {"to": "voirie", "date": date, "voice": "individual", "channel": "paper"}
    return _entry("questions", slug, Question, {**usual, **values}, body)


def _answer(slug: str, day: str, body: str, **values: object) -> Entry[Answer]:
    return _entry("answers", slug, Answer, {"by": "voirie", "date": day, **values}, body)


QUESTIONS = (
    _question(BENCH, "Où sont les <b>bancs</b> ? Dites-le *vite*.", title="Des <bancs> ?", name="Une voisine"),
    _question(LAMP, "Qui éteint ?", voice="collective", group="L’immeuble", people=40, to="conseil", decision="sable"),
    _question(TREE, "Et les arbres ?", channel="web", stage="works"),
)
ANSWERS = (
    _answer(
        LAMP, "2016-06-13", "Le **conseil**. Voir [le plan](../resources/plan.md).", by="conseil", documents=["plan"]
    ),
    _answer(BENCH, "2016-09-01", "Livrés en <octobre."),
    _answer(SAID, "2016-06-20", "Nous y allons."),
)
DECISION = {
    "title": "Du sable", "date": "2016-08-20", "by": "conseil", "summary": "s",
    "considered": [{"contribution": SAID, "outcome": "not", "why": "Trop cher."}],
    "progress": [
        {"date": "2016-08-25", "text": "Livré.", "status": "started"},
        {"date": "2016-12-25", "text": "Fini.", "status": "done"},
    ],
}  # fmt: skip
CONTRIBUTION = {"debate": "allees", "date": "2016-06-04", "voice": "individual", "channel": "web"}
DEBATE = {"title": "Les allées", "question": "Quelles allées ?", "opens": "2016-06-01", "closes": "2016-07-31"}
LOG = {
    "withdrawn": [
        {"id": "20160610-eeeeeeee", "date": "2016-06-11", "by": "voirie", "reason": "Un nom <b>propre</b>."},
        {"id": "20160611-ffffffff", "kind": "question", "date": "2016-06-12", "reason": "Une publicité."},
    ]
}


def _site(**changed: Any) -> tuple[Site, dict[Any, Any]]:
    """Make a city of one campaign, with what was asked and said in it."""
    usual: dict[str, Any] = {
        "campaign": _entry("", "parc", Campaign, CAMPAIGN),
        "timeline": None,
        "map": None,
        "debates": (_entry("debates", "allees", Debate, DEBATE),),
        "workshops": (),
        "places": (),
        "resources": (
            _entry("resources", "plan", Resource, {"title": "Le plan", "kind": "plan", "date": "2016-05-01"}),
        ),
        "kits": (),
        "episodes": (),
        "decisions": (_entry("decisions", "sable", Decision, DECISION),),
        "questions": QUESTIONS,
        "answers": ANSWERS,
        "moderation": Moderation.model_validate(LOG),
    }
    said = _entry("contributions", SAID, Contribution, CONTRIBUTION, "Du sable.")
    microsite, threads = with_threads(Microsite(**{**usual, **changed}), (said,))
    return Site(CONFIG, (), (microsite,), (), {}), threads


def _outputs(day: datetime.date, **changed: Any) -> dict[str, Output[Any]]:
    site, threads = _site(**changed)
    found = declared(MODULES, site, day, threads)
    made = {output.path: output for output in found}
    assert len(made) == len(found), "two outputs at one path"
    return made


def _files(day: datetime.date, **changed: Any) -> dict[str, bytes]:
    theme = Theme((base_theme(),), Frame(CONFIG, (), has_map=False, has_radio=False, as_of=None))
    return {path: output.bytes(theme) for path, output in _outputs(day, **changed).items()}


def _words(page: bytes) -> str:
    main = page.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def _page(question: str) -> str:
    return URLS.item("parc", "questions", question)


@pytest.fixture(scope="module")
def after() -> dict[str, bytes]:
    return _files(LATER)


@pytest.mark.parametrize("day", [WAITING, OVERDUE, LATER])
def test_every_page_parses_with_one_title_and_no_skipped_heading(day: datetime.date) -> None:
    empty = {"questions": (), "answers": (), "decisions": (), "moderation": None}
    for files in (_files(day), _files(day, **empty)):
        for path, page in files.items():
            if not path.endswith(".html"):
                continue
            parser = html5lib.HTMLParser()
            parser.parse(page.decode())
            assert not parser.errors, path
            levels = [int(level) for level in re.findall(rb"<h([1-6])\b", page)]
            assert levels.count(1) == 1, path
            assert all(later <= former + 1 for former, later in pairwise(levels)), path
            ids = re.findall(rb'\sid="([^"]*)"', page)
            assert len(ids) == len(set(ids)), path


def test_a_question_waits_until_its_deadline_then_is_overdue_then_is_answered() -> None:
    waiting, overdue, later = (_words(_files(day)[_page(BENCH)]) for day in (WAITING, OVERDUE, LATER))
    assert "En attente Réponse due le 2 juillet 2016 au plus tard." in waiting
    assert "En retard La réponse était due le 2 juillet 2016 au plus tard." in overdue
    assert "Réponse tardive Réponse donnée le 1er septembre 2016" in later
    assert "après 91 jours" in later
    assert "octobre" not in overdue, "the answer is of September"


def test_a_new_day_makes_again_only_what_changed_state() -> None:
    """From the last day in time to the day after, the pages that speak of the question are made again, no other."""

    def prints(day: datetime.date) -> dict[str, str]:
        fingerprints = Fingerprints("")
        return {path: fingerprints.of(output) for path, output in _outputs(day).items()}

    before, then, next_day = prints(WAITING), prints(OVERDUE), prints(OVERDUE + datetime.timedelta(1))
    assert then == next_day
    assert {path for path in then if then[path] != before[path]} == {
        _page(BENCH), URLS.part("parc", "questions"), URLS.section("followup"), URLS.overdue_feed(), URLS.home(),
        URLS.campaign("parc"),
    }  # fmt: skip


def test_a_question_is_the_words_of_its_author_and_the_answer_is_staff_prose(after: dict[str, bytes]) -> None:
    page = after[_page(BENCH)].decode()
    assert "Où sont les &lt;b&gt;bancs&lt;/b&gt;" in page
    assert "<bdi>Des &lt;bancs&gt;" in page
    reply = after[_page(LAMP)].decode()
    assert "<strong>conseil</strong>" in reply
    assert 'href="../../ressources/plan/index.html"' in reply
    words = _words(after[_page(LAMP)])
    for said in ("L’immeuble", "40 personnes", "Voix collective", "Conseil municipal", "Le plan", "Du sable"):
        assert said in words


def test_the_list_says_what_is_owed_first_and_counts_voices_apart(after: dict[str, bytes]) -> None:
    words = _words(after[URLS.part("parc", "questions")])
    places = [
        words.index(said) for said in ("Et les arbres ?", "Réponses données", "Des &lt;bancs&gt; ?", "Qui éteint ?")
    ]
    assert places == sorted(places)
    assert "2 voix individuelles 1 voix collective (40 personnes s’y expriment)" in words
    assert "1 En retard 0 En attente 2 Réponse donnée (dont 1 en retard)" in words
    for way in ("1 place du Marché", "content/campaigns/parc/questions/"):
        assert way in words
    assert (
        URLS.item("parc", "contributions", SAID).partition("parc/")[2] in after[URLS.part("parc", "questions")].decode()
    )


def test_a_campaign_without_a_deadline_has_nothing_late() -> None:
    free = _entry("", "parc", Campaign, {**CAMPAIGN, "rules": RULES})
    files = _files(LATER, campaign=free)
    assert "0 En retard 1 En attente 2 Réponse donnée" in _words(files[URLS.part("parc", "questions")])
    assert "Les règles de cette concertation ne fixent pas de délai" in _words(files[_page(TREE)])
    assert feedparser.parse(files[URLS.overdue_feed()]).entries == []


def test_a_campaign_where_nobody_asked_says_how_to(after: dict[str, bytes]) -> None:
    words = _words(_files(LATER, questions=(), answers=ANSWERS[2:])[URLS.part("parc", "questions")])
    assert "Personne n’a encore posé de question" in words
    assert "Poser une question" in words
    assert "Poser une question" in _words(after[URLS.part("parc", "questions")])


def test_the_stage_is_as_written_or_follows_from_the_dates(after: dict[str, bytes]) -> None:
    assert "Étape Pendant les travaux" in _words(after[_page(TREE)])
    assert "Étape Pendant la concertation" in _words(after[_page(BENCH)])
    early = _question("20160501-aaaaaaaa", "Quand ?")
    assert "Étape Avant la concertation" in _words(_files(LATER, questions=(early,), answers=())[_page(early.slug)])


def test_a_contribution_shows_its_answer_from_its_day_on_and_what_came_of_it(after: dict[str, bytes]) -> None:
    path = URLS.item("parc", "contributions", SAID)
    words = _words(after[path])
    assert "La réponse de la Ville La voirie · 20 juin 2016 Nous y allons." in words
    assert "Trop cher." in words
    assert "Nous y allons." not in _words(_files(datetime.date(2016, 6, 19))[path])


def test_a_decision_and_the_questions_on_it_lead_to_each_other(after: dict[str, bytes]) -> None:
    assert f"../../questions/{LAMP}/index.html" in after[URLS.item("parc", "decisions", "sable")].decode()
    assert "../../decisions/sable/index.html" in after[_page(LAMP)].decode()


def test_the_dashboard_counts_by_office_and_says_how_far_decisions_are(after: dict[str, bytes]) -> None:
    words = _words(after[URLS.section("followup")])
    assert "Conseil municipal 0 0 1 10 jours" in words
    assert "La voirie 1 0 1 (dont 1 en retard) 91 jours" in words
    assert "Commencé Du sable" in words
    assert "Dernière étape : 25 août 2016" in words, "the next step is of December"
    assert "Fini" not in words


def test_the_log_says_when_and_why_and_never_what(after: dict[str, bytes]) -> None:
    page = after[URLS.part("parc", "moderation")]
    words = _words(page)
    assert "Une contribution, retirée le 11 juin 2016 Un nom &lt;b&gt;propre&lt;/b&gt;. La voirie" in words
    assert words.index("Une publicité.") < words.index("Un nom"), "the last first"
    assert "2 retraits" in _words(after[URLS.part("parc", "rules")])
    bare = _files(LATER, moderation=None)
    assert URLS.part("parc", "moderation") not in bare
    assert "Ce qui a été refusé, retiré ou effacé Rien" in _words(bare[URLS.part("parc", "rules")])


def test_the_feeds_of_answers_give_each_answer_once_newest_first(after: dict[str, bytes]) -> None:
    own, city = (feedparser.parse(after[path]) for path in (URLS.answers_feed("parc"), URLS.answers_feed()))
    assert not own.bozo
    titles = [entry.title for entry in own.entries]
    assert titles == ["Réponse : Des <bancs> ?", "Réponse à une contribution : Un parc", "Réponse : Qui éteint ?"]
    assert [entry.id for entry in own.entries] == [entry.id for entry in city.entries]
    assert own.entries[0].link == f"{BASE}/campagnes/parc/questions/{BENCH}/"
    assert own.entries[1].link == f"{BASE}/campagnes/parc/contributions/{SAID}/"
    assert "Livrés en &lt;octobre." in own.entries[0].content[0].value
    assert own.feed.updated == "2016-09-01T12:00:00+02:00"
    assert own.feed.title == "Réponses : Un parc – L’Agora"


def test_the_feed_of_what_is_overdue_empties_as_answers_come() -> None:
    def names(day: datetime.date) -> list[str]:
        return [entry.title for entry in feedparser.parse(_files(day)[URLS.overdue_feed()]).entries]

    assert names(WAITING) == []
    assert names(OVERDUE) == ["Toujours sans réponse : Des <bancs> ?"]
    assert names(LATER) == ["Toujours sans réponse : Et les arbres ?"]


def test_a_question_has_a_feed_of_its_own(after: dict[str, bytes]) -> None:
    parsed = feedparser.parse(after[URLS.question_feed("parc", LAMP)])
    assert [entry.title for entry in parsed.entries] == ["Réponse : Qui éteint ?", "Question : Qui éteint ?"]
    assert parsed.feed.updated == "2016-06-13T12:00:00+02:00"
    waiting = feedparser.parse(after[URLS.question_feed("parc", TREE)])
    assert [entry.title for entry in waiting.entries] == ["Question : Et les arbres ?"]


def test_what_people_write_breaks_no_feed() -> None:
    """Markup, entities, control characters and a text without an end stay words."""
    hostile = "A\x0b <script>x</script><b>&amp;</b> ]]> \u202e {x} %s"
    files = _files(
        LATER,
        questions=(_question(BENCH, hostile * 40, title=hostile), _question(TREE, "x" * 5_000)),
        answers=(_answer(BENCH, "2016-07-01", f"*Oui* {hostile}"),),
    )
    for path in (URLS.answers_feed("parc"), URLS.overdue_feed(), URLS.question_feed("parc", BENCH)):
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo, path
        assert parsed.entries, path
        for entry in parsed.entries:
            assert "<b>" not in entry.content[0].value
            assert len(entry.title) < 250
    assert b"<script" not in files[_page(BENCH)].split(b"<main")[1].split(b"</main")[0]
