"""The description of the intake is that of its forms, and its answers are those it describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cities import minimal_city
from intakes import CODES, Intake, with_votes
from jsonschema import Draft202012Validator

from agora_build.content.forms import UNSEEN


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    made = Intake(with_votes(minimal_city(tmp_path_factory.mktemp("described"))))
    yield made
    made.close()


@pytest.fixture(scope="module")
def described(intake: Intake) -> dict[str, Any]:
    said: dict[str, Any] = intake.client.get("/envoi/openapi.json").json()
    return said


def schema_of(described: dict[str, Any], address: str) -> dict[str, Any]:
    body = described["paths"][f"/{address}"]["post"]["requestBody"]["content"]
    schema: dict[str, Any] = body["application/x-www-form-urlencoded"]["schema"]
    return schema


def test_every_form_is_described_with_every_field(intake: Intake, described: dict[str, Any]) -> None:
    for address, form in intake.cities.now().first.forms.items():
        schema = schema_of(described, address)
        names = {
            name.removesuffix(f".{axis}") for name in schema["properties"] for axis in ("lat", "lon", "x", "y", "")
        }
        assert {field.name for field in form.fields} <= names
        assert set(schema["required"]) == {field.name for field in form.fields if field.required}
        assert len(schema["properties"]) == len(form.fields) + len(UNSEEN) + 3 * sum(
            field.kind == "point" for field in form.fields
        )
        for field in form.fields:
            if field.choices and field.kind == "choice":
                offered = [value for value in schema["properties"][field.name]["enum"] if value]
                assert offered == [choice.value for choice in field.choices]


def test_all_references_lead_somewhere(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def answers() -> list[tuple[str, dict[str, str], int]]:
    voice = {"voice": "individual", "text": "Un banc"}
    return [
        ("les-quais/contribution/usages", voice, 201),
        ("les-quais/contribution/usages", {}, 422),
        ("les-quais/question", {**voice, "to": "conseil-municipal"}, 201),
        ("les-quais/place/bancs", {**voice, "title": "Ici", "location.address": "12 rue du Port"}, 201),
        ("les-quais/report", {"about": "20160312-k7m2q9xw", "reason": "other"}, 201),
        ("les-quais/votes/phrases", {"vote.20160401-00000000": "agree"}, 201),
        ("les-quais/votes/phrases", {}, 422),
        ("les-quais/ballot/points", {"option.nord": "3", "code": CODES[2]}, 201),
        ("les-quais/contribution/usages", {"a": "b" * 70_000}, 413),
        ("erasure", {"receipt": "20160312-k7m2q9xw", "code": "x"}, 422),
    ]


@pytest.mark.parametrize(("address", "fields", "status"), answers())
def test_answers_are_those_described(
    intake: Intake, described: dict[str, Any], address: str, fields: dict[str, str], status: int
) -> None:
    said = intake.post(address, **fields)
    assert said.status_code == status
    answer = described["paths"][f"/{address}"]["post"]["responses"][str(status)]
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    Draft202012Validator(described["components"]["schemas"][name]).validate(said.json())
    if status in (200, 201):
        Draft202012Validator(schema_of(described, address)).validate(fields)


def test_a_code_that_was_used_is_answered_as_described(intake: Intake, described: dict[str, Any]) -> None:
    address = "les-quais/ballot/points"
    intake.post(address, **{"option.nord": "3", "code": CODES[1]})
    test_answers_are_those_described(intake, described, address, {"option.nord": "4", "code": CODES[1]}, 409)


def test_the_other_answers_are_those_described(intake: Intake, described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    Draft202012Validator(schemas["Token"]).validate(intake.client.get("/envoi/jeton").json())
    sent = intake.post(voice="individual", text="Un autre banc").json()
    json = {"Accept": "application/json"}
    standing = intake.client.get(f"/envoi/recu/{sent['id']}/{sent['code']}", headers=json)
    Draft202012Validator(schemas["Standing"]).validate(standing.json())
    erased = intake.post("erasure", receipt=sent["id"], code=sent["code"])
    Draft202012Validator(schemas["Standing"]).validate(erased.json())
    Draft202012Validator(schemas["Errors"]).validate(intake.client.get("/envoi/recu/x/y", headers=json).json())
