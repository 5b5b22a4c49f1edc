"""A campaign's timeline: its steps join by themselves, and become the data of the drawn timeline."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from agora_build.config import Config
from agora_build.content.models import Campaign, Debate, Decision, Timeline, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.steps import KINDS, STATUSES, TimelineStep, current_step, merged_steps
from agora_build.outputs import timelines
from agora_build.rendering.theme import Frame, Theme, base_theme
from agora_build.urls import Urls

TODAY = datetime.date(2016, 6, 15)
FOLDER = "content/campaigns/parc"
PLACE = {"name": "Maison du parc", "lat": 48.89, "lon": 2.2}
CAMPAIGN = {
    "title": "Un parc pour tous", "summary": "Deux phrases.", "question": "Quel parc ?", "opens": "2016-06-01",
    "closes": "2016-07-31", "level": "consult",
    "rules": {"announced": "2016-05-15", "who": "a", "how": "b", "use": "c", "decides": "d"},
}  # fmt: skip
STEPS = [
    {"start": "2016-03", "title": "Étude du sol", "kind": "study", "text": "Lire [le débat](debates/allees.md)."},
    {"start": "2016-06-10", "end": "2016-06-20", "title": "Exposition", "illustrative": True},
    {"start": "2018", "end": "2019-06", "title": "Chantier", "kind": "works"},
]
TEXTS = {
    "To come": "À venir", "Past": "Passé", "Under way": "En cours", "Walk": "Balade", "Cancelled": "Annulé",
    "Illustrative content": "Contenu d’exemple", "Opening of the consultation": "Ouverture de la concertation",
    "Show less than {start} to {end}": "Montrer moins que de {start} à {end}", "Meetings": "Rencontres",
}  # fmt: skip


def microsite(campaign: dict[str, object] | None = None, steps: list[dict[str, object]] | None = None) -> Microsite:
    """A small campaign with one of everything that joins the timeline."""

    def entry(kind: type, name: str, meta: dict[str, object]) -> Entry:
        path = f"{FOLDER}/{name}.md"
        slug = name.rpartition("/")[2] if "/" in name else "parc"
        return Entry(slug, "parc", path, kind.model_validate(meta), "")

    return Microsite(
        campaign=entry(Campaign, "campaign", CAMPAIGN | (campaign or {})),
        timeline=Timeline.model_validate({"steps": STEPS if steps is None else steps}),
        map=None,
        debates=(
            entry(Debate, "debates/allees", {"title": "Les allées", "question": "Où passer ?", "opens": "2016-06-02"}),
            entry(
                Debate, "debates/jeux",
                {"title": "Les jeux", "question": "Lesquels ?", "opens": "2016-06-05", "closes": "2016-07-01",
                 "method": "priorities"},
            ),
        ),
        workshops=(
            entry(
                Workshop, "workshops/tour",
                {"title": "Le tour du parc", "kind": "walk", "status": "cancelled", "date": "2016-06-02",
                 "starts": "18:30", "location": PLACE, "host": "La Ville", "cancelled_because": "Orage annoncé"},
            ),
        ),
        places=(), resources=(), kits=(), episodes=(),
        decisions=(
            entry(
                Decision, "decisions/bancs",
                {"title": "Cent bancs", "date": "2016-09-01", "by": "conseil", "summary": "Ils seront posés.",
                 "progress": [{"date": "2017-01-10", "text": "Posés au *nord*.", "status": "done"}]},
            ),
        ),
    )  # fmt: skip


def steps_of(site: Microsite, today: datetime.date = TODAY) -> tuple[TimelineStep, ...]:
    return merged_steps(site, Urls("fr"), today)


@pytest.fixture
def site() -> Site:
    config = Config.model_validate({
        "city": {"name": "Ville", "site": "Agora", "tagline": "t", "description": "d"},
        "publication": {"base_url": "https://agora.example"},
    })  # fmt: skip
    return Site(config, (), (microsite(),), (), {})


@pytest.fixture
def theme(site: Site, tmp_path: Path) -> Theme:
    """The base theme, with the few words that these tests look at."""
    (tmp_path / "translations").mkdir()
    lines = ['msgid ""', 'msgstr "Content-Type: text/plain; charset=utf-8\\n"', ""]
    lines += [f'msgid "{msgid}"\nmsgstr "{text}"\n' for msgid, text in TEXTS.items()]
    (tmp_path / "translations" / "fr.po").write_text("\n".join(lines), "utf-8")
    return Theme((tmp_path, base_theme()), Frame(site.config, (), False, False, None))


def test_everything_dated_joins_in_the_order_of_its_dates() -> None:
    steps = steps_of(microsite())
    assert [(str(step.first), step.kind) for step in steps] == [
        ("2016-03-01", "study"), ("2016-05-15", "rules"), ("2016-06-01", "opening"),
        ("2016-06-02", "debate-opening"), ("2016-06-02", "walk"), ("2016-06-05", "vote-opening"),
        ("2016-06-10", "milestone"), ("2016-07-01", "vote-closing"), ("2016-07-31", "closing"),
        ("2016-09-01", "decision"), ("2017-01-10", "progress"), ("2018-01-01", "works"),
    ]  # fmt: skip
    assert len({step.id for step in steps}) == len(steps)


def test_every_kind_and_status_has_a_label() -> None:
    for step in steps_of(microsite()):
        assert step.kind in KINDS
        assert step.label
    walk = next(step for step in steps_of(microsite()) if step.kind == "walk")
    assert (walk.status_label, walk.text, walk.title) == (STATUSES["cancelled"], "Orage annoncé", "Le tour du parc")


def test_a_written_milestone_says_the_opening_of_its_day_better() -> None:
    written = [
        {"start": "2016-06-01", "title": "Lancement sur la place"},
        {"start": "2016-05-15", "title": "Règles affichées", "kind": "publication"},
        {"start": "2016-07", "title": "Clôture en juillet"},
        {"start": "2016-07-31", "title": "Conseil", "kind": "council"},
    ]
    kinds = [step.kind for step in steps_of(microsite(steps=written))]
    assert "opening" not in kinds
    assert "rules" not in kinds
    assert "closing" in kinds


def test_steps_of_one_date_have_different_ids_and_never_those_of_a_day() -> None:
    written = [{"start": "2016-03", "title": str(rank)} for rank in range(3)] + [{"start": "2016-03-02", "title": "d"}]
    ids = [step.id for step in steps_of(microsite(steps=written)) if step.kind == "milestone"]
    assert ids == ["2016-03", "2016-03-002", "2016-03-003", "2016-03-02"]


def test_tense_follows_the_whole_period_and_is_told_in_words() -> None:
    by_kind = {step.kind: step for step in steps_of(microsite())}
    assert [(by_kind[kind].tense, by_kind[kind].tense_label) for kind in ("study", "milestone", "works")] == [
        ("past", "Past"), ("current", "Under way"), ("coming", "To come"),
    ]  # fmt: skip
    assert by_kind["works"].last == datetime.date(2019, 6, 30)
    month = steps_of(microsite(steps=[{"start": "2016-06", "title": "Juin"}]))
    assert next(step for step in month if step.title == "Juin").tense_label == "This month"


@pytest.mark.parametrize(
    ("today", "kind"),
    [((2016, 6, 15), "milestone"), ((2016, 6, 25), "vote-closing"), ((2015, 1, 1), "study"), ((2030, 1, 1), "works")],
)
def test_the_timeline_opens_at_what_is_under_way_else_next_else_last(today: tuple[int, int, int], kind: str) -> None:
    steps = steps_of(microsite(), datetime.date(*today))
    assert steps[current_step(steps)].kind == kind


def test_each_campaign_gets_a_script_and_a_json_with_the_same_data(site: Site, theme: Theme) -> None:
    made = {item.path: item.bytes(theme).decode() for item in timelines.outputs(site, TODAY)}
    assert list(made) == ["campagnes/parc/frise/donnees.js", "campagnes/parc/frise/frise.json"]
    script, data = made.values()
    prefix = "(window.agora=window.agora||{}).timeline="
    loaded = json.loads(script.removeprefix(prefix).removesuffix(";\n"))
    assert loaded["data"] == json.loads(data)
    assert loaded["data"]["events"][loaded["start"]]["text"]["headline"] == "Exposition"
    assert loaded["words"]["zoom_in_hint"] == "Montrer moins que de ${start} à ${end}"
    assert loaded["tenses"]["workshop-tour"] == "past"


def test_events_say_dates_kinds_and_tenses_in_french(site: Site, theme: Theme) -> None:
    _, output = timelines.outputs(site, TODAY)
    data = json.loads(output.bytes(theme))
    events = {event["unique_id"]: event for event in data["events"]}
    assert events["2016-03"]["start_date"] == {"year": 2016, "month": 3}
    assert events["2016-03"]["display_date"] == "mars 2016"
    assert 'href="../debats/allees/index.html"' in events["2016-03"]["text"]["text"]
    assert events["2016-06-10"]["display_date"] == "du 10 au 20 juin 2016"
    assert "<li>En cours</li><li>Contenu d’exemple</li>" in events["2016-06-10"]["text"]["text"]
    assert events["2018"]["display_date"] == "2018 – juin 2019"
    walk = events["workshop-tour"]
    assert walk["display_date"] == "2 juin 2016, 18\u202fh\u202f30"
    assert walk["start_date"] == {"year": 2016, "month": 6, "day": 2, "hour": 18, "minute": 30}
    assert walk["text"]["headline"] == '<a href="../agenda/tour/index.html">Le tour du parc</a>'
    assert "<li>Balade</li><li>Annulé</li><li>Passé</li>" in walk["text"]["text"]
    assert walk["group"] == "Rencontres"
    assert "Ouverture de la concertation" in events["opening"]["text"]["headline"]
    assert data["eras"][0]["text"]["headline"] == "À venir"


def test_only_the_citys_own_media_reach_the_data(theme: Theme) -> None:
    written = [
        {"start": "2016-06-01", "title": "a", "picture": {"file": "media/plan.svg", "alt": "Le plan", "credit": "<b>"}},
        {"start": "2016-06-01", "title": "b", "audio": "media/voix.mp3"},
    ]
    steps = steps_of(microsite(steps=written))
    data = timelines.timeline_json(timelines.TimelineData("campagnes/parc/frise/index.html", steps), theme)
    media = [event["media"] for event in data["events"] if "media" in event]
    assert media == [
        {"url": "../media/plan.svg", "alt": "Le plan", "credit": "&lt;b&gt;"},
        {"url": "../media/voix.mp3"},
    ]


def test_no_text_can_leave_the_script(theme: Theme) -> None:
    """Titles are letters: they end no script, open no comment, and are not HTML."""
    hostile = [{"start": "2016", "title": "</script><!-- \u2028 <img src=x>", "text": "<iframe src=//x></iframe> a"}]
    steps = steps_of(microsite(steps=hostile))
    data = timelines.TimelineData("campagnes/parc/frise/index.html", steps)
    script = timelines.render_script(data, theme).decode()
    assert "<" not in script
    assert "\u2028" not in script
    event = next(e for e in timelines.timeline_json(data, theme)["events"] if e["unique_id"] == "2016")
    assert event["text"]["headline"].startswith("&lt;/script&gt;")
    assert "<iframe" not in event["text"]["text"]


def test_the_list_reads_well_alone(theme: Theme, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "list.html").write_text(
        '{% from "macros/timeline.html" import timeline with context %}{{ timeline(steps) }}', "utf-8"
    )
    html = theme.page("list.html", "campagnes/parc/frise/index.html", steps=steps_of(microsite())).decode()
    assert html.count("<li class=") == 12
    assert '<li class="step step--past step--cancelled" id="etape-workshop-tour">' in html
    assert '<time datetime="2016-06-02T18:30">2 juin 2016, 18\u202fh\u202f30</time>' in html
    assert '<a href="../agenda/tour/index.html">Le tour du parc</a>' in html
    assert '<span class="step__tense">À venir</span>' in html
    assert '<time datetime="2018">2018 – juin 2019</time>' in html
    assert "style=" not in html
