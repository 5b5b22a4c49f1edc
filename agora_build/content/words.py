"""Tells which fields of a model are words that one may say in another language, and which are facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import Field, create_model

from agora_build.content.fields import Line, Model, Prose, Slug, Summary
from agora_build.content.models import LongText
from agora_build.content.validate import inner_model
from agora_build.record import Record

_WORDS: tuple[Any, ...] = (Line, Summary, Prose, LongText)


class WordField(Record, frozen=True):
    """A field that holds words: a text or several, or models that hold words themselves (`inner`)."""

    name: str
    kind: Literal["text", "texts", "model", "models"]
    inner: type[Model] | None = None
    annotation: Any = None  # of one text


@cache
def word_fields(model: type[Model]) -> tuple[WordField, ...]:
    """List the fields of a model that hold words."""
    hints = get_type_hints(model, include_extras=True)
    found = (_word_field(name, hints[name]) for name in model.model_fields)
    return tuple(item for item in found if item is not None)


def _word_field(name: str, annotation: object) -> WordField | None:
    given = _alone(annotation)
    if given in _WORDS:
        return WordField(name, "text", annotation=given)
    several = get_origin(_inside(given)) is tuple
    if several and get_args(_inside(given))[0] in _WORDS:
        return WordField(name, "texts", annotation=get_args(_inside(given))[0])
    inner = inner_model(annotation)
    if inner is not None and word_fields(inner):
        return WordField(name, "models" if several else "model", inner)
    return None


def _alone(annotation: object) -> object:
    """Give what an annotation says besides None."""
    if get_origin(annotation) in (Union, UnionType):
        return next(item for item in get_args(annotation) if item is not type(None))
    return annotation


def _inside(annotation: object) -> object:
    """Give what `Annotated` constrains."""
    return getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation


class Translation(Model):
    """What a file that translates another may hold: the words of the original, any of them or none."""

    original: ClassVar[type[Model]]

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[Any, ...]]:
        """Write the values alone, and what they translate: the class is made anew in each process."""
        return _restored, (self.original, tuple(vars(self).values()))


def _restored(original: type[Model], values: tuple[Any, ...]) -> Model:
    kind = translation_of(original)
    return kind.model_construct(**dict(zip(kind.model_fields, values, strict=True)))


@cache
def translation_of(model: type[Model]) -> type[Translation]:
    """Make the model of what translates a kind of file; an item of a list that has an id is found by it."""
    fields: dict[str, Any] = {"id": (Slug, Field())} if "id" in model.model_fields else {}
    for field in word_fields(model):
        kind: Any = translation_of(field.inner) if field.inner else field.annotation
        if field.kind in ("texts", "models"):
            fields[field.name] = (tuple[kind, ...], Field(()))
        else:
            fields[field.name] = (kind | None, Field(None))
    made = create_model(f"{model.__name__}Translation", __base__=Translation, **fields)
    made.original = model
    return made
