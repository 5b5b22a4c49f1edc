"""Turns the archives of campaigns into the page that offers them, and into the first page and the note inside each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls


class Pack(Record, frozen=True):
    """A campaign to take away: its title, its archive and how many bytes that has."""

    campaign: str
    title: str
    archive: str
    size: int
    booklet: str = ""  # the same on paper, as a PDF; '' when there is none
    booklet_size: int = 0


class OfflinePage(Record, frozen=True):
    """The campaigns that can be taken away, as they were on a day."""

    path: str
    day: datetime.date
    packs: tuple[Pack, ...]


class Opening(Record, frozen=True):
    """What the first page of an archive says: the campaign, the day, the languages that are inside."""

    campaign: str
    title: str
    question: str
    day: datetime.date
    languages: tuple[str, ...]


def left_out(urls: Urls, campaign: str) -> str:
    """Give the file of a campaign that no archive holds: its data in one file, all of which are in there already."""
    return urls.archive(campaign)


def outputs(urls: Urls, day: datetime.date, packs: Sequence[Pack]) -> Iterator[Output[Any]]:
    """Declare the page that offers the archives."""
    page = OfflinePage(urls.section("offline"), day, tuple(packs))
    yield Output(page.path, page, render)


def render(page: OfflinePage, theme: Theme) -> bytes:
    """Write the page that offers the archives."""
    return theme.page("offline.html", page.path, page=page)


def render_opening(opening: Opening, theme: Theme) -> str:
    """Write the page that an archive opens on."""
    return theme.page("offline_opening.html", theme.urls.home(), opening=opening).decode()


def notice(theme: Theme, day: datetime.date) -> str:
    """Say, on top of each page of an archive, what it is."""
    return theme.text(
        "Copy to read without network, as of {day}: the links that leave it need one.", day=theme.day(day)
    )


def note(opening: Opening, theme: Theme) -> str:
    """Write the note that stands beside the first page, for who opens the folder."""
    city, publication = theme.config.city, theme.config.publication
    lines = (
        f"{opening.title} · {city.site}",
        theme.text("As of {day}.", day=theme.day(opening.day)),
        theme.text("Open index.html with any browser: no network is needed, nothing is to be installed."),
        theme.text("Copy the whole folder, on a USB key for example: its files need each other."),
        theme.text("What needs the network: taking part, searching, and the pages of the other consultations."),
        theme.text("The site: {address}", address=f"{theme.base_url}/"),
        theme.text("Content under {licence} licence, unless stated otherwise.", licence=publication.licence),
    )
    return "\r\n\r\n".join(lines) + "\r\n"
