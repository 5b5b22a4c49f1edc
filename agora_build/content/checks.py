"""Checks the civic sense of a city's content: ids, dates in order, who speaks, states of a meeting, announced rules."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from agora_build.content.answer_checks import check_answer
from agora_build.content.batch_checks import check_batch, check_sheet
from agora_build.content.cleaning import is_blank
from agora_build.content.draft import Document, Draft
from agora_build.content.geography import check_locations
from agora_build.content.method_checks import check_method
from agora_build.content.moderation_checks import check_logged, check_moderation
from agora_build.content.tree import BATCHES, DRAWS, NETWORK, TRANSLATIONS, VOTES, WITH_ID, Found
from agora_build.content.validate import nearest, shown
from agora_build.problems import START, Problem
from agora_build.urls import Urls

_HELD_NEEDS = ("attendance", "minutes")
_SECTIONS = ("campaigns", "agenda", "map", "radio", "followup", "accessibility", "verify", "search", "data", "offline")
_NEEDS_BODY = ("pages", "contributions", "questions", "answers", "kits", "episodes")


def check(draft: Draft, document: Document, today: datetime.date) -> Iterator[Problem]:
    """Check a file that could be read."""
    yield from check_logged(draft, document)
    if document.erased:
        yield from _tombstone(document)
        return
    if document.found.folder in _NEEDS_BODY and is_blank(document.source.body):
        yield document.at_key("empty-body")
    yield from _RULES.get(_kind(document), _nothing)(draft, document)
    yield from check_locations(draft.config.map, document)
    if _kind(document) == "campaign":
        yield from _announced(document, today)
    elif _kind(document) == "debates":
        yield from _ruled(draft, document, today)


def _kind(document: Document) -> str:
    folder = document.found.folder
    return document.found.slug if folder == "campaign" else folder


def _nothing(_draft: Draft, _document: Document) -> Iterator[Problem]:
    return iter(())


def check_ids(found: Iterable[Found]) -> Iterator[Problem]:
    """Refuse an id that two files of the city have."""
    first: dict[str, str] = {}
    for item in found:
        if item.folder in WITH_ID:
            other = first.setdefault(item.slug, item.path)
            if other != item.path:
                yield Problem(item.path, START, "duplicate-id", {"value": item.slug, "other": other})


def _tombstone(document: Document) -> Iterator[Problem]:
    """Refuse words under what says that there are none; a meeting may be erased before its day."""
    if document.source.body.strip():
        line = document.source.body_line
        yield document.at_text("erased-with-text", line, 1, len(document.source.line(line)))
    if document.found.folder != "workshops":
        yield from _ordered(document, "date", "erased")


def _ordered(document: Document, first: str, last: str) -> Iterator[Problem]:
    """Two dates of a file, the second not before the first."""
    start, end = document.values.get(first), document.values.get(last)
    if start is not None and end is not None and end < start:
        yield document.at_value("dates-out-of-order", last, first=first, last=last, start=str(start), end=str(end))


def _page(draft: Draft, document: Document) -> Iterator[Problem]:
    urls = Urls(draft.config.config.city.language if draft.config.config else "fr")
    taken = {urls.section(name).partition("/")[0] for name in _SECTIONS} | {"assets", "index"}
    taken |= set(draft.config.config.city.others) if draft.config.config else set()
    if draft.config.config and draft.config.config.network:
        taken.add(urls.section("network").partition("/")[0])
    if document.found.slug in taken:
        yield document.at_key("reserved-name", value=document.found.slug)


def _copy(draft: Draft, document: Document) -> Iterator[Problem]:
    """Refuse the copy of a site that agora.toml does not list: no page would show it."""
    config = draft.config.config
    names = [site.id for site in config.network.sites] if config and config.network else []
    if config and document.found.slug not in names:
        near = nearest(document.found.slug, names)
        yield document.at_key("unlisted-site", value=document.found.slug, near=near)


def _campaign(_draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _ordered(document, "opens", "closes")
    rules, opens = document.values.get("rules"), document.values.get("opens")
    if rules is not None and opens is not None and rules.announced > opens:
        values = {"announced": str(rules.announced), "opens": str(opens)}
        yield document.at_value("rules-announced-late", "rules", "announced", **values)


def _announced(document: Document, today: datetime.date) -> Iterator[Problem]:
    opens, closes = document.values.get("opens"), document.values.get("closes")
    if (closes is None and "closes" in document.written) or "rules" in document.written:
        return
    if _is_open(opens, closes, today):
        yield document.at_value("rules-not-announced", "opens", opens=str(opens))


def _ruled(draft: Draft, document: Document, today: datetime.date) -> Iterator[Problem]:
    """Refuse a debate that is open without rules; when its campaign is open too, the campaign is told of."""
    if "closes" in document.written and "closes" not in document.values:
        return
    path = f"content/campaigns/{document.found.campaign}/campaign.md"
    campaign, opens = draft.offer(path), document.values.get("opens")
    if not campaign.read or campaign.ruled or _is_open(*campaign.period, today):
        return
    if _is_open(opens, document.values.get("closes"), today):
        yield document.at_value("debate-without-rules", "opens", opens=str(opens), campaign=path)


def _is_open(opens: datetime.date | None, closes: datetime.date | None, today: datetime.date) -> bool:
    return opens is not None and opens <= today and (closes is None or today <= closes)


def _timeline(_draft: Draft, document: Document) -> Iterator[Problem]:
    for index, step in enumerate(document.values.get("steps", ())):
        if step.end is not None and step.end.last < step.start.first:
            written = document.written["steps"][index]
            values = {"first": "start", "last": "end", "start": str(written["start"]), "end": str(written["end"])}
            yield document.at_value("dates-out-of-order", "steps", index, "end", **values)


def _repeated(document: Document, *keys: str) -> Iterator[Problem]:
    """Refuse an id that is given twice in some lists of a file."""
    first: dict[str, int] = {}
    for key in keys:
        for index, item in enumerate(document.values.get(key, ())):
            place = document.source.at_value((key, index, "id"))
            line = first.setdefault(item.id, place.line)
            if line != place.line:
                yield document.at_value("repeated-id", key, index, "id", value=shown(item.id), line=str(line))


def _map(_draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _repeated(document, "layers")


def _debate(draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _ordered(document, "opens", "closes")
    yield from _repeated(document, "themes")
    yield from _repeated(document, "options")
    yield from _repeated(document, "projects")
    yield from check_method(document)
    opens, closes = draft.offer(f"content/campaigns/{document.found.campaign}/campaign.md").period
    if opens and closes and closes < opens:
        return
    for key in ("opens", "closes"):
        day = document.values.get(key)
        if day and ((opens and day < opens) or (closes and day > closes)):
            values = {"key": key, "value": str(day), "opens": str(opens or "…"), "closes": str(closes or "…")}
            yield document.at_value("outside-campaign", key, **values)


def _voice(document: Document, needed: tuple[str, ...], forbidden: tuple[str, ...]) -> Iterator[Problem]:
    voice = document.values.get("voice")
    if voice == "collective":
        for key in needed:
            if key not in document.written:
                yield document.at_key("collective-needs", "voice", key=key)
    elif voice == "individual":
        for key in forbidden:
            if key in document.written:
                yield document.at_key("individual-forbids", key, key=key)


def _contribution(draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _voice(document, ("group", "people"), ("group", "people", "spokesperson", "meeting"))
    values, folder = document.values, f"content/campaigns/{document.found.campaign}"
    yield from _reply(draft, document, folder)
    yield from check_sheet(draft, document)
    theme = values.get("theme")
    known = draft.offer(f"{folder}/debates/{values.get('debate')}.md").themes if theme is not None else None
    if known is not None and isinstance(theme, str) and theme not in known:
        named = {"value": shown(theme), "near": nearest(theme, known), "allowed": ", ".join(known) or "—"}
        yield document.at_value("unknown-theme", "theme", debate=str(values["debate"]), **named)


def _reply(draft: Draft, document: Document, folder: str) -> Iterator[Problem]:
    """Refuse a reply to something said in another debate: the two would never be read together."""
    wanted, debate = document.values.get("reply_to"), document.values.get("debate")
    said_in = draft.offer(f"{folder}/contributions/{wanted}.md").debate if wanted and debate else ""
    if said_in and said_in != debate:
        yield document.at_value("reply-elsewhere", "reply_to", value=shown(wanted), debate=said_in, own=str(debate))


def _question(draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _voice(document, ("group", "people"), ("group", "people", "spokesperson", "meeting"))
    yield from check_sheet(draft, document)


def _moderation(draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _repeated(document, "reasons")
    yield from _repeated(document, "refused", "withdrawn", "erased")
    yield from check_moderation(draft, document)


def _place(draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _voice(document, ("group", "people"), ("group", "people"))
    yield from check_sheet(draft, document)


def _workshop(_draft: Draft, document: Document) -> Iterator[Problem]:
    yield from _ordered(document, "date", "end_date")
    values, written = document.values, document.written
    if values.get("end_date", values.get("date")) in (None, values.get("date")):
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts:
            given = {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
            yield document.at_value("hours-out-of-order", "ends", **given)
    if "ends" in written and "starts" not in written:
        yield document.at_key("ends-without-start", "ends")
    status = values.get("status")
    needs = {"held": _HELD_NEEDS, "cancelled": ("cancelled_because",)}.get(str(status), ())
    for key in needs:
        if key not in written:
            yield document.at_value("status-needs", "status", status=str(status), key=key)
    for key in {"proposed": _HELD_NEEDS, "confirmed": _HELD_NEEDS}.get(str(status), ()):
        if key in written:
            yield document.at_key("status-forbids", key, status=str(status), key=key)
    if status and status != "cancelled" and "cancelled_because" in written:
        yield document.at_key("status-forbids", "cancelled_because", status=str(status), key="cancelled_because")


def _resource(_draft: Draft, document: Document) -> Iterator[Problem]:
    written = document.written
    if "file" not in written and "link" not in written and not document.source.body.strip():
        yield document.at_key("empty-resource")
    if "link" in written and "checked" not in written:
        yield document.at_key("link-not-checked", "link")


def _episode(draft: Draft, document: Document) -> Iterator[Problem]:
    folder = document.path.rpartition("/")[0]
    facts = draft.audio.get(f"{folder}/{document.values.get('audio')}")
    before = -1
    for index, chapter in enumerate(document.values.get("chapters", ())):
        written = document.written["chapters"][index]["start"]
        if chapter.start <= before:
            yield document.at_value("chapters-out-of-order", "chapters", index, "start", value=written)
        if facts is not None and chapter.start >= facts.seconds:
            length = f"{int(facts.seconds) // 60}:{int(facts.seconds) % 60:02}"
            yield document.at_value("chapter-too-late", "chapters", index, "start", value=written, length=length)
        before = chapter.start


def _decision(_draft: Draft, document: Document) -> Iterator[Problem]:
    items: Any = document.written.get("considered")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and ("contribution" in item) == ("debate" in item):
            yield document.at_value("considered-one", "considered", index)
    before = document.values.get("date")
    for index, step in enumerate(document.values.get("progress", ())):
        if before and step.date < before:
            values = {"value": str(step.date), "before": str(before)}
            yield document.at_value("progress-out-of-order", "progress", index, "date", **values)
        before = step.date


def _jury(draft: Draft, document: Document) -> Iterator[Problem]:
    from agora_build.content import jury_checks  # here and below: few cities have these, and every build would wait

    return jury_checks.check_jury(draft, document)


def _translation(draft: Draft, document: Document) -> Iterator[Problem]:
    from agora_build.content import translation_checks

    return translation_checks.check_translation(draft, document)


def _draw(draft: Draft, document: Document) -> Iterator[Problem]:
    from agora_build.content import jury_checks

    return jury_checks.check_draw(draft, document)


def _votes(draft: Draft, document: Document) -> Iterator[Problem]:
    from agora_build.content import vote_checks

    return vote_checks.check_votes(draft, document)


_RULES: dict[str, Callable[[Draft, Document], Iterator[Problem]]] = {
    "pages": _page,
    "campaign": _campaign,
    "timeline": _timeline,
    "map": _map,
    "debates": _debate,
    "contributions": _contribution,
    "places": _place,
    "workshops": _workshop,
    "resources": _resource,
    "episodes": _episode,
    "decisions": _decision,
    "juries": _jury,
    DRAWS: _draw,
    "questions": _question,
    "answers": check_answer,
    "moderation": _moderation,
    TRANSLATIONS: _translation,
    VOTES: _votes,
    BATCHES: check_batch,
    NETWORK: _copy,
}
