"""Turns `agora draw` into a jury drawn, and the public record that anyone can verify."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from agora_build.civic.draw import Candidate, QuotaError, draw, list_hash
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.draft import read_document
from agora_build.content.models import Criterion, Jury
from agora_build.content.tree import found_at

_CITY = click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_PSEUDONYM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SEED = re.compile(r"[^\n]{8,400}")
_REFUSED = {
    "too-few-candidates": "il y a {value} candidats pour {seats} places",
    "quota-lacks-candidates": "« {criterion} », « {value} » : il faut {min} membres au moins, {count} candidats l’ont",
    "quotas-lack-room": "« {criterion} » : avec ces candidats, les quotas laissent {count} places au plus, sur {seats}",
    "quotas-exclude-each-other": "chaque quota peut être tenu seul, aucun jury de {seats} membres ne les tient tous",
    "quotas-too-tight": "les quotas sont trop serrés pour que l’on sache s’il existe un jury : desserrez-en",
}


@dataclass(frozen=True, slots=True)
class JuryPlace:
    """A jury in the city's content: the paths of its file and of the record of its draw, from the city's root."""

    city: Path
    jury: Jury
    path: str
    record: str


@click.command("draw")
@click.argument("name", metavar="CAMPAGNE/JURY")
@click.option("--candidates", required=True, metavar="FICHIER.csv", type=_FILE, help="Liste privée des candidats.")
@click.option("--seed", required=True, metavar="GRAINE", help="La graine, écrite comme annoncé.")
@_CITY
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour du tirage.")
def draw_jury(name: str, candidates: Path, seed: str, city: Path, day: datetime.datetime | None) -> None:
    """Tirer un jury au sort, quotas tenus, et écrire le procès-verbal que chacun peut vérifier."""
    place = jury_in(city, name)
    today = day.date() if day else day_of_build(read_config(city)[0])
    _ready(place, candidates, today)
    if not _SEED.fullmatch(seed) or not seed.isprintable():
        refuse("la graine tient sur une ligne, de 8 à 400 caractères, écrite comme annoncé")
    people = candidates_in(candidates, place.jury.criteria)
    try:
        taken, reserve = draw(people, place.jury.seats, place.jury.criteria, seed)
    except QuotaError as error:
        click.echo(f"Tirage impossible : {_REFUSED[error.code].format(**error.values)}. Rien n’a été écrit.", err=True)
        sys.exit(1)
    record = city / place.record
    record.write_text(_record(today, seed, people, taken, reserve), "utf-8")
    click.echo(f"{len(taken)} membres tirés parmi {len(people)} candidats, et {len(reserve)} suppléants : {record}")
    click.echo(
        "  publiez ce fichier (git commit) ; la liste des candidats reste privée, gardez-la pour qui doit vérifier."
    )


def jury_in(city: Path, name: str) -> JuryPlace:
    """Find a jury by `campaign/jury`; say what to do when it is not one."""
    campaign, _, slug = name.strip("/").partition("/")
    path = f"content/campaigns/{campaign}/juries/{slug}.md"
    found = found_at(path)
    if found is None or not (city / path).is_file():
        refuse(f"il n’y a pas de jury « {name} » : écrivez campagne/jury, d’après le fichier du dossier juries/")
    jury = read_document(os.fspath(city), found).meta
    if not isinstance(jury, Jury):
        refuse(f"{path} a des problèmes : lancez agora check")
    return JuryPlace(city, jury, path, path.removesuffix(".md") + ".yml")


def _ready(place: JuryPlace, candidates: Path, today: datetime.date) -> None:
    """Refuse a draw that nobody could trust."""
    if (place.city / place.record).exists():
        refuse(f"ce jury a déjà été tiré : {place.record} ; on ne tire pas deux fois")
    if place.jury.seed is None:
        refuse("annoncez d’abord d’où viendra la graine (seed: announced, source), publiez, et tirez un autre jour")
    if today <= place.jury.seed.announced:
        refuse(f"la graine a été annoncée le {place.jury.seed.announced} : tirez un jour suivant")
    where = candidates.resolve()
    if place.city.resolve() in where.parents or any((up / ".git").exists() for up in where.parents):
        refuse("la liste des candidats est privée : gardez-la hors du dépôt, elle n’y sera jamais publiée")


def candidates_in(path: Path, criteria: Sequence[Criterion]) -> list[Candidate]:
    """Read the private list: a column `id`, then one for each criterion; nothing that names anybody."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(f"{path} n’est pas en UTF-8 : enregistrez-le ainsi")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    wanted = ["id", *(criterion.id for criterion in criteria)]
    if not rows or rows[0] != wanted:
        refuse(f"la première ligne de {path.name} doit être : {','.join(wanted)} (ni nom, ni adresse)")
    known = [{quota.id for quota in criterion.quotas} for criterion in criteria]
    people: dict[str, Candidate] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(wanted):
            refuse(f"{path.name}, ligne {number} : il faut {len(wanted)} colonnes")
        if not _PSEUDONYM.fullmatch(row[0]) or row[0] in people:
            said = f"« {row[0][:60]} » n’est pas un pseudonyme nouveau (minuscules, chiffres, tirets)"
            refuse(f"{path.name}, ligne {number} : {said}")
        for place, value in enumerate(row[1:]):
            if value not in known[place]:
                refuse(
                    f"{path.name}, ligne {number} : « {value[:60]} » n’est pas une valeur de « {wanted[place + 1]} »"
                )
        people[row[0]] = Candidate(row[0], tuple(row[1:]))
    return list(people.values())


def _record(
    today: datetime.date,
    seed: str,
    people: Sequence[Candidate],
    taken: Sequence[Candidate],
    reserve: Sequence[Candidate],
) -> str:
    quoted = seed.replace("\\", "\\\\").replace('"', '\\"')
    members = "".join(f"  - {{id: {one.id}, profile: [{', '.join(one.profile)}]}}\n" for one in taken)
    others = "".join(f"  - {one.id}\n" for one in reserve)
    return (
        f'date: {today}\nseed: "{quoted}"\ncandidates: {len(people)}\ncandidates_hash: {list_hash(people)}\n'
        f"drawn:\n{members}" + (f"reserve:\n{others}" if others else "")
    )
