"""Checks that nothing published names, or leads to, what is not published yet."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from agora_build.content import markdown_scan
from agora_build.content.draft import Document, Draft
from agora_build.content.fields import Reference
from agora_build.content.prose_checks import Passage
from agora_build.content.references import FOLDERS, references
from agora_build.content.validate import shown
from agora_build.problems import Problem

_PEOPLES = ("contributions", "places", "questions")  # their words lead nowhere in the site


def check_hidden(draft: Draft, document: Document, today: datetime.date) -> Iterator[Problem]:
    """Refuse what a published file says of a draft, or of what is to appear later."""
    if _is_hidden(draft, document.found.of or document.path, today):
        return
    campaign = document.found.campaign
    for path, value, marker in references(document.found.model, document.written, ()):
        folder = FOLDERS.get(marker.kind) if isinstance(marker, Reference) else None
        if folder and _is_hidden(draft, f"content/campaigns/{campaign}/{folder}/{value}.md", today):
            yield document.at_value("names-draft", *path, value=shown(value))
    if document.found.folder not in _PEOPLES:
        yield from _links(draft, document, today)


def _links(draft: Draft, document: Document, today: datetime.date) -> Iterator[Problem]:
    passage = Passage(document, document.source.body)
    folder = posixpath.dirname(document.path)
    for link in markdown_scan.links(markdown_scan.without_code(passage.text)):
        target = posixpath.normpath(posixpath.join(folder, unquote(link.target.partition("#")[0])))
        if target.endswith(".md") and _is_hidden(draft, target, today):
            yield passage.problem("names-draft", link.start, len(link.target), value=shown(link.target))


def _is_hidden(draft: Draft, path: str, today: datetime.date) -> bool:
    """Tell whether a file, or the campaign it belongs to, is not published on a day."""
    found = draft.found.get(path)
    if found is None:
        return False
    offers = [draft.offer(path)]
    if found.campaign:
        offers.append(draft.offer(f"content/campaigns/{found.campaign}/campaign.md"))
    return any(offer.draft or (offer.appears is not None and offer.appears > today) for offer in offers)
