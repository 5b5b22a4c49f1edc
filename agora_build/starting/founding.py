"""Turns what a city says of itself into the files of its repository, all of them right from the first day."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from agora_build import __version__
from agora_build.config import City, Publication
from agora_build.content.config_file import config_of
from agora_build.content.schema_number import CURRENT
from agora_build.problems import Problem
from agora_build.record import Record
from agora_build.starting.editor import settings
from agora_build.starting.kinds import KINDS
from agora_build.starting.taught import described, taught

TEMPLATES = Path(__file__).parent / "city"
_HIDDEN = ("gitignore", "gitlab-ci.yml", "github", "forgejo", "vscode")  # in a city, a dot begins their names
_CAMPAIGN = "content/campaigns/premiere-concertation"
_INTAKE = (
    "[intake]",
    'url = "envoi/"  # un dossier du site',
    "contact_days = 365  # jours où l’on garde les coordonnées",
)
_VOWELS = "aàâeéèêëiîïoôuùûyAÀÂEÉÈÊËIÎÏOÔUÙÛYœŒhH"
# What is asked, and the key of agora.toml that it becomes.
ASKED: Mapping[str, tuple[str, str]] = {
    "name": ("city", described(City.model_fields["name"])),
    "email": ("city", described(City.model_fields["email"])),
    "base_url": ("publication", described(Publication.model_fields["base_url"])),
}


class Said(Record, frozen=True):
    """What a city says of itself."""

    name: str
    email: str
    base_url: str
    forms: bool = False  # whether it receives forms


def files_of(said: Said, today: datetime.date) -> dict[str, bytes]:
    """Give each file of a new city, by path."""
    made = dict(_templates(said))
    for path, text in (*settings(), *_first_campaign(today)):
        made[path] = text.encode()
    return made


def problems_of(said: Said, key: str) -> list[Problem]:
    """Find what is wrong with one thing that a city says: the checks of agora.toml, where it would stand."""
    text = _filled((TEMPLATES / "agora.toml").read_text("utf-8"), said)
    held = next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(f"{key} = "))
    return [problem for problem in config_of(text.encode()).problems if problem.span.line == held]


def _templates(said: Said) -> Iterator[tuple[str, bytes]]:
    for file in sorted(TEMPLATES.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            first, *rest = file.relative_to(TEMPLATES).parts
            path = "/".join([f".{first}" if first in _HIDDEN else first, *rest])
            yield path, _filled(file.read_text("utf-8"), said).encode()


def _filled(text: str, said: Said) -> str:
    intake = "\n".join(_INTAKE if said.forms else (f"# {line}" for line in _INTAKE))
    site = f"L’Agora {of_city(said.name)}"
    values = {
        "name": _quoted(said.name), "site": _quoted(site), "email": _quoted(said.email), "url": _quoted(said.base_url),
        "of_name": _prose(of_city(said.name)), "plain_site": _prose(site), "plain_email": said.email, "intake": intake,
        "schema": str(CURRENT), "version": __version__,
    }  # fmt: skip
    return re.sub(r"@([a-z_]+)@", lambda match: values.get(match[1], match[0]), text)


def _quoted(text: str) -> str:
    """Write a text in TOML, whose quoted texts are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _prose(text: str) -> str:
    """Write a text in Markdown, where it is no mark."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def of_city(name: str) -> str:
    """Say « of » a city: de Nanterre, d’Arles, du Mans, des Ulis."""
    for article, said in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return said + name.removeprefix(article)
    return f"d’{name}" if name[:1] in _VOWELS else f"de {name}"


def _first_campaign(today: datetime.date) -> Iterator[tuple[str, str]]:
    """Write a campaign to change or to erase: it opens in a fortnight, with a debate and a timeline."""
    opens = (today + datetime.timedelta(days=14)).isoformat()
    kinds: Mapping[str, Mapping[str, object]] = {
        "campaign": {
            "title": "Votre première concertation",
            "summary": "Un exemple, à modifier ou à effacer : dites ici le projet en deux phrases.",
            "question": "Quelle question voulez-vous poser aux habitants ?",
            "opens": opens,
            "level": "consult",
            "illustrative": "true",
        },
        "debate": {
            "title": "Un premier débat",
            "question": "Que faut-il garder, que faut-il changer ?",
            "opens": opens,
            "method": "arguments",
            "illustrative": "true",
        },
        "timeline": {
            "steps": [{"start": opens, "title": "Ouverture de la concertation", "illustrative": "true"}],
        },
        "moderation": {},
    }
    for name, data in kinds.items():
        kind = KINDS[name]
        path = kind.path.format(campaign=_CAMPAIGN.rpartition("/")[2], name="premier-debat")
        body = kind.body if kind.prose else None
        yield path, taught(kind.model, {**kind.given(data, today), **data}, {}, body)
