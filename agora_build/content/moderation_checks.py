"""Checks what binds the moderation log of a campaign to its files: reasons, days, what is there and what is no more."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document, Draft
from agora_build.content.fields import ID
from agora_build.content.tree import TOMBSTONES
from agora_build.content.validate import nearest, shown
from agora_build.problems import Problem

FOLDERS = {model.kind: folder for folder, model in TOMBSTONES.items()}


def check_moderation(draft: Draft, document: Document) -> Iterator[Problem]:
    """Refuse a reason nobody announced, a day before the id was given, and the erasure of what is not there."""
    for key in ("refused", "withdrawn", "erased"):
        for index, item in enumerate(document.values.get(key, ())):
            given = f"{item.id[:4]}-{item.id[4:6]}-{item.id[6:8]}"
            if ID.fullmatch(item.id) and str(item.date) < given:
                values = {"value": str(item.date), "given": given}
                yield document.at_value("moderated-too-early", key, index, "date", **values)
    yield from _reasons(document)
    campaign = document.found.campaign
    for index, item in enumerate(document.values.get("erased", ())):
        folder = FOLDERS[item.kind]
        if not draft.holds(campaign, folder, item.id):
            near = nearest(item.id, draft.names(campaign, folder))
            values = {"value": shown(item.id), "folder": folder, "near": near}
            yield document.at_value("erased-without-file", "erased", index, "id", **values)


def _reasons(document: Document) -> Iterator[Problem]:
    known = [reason.id for reason in document.values.get("reasons", ())]
    if "reasons" in document.written and not known:
        return  # they are wrong, and told of
    for index, item in enumerate(document.values.get("refused", ())):
        if item.reason not in known:
            values = {"value": shown(item.reason), "near": nearest(item.reason, known)}
            allowed = ", ".join(known) or "—"
            yield document.at_value("unknown-reason", "refused", index, "reason", allowed=allowed, **values)


def check_logged(draft: Draft, document: Document) -> Iterator[Problem]:
    """Refuse a file that is there, or that still has its text, or has it no more, against what the log says."""
    found = document.found
    if found.folder not in TOMBSTONES:
        return
    values = {"value": found.slug, "campaign": found.campaign}
    if found.slug in draft.withdrawn(found.campaign):
        yield document.at_key("withdrawn-still-there", **values)
    if found.slug in draft.refused(found.campaign):
        yield document.at_key("refused-still-there", **values)
    if document.erased and found.slug not in draft.erased(found.campaign):
        yield document.at_key("erased-not-logged", "erased", **values)
    elif found.slug in draft.erased(found.campaign) and not document.erased:
        yield document.at_key("erased-still-there", **values)
