"""Turns the published files of a vote into its count in words, made again from nothing but them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from agora_build.civic.opinions import Finding, opinions_of
from agora_build.civic.vote_verification import recount
from agora_build.commands.vote_folder import files_of


@click.command()
@click.argument("name", metavar="DOSSIER|CAMPAGNE/DEBAT")
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
def tally(name: str, city: Path) -> None:
    """Compter de nouveau un vote, à partir de ses fichiers publiés ; 1 si le compte publié en diffère."""
    folder = Path(name) if Path(name).is_dir() else None
    votes = folder or city / "content" / "campaigns" / name.replace("/", "/votes/", 1)
    same = _opinions(votes) if (votes / "votes.csv").is_file() else _ballots(files_of(city, name))
    if not same:
        click.echo("Le compte publié n’est pas celui-ci.", err=True)
        sys.exit(1)


def _opinions(folder: Path) -> bool:
    from agora_build.civic.consensus import opinions
    from agora_build.civic.votes import matrix

    with (folder / "votes.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    published = folder / "opinions.json"
    known = json.loads(published.read_bytes())["statements"] if published.is_file() else []
    ids = {item["statement"] for item in known} or {row[1] for row in rows if len(row) > 1}
    table = matrix(rows, ids)
    found = opinions(table)
    click.echo(f"{found.voters} personnes, {found.votes} votes comptés, {len(found.statements)} phrases.")
    if table.faulty:
        click.echo(f"{table.faulty} lignes n’ont pas pu être comptées.", err=True)
    for group in found.groups:
        told = ", ".join(f"{item.statement} ({_DIRECTIONS[item.direction]})" for item in group.representative)
        click.echo(f"Groupe {group.letter} : {group.size} personnes. Se distingue par : {told or 'rien'}.")
    for title, items in (("partagent", found.shared), ("divise", found.divisive), ("passent", found.unclear)):
        click.echo(f"{_TITLES[title]} : {', '.join(map(_named, items)) or 'rien'}.")
    return not published.is_file() or published.read_bytes() == opinions_of(found)


_DIRECTIONS = {"agree": "d’accord", "disagree": "contre"}
_TITLES = {
    "partagent": "Ce que tout le monde partage",
    "divise": "Ce qui divise",
    "passent": "Ce que beaucoup laissent passer",
}


def _named(finding: Finding) -> str:
    return finding.statement + (f" ({_DIRECTIONS[finding.direction]})" if finding.direction else "")


def _ballots(files: Mapping[str, bytes]) -> bool:
    made = recount(files)
    said = json.loads(made)
    out = io.StringIO()
    for title, pile in (("Avec un code", said["online"]), ("Sur papier", said["paper"])):
        if pile is None:
            continue
        out.write(f"{title} : {pile['ballots']} bulletins, dont {pile['blank']} blancs\n")
        for option, score, ballots, rank in pile["scores"]:
            out.write(f"  {rank:>3}. {option:<40} {score:>8}  ({ballots} bulletins)\n")
        if pile["duels"]:
            out.write(f"  invaincues en duel : {', '.join(pile['unbeaten'])}\n")
    out.write(f"{said['used']} codes utilisés sur {said['sent']} envoyés")
    click.echo(out.getvalue())
    return files.get("tally.json", made) == made
