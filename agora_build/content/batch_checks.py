"""Checks that the counts of a batch of paper sheets agree, and that what a sheet says comes from a checked batch."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document, Draft
from agora_build.content.models import Batch
from agora_build.content.sheet_ids import sheet_id
from agora_build.problems import Problem

FOLDERS = {"contribution": "contributions", "votes": "contributions", "question": "questions", "place": "places"}
_ABOUT = {"contribution": "debate", "votes": "debate", "place": "layer"}  # what a batch of each kind is about
_SIGNED = ("returned", "entered_by", "checked_by", "checked", "differences")


def check_batch(_draft: Draft, document: Document) -> Iterator[Problem]:
    """Check a batch: where its sheets were given, how many came back, and that two people entered them."""
    written, values = document.written, document.values
    if ("workshop" in written) == ("place" in written):
        yield document.at_key("batch-where")
    about = _ABOUT.get(values.get("kind", "contribution"))
    said = [key for key in ("debate", "layer") if key in written]
    if said != ([about] if about else []):
        yield document.at_key("batch-about", *said[:1], about=f"{about}: …" if about else "—")
    for key, whole in (("returned", "sheets"), ("blank", "returned"), ("refused", "returned")):
        part, limit = values.get(key), values.get(whole)
        if part is not None and limit is not None and part > limit:
            yield document.at_value("more-than-whole", key, key=key, value=str(part), whole=whole, limit=str(limit))
    one, two = values.get("entered_by"), values.get("checked_by")
    if one is not None and one == two:
        yield document.at_value("same-role-twice", "checked_by", value=two)
    given = [key for key in _SIGNED if key in written]
    for key in _SIGNED if given else ():
        if key not in written:
            yield document.at_key("batch-half-signed", given[0], key=key, given=given[0])


def check_sheet(draft: Draft, document: Document) -> Iterator[Problem]:
    """Check what came on a numbered sheet against its batch."""
    number, sheet = document.values.get("batch"), document.values.get("sheet")
    for key, other in (("batch", "sheet"), ("sheet", "batch")):
        if key in document.written and other not in document.written:
            yield document.at_key("sheet-and-batch", key, key=key, other=other)
    batch = draft.offer(f"content/campaigns/{document.found.campaign}/batches/{number}.yml").batch
    if batch is None or sheet is None:
        return  # told of: it is not there, or is wrong itself
    yield from _in_batch(document, batch, str(number), sheet)


def _in_batch(document: Document, batch: Batch, number: str, sheet: int) -> Iterator[Problem]:
    values = document.values
    if sheet > batch.sheets:
        yield document.at_value("sheet-beyond", "sheet", value=str(sheet), limit=str(batch.sheets), batch=number)
    if values.get("channel") not in (None, "paper"):
        yield document.at_value("sheet-not-paper", "channel", value=values["channel"], batch=number)
    if document.found.folder != FOLDERS[batch.kind]:
        yield document.at_value("sheet-of-another-kind", "batch", batch=number, folder=FOLDERS[batch.kind])
        return
    about = _ABOUT.get(batch.kind, "")
    wanted = str(getattr(batch, about)) if about else ""
    if about and values.get(about) not in (None, wanted):
        said = {"key": about, "value": values[about], "wanted": wanted, "batch": number}
        yield document.at_value("sheet-elsewhere", about, **said)
    if batch.checked_by is None:
        yield document.at_value("batch-not-checked", "batch", value=number)
    wanted = sheet_id(document.found.campaign, number, batch.date, sheet)
    if document.found.slug != wanted:
        yield document.at_value("sheet-id", "sheet", value=str(sheet), batch=number, wanted=wanted)
