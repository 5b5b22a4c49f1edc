"""Turns the text of a file's metadata into a frozen model, or into one problem for each thing that is wrong."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Protocol, TypeVar, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from agora_build.content.fields import Model
from agora_build.content.places import Path
from agora_build.problems import Problem, Span

M = TypeVar("M", bound=Model)

# pydantic's name of an error -> our code. Errors raised by fields.py carry our code already.
_CODES = {
    "missing": "missing-key",
    "extra_forbidden": "unknown-key",
    "literal_error": "not-one-of",
    "string_too_long": "too-long",
    "string_too_short": "empty-text",
    "too_short": "empty-list",
    "tuple_type": "not-a-list",
    "model_type": "not-a-mapping",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "int_parsing": "bad-number",
    "int_parsing_size": "bad-number",
    "int_from_float": "bad-number",
    "int_type": "bad-number",
    "float_parsing": "bad-number",
    "float_type": "bad-number",
    "bool_parsing": "bad-boolean",
    "bool_type": "bad-boolean",
}
_SHOWN = 60


class Located(Protocol):
    """What knows the place of each key: a content file or agora.toml."""

    empty: list[Path]
    broken: list[Path]

    def at_key(self, path: Path) -> Span:
        """Give the place of a key."""

    def at_value(self, path: Path) -> Span:
        """Give the place of a value."""

    def problem(self, code: str, span: Span, /, **values: str) -> Problem:
        """Make a problem of this file."""


def validated(model: type[M], data: Mapping[str, Any], source: Located) -> tuple[M | None, list[Problem]]:
    """Make the model; None and the problems when it cannot be."""
    problems = list(_empty_unknown(model, source))
    try:
        made = model.model_validate(data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path = _path(details["loc"])
            emptied = details["type"] == "too_short" and details["input"]  # its items are wrong, and told of
            if not emptied and not any(path[: len(broken)] == broken for broken in source.broken):
                problems.append(_problem(model, details, path, source))
        return None, problems
    return (None if problems else made), problems


def valid_fields(model: type[Model], data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the top-level values that are right in a file of which something else is wrong."""
    found: dict[str, Any] = {}
    for name in model.model_fields:
        if name not in data:
            continue
        try:
            found[name] = _adapter(model, name).validate_python(data[name])
        except ValidationError:
            continue
    return found


@lru_cache(maxsize=256)
def _adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    annotation: Any = info.annotation
    if info.metadata:
        annotation = Annotated[(annotation, *info.metadata)]
    return TypeAdapter(annotation)


def nearest(word: str, known: Iterable[str]) -> str:
    """Give the known word that was probably meant, or ''."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def shown(value: object) -> str:
    """Write a value short enough for a message."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def dotted(path: Path) -> str:
    """Write the name of a key with those that hold it: 'location.lat', 'steps.start'."""
    return ".".join(part for part in path if isinstance(part, str))


def _path(location: tuple[str | int, ...]) -> Path:
    return tuple(location)


def _problem(model: type[Model], details: ErrorDetails, path: Path, source: Located) -> Problem:
    code = details["type"]
    value = details["input"]
    known = code in _CODES or "-" in code
    if code == "string_pattern_mismatch":
        name = "line-break" if "\n" in str(details.get("ctx", {}).get("pattern", "")) + str(value) else "bad-slug"
    else:
        name = _CODES.get(code, code if known else "not-text")
    values = {"key": dotted(path)}
    if name == "missing-key":
        return source.problem(name, source.at_key(path), **values)
    if name == "unknown-key":
        allowed = tuple(_model_at(model, path[:-1]))
        original = getattr(model, "original", None)
        name = "not-translatable" if original and path[-1] in _model_at(original, path[:-1]) else name
        values |= {"near": nearest(str(path[-1]), allowed), "allowed": ", ".join(allowed)}
        return source.problem(name, source.at_key(path), **values)
    return source.problem(name, source.at_value(path), **values, **_details(name, value, details.get("ctx", {})))


def _details(code: str, value: object, context: Mapping[str, Any]) -> dict[str, str]:
    """Gather what the message of a code needs: the value, the limits, what was probably meant."""
    found = {"value": shown(value)}
    if code == "not-one-of":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        found |= {"allowed": ", ".join(allowed), "near": nearest(str(value), allowed)}
    elif code == "too-long":
        found |= {"limit": str(context["max_length"]), "length": str(len(str(value)))}
    elif code == "out-of-range":
        found |= {"limit": str(context.get("ge", context.get("le")))}
        found |= {"sign": "≥" if "ge" in context else "≤"}
    elif code in _GUESSES:
        found["near"] = _GUESSES[code](str(value).strip())
    return found


def _guess_date(text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    parts = [match[3], match[2], match[1]] if match else re.findall(r"\d+", text)
    if len(parts) != 3 or len(parts[0]) != 4 or not re.fullmatch(r"[\d/. -]+", text):  # noqa: PLR2004
        return ""
    try:
        guess = datetime.date(int(parts[0]), int(parts[1]), int(parts[2])).isoformat()
    except ValueError:
        return ""
    return guess if guess != text else ""  # it exists, but nobody meant that year


def _guess_time(text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})\s*(?:[hH:.]\s*(\d{1,2})?)(?:\s*min)?", text)
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:  # noqa: PLR2004
        return ""
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


def _guess_number(text: str) -> str:
    plain = re.sub(r"[\s\u202f\u00a0]", "", text).replace(",", ".")
    return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain) and plain != text else ""


def _guess_amount(text: str) -> str:
    return _guess_number(text.rstrip("€$£ \u202f\u00a0"))


def _guess_boolean(text: str) -> str:
    return {"oui": "true", "vrai": "true", "non": "false", "faux": "false"}.get(text.lower(), "")


def _guess_slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain if plain and text.isascii() else ""


def _guess_link(text: str) -> str:
    if re.match(r"https?://[^\s/]", text):
        return re.split("[?#]", text)[0] if re.search("[?#]", text) else ""
    return f"https://{text}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text) else ""


_GUESSES = {
    "bad-date": _guess_date,
    "bad-time": _guess_time,
    "bad-number": _guess_number,
    "bad-amount": _guess_amount,
    "bad-boolean": _guess_boolean,
    "bad-slug": _guess_slug,
    "bad-link": _guess_link,
}


def _empty_unknown(model: type[Model], source: Located) -> Iterator[Problem]:
    """Name the unknown keys that have no value: pydantic never sees them."""
    for path in source.empty:
        allowed = tuple(_model_at(model, path[:-1]))
        if allowed and path[-1] not in allowed:
            near = nearest(str(path[-1]), allowed)
            values = {"key": dotted(path), "near": near, "allowed": ", ".join(allowed)}
            yield source.problem("unknown-key", source.at_key(path), **values)


def _model_at(model: type[Model], path: Path) -> dict[str, Any]:
    """Give the fields of the model that holds a key."""
    for part in path:
        if isinstance(part, int):
            continue
        info = model.model_fields.get(part)
        inner = inner_model(info.annotation) if info else None
        if inner is None:
            return {}
        model = inner
    return dict(model.model_fields)


def inner_model(annotation: object) -> type[Model] | None:
    """Find the model inside an annotation: `Rules | None`, `tuple[Step, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    if get_origin(annotation) in (Union, UnionType, tuple, Annotated):
        return next((found for item in get_args(annotation) if (found := inner_model(item))), None)
    return None
