"""`agora schema`: what it gives agrees with what `agora check` accepts."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cities import MINIMAL
from typed import run

from agora_build.content.schemas import SCHEMAS, schema_of
from agora_build.content.source import read_source
from agora_build.content.tree import scan


def typed(value: Any) -> Any:
    """Read a value as editors do, which follow YAML 1.2: numbers and true or false are what they look like."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if re.fullmatch(r"-?\d+(\.\d+)?|true|false", value):
        return json.loads(value)
    return value


def test_schemas_are_listed_and_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert capsys.readouterr().out.split() == list(SCHEMAS)
    assert run("schema", "agora.json") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "agora.json"
    assert run("schema", "debat") == 2
    assert "essayez « debate »" in capsys.readouterr().err


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_one(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))


def test_what_is_right_follows_its_schema() -> None:
    seen = set()
    names = {model: kind for kind, model in SCHEMAS.items()}
    for found in scan(str(MINIMAL)).found:
        kind = names[found.model]
        source = read_source(found.path, (Path(MINIMAL) / found.path).read_bytes())
        jsonschema.validate(typed(source.data), schema_of(kind))
        seen.add(kind)
    assert len(seen) > 10


def test_a_mistake_does_not_follow_it() -> None:
    page = {"title": "À propos", "menu": "milieu"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(page, schema_of("page"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"titre": "À propos"}, schema_of("page"))


def test_settings_follow_theirs() -> None:
    settings = tomllib.loads("schema = 1\n" + (MINIMAL / "agora.toml").read_text("utf-8"))
    jsonschema.validate(settings, schema_of("agora.toml"))
