"""Turns the kinds of content into the forms through which people send them: fields, limits and choices."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from annotated_types import Le, MaxLen

from agora_build.config import Config
from agora_build.content.fields import MAX_CITIZEN_TEXT, Model
from agora_build.content.models import Campaign, Contribution, Debate
from agora_build.content.site import Entry
from agora_build.content.states import campaign_state, debate_state

FormKind = Literal["contribution", "votes", "ballot", "workshop", "place", "question", "report", "erasure"]
FieldKind = Literal["line", "text", "number", "choice"]
BODY = "text"  # the field that becomes the body of the file
CONTACT = "email"  # the field that never reaches git


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one may choose; `title` is the city's words, '' when the theme has a word for the value."""

    value: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form: `limit` is the greatest length of a text in characters, or the greatest number."""

    name: str
    kind: FieldKind
    required: bool = False
    limit: int = 0
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a campaign: `target` is the debate, or the layer, that it is about; '' when it is about none."""

    kind: FormKind
    campaign: str
    target: str
    fields: tuple[Field, ...]

    @property
    def address(self) -> str:
        """Where it is sent, below the address of the intake: `les-groues/contribution/mobilite`."""
        return "/".join(part for part in (self.campaign, self.kind, self.target) if part)


def contribution_forms(
    config: Config, campaign: Entry[Campaign], debates: tuple[Entry[Debate], ...], today: datetime.date
) -> Iterator[Form]:
    """Give a form for each debate that is open and made of arguments."""
    if campaign_state(campaign.meta, today) != "open":
        return
    for debate in debates:
        if debate.meta.method == "arguments" and debate_state(debate.meta, today) == "open":
            yield Form("contribution", campaign.slug, debate.slug, _contribution(config, debate.meta))


def _contribution(config: Config, debate: Debate) -> tuple[Field, ...]:
    quarters = tuple(Choice(quarter.id, quarter.name) for quarter in config.quarters)
    themes = tuple(Choice(theme.id, theme.title) for theme in debate.themes)
    fields = (
        field_of(Contribution, "voice"),
        Field(BODY, "text", required=True, limit=MAX_CITIZEN_TEXT),
        field_of(Contribution, "title"),
        field_of(Contribution, "position"),
        field_of(Contribution, "theme", themes),
        field_of(Contribution, "name"),
        field_of(Contribution, "group"),
        field_of(Contribution, "people"),
        field_of(Contribution, "spokesperson"),
        field_of(Contribution, "quarter", quarters),
        Field(CONTACT, "line", limit=160),
    )
    return tuple(field for field in fields if field.kind != "choice" or field.choices)


def field_of(model: type[Model], name: str, choices: tuple[Choice, ...] | None = None) -> Field:
    """Make the question of a field of a model; its choices are its own, or those of the city."""
    info = model.model_fields[name]
    annotation, limits = _inside(info.annotation)
    limits += list(info.metadata)
    words = tuple(Choice(str(word)) for word in get_args(annotation) if isinstance(word, str))
    offered = choices if choices is not None else words
    kind: FieldKind = "choice" if choices is not None or words else "number" if annotation is int else "line"
    limit = next((item.max_length for item in limits if isinstance(item, MaxLen)), 0) or next(
        (int(item.le) for item in limits if isinstance(item, Le)),  # type: ignore[call-overload]
        0,
    )
    return Field(name, kind, info.is_required(), limit, offered)


def _inside(annotation: Any) -> tuple[Any, list[object]]:  # noqa: ANN401 - pydantic's own annotations
    """Give what an annotation holds besides None, and the limits written with it."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if annotation is not None and type(None) in get_args(annotation) and len(parts) == 1:
        return _inside(parts[0])
    metadata = getattr(annotation, "__metadata__", ())
    limits: list[object] = []
    for item in metadata:
        limits += [item] if not hasattr(item, "max_length") or isinstance(item, MaxLen) else [MaxLen(item.max_length)]
        limits += list(getattr(item, "metadata", ()) or ())
    return (parts[0] if metadata else annotation), limits
