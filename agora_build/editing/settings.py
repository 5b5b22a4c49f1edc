"""Turns a city into what its editor can change: for each campaign, and for the whole site, the collections of Decap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.config_file import read_config_file
from agora_build.content.models import Campaign, Page
from agora_build.content.source import read_source
from agora_build.content.tree import CAMPAIGN_FILES, NAMED_BY_ID
from agora_build.content.tree import KINDS as MODELS
from agora_build.editing.shown import BASE, BODY, NAMED
from agora_build.editing.widgets import Known, Option, Widget, fields_of
from agora_build.editing.words import FILES, KINDS

# What a reference names -> the folder of a campaign that holds it.
_FOLDERS = {
    "debate": "debates", "workshop": "workshops", "resource": "resources", "jury": "juries", "decision": "decisions",
}  # fmt: skip
_SLUG = {"encoding": "ascii", "clean_accents": True, "sanitize_replacement": "-"}
_WORDS = {name: f"{said} : {{{{slug}}}}" for name, said in
          {"create": "Ajouter {{collection}}", "update": "Modifier {{collection}}",
           "delete": "Retirer {{collection}}"}.items()}  # fmt: skip
SITE = ""  # in place of a campaign: the pages of the site, and the campaigns themselves


def settings(root: Path, campaign: str, api: str, branch: str) -> dict[str, Any]:
    """Give the settings of the editor of a campaign, or of SITE; `api` is the address of what reads and writes."""
    collections = _of_campaign(root, campaign) if campaign else _of_site()
    return {
        "backend": {"name": "proxy", "proxy_url": api, "branch": branch, "commit_messages": _WORDS},
        "locale": "fr",
        "publish_mode": "simple",
        "show_preview_links": False,
        "media_folder": f"content/campaigns/{campaign}/media" if campaign else "content/media",
        "public_folder": "media",
        "slug": _SLUG,
        "editor": {"preview": False},
        "collections": list(collections),
    }


def campaigns(root: Path) -> list[Option]:
    """List the campaigns of a city, with their titles."""
    return _titled(root, "content/campaigns", "*/campaign.md")


def _of_site() -> Iterator[Widget]:
    yield _folder("pages", "Pages", "page", "content/pages", fields_of(Page, {})) | {"slug": "{{title}}"}
    fields = fields_of(Campaign, {})
    yield _folder("campaigns", "Concertations", "concertation", "content/campaigns", fields) | {
        "slug": "{{title}}", "path": "{{slug}}/campaign",
    }  # fmt: skip


def _of_campaign(root: Path, campaign: str) -> Iterator[Widget]:
    folder, known = f"content/campaigns/{campaign}", _known(root, campaign)
    files = [
        {
            "name": name.partition(".")[0],
            "label": FILES[name],
            "file": f"{folder}/{name}",
            "fields": _whole(fields_of(model, known), prose=name.endswith(".md")),
        }
        for name, model in CAMPAIGN_FILES.items()
    ]
    yield {"name": f"{campaign}-files", "label": "La campagne", "format": "json", "files": files}
    for name, (several, one) in KINDS.items():
        fields = fields_of(MODELS[name], known)
        if name == "answers":
            fields = [_answered(root, campaign), *fields]
        yield _folder(f"{campaign}-{name}", several, one, f"{folder}/{name}", fields) | _named(name)


def _folder(name: str, several: str, one: str, folder: str, fields: list[Widget]) -> Widget:
    return {
        "name": name, "label": several, "label_singular": one, "folder": folder, "extension": "md", "format": "json",
        "create": True, "fields": _whole(fields, prose=True),
    }  # fmt: skip


def _named(folder: str) -> Widget:
    """Say what a new file is named after; the ids of what people say are given when it is kept."""
    if folder == "answers":
        return {"identifier_field": NAMED, "slug": f"{{{{fields.{NAMED}}}}}", "summary": f"{{{{{NAMED}}}}}"}
    if folder in NAMED_BY_ID:
        summary = "{{title}} ({{date}})" if folder == "places" else "{{date}} {{title}}"
        return {"identifier_field": "date", "slug": "{{fields.date}}", "summary": summary}
    return {"slug": "{{title}}"}


def _whole(fields: list[Widget], *, prose: bool) -> list[Widget]:
    """Add to the metadata the text under it, and what says in which state the file was opened."""
    body = {
        "name": BODY, "label": "Texte", "hint": "Le texte de la page, en Markdown.", "widget": "markdown",
        "modes": ["raw"], "required": False,
    }  # fmt: skip
    base = {"name": BASE, "label": BASE, "widget": "hidden", "required": False}
    return [*fields, *([body] if prose else []), base]


def _answered(root: Path, campaign: str) -> Widget:
    """Ask which question, or which contribution, a reply is to."""
    options = [
        option
        for folder in ("questions", "contributions")
        for option in _titled(root, f"content/campaigns/{campaign}/{folder}", "*.md")
    ]
    hint = "La question, ou la contribution, à laquelle la Ville répond ; le fichier en prend le numéro."
    return {"name": NAMED, "label": "Réponse à", "hint": hint, "widget": "select", "options": options}


def _known(root: Path, campaign: str) -> Known:
    """List what the files of a campaign can name."""
    folder = f"content/campaigns/{campaign}"
    found = {kind: _titled(root, f"{folder}/{name}", "*.md") for kind, name in _FOLDERS.items()}
    layers = _read(root, f"{folder}/map.yml").get("layers")
    found["layer"] = [
        {"value": str(layer["id"]), "label": str(layer.get("title", ""))}
        for layer in (layers if isinstance(layers, list) else ())
        if isinstance(layer, dict) and "id" in layer
    ]
    config = read_config_file(root).config
    for kind, named in (("quarter", config.quarters), ("office", config.offices)) if config else ():
        found[kind] = [{"value": item.id, "label": item.name} for item in named]
    return found


def _titled(root: Path, folder: str, pattern: str) -> list[Option]:
    """List the files of a folder by name, with their titles; translations are told with what they translate."""
    found: list[Option] = []
    for file in sorted((root / folder).glob(pattern)):
        name = file.parent.name if file.name == "campaign.md" else file.stem
        if "." not in name:
            title = _read(root, file.relative_to(root).as_posix()).get("title")
            found.append({"value": name, "label": f"{title} ({name})" if title else name})
    return found


def _read(root: Path, path: str) -> dict[str, Any]:
    file = root / path
    return (read_source(path, file.read_bytes()).data or {}) if file.is_file() and not file.is_symlink() else {}
