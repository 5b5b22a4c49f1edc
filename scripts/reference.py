"""Turns the models of the files that people write into docs/reference.md: every key, what it holds, whether it is needed.

Usage: reference.py     (after a change of the models or of an example)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from agora_build.content.schemas import SCHEMAS, schema_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference.md"
_CAMPAIGN = "content/campaigns/<campagne>"
_MINIMAL = "tests/golden/minimal/site/content"
_SAMPLE = "content/campaigns"
_PROSE = 1000  # signs: from there on, a text may have paragraphs


class Kind(NamedTuple):
    """What a kind of file is called, where it stands, and a file of that kind ('' when a command writes it)."""

    name: str
    place: str
    example: str = ""


KINDS: Mapping[str, Kind] = {
    "agora.toml": Kind("La ville et son site", "agora.toml", "tests/golden/minimal/site/agora.toml"),
    "agora.json": Kind(
        "Ce que le site annonce aux autres", "agora.json, à la racine du site, écrit par « agora build »"
    ),
    "page": Kind("Une page libre", "content/pages/<nom>.md", f"{_MINIMAL}/pages/a-propos.md"),
    "campaign": Kind("Une concertation", f"{_CAMPAIGN}/campaign.md", f"{_MINIMAL}/campaigns/les-quais/campaign.md"),
    "timeline": Kind("La frise", f"{_CAMPAIGN}/timeline.yml", f"{_MINIMAL}/campaigns/les-quais/timeline.yml"),
    "map": Kind("La carte", f"{_CAMPAIGN}/map.yml", f"{_MINIMAL}/campaigns/les-quais/map.yml"),
    "moderation": Kind("Ce qui a été retiré", f"{_CAMPAIGN}/moderation.yml", f"{_SAMPLE}/la-boule/moderation.yml"),
    "debate": Kind("Un débat", f"{_CAMPAIGN}/debates/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/debates/usages.md"),
    "contribution": Kind(
        "Ce que quelqu’un a dit",
        f"{_CAMPAIGN}/contributions/<jour>-<code>.md",
        f"{_MINIMAL}/campaigns/les-quais/contributions/20160405-aaaabbbb.md",
    ),
    "workshop": Kind(
        "Une rencontre", f"{_CAMPAIGN}/workshops/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/workshops/atelier.md"
    ),
    "place": Kind(
        "Un point de la carte",
        f"{_CAMPAIGN}/places/<jour>-<code>.md",
        f"{_MINIMAL}/campaigns/les-quais/places/20160320-ccccdddd.md",
    ),
    "resource": Kind(
        "Un document", f"{_CAMPAIGN}/resources/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/resources/dossier.md"
    ),
    "kit": Kind("Un kit à imprimer", f"{_CAMPAIGN}/kits/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/kits/reunion.md"),
    "episode": Kind(
        "Une émission", f"{_CAMPAIGN}/episodes/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/episodes/premiere.md"
    ),
    "decision": Kind(
        "Une décision", f"{_CAMPAIGN}/decisions/<nom>.md", f"{_MINIMAL}/campaigns/les-quais/decisions/jeux.md"
    ),
    "jury": Kind(
        "Un jury citoyen",
        f"{_CAMPAIGN}/juries/<nom>.md",
        f"{_SAMPLE}/plan-de-formation-associatif/juries/trois-garants.md",
    ),
    "question": Kind(
        "Une question posée à la Ville",
        f"{_CAMPAIGN}/questions/<jour>-<code>.md",
        f"{_SAMPLE}/fibre-tres-haut-debit/questions/20161108-d4p8zk1m.md",
    ),
    "answer": Kind(
        "La réponse à une question",
        f"{_CAMPAIGN}/answers/<même nom>.md",
        f"{_SAMPLE}/fibre-tres-haut-debit/answers/20161108-d4p8zk1m.md",
    ),
    "batch": Kind(
        "Un lot de feuilles de papier", f"{_CAMPAIGN}/batches/<numéro>.yml", f"{_SAMPLE}/la-boule/batches/1.yml"
    ),
    "draw": Kind(
        "Le tirage d’un jury",
        f"{_CAMPAIGN}/juries/<nom>.yml, écrit par « agora draw »",
        f"{_SAMPLE}/plan-de-formation-associatif/juries/trois-garants.yml",
    ),
}
_FORMATS = {"date": "un jour : `2026-11-30`"}
_WRITTEN = {  # what only one of the patterns takes, the rarest first
    "1:02:30": "une durée : `12:30`, ou `1:02:30` s’il y a des heures",
    "18:30": "une heure : `18:30`",
    "2016-03": "un jour, un mois ou une année : `2016-03`",
    "40000.50": "une somme : `40000` ou `40000.50`",
}
_INTRODUCTION = """# Toutes les clés de tous les fichiers

