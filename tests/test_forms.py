"""Forms made from the models: what they ask, how they come back, what a city without an intake offers instead."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
from cities import minimal_city
from sites import built, declared, with_threads

from agora_build.config import Config
from agora_build.content import forms
from agora_build.content.fields import MAX_CITIZEN_TEXT
from agora_build.content.forms import EMPTY, FieldError, Filled, Form, Ground, campaign_forms, city_forms, forms_of
from agora_build.content.models import Campaign, Contribution, Debate, Map, Place, Question, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.intake.pages import Pages, Receipt, Standing
from agora_build.outputs import form_pages
from agora_build.rendering import form_page
from agora_build.rendering.theme import Frame, Theme, base_theme

DAY, AFTER = datetime.date(2017, 1, 20), datetime.date(2017, 9, 1)
SETTINGS: dict[str, Any] = {
    "city": {"name": "Ici", "site": "L’Agora", "tagline": "t", "description": "d", "address": "1 place du Marché"},
    "publication": {"base_url": "https://ici.example/agora", "repository": "https://forge.example/ici"},
    "map": {"lat": 48.89, "lon": 2.2, "south": 48.87, "west": 2.16, "north": 48.92, "east": 2.25},
    "intake": {},
    "offices": [{"id": "conseil", "name": "Conseil municipal"}],
    "quarters": [{"id": "centre", "name": "Centre"}],
}
CAMPAIGN = Campaign.model_validate({
    "title": "Un parc", "summary": "s", "question": "Quel parc ?", "opens": "2017-01-09", "closes": "2017-03-15",
    "level": "consult",
})  # fmt: skip
OPTIONS = [{"id": name, "title": name.upper()} for name in ("arbres", "bancs", "eau")]
BALLOTS: Mapping[str, dict[str, Any]] = {
    "points": {"kind": "points", "points": 10, "most": 6},
    "approval": {"kind": "approval", "choices": 2},
    "ranking": {"kind": "ranking", "choices": 2},
}
MAP = Map.model_validate({"title": "m", "layers": [{"id": "manque", "title": "Manque", "question": "Où ?"}]})
MODELS = {"contribution": Contribution, "question": Question, "place": Place, "workshop": Workshop}
PARTS = (forms.BODY, forms.CONTACT, "location")


def config(**more: object) -> Config:
    return Config.model_validate({key: value for key, value in {**SETTINGS, **more}.items() if value is not None})


def debate(slug: str, method: str, **more: object) -> Entry[Debate]:
    meta = {"title": slug, "question": "Quoi ?", "opens": "2017-01-09", "closes": "2017-03-15", "method": method}
    return Entry(slug, "parc", f"content/campaigns/parc/debates/{slug}.md", Debate.model_validate({**meta, **more}), "")


def sentence(number: int) -> Entry[Contribution]:
    slug = f"20170110-aaaaaa{number:02}"
    meta = {"debate": "phrases", "date": "2017-01-10", "voice": "individual", "channel": "web"}
    path = f"content/campaigns/parc/contributions/{slug}.md"
    return Entry(slug, "parc", path, Contribution.model_validate(meta), f"Phrase « {number} » <b>!")


DEBATES = (
    debate("raisons", "arguments", themes=[{"id": "sol", "title": "Le sol"}]),
    debate("phrases", "statements"),
    *(debate(kind, "priorities", options=OPTIONS, ballot=ballot) for kind, ballot in BALLOTS.items()),
    debate("oui", "referendum", ballot={"kind": "yes-no"}),
)
SENTENCES = {"phrases": tuple(sentence(number) for number in range(1, 46))}
ENTRY = Entry("parc", "parc", "content/campaigns/parc/campaign.md", CAMPAIGN, "")
GROUND = Ground(config(), ENTRY, DEBATES, (), MAP)
FORMS = {form.address: form for form in (*forms_of(GROUND, SENTENCES, DAY), *city_forms())}


@cache
def own_theme() -> Theme:
    return theme(config())


def theme(settings: Config | None = None, *, elsewhere: bool = False) -> Theme:
    if settings is None:
        return own_theme()
    frame = Frame(settings, (), has_map=True, has_radio=False, as_of=None)
    return Theme((base_theme(),), frame, elsewhere=elsewhere)


def names(form: Form) -> list[str]:
    return [field.name for field in form.fields]


def controls(page: bytes) -> dict[str, list[Any]]:
    """Give the controls of a page's form by name."""
    found: dict[str, list[Any]] = {}
    for element in html5lib.parse(page.decode(), namespaceHTMLElements=False).iter():
        if element.tag in ("input", "textarea", "select") and element.get("name"):
            found.setdefault(element.get("name"), []).append(element)
    return found


