"""Turns the published files of a vote into its count in words, made again from nothing but them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from agora_build.civic.opinions import Finding, Opinions, opinions_of
from agora_build.civic.vote_verification import recount, uncountable
from agora_build.civic.votes import COLUMNS, matrix
from agora_build.commands.findings import tell
from agora_build.commands.vote_folder import files_of
from agora_build.content.envelope import written

_MOST_FAULTS = 20


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

    rows = _rows(folder / "votes.csv")
    published = folder / "opinions.json"
    written = published.read_bytes() if published.is_file() else None
    table = matrix(rows, _statements(written) if written else {row[1] for row in rows if len(row) > 1})
    found = opinions(table)
    _say(found)
    if table.faulty:
        faults = ", ".join(str(fault.row + 1) for fault in table.faults[:_MOST_FAULTS])
        click.echo(f"votes.csv : {table.faulty} ligne(s) n’ont pas pu être comptées, dont : {faults}", err=True)
    return not table.faulty and written in (None, opinions_of(found))


def _rows(path: Path) -> list[list[str]]:
    """Read the rows of a votes file, as spreadsheets write it too."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            header, *rows = csv.reader(lines)
    except UnicodeDecodeError:
        _uncountable("votes.csv n’est pas du texte en UTF-8")
    except (ValueError, csv.Error):
        _uncountable("votes.csv est vide, ou n’est pas un tableau CSV")
    if tuple(header) != COLUMNS:
        _uncountable(f"la première ligne de votes.csv doit être : {','.join(COLUMNS)}")
    return rows


def _statements(published: bytes) -> set[str]:
    try:
        return {str(item["statement"]) for item in json.loads(published)["statements"]}
    except (ValueError, KeyError, TypeError):
        _uncountable("opinions.json ne se lit pas ; sans lui, le dossier se compte quand même")


def _say(found: Opinions) -> None:
    click.echo(f"{found.voters} personnes, {found.votes} votes comptés, {len(found.statements)} phrases.")
    for group in found.groups:
        told = ", ".join(f"{item.statement} ({_DIRECTIONS[item.direction]})" for item in group.representative)
        click.echo(f"Groupe {group.letter} : {group.size} personnes. Se distingue par : {told or 'rien'}.")
    for title, items in (("partagent", found.shared), ("divise", found.divisive), ("passent", found.unclear)):
        click.echo(f"{_TITLES[title]} : {', '.join(map(_named, items)) or 'rien'}.")


_DIRECTIONS = {"agree": "d’accord", "disagree": "contre"}
_TITLES = {
    "partagent": "Ce que tout le monde partage",
    "divise": "Ce qui divise",
    "passent": "Ce que beaucoup laissent passer",
}


def _named(finding: Finding) -> str:
    return finding.statement + (f" ({_DIRECTIONS[finding.direction]})" if finding.direction else "")


def _ballots(files: Mapping[str, bytes]) -> bool:
    wrong = uncountable(files)
    if wrong:
        tell(wrong)
        _uncountable(f"{len(wrong)} point(s) empêchent de compter, dont les premiers ci-dessus")
    made = recount(files)
    said = json.loads(made)
    out = io.StringIO()
    for name, title in _PILES.items():
        pile = said.get(name)
        if pile is None:
            continue
        out.write(f"{title} : {pile['ballots']} bulletins, dont {pile['blank']} blancs\n")
        for option, score, ballots, rank in pile["scores"]:
            out.write(f"  {rank:>3}. {option:<40} {score:>8}  ({ballots} bulletins)\n")
        if "budget" in pile:
            out.writelines(_shared(pile["budget"]))
        if pile["duels"]:
            out.write(f"  invaincues en duel : {', '.join(pile['unbeaten'])}\n")
    out.write(f"{said['used']} codes utilisés sur {said['sent']} envoyés")
    click.echo(out.getvalue())
    return files.get("tally.json", made) == made


_PILES = {"online": "Avec un code", "paper": "Sur papier", "together": "Ensemble, comme le disent les règles"}
_FATES = {"funded": "financé", "too-dear": "trop cher", "short": "ses voix ne suffisent pas", "nobody": "sans voix"}


def _shared(budget: Mapping[str, Any]) -> Iterator[str]:
    """Say what is funded, and every step, in the order of the rule."""
    yield f"  financés : {', '.join(budget['funded']) or 'aucun'} ; reste {written(budget['left'])}\n"
    if budget["shares"]:
        first, last = budget["shares"]
        yield f"  parts égales : {written(first)} d’abord, {written(last)} à la fin\n"
    for number, (project, _, fate, votes, cost, left, *_) in enumerate(budget["steps"], 1):
        said = f"{project:<40} {votes:>8} voix, coûte {written(cost)} ; reste {written(left)} : {_FATES[fate]}"
        yield f"  étape {number:>2}. {said}\n"


def _uncountable(why: str) -> NoReturn:
    click.echo(f"Ce vote ne se compte pas : {why}.", err=True)
    sys.exit(1)
