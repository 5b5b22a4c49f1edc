"""Turns the copies of what other sites announce into the network page: what is open elsewhere, and of when it is known.

Nothing in a copy is trusted: its texts are shown as texts, and its addresses are those that agora.toml gives to a site.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from agora_build.config import NetworkSite
from agora_build.content.announcement import AnnouncedCampaign, AnnouncedFeed, AnnouncedPlace, Announcement, NetworkCopy
from agora_build.content.languages import InLanguage
from agora_build.content.site import Site
from agora_build.content.states import Opening
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

OLD = datetime.timedelta(days=31)  # after which a copy is said to be old
_SAFE = "https://"


class Lead(Record, frozen=True):
    """A link to another site: what it leads to, and where; '' when it may not be followed."""

    kind: str
    address: str


class CampaignElsewhere(Record, frozen=True):
    """A campaign of another site."""

    title: str
    question: str
    summary: str
    opens: datetime.date
    closes: datetime.date | None
    where: tuple[str, ...]
    page: str
    feeds: tuple[Lead, ...]
    illustrative: bool


class Neighbour(Record, frozen=True):
    """Another site, on a day: what it announces, and of when that is known (None: never)."""

    id: str
    name: str
    address: str
    fetched: datetime.date | None
    old: bool
    description: str = ""
    licence: str = ""
    demonstration: bool = False
    open: tuple[CampaignElsewhere, ...] = ()
    coming: tuple[CampaignElsewhere, ...] = ()
    closed: int = 0
    feeds: tuple[Lead, ...] = ()


class NetworkPage(Record, frozen=True):
    """What the network page shows."""

    path: str
    neighbours: tuple[Neighbour, ...]


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the network page, if the city follows other sites."""
    network = site.config.network
    if network is None:
        return
    copies = {entry.slug: entry.meta for entry in site.network}
    neighbours = tuple(_neighbour(item, copies.get(item.id), today) for item in network.sites)
    path = Urls(site.config.city.language).section("network")
    yield Output(path, NetworkPage(path, neighbours), render)


def render(page: NetworkPage, theme: Theme) -> bytes:
    """Write the network page."""
    return theme.page("network.html", page.path, page=page)


def _neighbour(site: NetworkSite, copy: NetworkCopy | None, today: datetime.date) -> Neighbour:
    address = site.url if site.url.startswith(_SAFE) else ""
    if copy is None:
        return Neighbour(site.id, site.name, address, None, old=False)
    said = copy.said
    last = datetime.date.max
    opened = sorted(_in_state(said, "open", today), key=lambda item: (item.closes or last, item.id))
    coming = sorted(_in_state(said, "upcoming", today), key=lambda item: (item.opens, item.id))
    return Neighbour(
        site.id,
        site.name,
        address,
        copy.fetched,
        old=today - copy.fetched > OLD,
        description=_spoken(said.description, said),
        licence=said.licence,
        demonstration=said.demonstration,
        open=tuple(_elsewhere(item, said, address) for item in opened),
        coming=tuple(_elsewhere(item, said, address) for item in coming),
        closed=len(said.campaigns) - len(opened) - len(coming),
        feeds=_leads(said.feeds, address),
    )


def _in_state(said: Announcement, state: Opening, today: datetime.date) -> Iterator[AnnouncedCampaign]:
    for item in said.campaigns:
        closed = item.closes is not None and item.closes < today
        if state == ("upcoming" if item.opens > today else "closed" if closed else "open"):
            yield item


def _elsewhere(campaign: AnnouncedCampaign, said: Announcement, address: str) -> CampaignElsewhere:
    return CampaignElsewhere(
        title=_spoken(campaign.title, said),
        question=_spoken(campaign.question, said),
        summary=_spoken(campaign.summary, said),
        opens=campaign.opens,
        closes=campaign.closes,
        where=tuple(_spoken(name, said) for name in _where(campaign.place, campaign.quarters)),
        page=_joined(address, campaign.page),
        feeds=_leads(campaign.feeds, address),
        illustrative=campaign.illustrative and not said.demonstration,
    )


def _where(place: AnnouncedPlace | None, quarters: Iterable[str]) -> list[str]:
    named = [place.name, place.address] if place else []
    return list(dict.fromkeys(name for name in (*named, *quarters) if name))


def _leads(feeds: Iterable[AnnouncedFeed], address: str) -> tuple[Lead, ...]:
    return tuple(Lead(feed.kind, _joined(address, feed.path)) for feed in feeds)


def _joined(address: str, path: str) -> str:
    """Write the address of something on a site: the site's own, and what the model lets follow it."""
    return f"{address.rstrip('/')}/{path}" if address else ""


def _spoken(text: str, said: Announcement) -> str:
    """Say in which language another site speaks."""
    return InLanguage(text, said.language, untranslated=False)