def test_every_kind_of_form_is_open() -> None:
    assert {form.kind for form in FORMS.values()} == {
        "contribution", "votes", "ballot", "workshop", "place", "question", "report", "erasure",
    }  # fmt: skip
    assert {"parc/contribution/raisons", "parc/votes/phrases/3", "parc/place/manque", "erasure"} <= FORMS.keys()


def test_after_a_consultation_one_may_still_ask_and_report() -> None:
    assert [form.kind for form in forms_of(GROUND, SENTENCES, AFTER)] == ["question", "report"]


@pytest.mark.parametrize("kind", MODELS)
def test_fields_are_those_of_the_model(kind: str) -> None:
    """A field that the model does not know would be asked for nothing."""
    for form in (form for form in FORMS.values() if form.kind == kind):
        for name in names(form):
            model, _, inner = name.partition(".")
            assert name in PARTS or model in MODELS[kind].model_fields, name
            assert not inner or inner in ("name", "address"), name


def test_limits_are_those_of_the_model() -> None:
    fields = {field.name: field for field in FORMS["parc/contribution/raisons"].fields}
    assert (fields["text"].limit, fields["text"].required) == (MAX_CITIZEN_TEXT, True)
    assert (fields["people"].kind, fields["people"].least, fields["people"].limit) == ("number", 1, 100_000)
    assert [choice.value for choice in fields["theme"].choices] == ["sol"]
    assert fields["voice"].required
    assert not fields["email"].required
    workshop = {field.name: field.kind for field in FORMS["parc/workshop"].fields}
    assert (workshop["date"], workshop["starts"], workshop["location"]) == ("day", "time", "point")


def test_sentences_come_twenty_a_page() -> None:
    pages = [FORMS["parc/votes/phrases"], FORMS["parc/votes/phrases/2"], FORMS["parc/votes/phrases/3"]]
    assert [len(form.fields) for form in pages] == [20, 20, 5]
    assert [(form.page, form.pages) for form in pages] == [(1, 3), (2, 3), (3, 3)]
    asked = [name.removeprefix(forms.STATEMENT) for form in pages for name in names(form)]
    assert asked == [entry.slug for entry in SENTENCES["phrases"]]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("points", ["option.arbres", "option.bancs", "option.eau", "code"]),
        ("approval", ["options", "code"]),
        ("ranking", ["rank.1", "rank.2", "code"]),
        ("oui", ["answer", "code"]),
    ],
)
def test_a_ballot_asks_what_its_kind_says(kind: str, asked: list[str]) -> None:
    form = FORMS[f"parc/ballot/{kind}"]
    assert names(form) == asked
    assert [field.name for field in form.fields if field.required] == ["code"], "a blank ballot is a ballot"


@pytest.mark.parametrize("address", FORMS)
def test_no_form_sends_more_than_thirty_fields(address: str) -> None:
    assert FORMS[address].most_pairs == 30


def test_a_ballot_of_many_options_says_how_much_it_sends() -> None:
    many = [{"id": f"o{number}", "title": "O"} for number in range(60)]
    ballot = debate("long", "priorities", options=many, ballot={"kind": "approval"})
    form = next(forms_of(Ground(config(), ENTRY, (ballot,), (), None), {}, DAY))
    assert form.kind == "ballot"
    assert form.most_pairs > 60


