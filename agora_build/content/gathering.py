"""Turns checked entries into the site they make: pages, microsites in the order shown, threads."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH118, PTH202
from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from agora_build.config import Config
from agora_build.content.models import Contribution, Erased, ErasedContribution
from agora_build.content.picture_sizes import Size
from agora_build.content.site import AudioFacts, Contributed, Entry, Microsite, Site, Thread, ThreadSummary
from agora_build.content.tree import NETWORK, TOMBSTONES, VOTES
from agora_build.record import replace

Key = tuple[str, str]  # a campaign's slug and a debate's


def gathered(  # noqa: PLR0913, PLR0917 - what it gathers
    root: str,
    config: Config,
    entries: Iterable[Entry[Any]],
    media: Iterable[str],
    audio: Mapping[str, AudioFacts],
    pictures: Mapping[str, Size],
) -> Site:
    """Gather every entry but the contributions; the microsites still lack what their threads say."""
    by_campaign: dict[str, dict[str, list[Entry[Any]]]] = {}
    translations: dict[str, list[Entry[Any]]] = {}
    for entry in entries:
        if entry.language:
            translations.setdefault(entry.campaign, []).append(entry)
            continue
        by_campaign.setdefault(entry.campaign, {}).setdefault(folder_of(entry.path), []).append(entry)
    of_city = by_campaign.pop("", {})
    microsites = sorted(
        (_microsite(folders, translations) for folders in by_campaign.values()), key=lambda site: site.slug
    )
    microsites.sort(key=lambda site: site.campaign.meta.opens, reverse=True)
    named = tuple(sorted(media))
    return Site(
        config,
        tuple(sorted(of_city.get("pages", ()), key=lambda page: (page.meta.order, page.slug))),
        tuple(microsites),
        named,
        dict(sorted(audio.items())),
        pictures=dict(sorted(pictures.items())),
        sizes={path: os.path.getsize(os.path.join(root, path)) for path in named},
        basemap=_basemap(root, config),
        root=os.fspath(root),
        translations=_in_order(translations.get("", ())),
        network=tuple(sorted(of_city.get(NETWORK, ()), key=_slug)),
    )


def heard(site: Site, summaries: Mapping[Key, ThreadSummary], cited: Mapping[str, Iterable[Contributed]]) -> Site:
    """Tell each microsite what its threads say, and give it the contributions that it cites."""
    return replace(site, microsites=tuple(_heard(item, summaries, cited) for item in site.microsites))


def in_thread(path: str) -> bool:
    """Tell whether a content file belongs to the thread of a debate: a contribution, or a file of its vote."""
    return path.count("/") > 3 and folder_of(path) in ("contributions", VOTES)  # noqa: PLR2004


def threads(entries: Iterable[Entry[Any]]) -> dict[Key, Thread]:
    """Sort contributions and the files of votes into the threads they make."""
    said: dict[Key, list[Entry[Any]]] = {}
    for entry in entries:
        debate = entry.slug if folder_of(entry.path) == VOTES else entry.meta.debate
        said.setdefault((entry.campaign, debate), []).append(entry)
    return {key: thread(key, found) for key, found in said.items()}


def thread(key: Key, entries: Iterable[Entry[Any]]) -> Thread:
    """Put what belongs to one debate in order."""
    said: list[Entry[Contribution]] = []
    erased: list[Entry[ErasedContribution]] = []
    votes: list[Entry[Any]] = []
    for entry in entries:
        if folder_of(entry.path) == VOTES:
            votes.append(entry)
        else:
            (erased if entry.meta.erased else said).append(entry)
    votes.sort(key=lambda entry: entry.path)
    return Thread(*key, _by_date(said), tuple(votes), erased=_by_date(erased))


def cited_by(microsite: Microsite) -> list[str]:
    """List the ids of the contributions that a campaign's decisions name, and of those that got an answer."""
    named = {item.contribution for entry in microsite.decisions for item in entry.meta.considered if item.contribution}
    asked = {entry.slug for entry in (*microsite.questions, *microsite.erased)}
    return sorted(named | {entry.slug for entry in microsite.answers if entry.slug not in asked})


def folder_of(path: str) -> str:
    """Tell the kind of a content file from its path: `debates`, `contributions`… or `campaign`, `timeline`, `map`."""
    parts = path.split("/")
    return parts[3].partition(".")[0] if parts[1] == "campaigns" else parts[1]


def _heard(
    microsite: Microsite, summaries: Mapping[Key, ThreadSummary], cited: Mapping[str, Iterable[Contributed]]
) -> Microsite:
    keys = ((microsite.slug, debate.slug) for debate in microsite.debates)
    return replace(
        microsite,
        threads=tuple(summaries[key] for key in keys if key in summaries),
        cited=tuple(cited.get(microsite.slug, ())),
    )


def _in_order(translations: Iterable[Entry[Any]]) -> tuple[Entry[Any], ...]:
    return tuple(sorted(translations, key=lambda entry: entry.path))


def _microsite(folders: Mapping[str, list[Entry[Any]]], translations: Mapping[str, list[Entry[Any]]]) -> Microsite:
    erased = [entry for name in TOMBSTONES for entry in folders.get(name, ()) if isinstance(entry.meta, Erased)]

    def of(folder: str) -> list[Entry[Any]]:
        return [entry for entry in folders.get(folder, ()) if not isinstance(entry.meta, Erased)]

    return Microsite(
        campaign=of("campaign")[0],
        timeline=_meta(of("timeline")),
        map=_meta(of("map")),
        debates=tuple(sorted(of("debates"), key=lambda entry: (entry.meta.opens, entry.slug))),
        workshops=tuple(sorted(of("workshops"), key=_hour)),
        places=_by_date(of("places")),
        resources=_newest(of("resources")),
        kits=tuple(sorted(of("kits"), key=lambda entry: (entry.meta.order, entry.meta.title, entry.slug))),
        episodes=_newest(of("episodes")),
        decisions=_newest(of("decisions")),
        juries=tuple(sorted((entry for entry in of("juries") if entry.path.endswith(".md")), key=_slug)),
        draws=tuple(sorted((entry for entry in of("juries") if entry.path.endswith(".yml")), key=_slug)),
        questions=_by_date(of("questions")),
        answers=_by_date(of("answers")),
        moderation=_meta(of("moderation")),
        batches=tuple(sorted(of("batches"), key=lambda entry: int(entry.slug))),
        erased=_by_date(erased),
        translations=_in_order(translations.get(of("campaign")[0].slug, ())),
    )


def _meta(entries: list[Entry[Any]]) -> Any:  # noqa: ANN401 - the kind follows from the file's name
    return entries[0].meta if entries else None


def _hour(entry: Entry[Any]) -> tuple[datetime.date, datetime.time, str]:
    return entry.meta.date, entry.meta.starts or datetime.time.min, entry.slug


def _slug(entry: Entry[Any]) -> str:
    return entry.slug


def _by_date(entries: list[Entry[Any]]) -> tuple[Entry[Any], ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.meta.date, entry.slug)))


def _newest(entries: list[Entry[Any]]) -> tuple[Entry[Any], ...]:
    by_slug = sorted(entries, key=lambda entry: entry.slug)
    return tuple(sorted(by_slug, key=lambda entry: entry.meta.date, reverse=True))


def _basemap(root: str, config: Config) -> str:
    name = config.map.basemap if config.map else None
    return pathlib.Path(root, name).read_text("utf-8") if name else ""
