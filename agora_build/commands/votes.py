"""Turns `agora codes`, `seal`, `tally` and `verify votes` into letters, seals, counts and verdicts."""

from __future__ import annotations

import datetime
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from agora_build.civic import codes as civic_codes
from agora_build.civic.seals import COLUMNS, SEALED, Event, Seal, SealError, following, sealed
from agora_build.commands.outside import is_inside
from agora_build.commands.vote_folder import VoteFolder, refuse, vote_in, write_table
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build

_CITY = click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
_DAY = click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour dont on parle.")
_MOST_CODES = 1_000_000
_UNSEALED = {
    "unsealed": "ce vote n’a pas de codes : lancez d’abord agora codes",
    "closed": "ce vote est clos et scellé",
}


@click.command()
@click.argument("name", metavar="CAMPAGNE/DEBAT")
@click.option("--number", metavar="N", required=True, type=click.IntRange(1, _MOST_CODES), help="Combien de lettres.")
@click.option(
    "--out", metavar="DOSSIER", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Où écrire les lettres, hors du dépôt : elles sont secrètes.",
)  # fmt: skip
@_CITY
@_DAY
def codes(name: str, number: int, out: Path, city: Path, day: datetime.datetime | None) -> None:
    """Faire les codes d’un vote : des lettres à imprimer, et la liste de leurs empreintes à publier."""
    vote, today = vote_in(city, name), _today(city, day)
    if (vote.path / "codes.csv").exists():
        refuse(f"« {vote.path / 'codes.csv'} » existe déjà ; des codes faits deux fois ne vaudraient rien")
    if vote.period[0] and today >= vote.period[0]:
        refuse(f"le vote est ouvert depuis le {vote.period[0]} : les codes se publient avant")
    if is_inside(out, city):
        refuse("les lettres sont secrètes : choisissez avec --out un dossier hors du dépôt, qui ne sera jamais publié")
    made = [civic_codes.code_of(secrets.token_bytes(10)) for _ in range(number)]
    letters = _letters(out, city, vote, made)
    marks = sorted(civic_codes.mark_of(vote.name, code) for code in made)
    vote.path.mkdir(parents=True, exist_ok=True)
    write_table(vote.path / "codes.csv", "code", marks)
    head = _add(vote, sealed([], today, "opening", vote.rules, {table: vote.lines(table) for table in SEALED}))
    click.echo(f"{number} lettre{'s' if number > 1 else ''} : {letters}")
    click.echo("  secrètes : imprimez-les, postez-les, puis effacez ce fichier ; ne l’ajoutez jamais au dépôt.")
    click.echo(f"Empreintes et premier sceau : {vote.path}")
    click.echo(f"  à publier avant l’ouverture (git commit) ; tête à noter et à afficher : {head}")


@click.command()
@click.argument("name", metavar="CAMPAGNE/DEBAT")
@click.option("--event", type=click.Choice(["day", "rules", "closing"]), help="Ce qui s’est passé.")
@_CITY
@_DAY
def seal(name: str, event: Event | None, city: Path, day: datetime.datetime | None) -> None:
    """Sceller les fichiers d’un vote tels qu’ils sont : une ligne de plus dans roots.csv."""
    vote, today = vote_in(city, name), _today(city, day)
    try:
        before = vote.seals()
    except ValueError:
        refuse("une ligne de roots.csv ne se lit pas : reprenez la version publiée (git)")
    closed = vote.period[1] is not None and today > vote.period[1]
    if event == "closing" and vote.period[1] is not None and not closed:
        refuse(f"le vote est ouvert jusqu’au {vote.period[1]} : il ne se clôt que le lendemain")
    lists = {table: vote.lines(table) for table in SEALED}
    try:
        made = following(before, today, event or ("closing" if closed else "day"), vote.rules, lists)
    except SealError as error:
        refuse(_UNSEALED[str(error)])
    head = _add(vote, made)
    click.echo(f"Scellé : {vote.path / 'roots.csv'}\n  tête à noter et à afficher : {head}")


def _add(vote: VoteFolder, made: Seal) -> str:
    write_table(vote.path / "roots.csv", ",".join(COLUMNS), [*vote.lines("roots"), ",".join(made.cells())])
    return made.head


def _letters(out: Path, city: Path, vote: VoteFolder, made: Sequence[str]) -> Path:
    from agora_build.rendering.letters import letters

    out.mkdir(parents=True, exist_ok=True)
    path = out / f"lettres-{vote.name.replace('/', '-')}.html"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(letters(city, vote.name, vote.period, made))
    return path


def _today(city: Path, day: datetime.datetime | None) -> datetime.date:
    config, _ = read_config(city)
    if config is None:
        refuse("agora.toml a quelque chose à corriger d’abord : lancez agora check, qui dit où")
    return day.date() if day else day_of_build(config)
