"""Checks that a translation has an original, in a language of the city, and that its lists say the same things."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document, Draft
from agora_build.content.markdown_scan import anchors_in_order
from agora_build.content.validate import nearest, shown
from agora_build.content.words import word_fields
from agora_build.problems import Problem


def check_translation(draft: Draft, document: Document) -> Iterator[Problem]:
    """Check a file that translates another."""
    found, config = document.found, draft.config.config
    if config is not None and found.language not in config.city.others:
        allowed = ", ".join(config.city.others) or "—"
        yield document.at_key("unknown-language", value=found.language, allowed=allowed)
    elif found.of not in draft.found:
        near = nearest(found.of, draft.found)
        yield document.at_key("translation-without-original", value=found.of, near=near)
    else:
        original = draft.document(found.of)
        yield from _lists(original, document)
        yield from _headings(original, document)


def _headings(original: Document, document: Document) -> Iterator[Problem]:
    """Ask for as many headings as the original has: links lead to them by their rank."""
    wanted, given = (len(anchors_in_order(item.source.body)) for item in (original, document))
    if document.source.body.strip() and wanted != given:
        values = {"count": str(given), "expected": str(wanted), "of": original.path}
        line = document.source.body_line
        yield document.at_text("translation-headings", line, 1, len(document.source.line(line)), **values)


def _lists(original: Document, document: Document) -> Iterator[Problem]:
    """Compare the lists of both: by ids when items have some, by number otherwise."""
    for field in word_fields(original.found.model):
        given, items = document.values.get(field.name), original.values.get(field.name)
        if field.kind not in ("texts", "models") or not given or items is None:
            continue
        known = [item.id for item in items if hasattr(item, "id")]
        if not known and len(given) != len(items):
            values = {"key": field.name, "count": str(len(given)), "expected": str(len(items)), "of": original.path}
            yield document.at_key("translation-items", field.name, **values)
        for rank, item in enumerate(given if known else ()):
            if item.id not in known:
                values = {"value": shown(item.id), "near": nearest(item.id, known), "allowed": ", ".join(known)}
                yield document.at_value("translation-id", field.name, rank, "id", **values, of=original.path)
