"""Turns `agora guard` into the guard's problems on a screen, in a forge's annotations or in JSON."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Literal, NoReturn

import click

from agora_build.intake.changes import Changes, ChangesError
from agora_build.intake.guard import MOST_FILES, Verdict, city_in, guard
from agora_build.problems import as_github, as_json, as_text, printable, wording

_SAID = {
    "no-commit": "il n’y a pas de commit « {} » ici ; sur une forge, il faut tout l’historique (fetch-depth: 0)",
    "no-git": "git n’est pas installé sur cette machine, ou ce dossier n’existe pas",
    "unrelated": "ces deux branches n’ont aucun commit en commun ; il faut tout l’historique (fetch-depth: 0)",
    "crossed": "ces branches ont été fusionnées l’une dans l’autre ; refaites la vôtre à partir de la publiée",
    "no-city": "la branche publiée n’a pas de fichier agora.toml ; dites avec --inside où il est",
    "cities": "plusieurs dossiers ont un agora.toml ({}) ; dites avec --inside lequel est la ville",
    "missing": "git n’a pas tout ce que la branche contient ({})",
    "refused": "git ne répond pas : {}",
}
Form = Literal["text", "github", "json"]


@click.command("guard")
@click.argument("base", metavar="PUBLIEE")
@click.argument("head", metavar="PROPOSEE")
@click.option(
    "--repository", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dépôt git, même nu ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--inside", metavar="DOSSIER", help="Dossier de la ville dans le dépôt, s’il y en a plusieurs.")
@click.option(
    "--most", metavar="N", default=MOST_FILES, show_default=True, type=click.IntRange(1), help="Fichiers au plus."
)
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour auquel on se place.")
@click.option(
    "--format", "form", type=click.Choice(["text", "github", "json"]), default="text", help="Forme des messages."
)
def guard_command(  # noqa: PLR0913, PLR0917 - one argument an option
    base: str,
    head: str,
    repository: Path,
    inside: str | None,
    most: int,
    day: datetime.datetime | None,
    form: Form,
) -> None:
    """Vérifier qu’une branche ajoute des contributions et rien d’autre, sans rien en exécuter ni en extraire."""
    try:
        changes = Changes(repository, base, head)
        place = city_in(changes) if inside is None else f"{inside.strip('/')}/".removeprefix("./")
        verdict = guard(changes, place, day.date() if day else None, most)
    except ChangesError as error:
        _stop(error)
    _print(verdict, form)


def _stop(error: ChangesError) -> NoReturn:
    click.echo(_SAID[error.code].format(printable(error.detail)), err=True)
    sys.exit(2)


def _print(verdict: Verdict, form: Form) -> None:
    config, problems = verdict.config.config, verdict.problems
    words = wording(config.city.language if config else "fr")
    if form == "json":
        click.echo(as_json(problems, words))
    elif problems:
        render, between = (as_github, "\n") if form == "github" else (as_text, "\n\n")
        click.echo(between.join(render(problem, words) for problem in problems))
    if problems:
        click.echo(f"Cette branche ne peut pas être fusionnée ainsi : {len(problems)} point(s) ci-dessus.", err=True)
        sys.exit(1)
    if form == "text":
        click.echo(f"Rien à redire : {len(verdict.added)} fichier(s) ajouté(s) ou complété(s).")