Cette page est écrite par `scripts/reference.py`, d’après les modèles mêmes qui vérifient les fichiers : elle dit ce que le programme
accepte, rien d’autre. Une clé qui n’est pas ici est refusée, et `agora check` propose la plus proche.

- `a.b` : la clé `b`, en retrait sous `a`. `a[].b` : la clé `b` de chaque élément de la liste `a`.
- Sans autre indication, une clé qui manque est une clé dont la Ville n’a rien à dire.
- Le texte d’un fichier `.md` vient après la deuxième ligne `---` ; il n’est pas une clé.
"""


def reference() -> str:
    """Write the page."""
    parts = [_INTRODUCTION]
    for name, kind in KINDS.items():
        link = kind.name if "." in name else f"[{kind.name}](#{name})"  # forges do not agree on the anchor of a dot
        parts.append(f"- {link} : `{kind.place}`")
    return "\n".join([*parts, *(f"\n{_section(name)}" for name in SCHEMAS)]) + "\n"


def _section(name: str) -> str:
    kind, schema = KINDS[name], schema_of(name)
    lines = [f"## {name}", "", f"{kind.name} : `{kind.place}`.", "", "| Clé | Ce que c’est |"]
    lines += ["| --- | --- |", *_rows(schema, schema.get("$defs", {}), "")]
    return "\n".join([*lines, *_example(kind)])


def _example(kind: Kind) -> Iterator[str]:
    """Show the metadata of a file of that kind."""
    if not kind.example:
        return
    lines = (ROOT / kind.example).read_text("utf-8").rstrip().splitlines()
    if kind.example.endswith(".md"):
        lines = lines[: lines.index("---", 1) + 1]
    yield from ["", "Un exemple :", "", f"```{'toml' if kind.example.endswith('.toml') else 'yaml'}"]
    yield from [*lines, "```"]


def _rows(schema: Mapping[str, Any], known: Mapping[str, Any], above: str) -> Iterator[str]:
    """Give a row for each key of an object, and for those of the objects in it."""
    for key, written in schema["properties"].items():
        value = _value(written)
        needed = "**Obligatoire.**" if key in schema.get("required", ()) else _otherwise(written.get("default"))
        said = f"{written.get('description', '')} {_capital(_said(value))}. {needed}"
        yield f"| `{above}{key}` | {_cell(said.strip())} |"
        item = _value(value.get("items", value))
        if "$ref" in item:
            yield from _rows(known[_named(item)], known, f"{above}{key}{'[]' if 'items' in value else ''}.")


def _value(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what a key holds when it holds something."""
    choices = [item for item in written.get("anyOf", ()) if item.get("type") != "null"]
    return choices[0] if len(choices) == 1 else written


def _named(value: Mapping[str, Any]) -> str:
    return str(value["$ref"]).rpartition("/")[2]


def _said(value: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one answer a type
    """Say in French what a value is."""
    if "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value["enum"])
    if "$ref" in value:
        return "des clés, ci-dessous"
    if "anyOf" in value:
        return ", ou ".join(_said(item) for item in value["anyOf"])
    if isinstance(value.get("type"), list):
        return next(said for written, said in _WRITTEN.items() if re.fullmatch(value["pattern"], written))
    if value.get("type") == "array":
        item = _value(value.get("items", {}))
        least = f", {value['minItems']} au moins" if value.get("minItems") else ""
        most = f", {value['maxItems']} au plus" if "maxItems" in value else ""
        return f"une liste{least}{most}" + ("" if "$ref" in item else f" ; chacun : {_said(item)}")
    if value.get("type") == "boolean":
        return "`true` ou `false`"
    if value.get("type") in {"integer", "number"}:
        return ("un nombre entier" if value["type"] == "integer" else "un nombre") + _limits(value)
    if value.get("type") == "object":
        return "des clés, au choix"
    return _FORMATS.get(value.get("format", ""), "") or _text(value)


def _limits(value: Mapping[str, Any]) -> str:
    least, most = value.get("minimum"), value.get("maximum")
    if least is not None and most is not None:
        return f", de {least} à {most}"
    return f", {least} au moins" if least is not None else f", {most} au plus" if most is not None else ""


def _text(value: Mapping[str, Any]) -> str:
    most = value.get("maxLength")
    said = "un texte" if (most or 0) > _PROSE else "une ligne" if most else "un texte court"
    return f"{said}, {most} signes au plus" if most else said


def _otherwise(default: object) -> str:
    """Say what holds when a key is absent."""
    if default is None or default == "" or isinstance(default, list | dict):
        return ""
    return f"Sans elle : `{str(default).lower() if isinstance(default, bool) else default}`."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
