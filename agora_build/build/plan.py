"""Turns what was read into what must be looked at again: threads, campaigns, the city, its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agora_build.build.scopes import (
    ASSETS_SCOPE,
    CITY_SCOPE,
    ENGINE_SCOPE,
    OFFLINE_SCOPE,
    RECORD_SCOPE,
    SITEMAP_SCOPE,
    Job,
    archive_scope,
    index_jobs,
    offline_scope,
    thread_jobs,
)
from agora_build.build.store import Row
from agora_build.content.gathering import Key, cited_by
from agora_build.content.site import Microsite, Site
from agora_build.record import Record, field


class Plan(Record):
    """What changed: everything (the day, the theme, the configuration, a media file), or some scopes.

    A file of a campaign changes that campaign and all its threads, which show it above what they say; a contribution
    changes its own thread, and the campaign, which counts it. Whatever changes, the city is looked at.
    """

    everything: bool = False
    threads: set[Key] = field(default_factory=set)
    campaigns: set[str] = field(default_factory=set)
    contributions: set[str] = field(default_factory=set)  # ids of those that changed
    rules: set[str] = field(default_factory=set)  # campaigns of whose rules git tells something else than before
    pages: bool = False

    @property
    def nothing(self) -> bool:
        """Tell whether nothing must be looked at."""
        return not (self.everything or self.threads or self.campaigns or self.pages or self.rules)

    def note(self, campaign: str, debate: str) -> None:
        """Note that a file changed, came, or went."""
        if debate:
            self.threads.add((campaign, debate))
        elif campaign:
            self.campaigns.add(campaign)
        else:
            self.pages = True

    def note_row(self, row: Row, before: tuple[str, str, str] | None) -> bool:
        """Note a file that was read, given its digest, campaign and debate before; tell whether it changed."""
        if before is not None and before[0] == row.digest:
            return False
        self.note(row.campaign, row.debate)
        if row.debate:
            self.contributions.add(row.path.rpartition("/")[2].removesuffix(".md"))
        if before is not None:
            self.note(*before[1:])
        return True

    def thread_jobs(self, site: Site, sizes: Mapping[Key, int]) -> list[Job]:
        """List the parts of threads to render, the longest first."""
        keys = [key for key in _threads(site) if self.everything or key in self.threads or key[0] in self.campaigns]
        keys.sort(key=lambda key: sizes.get(key, 0), reverse=True)
        return [job for key in keys for job in thread_jobs(*key, sizes.get(key, 0))]

    def print_jobs(self, site: Site, told: Iterable[str]) -> list[Job]:
        """List the campaigns whose PDF files may say something else, given those of which a thread says so."""
        dirty = {*self.campaigns, *self.rules, *told, *(campaign for campaign, _ in self.threads)}
        return [Job("print", item.slug) for item in site.microsites if self.everything or item.slug in dirty]

    def other_jobs(self, site: Site, told: Iterable[str]) -> list[Job]:
        """List the other scopes to render, given the campaigns of which a thread says something else than before."""
        dirty = {*self.campaigns, *self.rules, *told, *(item.slug for item in site.microsites if self._cites(item))}
        campaigns = [item.slug for item in site.microsites if self.everything or item.slug in dirty]
        jobs = [Job("campaign", campaign) for campaign in campaigns]
        if self.everything:
            return [Job("assets"), Job("city"), *jobs]
        return [Job("city"), *jobs] if dirty or self.pages else []

    def _cites(self, microsite: Microsite) -> bool:
        """Tell whether a decision of a campaign names a contribution that changed."""
        return bool(self.contributions) and not self.contributions.isdisjoint(cited_by(microsite))


def expected(  # noqa: PLR0913 - what a site may have
    site: Site,
    sizes: Mapping[Key, int],
    *,
    engine: bool,
    offline: bool,
    closed: Iterable[str] = (),
    printed: bool = False,
) -> set[str]:
    """Give the names of all the scopes of a site, with or without a search engine, archives and PDF files.

    The data of the campaigns that are `closed` are in one file each.
    """
    threads = (job.name for key in _threads(site) for job in thread_jobs(*key, sizes.get(key, 0)))
    campaigns = (item.slug for item in site.microsites)
    prints = (Job("print", item.slug).name for item in site.microsites if printed)
    index = (job.name for job in index_jobs(sum(sizes.values())))
    archives = {OFFLINE_SCOPE, *(offline_scope(item.slug) for item in site.microsites)} if offline else set()
    alone = {CITY_SCOPE, ASSETS_SCOPE, SITEMAP_SCOPE, RECORD_SCOPE} | ({ENGINE_SCOPE} if engine else set())
    data = map(archive_scope, closed)
    return {*alone, *threads, *prints, *campaigns, *index, *archives, *data}


def _threads(site: Site) -> Iterable[Key]:
    return ((item.slug, debate.slug) for item in site.microsites for debate in item.debates)
