"""Somebody sends a contribution: it is safe when the receipt shows, and stands in its file letter for letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from intakes import DEBATE, Intake

from agora_build.content.cleaning import cleaned
from agora_build.content.draft import document_of
from agora_build.content.models import Contribution
from agora_build.content.source import read_source
from agora_build.content.tree import found_at
from agora_build.content.writing import written
from agora_build.intake.journal import sha256_of
from agora_build.intake.pages import Receipt


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    made = Intake(tmp_path)
    yield made
    made.close()


def test_what_was_sent_is_in_the_journal_when_the_receipt_shows(intake: Intake) -> None:
    said = intake.post(voice="individual", text="Des bancs, au 1er étage <3", title="Bancs : {{ x }}", quarter="centre")
    assert said.status_code == 201
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert (entry.kind, entry.campaign, entry.target, entry.state) == ("contribution", "les-quais", "usages", "waiting")
    assert entry.path == f"content/campaigns/les-quais/contributions/{entry.id}.md"
    assert said.json()["sha256"] == entry.sha256 == sha256_of(entry.content)
    assert entry.content == (
        "---\ndebate: usages\ndate: 2016-04-20\nvoice: individual\nchannel: web\n"
        'title: "Bancs : {{ x }}"\nquarter: centre\n---\nDes bancs, au 1er étage <3\n'
    )


def test_the_receipt_is_a_page_that_says_what_to_keep(intake: Intake) -> None:
    page = intake.post(json=False, voice="individual", text="Des bancs").text
    (entry,) = intake.journal.entries("waiting")
    assert entry.id in page
    assert entry.sha256 in page


def test_a_receipt_made_from_the_last_one_is_the_same_page(intake: Intake) -> None:
    for form in ("les-quais/contribution/usages", "les-quais/question", "les-quais/report"):
        city = intake.cities.now().first
        said = ("20160420-k7m2q9xw", "ab" * 32, "WZAT-0610-EY1A-96AC5")
        whole = city.pages.receipt(Receipt(city.forms[form], city.campaigns["les-quais"], *said, city.day))
        assert city.receipt(city.forms[form], *said) == whole
        assert city.receipt(city.forms[form], *said) == whole
        assert whole.decode().count(said[0]) >= 2


def test_a_mistake_brings_the_form_back_with_every_word(intake: Intake) -> None:
    said = intake.post(json=False, voice="collective", title="Mon titre", people="douze", text="Mon texte\n\tà moi")
    page = said.text
    assert said.status_code == 422
    assert "Mon titre" in page
    assert "douze" in page
    assert "Mon texte\n\tà moi" in page
    assert list(intake.journal.entries()) == []


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"voice": "individual"}, {("text", "missing")}),
        ({"text": "a"}, {("voice", "missing")}),
        ({"voice": "collective", "text": "a"}, {("group", "collective-needs"), ("people", "collective-needs")}),
        ({"voice": "individual", "text": "a", "people": "3"}, {("people", "individual-forbids")}),
        ({"voice": "collective", "text": "a", "group": "b", "people": "0"}, {("people", "out-of-range")}),
        ({"voice": "individual", "text": "a", "title": "b\nc"}, {("title", "line-break")}),
        ({"voice": "individual", "text": "a", "title": "b" * 161}, {("title", "too-long")}),
        ({"voice": "individual", "text": "a" * 8001}, {("text", "too-long")}),
        ({"voice": "individual", "text": ">" * 30 + " a"}, {("text", "too-nested")}),
        ({"voice": "individual", "text": "a", "theme": "velos"}, {("theme", "not-one-of")}),
        ({"voice": "individual", "text": "a", "quarter": "mars"}, {("quarter", "not-one-of")}),
        ({"voice": "individual", "text": "a", "email": "moi"}, {("email", "bad-email")}),
        ({"voice": "individual", "text": "a", "email": "moi@ville..fr"}, {("email", "bad-email")}),
        ({"voice": "individual", "text": "a", "email": "moi@ville,fr.fr"}, {("email", "bad-email")}),
        ({"voice": "individual", "text": "\u200b\u2060"}, {("text", "missing")}),
        ({"voice": "collective", "text": "a", "group": "\u200f\u3164", "people": "3"}, {("group", "collective-needs")}),
        ({"voice": "individual", "text": "a", "reply_to": "20160312-zzzzzzzz"}, {("reply_to", "unknown-text")}),
        ({"voice": "individual", "text": "a", "date": "2020-01-01"}, {("", "changed-form")}),
    ],
)
def test_each_refusal_names_its_field(intake: Intake, fields: dict[str, str], wanted: set[tuple[str, str]]) -> None:
    said = intake.post(**fields)
    assert said.status_code == 422
    assert {(error["field"], error["code"]) for error in said.json()["errors"]} == wanted


def test_errors_are_told_in_the_order_of_the_form(intake: Intake) -> None:
    said = intake.post(email="moi", people="x", title="b\nc")
    assert [error["field"] for error in said.json()["errors"]] == ["text", "title", "voice", "people", "email"]


def test_a_text_of_signs_that_one_sees_is_a_text(intake: Intake) -> None:
    for text in ("👩‍👩‍👧", "مرحبا\u200f", "!", "\u0301"):
        assert intake.post(voice="individual", text=text).status_code == 201, text


def test_sending_twice_is_sending_once(intake: Intake) -> None:
    first = intake.post(voice="individual", text="Des bancs", key="abc")
    again = intake.post(voice="individual", text="Des bancs", key="abc")
    changed = intake.post(voice="individual", text="Des bancs et des arbres", key="abc")
    assert (first.status_code, again.status_code, changed.status_code) == (201, 200, 201)
    assert first.json() == again.json() != changed.json()


def test_without_a_key_the_same_words_within_the_hour_are_the_same(intake: Intake) -> None:
    first = intake.post(voice="individual", text="Des bancs")
    intake.clock.now += 3000
    again = intake.post(voice="individual", text="Des bancs")
    intake.clock.now += 3 * 3600
    later = intake.post(voice="individual", text="Des bancs")
    assert first.json() == again.json() != later.json()


def test_the_contact_never_reaches_the_file(intake: Intake) -> None:
    said = intake.post(voice="individual", text="Des bancs", email="Moi@Ville.Example")
    entry, contact = intake.journal.entry(said.json()["id"]), intake.journal.contact(said.json()["id"])
    assert entry is not None
    assert "@" not in entry.content
    assert contact is not None
    assert contact.email == "Moi@ville.example"


@pytest.mark.parametrize("address", ["les-quais/contribution/rien", "rien", "les-quais/contribution/usages/2", "../x"])
def test_where_no_form_is_nothing_is_stored(intake: Intake, address: str) -> None:
    assert intake.post(address, voice="individual", text="a").status_code == 404
    assert list(intake.journal.entries()) == []


def test_a_closed_debate_takes_nothing_more(tmp_path: Path) -> None:
    intake = Intake(tmp_path, day="2016-07-01")
    said = intake.post(DEBATE, voice="individual", text="Des bancs encore", json=False)
    assert said.status_code == 410
    assert "Des bancs encore" in said.text, "who was still writing keeps the words"
    assert list(intake.journal.entries()) == []
    intake.close()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
@example("---\n", "---")
@example("  deux espaces", "a\tb")
@example("fin  ", "# titre")
@example("\ufeff\x00é\u0085\u2028", "- a: b")
def test_a_file_says_what_was_cleaned(body: str, line: str) -> None:
    body, line = cleaned(body), cleaned(line).strip()
    meta = {"debate": "usages", "date": "2016-04-20", "voice": "individual", "channel": "web", "title": line or None}
    text = written(meta, body)
    source = read_source("a.md", text.encode())
    assert not source.problems
    assert source.body == body
    assert source.data == {key: value for key, value in meta.items() if value}
    found = found_at("content/campaigns/a/contributions/20160420-aaaaaaaa.md")
    assert found is not None
    document = document_of(found, text.encode())
    if "\n" not in line and len(line) <= 160:
        assert isinstance(document.meta, Contribution)
        assert document.meta.title == (line or None)
