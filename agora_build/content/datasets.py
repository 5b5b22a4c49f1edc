"""Turns what a campaign publishes into the tables of its open data: which there are, their columns, their rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from agora_build.config import Office, Quarter
from agora_build.content import models
from agora_build.content.columns import MONEY, Column, Part, columns_of, parts_of
from agora_build.content.fields import Model
from agora_build.content.gathering import folder_of
from agora_build.content.questions import given
from agora_build.content.rules import story
from agora_build.content.site import Entry, Microsite, Thread
from agora_build.content.translated import wordings
from agora_build.content.tree import BATCHES, DRAWS, KINDS, TOMBSTONES, TRANSLATIONS
from agora_build.record import Record

CAMPAIGNS, CONTRIBUTIONS = "campaigns", "contributions"
# Each kind of which there is a table, in the order told, with its name for people.
TITLES = {
    CAMPAIGNS: "Consultations",
    "timeline": "Timeline",
    "debates": "Debates",
    CONTRIBUTIONS: "Contributions",
    "workshops": "Meetings",
    "map": "Map",
    "places": "Places on the map",
    "resources": "Resources",
    "kits": "Kits",
    "episodes": "Radio",
    "juries": "Juries",
    DRAWS: "Draws of the juries",
    "questions": "Questions",
    "answers": "Answers",
    "decisions": "Decisions",
    BATCHES: "Paper sheets",
    "moderation": "Moderation",
    "rules": "Changes of the rules",
    TRANSLATIONS: "Translations",
}
_MODELS: dict[str, type[Model]] = {
    **KINDS,
    CAMPAIGNS: models.Campaign,
    "timeline": models.Timeline,
    "map": models.Map,
    DRAWS: models.Draw,
    BATCHES: models.Batch,
    "moderation": models.Moderation,
    "quarters": Quarter,
    "offices": Office,
}
_ALONE = ("timeline", "map", "moderation")  # a campaign has one at most
_BODILESS = (*_ALONE, DRAWS, BATCHES)
_OF_CITY = ("quarters", "offices")  # lists of agora.toml: no campaign has them
_ID = Column("id", (), "string", "Identifiant, le même dans tous les fichiers ; il ne change jamais.", required=True)
_CAMPAIGN = Column("campaign", (), "string", "Campagne : le nom de son dossier.", required=True, refers="campaign")
_TEXT = Column("text", (), "string", "Texte, tel qu’il est publié (Markdown).")
_URL = Column("url", (), "string", "Adresse de la page.")
_PARENT = Column("parent", (), "string", "Identifiant de la ligne dont c’est un élément.", required=True)
_PARENT_RANK = Column("parent_rank", (), "integer", "Rang, dans sa liste, de l’élément qui contient.", required=True)
_RANK = Column("rank", (), "integer", "Rang dans la liste, à partir de 1.", required=True)
_RULE = (
    Column("commit", ("commit",), "string", "Version qui l’a changée, dans l’historique de git.", required=True),
    Column("date", ("date",), "date", "Jour du changement."),
    Column("rule", ("rule",), "string", "Règle qui a changé : le nom de sa clé.", required=True),
    Column("before", ("before",), "string", "Ce qu’elle disait."),
    Column("after", ("after",), "string", "Ce qu’elle dit depuis."),
)
_WORDING = (
    Column("kind", ("kind",), "string", "Tableau où est l’original.", required=True),
    Column("of", ("of",), "string", "Identifiant de l’original, dans ce tableau.", required=True),
    Column("language", ("language",), "string", "Langue de la traduction.", required=True),
    Column(
        "key", ("key",), "string", "Ce qui est traduit : sa clé, et où dans une liste ; text, le texte.", required=True
    ),
    Column("words", ("words",), "string", "La traduction.", required=True),
)
_APART = {"rules": _RULE, TRANSLATIONS: _WORDING}  # kinds that no model of a file says


class RuleChange(Record, frozen=True):
    """A rule that changed since it was announced."""

    commit: str
    date: datetime.date | None
    rule: str
    before: str
    after: str


class Dataset(Record, frozen=True):
    """What is published of a kind: its entries, in order; of answers, the questions that they may answer too."""

    kind: str
    entries: tuple[Entry[Any], ...]
    questions: tuple[str, ...] = ()


class Table(Record, frozen=True):
    """A table of a kind: the kind itself or, with a chain of `parts`, what its rows list; `about` says what that is."""

    name: str
    kind: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...] = ()

    @property
    def about(self) -> str:
        """What the model says of the list."""
        return self.parts[-1].description if self.parts else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell a row from any other."""
        if not self.parts:
            return ("id",) if self.kind in _OF_CITY else ("campaign", "id")
        return ("campaign", "parent", *(["parent_rank"] if len(self.parts) > 1 else []), "rank")


def tables_of(kind: str) -> Iterator[Table]:
    """List the tables of a kind: its own, then those of what it lists."""
    if kind in _APART:
        yield Table(kind, kind, (_ID, _CAMPAIGN, *_APART[kind], _URL))
        return
    model = _MODELS[kind]
    if kind in _OF_CITY:
        yield Table(kind, kind, columns_of(model))
        return
    tombstone = TOMBSTONES.get(kind)
    own = columns_of(model, tombstone) if tombstone else columns_of(model)
    body = () if kind in _BODILESS else (_TEXT,)
    yield Table(kind, kind, (_ID, _CAMPAIGN, *own, *body, _URL))
    yield from _listed(kind, kind, (), parts_of(model))


