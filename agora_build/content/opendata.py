"""Turns a campaign, or the city, into the list of its files of open data: what each holds, its rows, its form."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Literal

from agora_build.content.columns import Column, Type
from agora_build.content.datasets import (
    CONTRIBUTIONS,
    TITLES,
    Dataset,
    Table,
    count,
    datasets,
    tables_of,
)
from agora_build.content.map_points import campaign_files, campaign_points, city_files, city_points, placed
from agora_build.content.models import Debate
from agora_build.content.site import Entry, Microsite, Site, ThreadSummary
from agora_build.content.tables import HEADERS
from agora_build.content.votes import VOTED
from agora_build.record import Record
from agora_build.urls import Urls

Form = Literal["csv", "json", "yaml", "ics", "geojson", "atom", "rss", "pb", "zip"]
PABULIB = ".pb"
_FORMS: dict[str, Form] = {"csv": "csv", "json": "json", "yml": "yaml", "pb": "pb"}
_NUMBERS = ("count", "codes", "void", "spent", "ballots", "paper")
_SAID = {  # what the columns of a vote's tables mean
    "voter": "Qui vote : un identifiant tiré au hasard, qui ne dit rien de la personne.",
    "statement": "Phrase : l’identifiant de la contribution.",
    "vote": "Ce que la personne en dit : d’accord, pas d’accord, passe.",
    "date": "Jour.",
    "code": "Empreinte SHA-256 d’un code de vote ; le code lui-même n’est écrit nulle part.",
    "receipt": "Empreinte du reçu remis avec le bulletin.",
    "choices": "Bulletin : les options choisies, dans la forme que dit la page du vote ; vide : un bulletin blanc.",
    "count": "Nombre de bulletins pareils.",
    "event": "Ce que le sceau marque : ouverture, jour, changement de règles, clôture.",
    "rules": "Empreinte SHA-256 des règles du vote (vote.json).",
    "head": "Tête de la chaîne des sceaux : l’empreinte à comparer.",
    "lines": "Nombre de lignes de la liste ce jour-là.",
    "root": "Racine de l’arbre de Merkle de la liste.",
}
VOTE_TITLES = {
    "votes.csv": "Votes on the sentences",
    "codes.csv": "Codes of the vote, as hashes",
    "void.csv": "Codes that were made void",
    "spent.csv": "Codes that were used",
    "ballots.csv": "Ballots",
    "paper.csv": "Paper ballots, counted",
    "roots.csv": "Seals of the vote",
    "paper.yml": "Who counted the paper ballots",
    "meetings.yml": "Hands raised in meetings",
    "vote.json": "Rules of the vote",
    "tally.json": "Count of the vote",
    PABULIB: "Projects and ballots, as Pabulib writes them",
    "opinions.json": "Opinions computed from the votes",
}


class DataFile(Record, frozen=True):
    """A file of open data: its resource name, its title (a message), what it is about, where it is, its form.

    `rows` and `columns` are those of a table; a file `ours` is written as agora.toml says, others have commas.
    """

    name: str
    title: str
    path: str
    form: Form
    about: str = ""  # what the model says of a list
    debate: str = ""  # the title of the debate, of what has one
    rows: int = 0
    columns: tuple[Column, ...] = ()
    keys: tuple[str, ...] = ()
    ours: bool = True
    table: str = ""  # the name of the table whose columns it has


def files_of(microsite: Microsite, site: Site, urls: Urls, today: datetime.date) -> tuple[DataFile, ...]:
    """List the files of open data of a campaign."""
    found = [_tables(dataset, lambda name: urls.part_file(microsite.slug, "data", name)) for dataset in
             datasets(microsite, today)]  # fmt: skip
    said = [_said(microsite, debate, urls) for debate in microsite.debates]
    return tuple(file for group in (*said, *found, _others(microsite, site, urls)) for file in group)


def files_of_city(site: Site, urls: Urls, today: datetime.date) -> tuple[DataFile, ...]:
    """List the files of open data of the city."""
    tables = [_tables(dataset, lambda name: urls.section_file("data", name)) for dataset in
              city_datasets(site, today)]  # fmt: skip
    found = [file for group in tables for file in group]
    found.append(DataFile("agenda", "Meetings", urls.section_file("agenda", "agenda.ics"), "ics"))
    if site.config.map and placed(city_points(site, urls, today)):
        found.append(DataFile("carte", "Map", city_files(urls).data, "geojson"))
    found.append(DataFile("reponses", "Answers", urls.answers_feed(), "atom"))
    return tuple(found)


def city_datasets(site: Site, today: datetime.date) -> Iterator[Dataset]:
    """Gather the tables of all campaigns, kind by kind, then the lists of agora.toml that they refer to."""
    found: dict[str, list[Dataset]] = {}
    for microsite in site.microsites:
        for dataset in datasets(microsite, today):
            found.setdefault(dataset.kind, []).append(dataset)
    for kind in TITLES:
        if kind in found:
            entries = (entry for dataset in found[kind] for entry in dataset.entries)
            yield Dataset(kind, tuple(entries), tuple(name for dataset in found[kind] for name in dataset.questions))
    for kind, items in (("quarters", site.config.quarters), ("offices", site.config.offices)):
        if items:
            yield Dataset(kind, tuple(Entry(item.id, "", "agora.toml", item, "") for item in items))


def columns_of_vote(name: str) -> tuple[Column, ...]:
    """List the columns of a table of a vote."""
    return tuple(_vote_column(column) for column in HEADERS[name])


def _vote_column(name: str) -> Column:
    listed = name.removesuffix("_root")
    if name.endswith("_root"):
        return Column(name, (), "string", _SAID["root"])
    values = ("agree", "disagree", "pass") if name == "vote" else ()
    said = _SAID.get(listed, _SAID["lines"])
    kind: Type = "integer" if name in _NUMBERS else "date" if name == "date" else "string"
    return Column(name, (), kind, said, values=values)


def title_of(kind: str) -> str:
    """Give the name of a kind for people: a message."""
    return TITLES.get(kind) or {"quarters": "Quarters", "offices": "Offices"}[kind]


def _tables(dataset: Dataset, at: Callable[[str], str]) -> Iterator[DataFile]:
    for table in tables_of(dataset.kind):
        rows = count(table, dataset.entries)
        if rows:
            yield _csv(table, at(f"{table.name}.csv"), rows)
    yield DataFile(f"{dataset.kind}-json", title_of(dataset.kind), at(f"{dataset.kind}.json"), "json")


def _csv(table: Table, path: str, rows: int, debate: str = "") -> DataFile:
    name = path.rpartition("/")[2].removesuffix(".csv")
    return DataFile(
        name, title_of(table.kind), path, "csv", table.about, debate, rows, table.columns, table.keys, table=table.name
    )


def _said(microsite: Microsite, debate: Entry[Debate], urls: Urls) -> Iterator[DataFile]:
    """List the contributions to a debate, and what of its vote may be known."""
    thread = next((item for item in microsite.threads if item.debate == debate.slug), None)
    if thread is None:
        return
    rows = thread.voices.individual + thread.voices.collective + thread.erased
    title, name = debate.meta.title, f"{CONTRIBUTIONS}-{debate.slug}"
    if rows:
        paths = [urls.part_file(microsite.slug, "data", f"{name}.{form}") for form in ("csv", "json")]
        yield _csv(next(iter(tables_of(CONTRIBUTIONS))), paths[0], rows, title)
        yield DataFile(f"{name}-json", TITLES[CONTRIBUTIONS], paths[1], "json", debate=title)
    for file, lines in _vote(debate.meta, thread):
        path, about = urls.vote(microsite.slug, debate.slug, file), VOTE_TITLES.get(file, VOTE_TITLES[PABULIB])
        named = f"vote-{debate.slug}-{file.replace('.', '-').removesuffix('-csv')}"
        columns = columns_of_vote(file) if file in HEADERS else ()
        form = _FORMS[file.rpartition(".")[2]]
        table = file.removesuffix(".csv")
        yield DataFile(named, about, path, form, "", title, lines, columns, ours=False, table=table)


def _vote(debate: Debate, thread: ThreadSummary) -> Iterator[tuple[str, int]]:
    yield from thread.public
    if debate.ballot and debate.method in VOTED:
        yield "vote.json", 0
    if thread.shown:
        yield "tally.json" if debate.ballot else "opinions.json", 0
    counted = ("ballots.csv", "paper.csv") if debate.ballot and debate.ballot.paper == "added" else ("ballots.csv",)
    if thread.shown and debate.method == "budget" and any(name in counted for name, _ in thread.public):
        yield f"{thread.debate}{PABULIB}", 0


def _others(microsite: Microsite, site: Site, urls: Urls) -> Iterator[DataFile]:
    slug = microsite.slug
    yield DataFile("agenda", "Meetings", urls.part_file(slug, "agenda", "agenda.ics"), "ics")
    if site.config.map and placed(campaign_points(microsite, urls)):
        yield DataFile("carte", "Map", campaign_files(slug, urls).data, "geojson")
    yield DataFile("flux", "News", urls.feed(slug), "atom")
    yield DataFile("reponses", "Answers", urls.answers_feed(slug), "atom")
