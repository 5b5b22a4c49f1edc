"""Turns the resources of a campaign into their list by kind, and each into a page that says where it comes from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, get_args

from agora_build.content.files import Attachment, attachment
from agora_build.content.models import Debate, Decision, Resource
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

KINDS: tuple[str, ...] = get_args(Resource.model_fields["kind"].annotation)


class Document(Record, frozen=True):
    """A resource, and its file if it has one."""

    entry: Entry[Resource]
    file: Attachment | None


class ResourceList(Record, frozen=True):
    """The resources of a campaign by kind, newest first within each."""

    path: str
    masthead: Masthead
    groups: tuple[tuple[str, tuple[Document, ...]], ...]


class ResourcePage(Record, frozen=True):
    """Everything a resource's page shows, with the debates and decisions that rest on it."""

    path: str
    masthead: Masthead
    document: Document
    debates: tuple[Entry[Debate], ...]
    decisions: tuple[Entry[Decision], ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list a campaign that has resources, and a page a resource."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        documents = tuple(_document(entry, site) for entry in microsite.resources)
        if documents:
            listing = _listing(microsite, documents, urls, today)
            yield Output(listing.path, listing, render_list)
        for document in documents:
            page = _page(microsite, document, urls, today)
            yield Output(page.path, page, render_page)


def render_list(listing: ResourceList, theme: Theme) -> bytes:
    """Write a campaign's list of resources."""
    return theme.page("resources.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: ResourcePage, theme: Theme) -> bytes:
    """Write a resource's page."""
    return theme.page("resource.html", page.path, masthead=page.masthead, page=page)


def _document(entry: Entry[Resource], site: Site) -> Document:
    return Document(entry, attachment(site, entry.path, entry.meta.file) if entry.meta.file else None)


def _listing(microsite: Microsite, documents: tuple[Document, ...], urls: Urls, today: datetime.date) -> ResourceList:
    groups = ((kind, tuple(item for item in documents if item.entry.meta.kind == kind)) for kind in KINDS)
    return ResourceList(
        path=urls.part(microsite.slug, "resources"),
        masthead=masthead(microsite, urls, today, "resources"),
        groups=tuple((kind, kept) for kind, kept in groups if kept),
    )


def _page(microsite: Microsite, document: Document, urls: Urls, today: datetime.date) -> ResourcePage:
    slug = document.entry.slug
    return ResourcePage(
        path=urls.item(microsite.slug, "resources", slug),
        masthead=masthead(microsite, urls, today, "resources"),
        document=document,
        debates=tuple(entry for entry in microsite.debates if slug in entry.meta.documents),
        decisions=tuple(entry for entry in microsite.decisions if slug in entry.meta.documents),
    )
