"""Turns the open forms of a city into the OpenAPI description of its intake, for whoever writes another client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agora_build import __version__
from agora_build.content.forms import UNSEEN, Field, Form
from agora_build.content.languages import NAMES
from agora_build.intake.city import City
from agora_build.intake.journal import STATES
from agora_build.intake.limits import MAX_BODY
from agora_build.urls import public

_TEXT = {"type": "string"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SCHEMAS: dict[str, Any] = {
    "Receipt": {
        "description": "Ce qui a été envoyé est en sûreté.",
        "required": ["id", "sha256", "code", "address"],
        "properties": {"id": _TEXT, "sha256": _HASH, "code": _TEXT, "address": {"type": "string", "format": "uri"}},
    },
    "BallotReceipt": {
        "description": "Le bulletin est compté ; `sha256` est l’empreinte de son reçu, publiée à côté des choix.",
        "required": ["id", "sha256"],
        "properties": {"id": _TEXT, "sha256": _HASH},
    },
    "VotesReceipt": {
        "description": "Les votes sont comptés ; `voter` accompagne la page suivante, `next`, s’il y en a une.",
        "required": ["id", "voter", "next"],
        "properties": {"id": _HASH, "voter": _TEXT, "next": _TEXT},
    },
    "Standing": {
        "description": "Où en est ce qui a été envoyé ; jamais son texte.",
        "required": ["id", "state", "sha256", "reason", "message"],
        "properties": {
            "id": _TEXT, "state": {"enum": list(STATES)}, "sha256": _HASH, "reason": _TEXT, "message": _TEXT,
        },
    },
    "Errors": {
        "description": "Rien n’a été gardé : ce qu’il faut corriger, champ par champ.",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["field", "code", "message"],
                    "properties": {"field": _TEXT, "code": _TEXT, "message": _TEXT},
                    "additionalProperties": False,
                },
            }
        },
    },
    "Token": {
        "description": "Un jeton daté, et une clé : envoyer deux fois avec la même clé, c’est envoyer une fois.",
        "required": ["token", "key"],
        "properties": {"token": _TEXT, "key": _TEXT},
    },
}  # fmt: skip
_ANSWERS = {"votes": "VotesReceipt", "ballot": "BallotReceipt", "erasure": "Standing"}
_REFUSALS = {
    400: "Le message ne se lit pas.",
    409: "Ce code a déjà servi.",
    410: "Le débat est clos.",
    413: f"Plus de {MAX_BODY // 1024} Kio.",
    415: "Ce n’est pas un formulaire.",
    422: "Il y a quelque chose à corriger.",
    429: "Trop d’envois du même voisinage ; voir Retry-After.",
    503: "Le journal ne s’écrit pas, ou trop de monde attend ; voir Retry-After.",
}


def description(city: City) -> dict[str, Any]:
    """Describe the intake of a city as it is today."""
    forms = city.first.forms
    schemas = {name: {"type": "object", "additionalProperties": False, **schema} for name, schema in _SCHEMAS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": city.config.city.site,
            "version": __version__,
            "description": "Les formulaires du site. Avec Accept: application/json, les réponses sont en JSON ; les "
            "messages sont dans la langue du serveur demandé.",
        },
        "servers": _servers(city),
        "paths": {**_own_paths(city), **{f"/{address}": _form(form) for address, form in sorted(forms.items())}},
        "components": {"schemas": schemas},
    }


def _servers(city: City) -> list[dict[str, str]]:
    """List the addresses of the intake, one a language: the same forms, answered in that language."""
    url, base_url, first = city.intake.url, city.config.publication.base_url, city.config.city.language
    folders = {language: "" if language == first else f"{language}/" for language in city.config.city.editions}
    return [
        {"url": public(url, "", base_url, folder).rstrip("/"), "description": NAMES[language]}
        for language, folder in folders.items()
    ]


def _own_paths(city: City) -> dict[str, Any]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in ("id", "code")]
    standing = {200: _answer("Standing"), 404: _answer("Errors", "Aucun reçu n’a ce numéro et ce code.")}
    return {
        f"/{city.urls.token()}": {"get": _operation("token", "Demander un jeton", {200: _answer("Token")})},
        f"/{city.urls.receipt('{id}', '{code}')}": {
            "get": {**_operation("receipt", "Savoir où en est un envoi", standing), "parameters": parameters}
        },
    }


def _form(form: Form) -> dict[str, Any]:
    kept = _answer(_ANSWERS.get(form.kind, "Receipt"))
    done = {200: kept, 202: kept} if form.kind == "erasure" else {200: kept, 201: kept}
    answers = {**done, **{status: _answer("Errors", words) for status, words in _REFUSALS.items()}}
    fields = {name: schema for item in form.fields for name, schema in _properties(item).items()}
    schema = {
        "type": "object",
        "properties": {**fields, **dict.fromkeys(UNSEEN, _TEXT)},
        "required": [item.name for item in form.fields if item.required],
        "additionalProperties": False,
    }
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    said = _operation(form.address.replace("/", "."), form.question or form.kind, answers)
    return {"post": {**said, "requestBody": body}}


def _properties(asked: Field) -> dict[str, Any]:
    """Describe what a field sends."""
    if asked.kind == "point":
        return {f"{asked.name}.{axis}": {"type": "string"} for axis in ("lat", "lon", "x", "y")}
    offered = [choice.value for choice in asked.choices]
    if asked.kind == "choices":
        return {asked.name: {"type": "array", "items": {"enum": offered}, "maxItems": asked.limit}}
    if offered:
        return {asked.name: {"enum": offered if asked.required else ["", *offered]}}
    if asked.kind in ("number", "points"):
        return {asked.name: {"type": "string", "pattern": "^[0-9]*$", "description": f"≤ {asked.limit}"}}
    limit = {"maxLength": asked.limit} if asked.limit else {}
    return {asked.name: {"type": "string", **limit}}


def _operation(name: str, summary: str, answers: Mapping[int, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": {str(key): value for key, value in answers.items()}}


def _answer(schema: str, words: str = "") -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words or _SCHEMAS[schema]["description"], "content": content}
