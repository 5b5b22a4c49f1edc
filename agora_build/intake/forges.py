"""Turns the settings of the intake into the forge where what people send is proposed."""

from __future__ import annotations

import re
from pathlib import Path

from agora_build.config import Config, Intake
from agora_build.intake.credentials import secret_of
from agora_build.intake.forge import Forge, ForgeError
from agora_build.intake.remote import Place

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)+", re.ASCII)
_APIS = {"github": "/api/v3", "gitlab": "/api/v4", "forgejo": "/api/v1"}


def forge_of(config: Config, root: Path, own: Forge) -> Forge:
    """Give the forge of a city: `own`, our bare repository, or another host; raise ForgeError when it cannot serve."""
    intake = config.intake or Intake()
    if intake.forge == "git":
        return own
    place = Place(root, _repository(intake), _api(intake), intake.base)
    secret = secret_of(root)
    match intake.forge:
        case "github":
            from agora_build.intake.github import GitHubForge

            return GitHubForge(place, secret)
        case "gitlab":
            from agora_build.intake.gitlab import GitLabForge

            return GitLabForge(place, secret)
        case "forgejo":
            from agora_build.intake.forgejo import ForgejoForge

            return ForgejoForge(place, secret)


def _repository(intake: Intake) -> str:
    name = intake.repository.removesuffix(".git").strip("/")
    deep = name.count("/") > 1 and intake.forge != "gitlab"  # GitLab alone has groups in groups
    if not _REPOSITORY.fullmatch(name) or deep or name.startswith("."):
        raise ForgeError(
            "[intake] repository ne nomme pas un dépôt de la forge : écrivez « ville/agora » dans agora.toml",
            lasting=True,
        )
    return name


def _api(intake: Intake) -> str:
    """Give the address of the API; that of the site alone is completed."""
    address = (intake.api or "").rstrip("/")
    if not address and intake.forge == "forgejo":
        raise ForgeError(
            "[intake] api manque dans agora.toml : écrivez l’adresse de votre Forgejo, comme "
            "« https://git.ville.example/api/v1 »",
            lasting=True,
        )
    if address and "/api/" not in f"{address}/" and "://api." not in address:
        address += _APIS[intake.forge]
    return address
