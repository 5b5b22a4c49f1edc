"""Turns each field of a model into the field of the editor in which one writes it: label, hint, form, limits."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from agora_build.content.columns import inside
from agora_build.content.fields import PICTURES, FileReference, Model, PartialDate, Reference
from agora_build.editing.shown import is_table, typed_as
from agora_build.editing.words import word_for
from agora_build.record import Record

_LINE = 160  # characters beyond which a text has several lines
_PARTIAL = ["^[0-9]{4}(-[0-9]{2}){0,2}$", "Écrivez 2016-11-30, 2016-11 ou 2016."]
_FIXED: Mapping[Any, Mapping[str, Any]] = {
    bool: {"widget": "boolean"},
    datetime.date: {"widget": "datetime", "format": "YYYY-MM-DD", "date_format": "DD/MM/YYYY", "time_format": False},
    datetime.time: {"widget": "datetime", "format": "HH:mm", "date_format": False, "time_format": "HH:mm"},
    PartialDate: {"widget": "string", "pattern": _PARTIAL},
}
Option = Mapping[str, str]
Known = Mapping[str, Sequence[Option]]  # by kind of reference, what can be named
Widget = dict[str, Any]


class City(Record, frozen=True):
    """What fields need to know besides their model: what can be named, and where the files that are sent go."""

    known: Known = MappingProxyType({})
    folder: str = ""  # from the root of the city; '' when it is not known yet
    beside: str = "."  # that folder, as a content file names it


def fields_of(model: type[Model], city: City) -> list[Widget]:
    """List the fields of a model, in its order."""
    return list(_fields(model, city, ()))


def _fields(model: type[Model], city: City, above: tuple[str, ...]) -> Iterator[Widget]:
    for name, info in model.model_fields.items():
        inner, marks, many = inside(info.annotation, list(info.metadata))
        required = info.is_required()
        field = {"name": name, **_said(info.description or name, name), "required": required}
        path = (*above, name)
        if is_table(inner):
            yield field | _table(inner, city, path, many=many, required=required)
            continue
        form = _form(inner, marks, city, path)
        if many:
            yield field | _several(form, name)
        elif isinstance(info.default, str | int) and not required:
            yield field | form | {"default": info.default}
        else:
            yield field | form


def _said(description: str, name: str) -> dict[str, str]:
    """Give the label, which is how the description begins, and the whole of it as a hint when it says more."""
    end = min((at for mark in (" ;", " :", ",", " (", ".") if (at := description.find(mark)) > 0), default=None)
    label = description[:end]
    return {"label": label, "hint": f"{description} [{name}]" if description.rstrip(".") != label else f"[{name}]"}


def _table(inner: type[Model], city: City, path: tuple[str, ...], *, many: bool, required: bool) -> Widget:
    fields = list(_fields(inner, city, path))
    if required and not many:
        return {"widget": "object", "fields": fields}
    first = next((field["name"] for field in fields if field["name"] in ("title", "name", "office", "date")), "")
    summary = {"summary": f"{{{{fields.{first or fields[0]['name']}}}}}"}
    most = {} if many else {"max": 1}
    folded = {"collapsed": True, "minimize_collapsed": True, "label_singular": "élément"}
    return {"widget": "list", "fields": fields, **folded, **summary, **most}


def _several(form: Widget, name: str) -> Widget:
    if form["widget"] == "select":
        return form | {"multiple": True}
    return {"widget": "list", "label_singular": "élément", "field": {"name": name, "label": "Valeur", **form}}


def _form(inner: Any, marks: list[Any], city: City, path: tuple[str, ...]) -> Widget:  # noqa: ANN401
    """Say how one writes a value: chosen, picked in a calendar, typed."""
    if get_origin(inner) is Literal:
        return _choice([{"value": value, "label": word_for(value, *path)} for value in get_args(inner)])
    if inner in _FIXED:
        return dict(_FIXED[inner])
    for mark in marks:
        if isinstance(mark, Reference) and city.known.get(mark.kind):
            return _choice(city.known[mark.kind])
        if isinstance(mark, FileReference):
            return _file(mark, city)
    kind = typed_as(inner, marks)
    return _text(marks) if kind is str else _number(kind, marks)


def _file(mark: FileReference, city: City) -> Widget:
    """Let a file be sent: it is kept with the text that names it, in the same commit."""
    ends = "|".join(end[1:] for end in mark.suffixes)
    pattern = [rf"^.+\.({ends})$", f"Un fichier en {', '.join(mark.suffixes)}."]
    if not city.folder:
        return {"widget": "string", "pattern": pattern}
    folders = {"media_folder": f"/{city.folder}", "public_folder": city.beside, "choose_url": False}
    return {"widget": "image" if mark == PICTURES else "file", "pattern": pattern, **folders}


def _choice(options: Sequence[Option]) -> Widget:
    return {"widget": "select", "options": list(options)}


def _number(kind: type, marks: list[Any]) -> Widget:
    limits = {
        "min": next((mark.ge for mark in _plain(marks) if getattr(mark, "ge", None) is not None), None),
        "max": next((mark.le for mark in _plain(marks) if getattr(mark, "le", None) is not None), None),
    }
    step = {"step": 0.000001} if kind is float else {}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    return {"widget": "number", "value_type": kind.__name__, **step, **given}


def _plain(marks: list[Any]) -> list[Any]:
    """List limits one by one, those too that pydantic keeps together."""
    return [one for mark in marks for one in (getattr(mark, "metadata", None) or (mark,))]


def _text(marks: list[Any]) -> Widget:
    longest = max((found for mark in marks if (found := getattr(mark, "max_length", None))), default=_LINE)
    pattern = next((found for mark in marks if (found := getattr(mark, "pattern", None))), None)
    if pattern and "a-z0-9" in pattern:
        return {"widget": "string", "pattern": [pattern, "Des lettres sans accent, des chiffres, des tirets."]}
    return {"widget": "text" if longest > _LINE else "string"}
