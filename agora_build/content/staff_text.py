"""Finds the Markdown written inside metadata: the fields typed Prose (staff) and LongText (minutes, by anyone)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from agora_build.content.fields import Model, Prose
from agora_build.content.models import LongText
from agora_build.content.places import Path
from agora_build.content.validate import inner_model

_STAFF, _ANYONE = (get_args(kind)[1].max_length for kind in (Prose, LongText))


def staff_values(model: type[Model], data: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, str, bool]]:
    """Give the texts of metadata as written, with the path of each, and whether staff wrote it."""
    for name, staff, inner in _text_fields(model):
        value = data.get(name)
        items = [((*path, name, index), item) for index, item in enumerate(value)] if isinstance(value, list) else []
        for place, item in items or [((*path, name), value)]:
            if staff is not None and isinstance(item, str) and item:
                yield place, item, staff
            elif inner is not None and isinstance(item, dict):
                yield from staff_values(inner, item, place)


@cache
def _text_fields(model: type[Model]) -> tuple[tuple[str, bool | None, type[Model] | None], ...]:
    found = []
    for name, info in model.model_fields.items():
        limit = max((_limit(item) for item in (*info.metadata, *_constraints(info.annotation))), default=0)
        staff = {_STAFF: True, _ANYONE: False}.get(limit)
        inner = inner_model(info.annotation)
        if staff is not None or inner is not None:
            found.append((name, staff, inner))
    return tuple(found)


def _limit(constraint: object) -> int:
    return getattr(constraint, "max_length", None) or 0


def _constraints(annotation: object) -> Iterator[object]:
    """Give the constraints inside an annotation such as `Prose | None`."""
    if get_origin(annotation) is Annotated:
        for item in get_args(annotation)[1:]:
            yield from getattr(item, "metadata", ()) or (item,)
        return
    for item in get_args(annotation):
        yield from _constraints(item)
