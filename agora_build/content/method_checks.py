"""Checks that a debate has what its method needs: options to choose among, and how one votes."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.content.draft import Document
from agora_build.content.envelope import written
from agora_build.content.models import Ballot
from agora_build.problems import Problem

BALLOTED = ("priorities", "referendum", "budget")
_NEEDS = {
    "priorities": ("options", "ballot"),
    "referendum": ("ballot",),
    "budget": ("budget", "rule", "projects", "ballot"),
}
_KEYS = ("options", "projects", "budget", "rule", "ballot")
_OF_BUDGET = ("within", "paper")
_KINDS = {"referendum": ("yes-no",), "priorities": ("approval", "points", "ranking"), "budget": ("approval", "points")}
_OWN_KEYS = {"points": ("points", "most"), "approval": ("choices",), "ranking": ("choices",), "yes-no": ("majority",)}
_VARIED = ("points", "most", "choices", "majority")


def check_method(document: Document) -> Iterator[Problem]:
    """Check that a debate has what its method needs, and nothing that it does not use."""
    method = document.values.get("method", "" if "method" in document.written else "arguments")
    needs = _NEEDS.get(method, ())
    for key in needs:
        if key not in document.written:
            yield document.at_value("method-needs", "method", method=method, key=key)
    for key in _KEYS:
        if method and key in document.written and key not in needs:
            yield document.at_key("method-forbids", key, method=method, key=key)
    if method and method != "budget" and "elsewhere" in document.written:
        yield document.at_key("method-forbids", "elsewhere", method=method, key="elsewhere")
    listed, ballot = "projects" if method == "budget" else "options", document.values.get("ballot")
    options = document.values.get(listed, ())
    if method in ("priorities", "budget") and len(options) == 1:
        yield document.at_value("one-option", listed)
    if method == "budget":
        yield from _costs(document, document.values.get("budget"))
    if ballot is not None and method in BALLOTED:
        yield from _ballot(document, method, ballot, len(options))


def _costs(document: Document, budget: int | None) -> Iterator[Problem]:
    """Check that each project can be paid: one that costs more than there is would be voted for in vain."""
    for index, project in enumerate(document.values.get("projects", ())):
        if budget and project.cost > budget:
            given = {"value": written(project.cost), "budget": written(budget), "project": project.id}
            yield document.at_value("project-over-budget", "projects", index, "cost", **given)


def _ballot(document: Document, method: str, ballot: Ballot, options: int) -> Iterator[Problem]:
    if ballot.kind not in _KINDS[method]:
        allowed = ", ".join(_KINDS[method])
        yield document.at_value("ballot-kind", "ballot", "kind", value=ballot.kind, method=method, allowed=allowed)
        return
    yield from _of_budget(document, method, ballot.within, document.values.get("budget"))
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


def _of_budget(document: Document, method: str, within: int | None, budget: int | None) -> Iterator[Problem]:
    """Check what only the ballots of a budget have; what their projects may cost together is a part of it."""
    for key in _OF_BUDGET:
        if method != "budget" and key in document.written["ballot"]:
            yield document.at_key("method-forbids", "ballot", key, method=method, key=key)
    if method == "budget" and within and budget and within > budget:
        given = {"key": "within", "value": written(within), "limit": written(budget)}
        yield document.at_value("ballot-limit", "ballot", "within", **given)
