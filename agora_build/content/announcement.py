"""States what agora.json may say: a site as it announces itself to others, written and read with the same model.

A change that older readers would take for something else gets a new VERSION; what is only added needs none, for
readers leave out what they do not know.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from agora_build.content.fields import Day, Latitude, Line, Link, Longitude, Model, Slug, Summary

PATH, SCHEMA_PATH = "agora.json", "agora.schema.json"
VERSION = 1
MOST_CAMPAIGNS = 500
_PATH = r"^[A-Za-z0-9._~%-]+(/[A-Za-z0-9._~%-]+)*/?$"


def _path(value: str) -> str:
    """Refuse what a browser would read as another host, or as a folder above the site."""
    steps = [unquote(step) for step in value.split("/")]
    if any(step in (".", "..") or re.search(r"[/\\\x00-\x1f]", step) for step in steps):
        raise PydanticCustomError("bad-site-path", "refused", {"value": value})
    return value


def _written(value: object) -> object:
    """Refuse a day that is not written as text: a number would be taken for a time since 1970."""
    if isinstance(value, int | float):
        raise PydanticCustomError("bad-date", "refused", {"value": str(value)})
    return value


SitePath = Annotated[str, StringConstraints(pattern=_PATH, max_length=300), AfterValidator(_path)]
WrittenDay = Annotated[Day, BeforeValidator(_written)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Address = Annotated[Link, StringConstraints(max_length=2000)]
FeedKind = Literal["news", "answers", "overdue", "calendar", "podcast", "map"]
Level = Literal["inform", "consult", "co-design", "decide"]


class _Announced(Model):
    """What every part shares: what a later version adds is left out."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


class AnnouncedFeed(_Announced):
    """A feed, a calendar or a file of points, for readers and programs."""

    kind: FeedKind = Field(description="Ce que c’est : nouvelles, réponses, retards, agenda, podcast, carte.")
    path: SitePath = Field(description="Adresse, à la suite de celle du site.")


class AnnouncedPlace(_Announced):
    """Where a campaign takes place."""

    name: Line | None = Field(None, description="Nom du lieu.")
    address: Line | None = Field(None, description="Adresse postale.")
    lat: Annotated[Latitude, Field(strict=True)] | None = Field(None, description="Latitude en degrés.")
    lon: Annotated[Longitude, Field(strict=True)] | None = Field(None, description="Longitude en degrés.")


class AnnouncedCampaign(_Announced):
    """A campaign: its question, its dates, its place, its page and its feeds."""

    id: Slug = Field(description="Identifiant, qui ne change pas.")
    title: Line = Field(description="Nom de la concertation.")
    question: Line = Field(description="La question posée aux habitants.")
    summary: Summary = Field(description="Le projet en deux phrases.")
    opens: WrittenDay = Field(description="Premier jour.")
    closes: WrittenDay | None = Field(None, description="Dernier jour ; sans lui, la concertation est permanente.")
    level: Level = Field(description="Niveau de participation.")
    quarters: Annotated[tuple[Line, ...], Field(max_length=50)] = Field((), description="Noms des quartiers concernés.")
    place: AnnouncedPlace | None = Field(None, description="Où se trouve le projet.")
    page: SitePath = Field(description="Sa page, à la suite de l’adresse du site.")
    feeds: Annotated[tuple[AnnouncedFeed, ...], Field(max_length=10)] = Field((), description="Ses flux.")
    illustrative: Annotated[bool, Field(strict=True)] = Field(False, description="Contenu d’exemple.")


class Announcement(_Announced):
    """A site as it announces itself: who speaks, in which languages, under which licence, and its campaigns."""

    version: Annotated[int, Field(strict=True, ge=1)] = Field(description="Version du schéma de ce fichier.")
    site: Line = Field(description="Nom du site.")
    city: Line = Field(description="Nom de la ville, ou de qui publie.")
    description: Summary = Field(description="Le site en deux phrases.")
    address: Address = Field(description="Adresse publique du site.")
    language: LanguageTag = Field(description="Langue de ces textes.")
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50)] = Field((), description="Langues du site.")
    licence: Line = Field(description="Licence des contenus.")
    demonstration: Annotated[bool, Field(strict=True)] = Field(False, description="Le site est un exemple.")
    feeds: Annotated[tuple[AnnouncedFeed, ...], Field(max_length=10)] = Field((), description="Flux du site entier.")
    campaigns: Annotated[tuple[AnnouncedCampaign, ...], Field(max_length=MOST_CAMPAIGNS)] = Field(
        (), description="Concertations, la dernière ouverte d’abord."
    )


class NetworkCopy(Model):
    """The announcement of another site as it was on a day: what `agora network update` keeps of it."""

    fetched: WrittenDay = Field(description="Jour de la copie.")
    address: Line = Field(description="D’où elle vient.")
    said: Announcement = Field(description="Ce que le site annonçait.")
