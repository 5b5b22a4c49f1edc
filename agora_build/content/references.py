"""Checks that what a file names is there: quarters, debates, workshops… and the files kept beside it."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH114, PTH122
from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from agora_build.content.audio import read_audio
from agora_build.content.draft import Document, Draft
from agora_build.content.fields import AUDIO, PICTURES, FileReference, Model, Reference
from agora_build.content.places import Path
from agora_build.content.validate import inner_model, nearest, shown
from agora_build.problems import Problem

Marker = Reference | FileReference
_CITY = ("quarter", "office")
FOLDERS = {
    "debate": "debates",
    "workshop": "workshops",
    "contribution": "contributions",
    "resource": "resources",
    "jury": "juries",
    "decision": "decisions",
    "batch": "batches",
}


def check_references(draft: Draft, document: Document) -> Iterator[Problem]:
    """Follow every reference of a file, right or wrong otherwise."""
    for path, value, marker in references(document.found.model, document.written, ()):
        if isinstance(marker, Reference):
            yield from _named(draft, document, path, value, marker)
        else:
            yield from _file(draft, document, path, value, marker)


def references(model: type[Model], data: dict[str, Any], path: Path) -> Iterator[tuple[Path, str, Marker]]:
    """Find the values that name something, with the path of each, in metadata as written."""
    for name, marker, inner in marked_fields(model):
        value = data.get(name)
        items = [((*path, name, index), item) for index, item in enumerate(value)] if isinstance(value, list) else []
        for place, item in items or [((*path, name), value)]:
            if marker is not None and isinstance(item, str) and item:
                yield place, item, marker
            elif inner is not None and isinstance(item, dict):
                yield from references(inner, item, place)


@cache
def marked_fields(model: type[Model]) -> tuple[tuple[str, Marker | None, type[Model] | None], ...]:
    """List the fields of a model that name something, or that hold a model which may."""
    found = []
    for name, info in model.model_fields.items():
        own = next((item for item in info.metadata if isinstance(item, Reference | FileReference)), None)
        marker = own or _marker(info.annotation)
        inner = inner_model(info.annotation)
        if marker or inner:
            found.append((name, marker, inner))
    return tuple(found)


def _marker(annotation: object) -> Marker | None:
    if get_origin(annotation) is Annotated:
        return next((item for item in get_args(annotation)[1:] if isinstance(item, Reference | FileReference)), None)
    return next((found for item in get_args(annotation) if (found := _marker(item))), None)


def _named(draft: Draft, document: Document, path: Path, value: str, marker: Reference) -> Iterator[Problem]:
    campaign, kind = document.found.campaign, marker.kind
    if kind in FOLDERS and draft.holds(campaign, FOLDERS[kind], value):
        if kind == "contribution" and value == document.found.slug:
            yield document.at_value("self-reference", *path, key=str(path[-1]), value=shown(value))
        return
    if kind == "contribution" and value in draft.withdrawn(campaign):
        yield document.at_value("withdrawn-contribution", *path, value=shown(value))
        return
    known = _known(draft, campaign, kind)
    if known is not None and value not in known:
        near = nearest(value, known)
        yield document.at_value(f"unknown-{kind}", *path, value=shown(value), near=near, campaign=campaign)


def _known(draft: Draft, campaign: str, kind: str) -> Sequence[str] | None:
    """List what can be named; None when it cannot be told, and something else is said of it."""
    if kind in _CITY:
        return None if draft.config.ids is None else draft.config.ids[kind]
    if kind in FOLDERS:
        return draft.names(campaign, FOLDERS[kind])
    layers = f"content/campaigns/{campaign}/map.yml"
    return draft.offer(layers).layers if layers in draft.found else ()


def _file(draft: Draft, document: Document, path: Path, value: str, marker: FileReference) -> Iterator[Problem]:
    key = next(part for part in reversed(path) if isinstance(part, str))
    folder = posixpath.dirname(document.path)
    target = posixpath.normpath(posixpath.join(folder, value))
    if "\\" in value or value.startswith("/") or "://" in value or not target.startswith("content/"):
        yield document.at_value("path-escapes", *path, key=key, value=shown(value))
    elif os.path.splitext(value)[1] not in marker.suffixes:
        allowed = ", ".join(marker.suffixes)
        yield document.at_value("wrong-suffix", *path, key=key, value=shown(value), allowed=allowed)
    elif target not in draft.files:
        code = {AUDIO: "missing-audio", PICTURES: "missing-picture"}.get(marker, "missing-file")
        near = near_file(draft, folder, target)
        yield document.at_value(code, *path, key=key, value=shown(value), near=near)
    else:
        document.named.add(target)
        if marker == AUDIO and not _audible(draft, target):
            yield document.at_value("unreadable-audio", *path, key=key, value=shown(value))


def near_file(draft: Draft, folder: str, target: str, others: frozenset[str] = frozenset()) -> str:
    """Give the file that was probably meant, as one writes it from a folder."""
    known = draft.files | others
    name = posixpath.basename(target)
    same = sorted(path for path in known if posixpath.basename(path) == name)
    beside = {posixpath.basename(path): path for path in known if posixpath.dirname(path) == posixpath.dirname(target)}
    close = nearest(name, beside)
    found = beside[close] if close else next(iter(same), "")
    return posixpath.relpath(found, folder) if found else ""


def _audible(draft: Draft, path: str) -> bool:
    if path not in draft.audio:
        real = draft.on_disk(path)
        draft.audio[path] = None if os.path.islink(real) else read_audio(real)
        return os.path.islink(real) or draft.audio[path] is not None
    return draft.audio[path] is not None
