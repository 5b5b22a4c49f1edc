"""Turns a model into the tables that say the same in rows and columns: names, types, units, meanings, all from it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from agora_build.content.fields import FileReference, Model, PartialDate, Reference, Unit
from agora_build.record import Record

MONEY = "money"
Type = Literal["string", "integer", "number", "boolean", "date", "time"]
_TYPES: dict[type, Type] = {
    str: "string", int: "integer", float: "number", bool: "boolean", datetime.date: "date", datetime.time: "time",
    PartialDate: "string",
}  # fmt: skip


class Column(Record, frozen=True):
    """A column: its name, where its value is in the model, its type, and what it means, in the words of the model.

    A cell of `many` holds several names, with a space between. `refers` says what a name is that of.
    """

    name: str
    path: tuple[str, ...]
    type: Type
    description: str
    required: bool = False
    values: tuple[str, ...] = ()  # when no other may stand there
    unit: str = ""
    refers: str = ""
    many: bool = False
    partial: bool = False  # a day, a month or a year


class Part(Record, frozen=True):
    """A table of what a row of another one lists, such as the steps of a timeline; `path` leads to the list."""

    name: str
    path: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]


@cache
def columns_of(*models: type[Model]) -> tuple[Column, ...]:
    """List the columns of a model, then those that others add: of the tombstones that stand among its rows."""
    found: dict[str, Column] = {}
    for model in models:
        for column in _columns(model, (), "", needed=len(models) == 1):
            found.setdefault(column.name, column)
    return tuple(found.values())


@cache
def amounts_of(model: type[Model]) -> frozenset[str]:
    """List the fields of a model that hold money: hundredths there, whole units and decimals for everybody else."""
    return frozenset(column.path[0] for column in columns_of(model) if column.unit == MONEY and len(column.path) == 1)


@cache
def parts_of(model: type[Model]) -> tuple[Part, ...]:
    """List the tables of what a model lists."""
    return tuple(_parts(model, (), ""))


def _columns(model: type[Model], path: tuple[str, ...], prefix: str, *, needed: bool) -> Iterator[Column]:
    for name, info in model.model_fields.items():
        inner, marks, many = inside(info.annotation, list(info.metadata))
        here, required = (*path, name), needed and info.is_required()
        if isinstance(inner, type) and issubclass(inner, Model) and inner is not PartialDate:
            if not many:
                yield from _columns(inner, here, f"{prefix}{name}_", needed=required)
        elif not many or _is_named(marks, inner):
            yield _column(f"{prefix}{name}", here, inner, marks, info.description or "", required=required, many=many)


def _column(  # noqa: PLR0913 - what a field says
    name: str,
    path: tuple[str, ...],
    inner: Any,  # noqa: ANN401 - any annotation
    marks: list[Any],
    description: str,
    *,
    required: bool,
    many: bool,
) -> Column:
    unit = next((mark.name for mark in marks if isinstance(mark, Unit)), "")
    values = tuple(str(value) for value in get_args(inner)) if get_origin(inner) is Literal else ()
    return Column(
        name,
        path,
        "string" if values or many else "number" if unit == MONEY else _TYPES[inner],
        description,
        required and not many,
        () if many else values,
        unit,
        next((mark.kind for mark in marks if isinstance(mark, Reference)), ""),
        many,
        inner is PartialDate,
    )


def _parts(model: type[Model], path: tuple[str, ...], prefix: str) -> Iterator[Part]:
    for name, info in model.model_fields.items():
        inner, marks, many = inside(info.annotation, list(info.metadata))
        if isinstance(inner, type) and issubclass(inner, Model) and inner is not PartialDate:
            if many:
                yield Part(prefix + name, (*path, name), info.description or "", columns_of(inner), parts_of(inner))
            else:
                yield from _parts(inner, (*path, name), f"{prefix}{name}-")
        elif many and not _is_named(marks, inner):
            lines = Column(name, (), _TYPES[inner], info.description or "", required=True)
            yield Part(prefix + name, (*path, name), info.description or "", (lines,), ())


def _is_named(marks: list[Any], inner: Any) -> bool:  # noqa: ANN401 - any annotation
    """Tell whether values are names, or chosen among a few, which have no space inside: several fit in a cell."""
    return get_origin(inner) is Literal or any(isinstance(mark, Reference) or _is_slug(mark) for mark in marks)


def _is_slug(mark: Any) -> bool:  # noqa: ANN401 - whatever annotates a type
    return not isinstance(mark, FileReference) and str(getattr(mark, "pattern", "")).startswith("^[a-z0-9]+")


def inside(annotation: Any, marks: list[Any]) -> tuple[Any, list[Any], bool]:  # noqa: ANN401 - any annotation
    """Give what a field holds, what is noted of it, and whether it holds several."""
    origin, held = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return inside(held[0], [*marks, *held[1:]])
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return inside(next(item for item in held if item is not type(None)), marks)
    if origin is tuple:
        inner, noted, _ = inside(held[0], marks)
        return inner, noted, True
    return annotation, marks, False
