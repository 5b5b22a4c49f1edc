"""Turns each kind of file that people write, and agora.json, into its JSON Schema, for editors and other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from agora_build.config import Config
from agora_build.content import models
from agora_build.content.announcement import PATH, Announcement
from agora_build.content.fields import Model
from agora_build.content.schema_number import CURRENT, KEY
from agora_build.content.tree import CAMPAIGN_FILES, KINDS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What each kind is called by `agora schema`, and its model.
SCHEMAS: Mapping[str, type[Model]] = {
    "agora.toml": Config,
    PATH: Announcement,
    "page": models.Page,
    **{model.__name__.lower(): model for model in (*CAMPAIGN_FILES.values(), *KINDS.values())},
    "batch": models.Batch,
    "draw": models.Draw,
}


class _Told(GenerateJsonSchema):
    """Leave docstrings out: they are for developers, and an optimised Python has none."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        told = super().model_schema(schema)
        told.pop("description", None)
        return told


def schema_of(kind: str) -> dict[str, Any]:
    """Give the JSON Schema of a kind, a key of SCHEMAS."""
    model = SCHEMAS[kind]
    told = {"$schema": _DIALECT, **model.model_json_schema(schema_generator=_Told), "title": kind}
    if model is Config:
        number = {
            "description": "Version des fichiers de la ville.",
            "maximum": CURRENT,
            "minimum": 0,
            "type": "integer",
        }
        told["properties"] = {KEY: number, **told["properties"]}
    return told
