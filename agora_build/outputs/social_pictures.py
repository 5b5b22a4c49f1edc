"""Turns the city and each campaign into the picture that social networks show beside a link to one of their pages."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.languages import direction
from agora_build.content.site import Microsite, Site
from agora_build.record import Record
from agora_build.rendering import social_picture
from agora_build.rendering.colours import FILLS
from agora_build.rendering.output import File, Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class SocialPicture(Record, frozen=True):
    """What is drawn: words, period, colour, the picture of the campaign if it has one; and with what."""

    site: str
    title: str
    question: str
    period: tuple[datetime.date, datetime.date | None] | None
    note: str
    fill: str
    art: File | None
    versions: str
    fonts: str


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001 - nothing here grows old
    """Declare a picture a campaign."""
    if is_drawn(site):
        urls = Urls(site.config.city.language)
        for microsite in site.microsites:
            yield Output(urls.share(microsite.slug), _of_campaign(site, microsite), render)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001 - the same
    """Declare the picture of the city, for all other pages."""
    if is_drawn(site):
        city = site.config.city
        host = site.config.publication.base_url.partition("://")[2].strip("/")
        words = SocialPicture(
            city.site, "", city.tagline, None, host, FILLS["city"], None,
            social_picture.versions(), social_picture.digest_of_fonts(),
        )  # fmt: skip
        yield Output(Urls(city.language).share(), words, render)


def is_drawn(site: Site) -> bool:
    """Tell whether the city asks for pictures, and what draws them is there."""
    return site.config.publication.social_pictures and bool(social_picture.versions())


def render(inputs: SocialPicture, theme: Theme) -> bytes:
    """Draw a picture."""
    card = social_picture.Card(
        site=inputs.site,
        title=inputs.title,
        question=inputs.question,
        dates=theme.period(*inputs.period) if inputs.period else inputs.note,
        fill=inputs.fill,
        rtl=direction(theme.language) == "rtl",
    )
    if inputs.art is None:
        return social_picture.draw(card)
    return social_picture.draw(card, inputs.art.source.read_bytes(), inputs.art.source.suffix.lower())


def _of_campaign(site: Site, microsite: Microsite) -> SocialPicture:
    campaign = microsite.campaign
    meta = campaign.meta
    art = Path(site.root, campaign.path).parent / meta.picture.file if meta.picture else None
    return SocialPicture(
        site=site.config.city.site,
        title=meta.title,
        question=meta.question,
        period=(meta.opens, meta.closes),
        note="",
        fill=FILLS[meta.accent],
        art=File(art, hashlib.sha256(art.read_bytes()).hexdigest()) if art else None,
        versions=social_picture.versions(),
        fonts=social_picture.digest_of_fonts(),
    )
