"""Checks that a debate has what its method needs: options to choose among, and how one votes."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document
from agora_build.content.models import Ballot
from agora_build.problems import Problem

BALLOTED = ("priorities", "referendum")
_OWN_KEYS = {"points": ("points", "most"), "approval": ("choices",), "ranking": ("choices",), "yes-no": ("majority",)}
_VARIED = ("points", "most", "choices", "majority")


def check_method(document: Document) -> Iterator[Problem]:
    """Check that a debate has what its method needs, and nothing that it does not use."""
    method = document.values.get("method", "" if "method" in document.written else "arguments")
    needs = {"priorities": ("options", "ballot"), "referendum": ("ballot",)}.get(method, ())
    for key in needs:
        if key not in document.written:
            yield document.at_value("method-needs", "method", method=method, key=key)
    for key in ("options", "ballot"):
        if method and key in document.written and key not in needs:
            yield document.at_key("method-forbids", key, method=method, key=key)
    options, ballot = document.values.get("options", ()), document.values.get("ballot")
    if method == "priorities" and len(options) == 1:
        yield document.at_value("one-option", "options")
    if ballot is not None and method in BALLOTED:
        yield from _ballot(document, method, ballot, len(options))


def _ballot(document: Document, method: str, ballot: Ballot, options: int) -> Iterator[Problem]:
    if (ballot.kind == "yes-no") != (method == "referendum"):
        allowed = "yes-no" if method == "referendum" else "approval, points, ranking"
        yield document.at_value("ballot-kind", "ballot", "kind", value=ballot.kind, method=method, allowed=allowed)
        return
    for key in _VARIED:
        if key in document.written["ballot"] and key not in _OWN_KEYS[ballot.kind]:
            yield document.at_key("ballot-forbids", "ballot", key, kind=ballot.kind, key=key)
    if ballot.kind == "points" and ballot.points is None:
        yield document.at_value("ballot-needs", "ballot", "kind", kind=ballot.kind, key="points")
    for key, value, limit in (("most", ballot.most, ballot.points), ("choices", ballot.choices, options)):
        if value is not None and limit and value > limit:
            yield document.at_value("ballot-limit", "ballot", key, key=key, value=str(value), limit=str(limit))
    closes = document.values.get("closes")
    if ballot.results and closes and ballot.results <= closes:
        given = {"results": str(ballot.results), "closes": str(closes)}
        yield document.at_value("results-before-close", "ballot", "results", **given)
