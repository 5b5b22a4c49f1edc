"""Turns a city into what its editor can change: for each campaign, and for the whole site, the collections of Decap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.config_file import read_config_file
from agora_build.content.models import Campaign, Page
from agora_build.content.tree import CAMPAIGN_FILES, NAMED_BY_ID, WITH_ID
from agora_build.content.tree import KINDS as MODELS
from agora_build.editing.named import known, titled
from agora_build.editing.shown import BASE, BODY, NAMED
from agora_build.editing.widgets import City, Widget, fields_of
from agora_build.editing.words import FILES, KINDS
from agora_build.urls import INDEX, Urls

SITE = ""  # in place of a campaign: the pages of the site, and the campaigns themselves
_SLUG = {"encoding": "ascii", "clean_accents": True, "sanitize_replacement": "-"}
_DONE = {"create": "Ajouter", "update": "Modifier", "delete": "Retirer"}
_PARTS = {"timeline": "timeline", "map": "map", "moderation": "moderation"}  # pages of a campaign, by their files


def settings(root: Path, campaign: str, site: str, api: str, branch: str) -> dict[str, Any]:
    """Give the settings of the editor of a campaign, or of SITE.

    `site` is the address of the preview, `api` that of what reads and writes.
    """
    config = read_config_file(root).config
    urls = Urls(config.city.language if config else "fr")
    collections = _of_campaign(root, campaign, urls) if campaign else _of_site(urls)
    messages = {name: f"{done} {{{{collection}}}} : {{{{slug}}}}" for name, done in _DONE.items()}
    return {
        "backend": {"name": "proxy", "proxy_url": api, "branch": branch, "commit_messages": messages},
        "locale": "fr",
        "site_url": site,
        "publish_mode": "simple",
        "media_folder": f"content/campaigns/{campaign}/media" if campaign else "content/media",
        "public_folder": "media",
        "slug": _SLUG,
        "editor": {"preview": False},
        "collections": list(collections),
    }


def _of_site(urls: Urls) -> Iterator[Widget]:
    page = {"slug": "{{title}}", "preview_path": _at(urls.page("{{slug}}"))}
    yield _folder("pages", "Pages", "page", "content/pages", fields_of(Page, City())) | page
    fields = fields_of(Campaign, City())
    yield _folder("campaigns", "Concertations", "concertation", "content/campaigns", fields) | {
        "slug": "{{title}}", "path": "{{slug}}/campaign", "preview_path": _at(urls.campaign("{{dirname}}")),
        "delete": False,
    }  # fmt: skip


def _of_campaign(root: Path, campaign: str, urls: Urls) -> Iterator[Widget]:
    folder, names = f"content/campaigns/{campaign}", known(root, campaign)
    city = City(names, f"{folder}/media", "media")
    files = [
        {
            "name": (part := name.partition(".")[0]),
            "label": FILES[name],
            "file": f"{folder}/{name}",
            "fields": _whole(fields_of(model, city), prose=name.endswith(".md")),
            "preview_path": _at(urls.part(campaign, _PARTS[part]) if part in _PARTS else urls.campaign(campaign)),
        }
        for name, model in CAMPAIGN_FILES.items()
    ]
    yield {"name": f"{campaign}-files", "label": "La campagne", "format": "json", "files": files}
    for name, (several, one) in KINDS.items():
        fields = fields_of(MODELS[name], City(names, f"{folder}/{name}"))
        if name == "answers":
            fields = [_answered(root, campaign), *fields]
        page = _at(urls.item(campaign, "questions" if name == "answers" else name, "{{slug}}"))
        made = _folder(f"{campaign}-{name}", several, one, f"{folder}/{name}", fields) | _named(name)
        yield made | {"preview_path": page, "delete": name not in WITH_ID}


def _at(path: str) -> str:
    """Give the address of a page."""
    return path.removesuffix(INDEX)


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
    hint = "Le texte de la page, en Markdown, tel qu’il est dans le fichier."
    body = {"name": BODY, "label": "Texte", "hint": hint, "widget": "text", "required": False}
    base = {"name": BASE, "label": BASE, "widget": "hidden", "required": False}
    return [*fields, *([body] if prose else []), base]


def _answered(root: Path, campaign: str) -> Widget:
    """Ask which question, or which contribution, a reply is to: those that wait first."""
    folder = f"content/campaigns/{campaign}"
    done = {option["value"] for option in titled(root, f"{folder}/answers", "*.md")}
    asked = [it for name in ("questions", "contributions") for it in titled(root, f"{folder}/{name}", "*.md")]
    options = [it for it in asked if it["value"] not in done]
    options += [{**it, "label": f"{it['label']} : a sa réponse"} for it in asked if it["value"] in done]
    hint = "La question, ou la contribution, à laquelle la Ville répond ; le fichier en prend le numéro."
    return {"name": NAMED, "label": "Réponse à", "hint": hint, "widget": "select", "options": options}
