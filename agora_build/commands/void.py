"""Turns the codes of letters that came back, as somebody types them, into the public list of void codes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from agora_build.civic import codes
from agora_build.commands.vote_folder import VoteFolder, refuse, vote_in, write_table


@click.command()
@click.argument("name", metavar="CAMPAGNE/DEBAT")
@click.option(
    "--codes", "typed", metavar="FICHIER", required=True, type=click.File("r", encoding="utf-8-sig"),
    help="Un code par ligne, comme sur les lettres ; « - » pour les taper ici.",
)  # fmt: skip
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
def void(name: str, typed: TextIO, city: Path) -> None:
    """Annuler les codes de lettres revenues : leurs empreintes entrent dans void.csv, jamais les codes."""
    vote = vote_in(city, name)
    if vote.closed:
        refuse("ce vote est clos et scellé")
    try:
        lines = [line.strip() for line in typed]
    except UnicodeDecodeError:
        refuse("la liste des codes n’est pas du texte en UTF-8")
    marks: dict[str, int] = {}
    problems = list(_read(vote, lines, marks))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        click.echo("Rien n’a été écrit : corrigez ces lignes, et recommencez.", err=True)
        sys.exit(1)
    before = vote.lines("void")
    write_table(vote.path / "void.csv", "code", sorted({*before, *marks}))
    click.echo(f"{len(marks.keys() - set(before))} codes annulés de plus : {vote.path / 'void.csv'}")
    click.echo("  scellez, puis publiez : agora seal " + vote.name)


def _read(vote: VoteFolder, lines: list[str], marks: dict[str, int]) -> Iterator[str]:
    """Fill `marks` with those of the codes typed, each with its line; say what is wrong with the others."""
    made, used = set(vote.lines("codes")), set(vote.lines("spent"))
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            mark = codes.mark_of(vote.name, codes.normal(line))
        except codes.CodeError:
            yield f"ligne {number} : ce n’est pas un code, ou un caractère est faux ; relisez la lettre"
            continue
        if mark not in made:
            yield f"ligne {number} : ce code n’est pas de ce vote"
        elif mark in used:
            yield f"ligne {number} : ce code a servi, il ne s’annule plus"
        elif marks.setdefault(mark, number) != number:
            yield f"ligne {number} : ce code est déjà ligne {marks[mark]}"
