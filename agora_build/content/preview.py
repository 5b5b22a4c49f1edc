"""Turns a city into what its authors see of it before it is published: forms that answer on their own computer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from agora_build.config import Config, Intake


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
