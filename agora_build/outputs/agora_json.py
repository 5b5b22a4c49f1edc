"""Turns the site into agora.json, by which it announces its campaigns to other sites, and into its JSON Schema."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from agora_build.content.announcement import (
    MOST_CAMPAIGNS,
    PATH,
    SCHEMA_PATH,
    VERSION,
    AnnouncedCampaign,
    AnnouncedFeed,
    AnnouncedPlace,
    Announcement,
)
from agora_build.content.map_points import campaign_files, campaign_points, city_files, city_points, placed
from agora_build.content.models import Location
from agora_build.content.schemas import schema_of
from agora_build.content.site import Microsite, Site
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls, absolute


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare agora.json and its schema."""
    yield Output(PATH, announcement(site, today), render)
    yield Output(SCHEMA_PATH, (), render_schema)


def announcement(site: Site, today: datetime.date) -> Announcement:
    """Say what the site announces: of a campaign its dates, from which readers tell what is open on their own day."""
    city, publication = site.config.city, site.config.publication
    urls = Urls(city.language)
    latest = sorted(site.microsites, key=lambda item: item.campaign.meta.opens, reverse=True)
    return Announcement(
        version=VERSION,
        site=city.site,
        city=city.name,
        description=city.description,
        address=publication.base_url,
        language=city.language,
        languages=city.editions,
        licence=publication.licence,
        demonstration=publication.demonstration,
        feeds=tuple(_city_feeds(site, urls, today)),
        campaigns=tuple(_campaign(item, site, urls) for item in latest[:MOST_CAMPAIGNS]),
    )


def render(said: Announcement, theme: Theme) -> bytes:  # noqa: ARG001 - data has no layout
    """Write agora.json."""
    return _written({"$schema": SCHEMA_PATH, **said.model_dump(mode="json", exclude_none=True)})


def render_schema(inputs: tuple[()], theme: Theme) -> bytes:  # noqa: ARG001
    """Write the JSON Schema of agora.json."""
    return _written(schema_of(PATH))


def _written(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _campaign(microsite: Microsite, site: Site, urls: Urls) -> AnnouncedCampaign:
    meta = microsite.campaign.meta
    return AnnouncedCampaign(
        id=microsite.slug,
        title=meta.title,
        question=meta.question,
        summary=meta.summary,
        opens=meta.opens,
        closes=meta.closes,
        level=meta.level,
        quarters=tuple(site.config.quarter_name(quarter) for quarter in meta.quarters[:50]),
        place=_place(meta.location),
        page=_from_root(urls.campaign(microsite.slug)),
        feeds=tuple(_feeds(microsite, site, urls)),
        illustrative=meta.illustrative,
    )


def _place(where: Location | None) -> AnnouncedPlace | None:
    if where is None:
        return None
    return AnnouncedPlace(name=where.name, address=where.address, lat=where.lat, lon=where.lon)


def _feeds(microsite: Microsite, site: Site, urls: Urls) -> Iterator[AnnouncedFeed]:
    slug = microsite.slug
    yield _feed("news", urls.feed(slug))
    yield _feed("answers", urls.answers_feed(slug))
    yield _feed("calendar", urls.part_file(slug, "agenda", "agenda.ics"))
    if microsite.map and site.config.map and placed(campaign_points(microsite, urls)):
        yield _feed("map", campaign_files(slug, urls).data)


def _city_feeds(site: Site, urls: Urls, today: datetime.date) -> Iterator[AnnouncedFeed]:
    yield _feed("calendar", urls.section_file("agenda", "agenda.ics"))
    yield _feed("answers", urls.answers_feed())
    yield _feed("overdue", urls.overdue_feed())
    if site.config.podcast and any(item.episodes for item in site.microsites):
        yield _feed("podcast", urls.section_file("radio", "podcast.xml"))
    if site.config.map and placed(city_points(site, urls, today)):
        yield _feed("map", city_files(urls).data)


def _feed(kind: Any, target: str) -> AnnouncedFeed:  # noqa: ANN401 - the model says which words there are
    return AnnouncedFeed(kind=kind, path=_from_root(target))


def _from_root(target: str) -> str:
    """Give an output path as one writes it after the address of the site."""
    return absolute(target, "").removeprefix("/")