@pytest.mark.parametrize("address", FORMS)
def test_the_page_of_a_form_asks_each_field_once(address: str) -> None:
    """Each has a label; a trap that people leave empty; one place to send to, without any script."""
    form = FORMS[address]
    campaign = ENTRY if form.campaign else None
    page = form_page.render(form_page.form_page(form, campaign, config()), EMPTY, theme())
    tree = html5lib.parse(page.decode(), namespaceHTMLElements=False)
    found, (sent,) = controls(page), tree.findall(".//form")
    asked = {name for name in names(form) if name != "location"}
    points = {"location", "location.lat", "location.lon"} if "location" in names(form) else set()
    assert found.keys() == asked | points | {forms.TRAP}
    assert sent.get("action").endswith(f"envoi/{address}")
    assert sent.get("method") == "post"
    labelled = {element.get("for") for element in tree.iter("label")}
    for name in asked - {field.name for field in form.fields if field.kind == "choices"}:
        first = found[name][0]
        assert first.get("type") == "radio" or first.get("id") in labelled, name
    assert len(tree.findall(".//form//button[@class='button button--primary']")) == 1
    assert "Ce qui est personnel, et où cela va" in page.decode()


def test_a_form_comes_back_letter_for_letter() -> None:
    """Typography is for our words; those of people are not touched, spaces before « ! » either."""
    typed = "\n  Pourquoi ? « 5 % » </textarea><script>alert(1)</script> <3 é 🙂\nfin !  "
    filled = Filled({"text": (typed,), "title": ('1er "étage" ?',), "voice": ("collective",)})
    found = controls(Pages(theme()).form(FORMS["parc/contribution/raisons"], ENTRY, filled))
    assert found["text"][0].text == typed
    assert found["title"][0].get("value") == '1er "étage" ?'
    assert [radio.get("value") for radio in found["voice"] if radio.get("checked") is not None] == ["collective"]


def test_what_is_refused_is_said_twice_and_linked() -> None:
    errors = (FieldError("text", "missing"), FieldError("people", "out-of-range", {"sign": "≥", "limit": "1"}))
    pages, form = Pages(theme()), FORMS["parc/contribution/raisons"]
    page = pages.form(form, ENTRY, Filled({"voice": ("collective",)}, errors, {"token": "t", "key": "k"}))
    tree = html5lib.parse(page.decode(), namespaceHTMLElements=False)
    summary = next(element for element in tree.iter("div") if element.get("role") == "alert")
    links = [link.get("href") for link in summary.iter("a")]
    assert links == ["#c-text", "#c-people"]
    for link in links:
        (field,) = (element for element in tree.iter() if element.get("id") == link[1:])
        assert field.get("aria-invalid") == "true"
        described = field.get("aria-describedby").split()
        assert f"{link[1:]}-e" in described
        assert all(any(element.get("id") == name for element in tree.iter()) for name in described)
    assert controls(page)["token"][0].get("value") == "t"
    assert page.decode().count("<title>À corriger") == 1
    assert pages.message(form, errors[1]) == "Écrivez un nombre d’au moins 1."


@pytest.mark.parametrize("code", ["slow-down", "not-kept", "stale", "not-open", "captcha"])
def test_a_form_that_was_not_kept_gives_the_words_back(code: str) -> None:
    filled = Filled({"text": ("Gardez ceci.",)}, (FieldError("", code, {"seconds": "30"}),))
    page = Pages(theme()).form(FORMS["parc/contribution/raisons"], ENTRY, filled)
    assert controls(page)["text"][0].text == "Gardez ceci."
    assert "Ce n’est pas parti" in page.decode()
    assert "Cela ne peut pas être accepté tel quel" not in page.decode()


def test_a_click_on_the_map_is_a_point_of_the_city() -> None:
    """To the nearest pixel, there and back; a keyboard, which sends 0, 0, chooses nothing."""
    city = config()
    for x, y in ((320, 240), (200, 100), (410, 333)):
        point = form_page.point_clicked(city, x, y)
        assert point is not None
        filled = Filled({"location.lat": (str(point[0]),), "location.lon": (str(point[1]),)})
        page = form_page.form_page(FORMS["parc/place/manque"], ENTRY, city, filled=filled)
        assert page.map is not None
        assert page.map.spot == (x, y)
    assert form_page.point_clicked(city, 0, 0) is None
    assert form_page.point_clicked(city, 641, 10) is None


