"""Everything else one may send: votes, ballots, meetings, places, questions, reports, requests to erase."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cities import minimal_city
from intakes import CODES, VOTE, Intake, with_votes

BALLOT = "les-quais/ballot/premier-banc"
VOTES = "les-quais/votes/phrases"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    made = Intake(with_votes(minimal_city(tmp_path)))
    yield made
    made.close()


def test_a_question_goes_to_an_office(intake: Intake) -> None:
    said = intake.post("les-quais/question", to="conseil-municipal", voice="individual", text="Quand ?")
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert entry.path == f"content/campaigns/les-quais/questions/{entry.id}.md"
    assert entry.content == (
        "---\nto: conseil-municipal\ndate: 2016-04-20\nvoice: individual\nchannel: web\n---\nQuand ?\n"
    )
    assert intake.post("les-quais/question", voice="individual", text="Quand ?").json()["errors"][0]["field"] == "to"


def test_a_place_has_an_address_or_a_point(intake: Intake) -> None:
    here = {"title": "Ici", "text": "Un banc", "voice": "individual"}
    address = intake.post("les-quais/place/bancs", **here, **{"location.address": "12 rue du Port"})
    point = intake.post("les-quais/place/bancs", **here, **{"location.lat": "48.9", "location.lon": "2.2"})
    nowhere = intake.post("les-quais/place/bancs", **here)
    abroad = intake.post("les-quais/place/bancs", **here, **{"location.lat": "45.9", "location.lon": "2.2"})
    assert (address.status_code, point.status_code) == (201, 201)
    entry = intake.journal.entry(point.json()["id"])
    assert entry is not None
    assert "layer: bancs\ntitle: Ici\ndate: 2016-04-20\nlocation:\n  lat: 48.9\n  lon: 2.2\n" in entry.content
    assert [(error["field"], error["code"]) for error in nowhere.json()["errors"]] == [("location", "nowhere")]
    assert [(error["field"], error["code"]) for error in abroad.json()["errors"]] == [("location", "outside-city")]
    untold = intake.post("les-quais/place/bancs", **{**here, "text": ""}, **{"location.address": "12 rue du Port"})
    assert [(error["field"], error["code"]) for error in untold.json()["errors"]] == [("text", "missing")]


@pytest.mark.parametrize(
    ("lat", "lon", "wanted"),
    [
        ("48,9", "2,2", "lat: 48.9\n  lon: 2.2"),
        (" 48.9\u00a0", "٢٫٢", "lat: 48.9\n  lon: 2.2"),
        ("48.9", "", "half-a-point"),
        ("2.2", "48.9", "swapped-coordinates"),
        ("NaN", "2.2", "bad-latitude"),
        ("1e999", "2.2", "bad-latitude"),
        ("ici", "2.2", "bad-latitude"),
        ("48.9", "là", "bad-longitude"),
        ("48.9", "200", "bad-longitude"),
    ],
)
def test_a_point_is_read_as_people_write_it(intake: Intake, lat: str, lon: str, wanted: str) -> None:
    here = {"title": "Ici", "text": "Un banc", "voice": "individual", "location.lat": lat, "location.lon": lon}
    said = intake.post("les-quais/place/bancs", **here)
    if said.status_code == 201:
        assert wanted in next(intake.journal.entries()).content
    else:
        assert [(error["field"], error["code"]) for error in said.json()["errors"]] == [("location", wanted)]


def test_a_click_on_the_map_is_a_point_and_the_form_again(intake: Intake) -> None:
    clicked = {"location.x": "320", "location.y": "240"}
    said = intake.post("les-quais/place/bancs", title="Mon banc", text="Ici", json=False, **clicked)
    page = said.text
    assert said.status_code == 200
    assert "Mon banc" in page
    assert 'value="48.89' in page
    assert list(intake.journal.entries()) == []
    assert intake.post("les-quais/place/bancs", **{"location.x": "0", "location.y": "0"}).status_code == 422


def test_a_meeting_is_proposed(intake: Intake) -> None:
    fields = {"title": "Chez moi", "kind": "home-debate", "host": "L’immeuble", "text": "Venez", "starts": "18:30"}
    where = {"location.address": "12 rue du Port"}
    said = intake.post("les-quais/workshop", **fields, **where, date="2016-05-02")
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert entry.path == f"content/campaigns/les-quais/workshops/{entry.id}.md"
    assert "status: proposed\n" in entry.content
    assert 'starts: "18:30"' in entry.content or "starts: 18:30" in entry.content
    past = intake.post("les-quais/workshop", **fields, **where, date="2016-04-02")
    assert [(error["field"], error["code"]) for error in past.json()["errors"]] == [("date", "past-day")]
    unclear = intake.post("les-quais/workshop", **{**fields, "starts": "ce soir"}, **where, date="demain")
    assert {error["code"] for error in unclear.json()["errors"]} == {"bad-date", "bad-time"}


@pytest.mark.parametrize(
    ("field", "typed", "wanted"),
    [
        ("date", "2/5/2016", "date: 2016-05-02\n"),
        ("date", "02.05.2016", "date: 2016-05-02\n"),
        ("date", "٢٠١٦-٠٥-٠٢", "date: 2016-05-02\n"),
        ("starts", "9h", "starts: 09:00\n"),
        ("starts", "18 h 05", "starts: 18:05\n"),
        ("starts", "18:30:00", "starts: 18:30\n"),
        ("capacity", "1 200", "capacity: 1200\n"),
        ("capacity", "١٢", "capacity: 12\n"),
    ],
)
def test_numbers_days_and_hours_are_read_as_people_write_them(
    intake: Intake, field: str, typed: str, wanted: str
) -> None:
    """A browser that has no calendar, no clock and no keypad sends what was typed."""
    fields = {"title": "Chez moi", "kind": "home-debate", "host": "L’immeuble", "text": "Venez", "date": "2016-05-02"}
    said = intake.post("les-quais/workshop", **{**fields, "location.address": "12 rue du Port", field: typed})
    assert said.status_code == 201, said.text
    assert wanted in next(intake.journal.entries()).content


def test_votes_are_counted_under_one_pseudonym_from_page_to_page(intake: Intake) -> None:
    first = intake.post(VOTES, **{"vote.20160401-00000000": "agree", "vote.20160401-00000001": "pass"}, key="a")
    assert first.status_code == 201
    assert first.json()["next"] == f"{VOTES}/2"
    second = intake.post(first.json()["next"], voter=first.json()["voter"], **{"vote.20160401-00000021": "disagree"})
    assert second.json()["next"] == ""
    cast, _ = intake.journal.cast_of("les-quais/phrases", secret=False)
    rows = [row for item in cast for row in json.loads(item.choices)]
    assert sorted(row[1:] for row in rows) == [
        ["20160401-00000000", "agree", "2016-04-20"],
        ["20160401-00000001", "pass", "2016-04-20"],
        ["20160401-00000021", "disagree", "2016-04-20"],
    ]
    assert len({row[0] for row in rows}) == 1


def test_two_people_may_vote_alike_and_one_person_counts_once(intake: Intake) -> None:
    said = {"vote.20160401-00000000": "agree"}
    alike = [intake.post(VOTES, **said).status_code for _ in range(2)]
    twice = [intake.post(VOTES, **said, key="b").status_code for _ in range(2)]
    assert (alike, twice) == ([201, 201], [201, 200])
    assert intake.journal.counts().votes == 3


def test_nobody_votes_for_another(intake: Intake) -> None:
    first = intake.post(VOTES, **{"vote.20160401-00000000": "agree"})
    voter = first.json()["voter"].partition(".")[0]
    forged = intake.post(f"{VOTES}/2", voter=f"{voter}.AAAA", **{"vote.20160401-00000021": "agree"})
    assert forged.json()["voter"].partition(".")[0] != voter
    assert intake.post(VOTES).json()["errors"][0]["code"] == "empty"
    assert intake.post(VOTES, **{"vote.20160401-00000000": "yes"}).json()["errors"][0]["code"] == "not-one-of"


def test_a_code_serves_once(intake: Intake) -> None:
    first = intake.post(BALLOT, ("options", "sud"), ("options", "nord"), code=CODES[0].lower(), key="a")
    again = intake.post(BALLOT, ("options", "sud"), ("options", "nord"), code=CODES[0], key="a")
    other = intake.post(BALLOT, ("options", "port"), code=CODES[0], key="b")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert [(error["field"], error["code"]) for error in other.json()["errors"]] == [("code", "spent-code")]
    ((ballot,), (spent,)) = intake.journal.cast_of(VOTE, secret=True)
    assert ballot.choices == "nord;sud", "in the order of the options, as ballots are published"
    said = first.json()
    assert ballot.mark == said["sha256"] == hashlib.sha256(said["id"].replace("-", "").encode()).hexdigest()
    assert spent != ballot.mark


@pytest.mark.parametrize(
    ("code", "wanted"), [("", "missing"), ("AAAA", "bad-code"), (CODES[-1], "unlisted-code"), ("Z" * 17, "bad-code")]
)
def test_a_wrong_code_is_refused(intake: Intake, code: str, wanted: str) -> None:
    said = intake.post(BALLOT, ("options", "sud"), code=code)
    assert [(error["field"], error["code"]) for error in said.json()["errors"]] == [("code", wanted)]
    assert intake.journal.counts().ballots == 0


@pytest.mark.parametrize(
    ("vote", "pairs", "written"),
    [
        ("premier-banc", [], ""),
        ("premier-banc", [("options", "nord"), ("options", "sud"), ("options", "port")], "too-many-choices"),
        ("points", [("option.nord", "3"), ("option.sud", "07")], "nord:3;sud:7"),
        ("points", [("option.nord", "3"), ("option.sud", "")], "nord:3"),
        ("points", [("option.nord", "9")], "too-many-points"),
        ("points", [("option.nord", "trois")], "bad-number"),
        ("points", [("option.nord", "٣")], "nord:3"),
        ("rangs", [("rank.1", "sud"), ("rank.2", "nord")], "sud;nord"),
        ("rangs", [("rank.2", "nord")], "rank-gap"),
        ("rangs", [("rank.1", "sud"), ("rank.2", "sud")], "option-chosen-twice"),
        ("rangs", [("rank.1", "est")], "not-one-of"),
        ("oui-ou-non", [("answer", "yes")], "yes"),
        ("oui-ou-non", [("answer", "oui")], "not-one-of"),
        ("sommes", [("options", "port"), ("options", "sud")], "sud;port"),
        ("sommes", [("options", "nord"), ("options", "sud")], "too-dear"),
    ],
)
def test_a_ballot_is_written_as_it_is_published(
    intake: Intake, vote: str, pairs: list[tuple[str, str]], written: str
) -> None:
    said = intake.post(f"les-quais/ballot/{vote}", *pairs, code=CODES[1])
    cast, _ = intake.journal.cast_of(f"les-quais/{vote}", secret=True)
    if said.status_code == 201:
        assert [item.choices for item in cast] == [written]
    else:
        (error,) = said.json()["errors"]
        assert error["code"] == written
        assert (error["field"] == "") == (written == "too-many-points"), "of the whole form when of no field alone"
        assert cast == []


def test_a_report_never_becomes_a_file(intake: Intake) -> None:
    said = intake.post(
        "les-quais/report", about="https://x/contributions/20160312-k7m2q9xw/", reason="insult", text="Voir",
        email="a@b.example",
    )  # fmt: skip
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert (entry.kind, entry.path, entry.target) == ("report", "", "20160312-k7m2q9xw")
    assert json.loads(entry.content)["reason"] == "insult"
    assert "@" not in entry.content
    assert {error["field"] for error in intake.post("les-quais/report").json()["errors"]} == {"about", "reason"}


def test_the_receipt_opens_the_state_and_nothing_else_does(intake: Intake) -> None:
    sent = intake.post(voice="individual", text="Un secret bien gardé").json()
    page = intake.client.get(f"/envoi/recu/{sent['id']}/{sent['code']}")
    assert page.status_code == 200
    assert "secret bien" not in page.text
    assert intake.client.get(f"/envoi/recu/{sent['id']}/{sent['code'].lower().replace('-', '')}").status_code == 200
    other = intake.post(voice="individual", text="Autre").json()
    for wrong in (f"{sent['id']}/{other['code']}", f"20160420-zzzzzzzz/{sent['code']}", f"{sent['id']}/x"):
        assert intake.client.get(f"/envoi/recu/{wrong}").status_code == 404
    intake.journal.move(sent["id"], "waiting", "refused", reason="hors-sujet", message="Écrivez-nous autrement.")
    assert "Écrivez-nous autrement." in intake.client.get(f"/envoi/recu/{sent['id']}/{sent['code']}").text


def test_an_author_erases_what_waits_at_once(intake: Intake) -> None:
    sent = intake.post(voice="individual", text="Texte à effacer", email="a@b.example").json()
    other = intake.post(voice="individual", text="Texte d’un autre").json()
    wrong = intake.post("erasure", receipt=sent["id"], code=other["code"])
    assert [error["code"] for error in wrong.json()["errors"]] == ["unknown-receipt"]
    done = intake.post("erasure", receipt=f"https://x/envoi/recu/{sent['id']}/…", code=sent["code"])
    assert (done.status_code, done.json()["state"]) == (200, "erased")
    entry = intake.journal.entry(sent["id"])
    assert entry is not None
    assert (entry.state, entry.content, entry.sha256) == ("erased", "", sent["sha256"])
    assert intake.journal.contact(sent["id"]) is None


@pytest.mark.parametrize("state", ["proposed", "merged"])
def test_staff_are_asked_to_erase_what_is_public(intake: Intake, state: str) -> None:
    sent = intake.post(voice="individual", text="Texte à effacer", email="a@b.example").json()
    intake.journal.move(sent["id"], "waiting", state)  # type: ignore[arg-type]
    done = intake.post("erasure", receipt=sent["id"], code=sent["code"], text="Je déménage")
    again = intake.post("erasure", receipt=sent["id"], code=sent["code"], text="Je déménage")
    assert (done.status_code, done.json()["state"], again.status_code) == (202, state, 202)
    assert intake.journal.contact(sent["id"]) is None
    (request,) = intake.journal.entries("waiting", kind="erasure")
    assert request.target == sent["id"]
    assert sent["code"] not in request.content
    asked = "Vous avez demandé que ce soit effacé"
    page = intake.post("erasure", json=False, receipt=sent["id"], code=sent["code"]).text
    later = f"/envoi/recu/{sent['id']}/{sent['code']}"
    assert asked in page
    assert asked in intake.client.get(later).text
    for each in intake.journal.entries("waiting", kind="erasure"):
        intake.journal.erase(each.id)
    assert asked not in intake.client.get(later).text
