"""Turns a city into what its authors see of it before it is published: forms that answer here, drafts that say so."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

from agora_build.config import Config, Intake
from agora_build.content.site import Entry
from agora_build.record import replace

Hidden = Literal["draft", "scheduled"]
Label = Callable[[str, str], str]  # what is hidden, in a language of the site -> how it is called there


def folder_of(root: Path) -> Path:
    """Give the folder of all that a preview makes."""
    return root / ".agora" / "preview"


def answered_here(config: Config) -> Config:
    """Let the forms of a site be sent to this computer: what is tried in a preview never reaches the real intake.

    The site stands at the root of its host there, wherever it is published.
    """
    publication = config.publication.model_copy(update={"base_url": urljoin(config.publication.base_url, "/")})
    found: dict[str, object] = {"publication": publication}
    if config.intake is not None:
        ours = {"url": _below(config.intake), "store": "sqlite:///.agora/preview/intake/journal.sqlite"}
        ours |= {"forge": "git", "repository": ".agora/preview/intake/forge.git"}
        found["intake"] = config.intake.model_copy(update=ours)
    return config.model_copy(update=found)


def forms_below(config: Config | None) -> str:
    """Give the folder of a site below which its forms are answered, in a preview."""
    return _below(config.intake if config and config.intake else Intake())


def _below(intake: Intake) -> str:
    return str(Intake.model_fields["url"].default) if "://" in intake.url else intake.url


def hidden(entries: Iterable[Entry[Any]], today: datetime.date) -> dict[str, Hidden]:
    """Say which files are not published on a day, and why, by their paths; what is in a campaign goes with it."""
    known = list(entries)
    found = {entry.path: why for entry in known if (why := why_hidden(entry.meta, today))}
    campaigns = {path.split("/")[2]: why for path, why in found.items() if path.endswith("/campaign.md")}
    for entry in known:
        why = campaigns.get(entry.campaign) or found.get(entry.of)
        if why:
            found.setdefault(entry.path, why)
    return found


def why_hidden(meta: object, today: datetime.date) -> Hidden | None:
    """Say why what a file holds is not published on a day; None when it is."""
    if getattr(meta, "draft", False) is True:
        return "draft"
    appears = getattr(meta, "appears", None)
    return "scheduled" if appears is not None and appears > today else None


def marked(entries: Iterable[Entry[Any]], today: datetime.date, language: str, label: Label) -> Iterator[Entry[Any]]:
    """Say in the title of each file that it is not published, and in that of its translations."""
    known = list(entries)
    why = {entry.path: found for entry in known if (found := why_hidden(entry.meta, today))}
    for entry in known:
        found = why.get(entry.of or entry.path)
        title = getattr(entry.meta, "title", None)
        if found and title:
            said = label(found, entry.language or language)
            meta = entry.meta.model_copy(update={"title": f"{said} : {title}"})
            yield replace(entry, meta=meta, digest=f"{entry.digest} {said}")
        else:
            yield entry