def test_the_middle_of_the_map_is_the_middle_of_the_city() -> None:
    point = form_page.point_clicked(config(), form_page.PLAN_WIDTH // 2, form_page.PLAN_HEIGHT // 2)
    assert point is not None
    assert point == pytest.approx((48.895, 2.205), abs=0.0005)


def test_an_intake_elsewhere_is_allowed_by_the_page_and_leads_back_to_the_site() -> None:
    city = config(intake={"url": "https://recevoir.example/"})
    form = FORMS["parc/question"]
    page = form_page.render(form_page.form_page(form, ENTRY, city), EMPTY, theme(city)).decode()
    assert "form-action 'self' https://recevoir.example;" in page
    assert 'action="https://recevoir.example/parc/question"' in page
    answer = Pages(theme(city, elsewhere=True)).form(form, ENTRY).decode()
    assert "style-src 'self' https://ici.example;" in answer
    links = set(re.findall(r' (?:href|src)="([^"#]+)"', answer))
    assert all(link.startswith(("https://", "mailto:")) for link in links), sorted(links)


@pytest.mark.parametrize("state", ["waiting", "proposed", "merged", "refused", "erased"])
def test_where_a_message_stands_is_said_in_words(state: Any) -> None:
    standing = Standing(
        "contribution", ENTRY, "20170120-aaaaaaaa", "C0DE", state, DAY, reason="Injure", message="Réécrivez-la ?"
    )
    page = Pages(theme()).standing(standing).decode()
    assert ("Réécrivez-la ?" in page) == (state == "refused")
    assert '<meta name="robots" content="noindex">' in page
    assert "C0DE" not in page


def test_a_receipt_tells_its_number_its_code_and_its_address() -> None:
    form = FORMS["parc/contribution/raisons"]
    receipt = Receipt(form, ENTRY, "20170120-aaaaaaaa", "ab" * 32, "AAAA-BBBB-CCCC-DDDDE", DAY)
    page = Pages(theme()).receipt(receipt).decode()
    assert "https://ici.example/agora/envoi/recu/20170120-aaaaaaaa/AAAA-BBBB-CCCC-DDDDE" in page
    assert 'href="../../recu/20170120-aaaaaaaa/AAAA-BBBB-CCCC-DDDDE"' in page
    assert "ab" * 32 in page


def test_without_an_intake_no_form_is_sent_and_none_votes() -> None:
    """The paper form, where to write, and a file to add to the repository instead."""
    city = config(intake=None)
    microsite = Microsite(ENTRY, None, MAP, DEBATES, (), (), (), (), (), ())
    microsite, said = with_threads(microsite, SENTENCES["phrases"])
    pages = declared((form_pages,), Site(city, (), (microsite,), (), {}), DAY, said)
    written = {output.path: output.bytes(theme(city)).decode() for output in pages}
    assert not [path for path in written if "/voter/" in path or "/bulletin/" in path or "effacement" in path]
    for path, page in written.items():
        assert "<form" not in page, path
        assert "1 place du Marché" in page, path
    assert "paper__line" in written["campagnes/parc/participer/dire/raisons/index.html"]
    assert "bulletin" not in written["campagnes/parc/participer/index.html"]


def test_the_example_of_a_file_is_a_right_one(tmp_path: Path) -> None:
    """Whoever copies it gets no problem from the checks."""
    city = minimal_city(tmp_path)
    settings = city / "agora.toml"
    given = '\nrepository = "https://forge.example/ici"\n'
    settings.write_text(settings.read_text("utf-8").replace("\ndemonstration", f"{given}demonstration"), "utf-8")
    day, output = datetime.date(2016, 4, 10), tmp_path / "output"
    assert built(city, output, day).problems == []
    added = 0
    for page in sorted((output / "campagnes/les-quais/participer").rglob("index.html")):
        text = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False)
        for block in text.iter("pre"):
            code = "".join(block.itertext())
            folder = next("".join(item.itertext()) for item in text.iter("code") if item.text and ".md" in item.text)
            path = city / folder.replace("-4wq8m2td", f"-4wq8m2t{added}")
            path.parent.mkdir(exist_ok=True)
            path.write_text(code.replace("2017-02-11", "2016-04-09"), "utf-8")
            path.rename(path.with_name(path.name.replace("20170211", "20160409")))
            added += 1
    assert added >= 2
    assert built(city, output, day).problems == []


def test_forms_of_a_campaign_need_no_debate() -> None:
    alone = Ground(config(offices=[], map=None), ENTRY, (), (), None)
    assert [form.kind for form in campaign_forms(alone, DAY)] == ["workshop", "report"]