def _listed(kind: str, name: str, chain: tuple[Part, ...], parts: Iterable[Part]) -> Iterator[Table]:
    for part in parts:
        links, named = (*chain, part), f"{name}-{part.name}"
        ranks = (_RANK,) if len(links) == 1 else (_PARENT_RANK, _RANK)
        yield Table(named, kind, (_CAMPAIGN, _PARENT, *ranks, *part.columns), links)
        yield from _listed(kind, named, links, part.parts)


def rows(table: Table, entries: Iterable[Entry[Any]], pages: Iterable[str] = ()) -> Iterator[list[Any]]:
    """Give the rows of a table, values in the order of its columns; `pages` are the addresses of the entries."""
    if table.parts:
        listed = [_reader(column) for column in table.parts[-1].columns]
        for entry in entries:
            for ranks, item in _items(entry.meta, table.parts):
                values = (read(item) for read in listed)
                yield [entry.campaign, entry.slug, *ranks[-2:], *values]
        return
    own = [_reader(column) for column in table.columns if column.path]
    if table.kind in _OF_CITY:
        yield from ([read(entry.meta) for read in own] for entry in entries)
        return
    bodied = table.columns[-2] is _TEXT
    for entry, page in zip(entries, pages, strict=True):
        body = [entry.body] if bodied else []
        yield [entry.slug, entry.campaign, *[read(entry.meta) for read in own], *body, page]


def count(table: Table, entries: Sequence[Entry[Any]]) -> int:
    """Count the rows of a table."""
    return sum(1 for entry in entries for _ in _items(entry.meta, table.parts)) if table.parts else len(entries)


def datasets(microsite: Microsite, today: datetime.date) -> Iterator[Dataset]:
    """List what a campaign publishes on a day but for its contributions; nothing that has no row."""
    erased: dict[str, list[Entry[Any]]] = {}
    for entry in microsite.erased:
        erased.setdefault(folder_of(entry.path), []).append(entry)
    published: dict[str, tuple[str, str]] = {}
    for kind in TITLES:
        last = wordings(microsite.translations, published) if kind == TRANSLATIONS else ()
        found = (*_entries(kind, microsite, today), *erased.get(kind, ()), *last)
        published |= {entry.path: (kind, entry.slug) for entry in found if kind not in _APART}
        if found:
            asked = tuple(entry.slug for entry in (*microsite.questions, *erased.get("questions", ())))
            ordered = tuple(sorted(found, key=_order) if kind in erased else found)
            yield Dataset(kind, ordered, asked if kind in ("answers", TRANSLATIONS) else ())


def said(thread: Thread) -> Dataset:
    """Gather what was said in a debate, erased or not, by date."""
    return Dataset(CONTRIBUTIONS, tuple(sorted((*thread.contributions, *thread.erased), key=_order)))


def _entries(kind: str, microsite: Microsite, today: datetime.date) -> Iterable[Entry[Any]]:
    if kind == CAMPAIGNS:
        return (microsite.campaign,)
    if kind in _ALONE:
        meta = getattr(microsite, kind)
        path = f"content/campaigns/{microsite.slug}/{kind}.yml"
        return (Entry(microsite.slug, microsite.slug, path, meta, ""),) if meta else ()
    if kind == "answers":
        return given(microsite, today).values()
    if kind == "episodes":
        return (entry for entry in microsite.episodes if entry.meta.date <= today)
    if kind == "rules":
        return _rules(microsite)
    return () if kind in (CONTRIBUTIONS, TRANSLATIONS) else getattr(microsite, kind)


def _rules(microsite: Microsite) -> Iterator[Entry[Any]]:
    """List each rule that a commit changed, the latest first; what is not in the history yet is not told."""
    slug, campaign = microsite.slug, microsite.campaign
    changes = story(microsite.history, microsite.written).changes if campaign.meta.rules else ()
    for change in (change for change in changes if change.commit):
        for item in change.fields:
            said = RuleChange(change.commit, change.day, item.name, item.before, item.after)
            yield Entry(f"{change.commit}-{item.name}", slug, campaign.path, said, "")


def _order(entry: Entry[Any]) -> tuple[datetime.date, str]:
    return entry.meta.date, entry.slug


def _items(meta: Any, parts: Sequence[Part]) -> Iterator[tuple[list[int], Any]]:  # noqa: ANN401 - any model
    for rank, item in enumerate(_value(meta, parts[0].path) or (), 1):
        if len(parts) == 1:
            yield [rank], item
        else:
            yield from (([rank, *ranks], inner) for ranks, inner in _items(item, parts[1:]))


def _reader(column: Column) -> Callable[[Any], Any]:
    """Give what reads the value of a column in a model: money in units of the currency."""
    path = column.path
    if column.unit == MONEY:
        return lambda meta: None if (value := _value(meta, path)) is None else value / 100
    if len(path) == 1:  # nearly all: there may be 10,000 rows
        return lambda meta, name=path[0]: getattr(meta, name, None)  # type: ignore[misc]
    return lambda meta: _value(meta, path)


def _value(meta: Any, path: Sequence[str]) -> Any:  # noqa: ANN401 - any model
    for name in path:
        meta = getattr(meta, name, None)
    return meta
