"""Turns the pairs of a posted form into an entry of the journal, checked as any file of the city, or into refusals."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agora_build.content.cleaning import cleaned, cleaned_line, is_blank
from agora_build.content.draft import Document, Draft, document_of
from agora_build.content.entered import entered
from agora_build.content.fields import Email
from agora_build.content.forms import BODY, CONTACT, UNSEEN, Field, FieldError, Filled, Form
from agora_build.content.ids import new_id
from agora_build.content.loader import checked
from agora_build.content.tree import found_at
from agora_build.content.writing import written
from agora_build.intake.journal import Contact, Entry, EntryKind, Sent, sha256_of
from agora_build.intake.limits import Pairs
from agora_build.problems import Problem

_FOLDERS = {"contribution": "contributions", "question": "questions", "place": "places", "workshop": "workshops"}
_UNSEEN = 2_000  # characters kept of what a form sends besides its fields
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
# What a file lacks or has too much of -> how it is said of a field.
_SAID_OF_FIELDS = {
    "missing-key": "missing",
    "empty-body": "missing",
    "empty-text": "missing",
    "citizen-text-too-long": "too-long",
    "unknown-contribution": "unknown-text",
    "withdrawn-contribution": "unknown-text",
    "not-an-id": "unknown-text",
}
_SAID_OF_A_POINT = {
    ("location", "missing"): "nowhere",
    ("location.lat", "bad-number"): "bad-latitude",
    ("location.lon", "bad-number"): "bad-longitude",
}
_NAMED_BY_KEY = ("collective-needs", "individual-forbids", "missing-key")


@dataclass(frozen=True, slots=True)
class Submission:
    """What was sent, ready to be stored; `digest` is the hash of what was written, whatever the day and the id."""

    entry: Entry
    digest: str
    email: str = ""

    def sent(self, key: str, earlier: str, labels: Iterable[str], until: datetime.date) -> Sent:
        """Put it on its way into the journal."""
        entry = self.entry
        labelled = Entry(
            entry.id, entry.kind, entry.campaign, entry.target, entry.path,
            entry.content, entry.sha256, entry.day, tuple(labels),
        )  # fmt: skip
        return Sent(key, labelled, Contact(self.email, until) if self.email else None, earlier)


def filled(form: Form, pairs: Pairs) -> Filled:
    """Sort posted pairs into the fields of a form, cleaned; what the form does not ask is told as an error.

    What shows nothing is nothing.
    """
    known = _names(form)
    values: dict[str, list[str]] = {}
    unseen: dict[str, str] = {}
    errors: list[FieldError] = []
    for name, value in pairs:
        if name in UNSEEN:
            unseen.setdefault(name, value[:_UNSEEN])
            continue
        asked = known.get(name)
        if asked is None or (values.get(name) and asked.kind != "choices"):
            errors.append(FieldError("", "changed-form"))
            continue
        line = cleaned(value) if asked.kind == "text" else entered(asked.kind, cleaned_line(value))
        values.setdefault(name, []).append(line)
    found = {name: tuple(item for item in items if not is_blank(item)) for name, items in values.items()}
    errors += [error for item in form.fields for error in _limits(item, found.get(item.name, ()))]
    return Filled(found, _once(errors, form), unseen)


def _once(errors: Iterable[FieldError], form: Form) -> tuple[FieldError, ...]:
    """Keep the first error of each field, in the order of the form: mending it may mend the others."""
    first: dict[str, FieldError] = {}
    for error in errors:
        first.setdefault(error.name, error)
    order = ["", *(item.name for item in form.fields)]
    return tuple(sorted(first.values(), key=lambda error: order.index(error.name)))


def _names(form: Form) -> dict[str, Field]:
    known: dict[str, Field] = {}
    for item in form.fields:
        if item.kind == "point":
            known |= {f"{item.name}.{axis}": item for axis in ("lat", "lon", "x", "y")}
        else:
            known[item.name] = item
    return known


def _limits(asked: Field, values: tuple[str, ...]) -> Iterable[FieldError]:
    """Check what the form itself limits; what the models limit is checked with them."""
    offered = {choice.value for choice in asked.choices}
    if asked.kind in ("choice", "choices", "rank") and any(value not in offered for value in values):
        yield FieldError(asked.name, "not-one-of")
    if asked.kind == "text" and values and len(values[0]) > asked.limit:
        limits = {"limit": str(asked.limit), "length": str(len(values[0]))}
        yield FieldError(asked.name, "too-long", limits)


def submitted(form: Form, sent: Filled, draft: Draft, today: datetime.date) -> Submission | tuple[FieldError, ...]:
    """Make the entry of a form that becomes a file, with the checks that the file would have in the city."""
    identity = new_id(today)
    path = f"content/campaigns/{form.campaign}/{_FOLDERS[form.kind]}/{identity}.md"
    text = written(_meta(form, sent.values, today), sent.value(BODY))
    found = found_at(path)
    assert found is not None  # noqa: S101 - the path was just made
    document = document_of(found, text.encode())
    problems = list(checked(draft, document, today))
    email, refused = _email(sent.value(CONTACT))
    if form.kind == "workshop" and document.values.get("date", today) < today:
        refused.append(FieldError("date", "past-day"))
    told = (_error(problem, document, form) for problem in problems)
    errors = (*sent.errors, *told, *_missing(form, sent), *refused)
    if errors:
        return _once(errors, form)
    kind: EntryKind = form.kind  # type: ignore[assignment]
    entry = Entry(identity, kind, form.campaign, form.target, path, text, sha256_of(text), today)
    return Submission(entry, digest_of(form, sent), email)


def noted(form: Form, sent: Filled, today: datetime.date, target: str) -> Submission | tuple[FieldError, ...]:
    """Make the entry of a form that never becomes a file, a report or a request to erase, about `target`."""
    email, refused = _email(sent.value(CONTACT))
    errors = (*sent.errors, *_missing(form, sent), *refused)
    if errors:
        return _once(errors, form)
    kept = {name: values[0] for name, values in sent.values.items() if values and name not in (CONTACT, "code")}
    content = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    kind: EntryKind = form.kind  # type: ignore[assignment]
    entry = Entry(new_id(today), kind, form.campaign, target, "", content, sha256_of(content), today)
    return Submission(entry, digest_of(form, sent), email)


def _missing(form: Form, sent: Filled) -> Iterable[FieldError]:
    return (FieldError(item.name, "missing") for item in form.fields if item.required and not sent.value(item.name))


def digest_of(form: Form, sent: Filled) -> str:
    """Hash what was written in a form, whatever it sends unseen."""
    said = json.dumps([form.address, sorted(sent.values.items())], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _meta(form: Form, values: Mapping[str, tuple[str, ...]], today: datetime.date) -> dict[str, Any]:
    """Lay the metadata of the file out, as text, in the order in which people read it."""
    first: dict[str, dict[str, Any]] = {
        "contribution": {"debate": form.target, "date": today, "voice": None, "channel": "web"},
        "question": {"to": None, "date": today, "voice": None, "channel": "web"},
        "place": {"layer": form.target, "title": None, "date": today, "location": None, "voice": None},
        "workshop": {"title": None, "kind": None, "status": "proposed"},
    }
    meta = first[form.kind]
    for name, found in values.items():
        if name in (BODY, CONTACT) or not found or name.endswith((".x", ".y")):
            continue
        outer, _, inner = name.partition(".")
        if inner:
            meta[outer] = {**(meta.get(outer) or {}), inner: found[0]}
        else:
            meta[outer] = found[0]
    return meta


def _email(value: str) -> tuple[str, list[FieldError]]:
    """Check an address to write to; the case of its domain means nothing."""
    name, at, domain = value.rpartition("@")
    address = f"{name}{at}{domain.lower()}"
    try:
        return (_EMAIL.validate_python(address) if value else ""), []
    except ValidationError:
        return "", [FieldError(CONTACT, "bad-email", {"value": value})]


def _error(problem: Problem, document: Document, form: Form) -> FieldError:
    """Say a problem of the file as an error of the form: of which field, and with which code."""
    name, own = _place(problem, document), {item.name for item in form.fields}
    code = _SAID_OF_FIELDS.get(problem.code, problem.code)
    if "location" in own:
        code = _SAID_OF_A_POINT.get((name, code), code)
    elif code == "nowhere":  # there is no map to point on
        code = "missing"
    if name not in own and name.partition(".")[0] in own:
        name = name.partition(".")[0]  # location.lat is asked as a point
    elif name not in own and name == "location":
        name = next((item for item in ("location.address", "location.name") if item in own), "")
    return FieldError(name if name in own else "", code, dict(problem.values))


def _place(problem: Problem, document: Document) -> str:
    if problem.code in _NAMED_BY_KEY and "key" in problem.values:
        return problem.values["key"]
    if problem.code == "empty-body" or problem.span.line >= document.source.body_line:
        return BODY
    marks = document.source.marks.items()
    paths = [path for path, mark in marks if problem.span in (mark.key, mark.value)]
    return ".".join(str(part) for part in paths[0]) if paths else ""
