"""Turns `agora codes`, `seal`, `tally` and `verify votes` into letters, seals, counts and verdicts."""

from __future__ import annotations

import datetime
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from agora_build.civic import codes as civic_codes
from agora_build.civic.seals import COLUMNS, SEALED, Event, Seal, SealError, following, sealed
from agora_build.civic.vote_verification import Finding, verify
from agora_build.commands.findings import tell
from agora_build.commands.outside import is_inside
from agora_build.commands.versions import versions
from agora_build.commands.vote_folder import VoteFolder, files_of, refuse, vote_in, write_table
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
    click.echo(f"{number} lettres : {letters}")
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


@click.command("votes")
@click.argument("name", metavar="DOSSIER|CAMPAGNE/DEBAT")
@click.option("--head", metavar="TETE", default="", help="Une tête de sceau que vous aviez notée.")
@_CITY
def verify_votes(name: str, head: str, city: Path) -> None:
    """Vérifier un vote : chaque bulletin a un code de la liste, utilisé une fois ; les sceaux et le compte tiennent."""
    files = files_of(city, name)
    found = verify(files, head.strip().lower())
    found += _gone(files, _folder(city, name))
    tell(found)
    if found:
        click.echo(f"Ce vote ne se vérifie pas : {len(found)} point(s), dont les premiers ci-dessus.", err=True)
        sys.exit(1)
    seals = files["roots.csv"].decode().splitlines()
    ballots = max(0, files.get("ballots.csv", b"").count(b"\n") - 1)
    click.echo(f"Ce vote se vérifie : {ballots} bulletins, autant de codes utilisés une fois, {len(seals) - 1} sceaux.")
    click.echo(f"  tête du dernier sceau : {seals[-1].rpartition(',')[2]}")
    click.echo("  comparez-la à celle que vous aviez notée (--head) : elle seule dit que rien n’a été refait depuis.")


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
    config, problems = read_config(city)
    if config is None:
        refuse(f"agora.toml a {len(problems)} problème(s) ; lancez agora check")
    return day.date() if day else day_of_build(config)


def _folder(city: Path, name: str) -> Path:
    return Path(name) if Path(name).is_dir() else vote_in(city, name).path


def _gone(files: Mapping[str, bytes], folder: Path) -> list[Finding]:
    """Find, in git, lines that were there once the vote was sealed and are no more: lists may only grow."""
    found = []
    for name in ("codes.csv", "void.csv", "spent.csv", "ballots.csv", "roots.csv"):
        now = set(files.get(name, b"").splitlines())
        gone = {line for version in versions(folder / name, "roots.csv") for line in version.splitlines()} - now
        found += [Finding("gone-since", name, 0, line.decode("utf-8", "replace")) for line in sorted(gone)]
    return found
