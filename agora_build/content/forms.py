"""Turns the kinds of content into the forms through which people send them: fields, limits and choices."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from annotated_types import Ge, Le, MaxLen

from agora_build.civic.choices import ANSWERS
from agora_build.config import Config
from agora_build.content.envelope import Envelope, envelope_of
from agora_build.content.fields import MAX_CITIZEN_TEXT, Model
from agora_build.content.languages import InLanguage
from agora_build.content.models import Ballot, Campaign, Contribution, Debate, Map, Place, Question, Workshop
from agora_build.content.site import Entry, Microsite
from agora_build.content.states import campaign_state, debate_state

FormKind = Literal["contribution", "votes", "ballot", "workshop", "place", "question", "report", "erasure"]
FieldKind = Literal[
    "line", "text", "number", "choice", "choices", "day", "time", "email", "point", "code", "points", "rank"
]
Part = Literal["said", "who", "group", "when", "where", "more", "contact"]
BODY = "text"  # the field that becomes the body of the file
CONTACT = "email"  # the field that never reaches git
CODE = "code"  # the field of a single-use code, or of a receipt's
TRAP = "website"  # a field that people do not see, and leave empty
UNSEEN = ("token", "key", TRAP, "altcha", "voter")  # what a form sends besides its fields
ABOUT = "about"  # the id, or the address, of the published text that a report is about
OPTION, RANK, STATEMENT = "option.", "rank.", "vote."  # before the id of what one chooses, or the rank from 1
MAX_STATEMENT = 280  # characters: one sentence
STATEMENTS_A_PAGE = 20
REPORTS = ("personal-data", "insult", "false", "advertising", "misplaced", "other")
STATEMENT_VOTES = ("agree", "disagree", "pass")
_FEW_PAIRS = 30
_UNUSED = {"statements": ("title", "position", "reply_to"), "priorities": ("position",), "budget": ("position",)}
_ONLINE = ("votes", "ballot", "erasure")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one may choose; `title` is the city's words, '' when the theme has a word for the value."""

    value: str
    title: str = ""
    text: str = ""  # what it means, in staff prose
    cost: int = 0  # of a project, in hundredths


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form.

    `limit` is the greatest length of a text in characters, the greatest number, or the greatest number of choices; 0
    when there is none; `least` is the smallest number. `title` is what is asked, '' when the theme has the words;
    `verbatim` tells that it is a citizen's sentence. A name with a dot is that of a key of a key: `location.address`.

    A `point` called `location` is sent as `location.lat` and `location.lon` or, by a click on the map, as `location.x`
    and `location.y` in pixels. Of `choices`, one pair is sent for each that is ticked.
    """

    name: str
    kind: FieldKind
    required: bool = False
    limit: int = 0
    choices: tuple[Choice, ...] = ()
    part: Part = "said"
    least: int = 0
    title: str = ""
    text: str = ""  # what it means, in staff prose
    cost: int = 0  # of a project, in hundredths
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a campaign: `target` is the debate, or the layer, that it is about; '' when it is about none.

    `campaign` is '' for the form of the whole city (erasure). `title` and `question` are the city's words for what is
    asked, '' when the theme has them. A long list of sentences is cut into `pages`, of which this is `page`, from 1.
    """

    kind: FormKind
    campaign: str
    target: str
    fields: tuple[Field, ...]
    title: str = ""
    question: str = ""
    method: str = ""  # of the debate
    ballot: Ballot | None = None
    envelope: Envelope | None = None  # of a budget
    page: int = 1
    pages: int = 1
    closes: datetime.date | None = None  # the last day of its debate

    @property
    def address(self) -> str:
        """Where it is sent, below the address of the intake: `les-groues/contribution/mobilite`."""
        parts = (self.campaign, self.kind, self.target, str(self.page) if self.page > 1 else "")
        return "/".join(part for part in parts if part)

    @property
    def parts(self) -> tuple[tuple[Part, tuple[Field, ...]], ...]:
        """Its fields, gathered under what they speak of, in the order shown."""
        names = dict.fromkeys(item.part for item in self.fields)
        return tuple((name, tuple(item for item in self.fields if item.part == name)) for name in names)

    @property
    def most_pairs(self) -> int:
        """The greatest number of `name=value` pairs that a browser sends for it."""
        own = sum(len(item.choices) if item.kind == "choices" else 1 for item in self.fields)
        points = 4 * sum(item.kind == "point" for item in self.fields)
        return max(_FEW_PAIRS, own + points + len(UNSEEN))


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why a field is refused: a code that the theme has words for, and what they need (limit, value…).

    `name` is that of the field, '' when it is the form as a whole.
    """

    name: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody sent it: the values of each field, what is refused, and what it sends unseen."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Give the first value of a field, '' when it has none."""
        return next(iter(self.values.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        """Tell whether a choice was made."""
        return value in self.values.get(name, ())


EMPTY = Filled()


@dataclass(frozen=True, slots=True)
class Ground:
    """What the forms of a campaign are made from, besides the sentences that are voted on."""

    config: Config
    campaign: Entry[Campaign]
    debates: tuple[Entry[Debate], ...]
    workshops: tuple[Entry[Workshop], ...]
    map: Map | None


def ground_of(config: Config, microsite: Microsite) -> Ground:
    """Gather what the forms of a microsite are made from."""
    return Ground(config, microsite.campaign, microsite.debates, microsite.workshops, microsite.map)


def forms_of(
    ground: Ground, statements: Mapping[str, Sequence[Entry[Contribution]]], today: datetime.date
) -> Iterator[Form]:
    """Give all the forms of a campaign that are open on a day; `statements` are those of each debate, by date."""
    for debate in ground.debates:
        yield from debate_forms(ground, debate, statements.get(debate.slug, ()), today)
    yield from campaign_forms(ground, today)


def debate_forms(
    ground: Ground, debate: Entry[Debate], statements: Sequence[Entry[Contribution]], today: datetime.date
) -> Iterator[Form]:
    """Give the forms of a debate that is open: to speak, to vote on sentences, to cast a ballot."""
    slug, meta = ground.campaign.slug, debate.meta
    for kind in ways(ground, debate, today, said=bool(statements)):
        form = Form(kind, slug, debate.slug, (), meta.title, meta.question, meta.method, closes=meta.closes)
        if kind == "votes":
            yield from _votes(form, statements)
        elif kind == "ballot" and meta.ballot is not None:
            yield replace(form, fields=_ballot(meta, meta.ballot), ballot=meta.ballot, envelope=envelope_of(vars(meta)))
        else:
            yield replace(form, fields=_contribution(ground.config, meta, _held(ground.workshops, today)))


def ways(ground: Ground, debate: Entry[Debate], today: datetime.date, *, said: bool) -> tuple[FormKind, ...]:
    """List the kinds of form of a debate on a day; `said` tells whether there is a sentence to vote on."""
    meta, campaign = debate.meta, ground.campaign.meta
    if campaign_state(campaign, today) != "open" or debate_state(meta, campaign, today) != "open":
        return ()
    found: dict[FormKind, bool] = {
        "votes": meta.method == "statements" and said,
        "ballot": meta.ballot is not None and not meta.elsewhere,
        "contribution": True,
    }
    return tuple(kind for kind, there in found.items() if there and is_offered(ground.config, kind))


def is_offered(config: Config, kind: FormKind) -> bool:
    """Tell whether a form is of use: without an intake, one answers on paper or in a file, and casts no vote."""
    return config.intake is not None or kind not in _ONLINE


def campaign_forms(ground: Ground, today: datetime.date) -> Iterator[Form]:
    """Give the forms of a campaign itself; one may ask, and report, before it opens and after it closes."""
    config, slug = ground.config, ground.campaign.slug
    campaign = ground.campaign.meta
    if campaign_state(campaign, today) == "open":
        awaited = [item for item in ground.debates if debate_state(item.meta, campaign, today) != "closed"]
        yield Form("workshop", slug, "", _workshop(config, awaited))
        for layer in ground.map.layers if ground.map else ():
            yield Form("place", slug, layer.id, _place(config), layer.title, layer.question)
    if config.offices:
        yield Form("question", slug, "", _question(config, _held(ground.workshops, today)))
    yield Form("report", slug, "", _report())


def city_forms() -> Iterator[Form]:
    """Give the forms that belong to no campaign: an author asks that what they sent be erased."""
    fields = (
        Field("receipt", "line", required=True, limit=160),
        Field(CODE, "code", required=True, limit=40),
        Field(BODY, "text", limit=600),
    )
    yield Form("erasure", "", "", fields)


def _held(workshops: Sequence[Entry[Workshop]], today: datetime.date) -> tuple[Choice, ...]:
    """List the meetings where something may have been said."""
    held = [item for item in workshops if item.meta.status != "cancelled" and item.meta.date <= today]
    return tuple(Choice(item.slug, item.meta.title) for item in held)


def _contribution(config: Config, debate: Debate, held: tuple[Choice, ...]) -> tuple[Field, ...]:
    themes = tuple(Choice(theme.id, theme.title) for theme in debate.themes)
    alone = debate.method == "statements"
    limit = MAX_STATEMENT if alone else MAX_CITIZEN_TEXT
    said = (
        Field(BODY, "text", required=True, limit=limit),
        field_of(Contribution, "title"),
        field_of(Contribution, "position"),
        field_of(Contribution, "theme", themes),
        field_of(Contribution, "reply_to"),
    )
    unused = _UNUSED.get(debate.method, ())
    where = () if alone else (_part("where", field_of(Contribution, "location.address")),)
    fields = (*(item for item in said if item.name not in unused), *_voices(config, Contribution, held), *where)
    return (*_asked(fields), *_contact())


def _question(config: Config, held: tuple[Choice, ...]) -> tuple[Field, ...]:
    offices = tuple(Choice(office.id, office.name) for office in config.offices)
    said = (
        field_of(Question, "to", offices),
        Field(BODY, "text", required=True, limit=MAX_CITIZEN_TEXT),
        field_of(Question, "title"),
    )
    return (*_asked((*said, *_voices(config, Question, held))), *_contact())


def _place(config: Config) -> tuple[Field, ...]:
    where = (Field("location", "point", part="where"), _part("where", field_of(Place, "location.address")))
    said = (field_of(Place, "title"), Field(BODY, "text", required=True, limit=MAX_CITIZEN_TEXT))
    return (*_asked((*where, *said, *_voices(config, Place, ()))), *_contact())


def _workshop(config: Config, debates: Sequence[Entry[Debate]]) -> tuple[Field, ...]:
    about = tuple(Choice(item.slug, item.meta.title) for item in debates)
    fields = (
        field_of(Workshop, "title"),
        field_of(Workshop, "kind"),
        Field(BODY, "text", required=True, limit=MAX_CITIZEN_TEXT),
        field_of(Workshop, "debate", about),
        field_of(Workshop, "host"),
        *(_part("when", field_of(Workshop, name)) for name in ("date", "starts", "ends")),
        _part("where", field_of(Workshop, "location.name")),
        _part("where", field_of(Workshop, "location.address")),
        Field("location", "point", part="where"),
        _part("where", field_of(Workshop, "quarter", _quarters(config))),
        *(_part("more", field_of(Workshop, name)) for name in ("capacity", "access")),
    )
    return (*_asked(fields), *_contact())


def _report() -> tuple[Field, ...]:
    return (
        Field(ABOUT, "line", required=True, limit=300),
        Field("reason", "choice", required=True, choices=tuple(Choice(word) for word in REPORTS)),
        Field(BODY, "text", limit=2000),
        *_contact(),
    )


def _votes(form: Form, statements: Sequence[Entry[Contribution]]) -> Iterator[Form]:
    """Give a page for every twenty sentences."""
    votes = tuple(Choice(word) for word in STATEMENT_VOTES)
    starts = range(0, len(statements), STATEMENTS_A_PAGE)
    for page, start in enumerate(starts, 1):
        shown = statements[start : start + STATEMENTS_A_PAGE]
        asked = tuple(
            Field(f"{STATEMENT}{item.slug}", "choice", choices=votes, title=_alone(item.body), verbatim=True)
            for item in shown
        )
        yield replace(form, fields=asked, page=page, pages=len(starts))


def _alone(sentence: str) -> str:
    """Strip a sentence, which stays in its language."""
    said = sentence.strip()
    return sentence.same(said) if isinstance(sentence, InLanguage) else said


def _ballot(debate: Debate, ballot: Ballot) -> tuple[Field, ...]:
    return (*_choices(debate, ballot), Field(CODE, "code", required=True, limit=40, part="who"))


def _choices(debate: Debate, ballot: Ballot) -> Iterator[Field]:
    """Ask what a ballot of this kind asks; nothing is required, since a blank ballot is a ballot."""
    costs = {project.id: project.cost for project in debate.projects}
    options = tuple(Choice(item.id, item.title, item.text or "", costs.get(item.id, 0)) for item in debate.offered)
    if ballot.kind == "yes-no":
        yield Field("answer", "choice", choices=tuple(Choice(word) for word in ANSWERS))
    elif ballot.kind == "approval":
        yield Field("options", "choices", limit=ballot.choices or len(options), choices=options)
    elif ballot.kind == "points":
        most = ballot.most or ballot.points or 0
        for option in options:
            yield Field(
                OPTION + option.value, "points", limit=most, title=option.title, text=option.text, cost=option.cost
            )
    else:
        for rank in range(1, (ballot.choices or len(options)) + 1):
            yield Field(f"{RANK}{rank}", "rank", limit=rank, choices=options)


def _quarters(config: Config) -> tuple[Choice, ...]:
    return tuple(Choice(quarter.id, quarter.name) for quarter in config.quarters)


def _voices(config: Config, model: type[Model], held: tuple[Choice, ...]) -> Iterator[Field]:
    """Ask who speaks: one person, or several by a spokesperson whose role alone is published."""
    yield _part("who", replace(field_of(model, "voice"), required=True))
    if "name" in model.model_fields:
        yield _part("who", field_of(model, "name"))
    yield _part("who", field_of(model, "quarter", _quarters(config)))
    for name in ("group", "people", "spokesperson", "meeting"):
        if name in model.model_fields:
            yield _part("group", field_of(model, name))
    if held:
        yield _part("group", field_of(model, "workshop", held))


def _contact() -> tuple[Field, ...]:
    return (Field(CONTACT, "email", limit=160, part="contact"),)


def _part(part: Part, asked: Field) -> Field:
    return replace(asked, part=part)


def _asked(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Leave out the choices among nothing."""
    return tuple(item for item in fields if item.kind != "choice" or item.choices)


def field_of(model: type[Model], name: str, choices: tuple[Choice, ...] | None = None) -> Field:
    """Make the question of a field of a model, `location.address` too; its choices are its own or the city's."""
    outer, _, inner = name.partition(".")
    info = model.model_fields[outer]
    annotation, limits = _inside(info.annotation)
    if inner:
        return replace(field_of(annotation, inner), name=name)
    limits += list(info.metadata)
    words = tuple(Choice(str(word)) for word in get_args(annotation) if isinstance(word, str))
    limit = next((item.max_length for item in limits if isinstance(item, MaxLen)), 0) or _bound(limits, Le, "le")
    offered = choices if choices is not None else words
    kind = "choice" if choices is not None or words else _KINDS.get(annotation, "line")
    return Field(name, kind, info.is_required(), limit, offered, least=_bound(limits, Ge, "ge"))


_KINDS: dict[Any, FieldKind] = {int: "number", datetime.date: "day", datetime.time: "time"}


def _bound(limits: list[object], mark: type[Any], name: str) -> int:
    return next((int(getattr(item, name)) for item in limits if isinstance(item, mark)), 0)


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
