"""Turns a microsite, or the whole site, into the numbered points of its map, in the order of the list beside it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Literal

from agora_build.content.models import Campaign, Channel, Location, Place, Voice, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.states import campaign_state, workshop_state
from agora_build.record import Record, replace
from agora_build.urls import Urls, place_anchor

Kind = Literal["campaign", "place", "workshop"]
Mark = Literal["circle", "square", "diamond", "hexagon", "triangle", "pentagon"]
MARKS: tuple[Mark, ...] = ("circle", "square", "diamond", "hexagon", "triangle", "pentagon")


class MapPoint(Record, frozen=True, kw_only=True):
    """One point of a map.

    `number` is the same on the map and in the list, 0 for what is in the list alone; `rank` is the place of its layer,
    `mark` the layer's shape. Layers that the city asks a question for have a `layer_title`; the others ("project",
    "workshops", and the states of consultations) are named by the theme. `target` is the page, or the place of a page,
    that tells more.
    """

    id: str
    kind: Kind
    layer: str
    title: str
    lat: float | None = None  # None: only its address is known
    lon: float | None = None
    target: str
    campaign: str
    campaign_title: str
    number: int = 0
    rank: int = 0
    mark: Mark = "circle"
    layer_title: str = ""
    question: str = ""
    detail: str = ""
    text: str = ""
    date: datetime.date | None = None
    workshop: Workshop | None = None
    voice: Voice | None = None
    channel: Channel | None = None
    batch: str = ""  # of paper sheets, that it came in
    group: str = ""
    people: int | None = None
    quarter: str = ""
    illustrative: bool = False

    @property
    def spot(self) -> tuple[float, float] | None:
        """Its latitude and longitude in degrees; None when it has an address alone."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class MapFiles(Record, frozen=True):
    """The output paths of a map: its page, static picture, data for scripts, and data for everyone."""

    page: str
    picture: str
    script: str
    data: str


def campaign_files(campaign: str, urls: Urls) -> MapFiles:
    """Give the paths of a campaign's map."""
    names = (urls.part_file(campaign, "map", f"carte.{suffix}") for suffix in ("svg", "js", "geojson"))
    return MapFiles(urls.part(campaign, "map"), *names)


def city_files(urls: Urls) -> MapFiles:
    """Give the paths of the city's map."""
    names = (urls.section_file("map", f"carte.{suffix}") for suffix in ("svg", "js", "geojson"))
    return MapFiles(urls.section("map"), *names)


def placed(points: Iterable[MapPoint]) -> tuple[MapPoint, ...]:
    """Keep the points that are on the map."""
    return tuple(point for point in points if point.spot)


def campaign_points(microsite: Microsite, urls: Urls) -> tuple[MapPoint, ...]:
    """List what a campaign's map shows: the project, places by layer, and meetings that are not cancelled."""
    workshops = (entry for entry in microsite.workshops if entry.meta.status != "cancelled")
    return _numbered(
        (
            *_campaign(microsite.campaign, "project", urls),
            *_places(microsite, urls),
            *(_workshop(entry, microsite, urls) for entry in workshops),
        )
    )


def city_points(site: Site, urls: Urls, today: datetime.date) -> tuple[MapPoint, ...]:
    """List what the city's map shows: consultations (open, to come, closed), then the meetings to come."""
    points: list[MapPoint] = []
    for state in ("open", "upcoming", "closed"):
        for microsite in site.microsites:
            if campaign_state(microsite.campaign.meta, today) == state:
                points += _campaign(microsite.campaign, state, urls)
    coming = [
        _workshop(entry, microsite, urls)
        for microsite in site.microsites
        for entry in microsite.workshops
        if workshop_state(entry.meta, today) in ("proposed", "confirmed")
    ]
    return _numbered((*points, *sorted(coming, key=lambda point: (point.date, point.id))))


def _campaign(entry: Entry[Campaign], layer: str, urls: Urls) -> Iterator[MapPoint]:
    meta = entry.meta
    if meta.location:
        yield MapPoint(
            id=f"projet-{entry.slug}",
            kind="campaign",
            layer=layer,
            title=meta.title,
            lat=meta.location.lat,
            lon=meta.location.lon,
            target=urls.campaign(entry.slug),
            campaign=entry.slug,
            campaign_title=meta.title,
            detail=_where(meta.location),
            illustrative=meta.illustrative,
        )


def _places(microsite: Microsite, urls: Urls) -> Iterator[MapPoint]:
    for layer in microsite.map.layers if microsite.map else ():
        for entry in microsite.places:
            if entry.meta.layer == layer.id:
                point = _place(entry, microsite, urls)
                yield replace(point, layer_title=layer.title, question=layer.question)


def _place(entry: Entry[Place], microsite: Microsite, urls: Urls) -> MapPoint:
    meta = entry.meta
    return MapPoint(
        id=place_anchor(entry.slug),
        kind="place",
        layer=meta.layer,
        title=meta.title,
        lat=meta.location.lat,
        lon=meta.location.lon,
        target=f"{urls.part(microsite.slug, 'map')}#{place_anchor(entry.slug)}",
        campaign=microsite.slug,
        campaign_title=microsite.campaign.meta.title,
        detail=_where(meta.location),
        text=entry.body,
        date=meta.date,
        voice=meta.voice,
        channel=meta.channel,
        batch=meta.batch or "",
        group=meta.group or "",
        people=meta.people,
        quarter=meta.quarter or "",
        illustrative=meta.illustrative,
    )


def _workshop(entry: Entry[Workshop], microsite: Microsite, urls: Urls) -> MapPoint:
    meta = entry.meta
    return MapPoint(
        id=f"rencontre-{microsite.slug}-{entry.slug}",
        kind="workshop",
        layer="workshops",
        title=meta.title,
        lat=meta.location.lat,
        lon=meta.location.lon,
        target=urls.item(microsite.slug, "workshops", entry.slug),
        campaign=microsite.slug,
        campaign_title=microsite.campaign.meta.title,
        detail=_where(meta.location),
        date=meta.date,
        workshop=meta,
        quarter=meta.quarter or "",
        illustrative=meta.illustrative,
    )


def _where(location: Location) -> str:
    return ", ".join(part for part in (location.name, location.address) if part)


def _numbered(points: Iterable[MapPoint]) -> tuple[MapPoint, ...]:
    """Give what is on the map its number, from 1, and each layer a mark of its own for as long as there are marks."""
    layers: list[tuple[str, str]] = []
    numbered: list[MapPoint] = []
    number = 0
    for point in points:
        layer = (point.kind, point.layer)
        if layer not in layers:
            layers.append(layer)
        rank = layers.index(layer)
        number += point.spot is not None
        own = number if point.spot else 0
        numbered.append(replace(point, number=own, rank=rank, mark=MARKS[rank % len(MARKS)]))
    return tuple(numbered)
