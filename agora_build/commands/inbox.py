"""Turns `agora inbox` into what staff decide of what people sent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from agora_build.commands.relay import CITY, plainly, trouble
from agora_build.intake.accept import accept as accepted
from agora_build.intake.accept import paths_of, published
from agora_build.intake.checkout import How, bring
from agora_build.intake.journal import Entry
from agora_build.intake.opening import Opened, opened
from agora_build.intake.proposal import UnfitError
from agora_build.intake.relay import Trouble
from agora_build.urls import Urls

_NOT_OFFERED = {
    "unknown": "aucune contribution n’a ce numéro",
    "waiting": "elle n’est pas encore proposée ; lancez d’abord agora relay --once",
    "refused": "elle a été refusée",
    "erased": "elle a été effacée à la demande de son auteur",
}
_BROUGHT: dict[How, str] = {
    "forwarded": "Le dossier de la ville est à jour (git).",
    "written": "Le dossier de la ville a des changements en cours, ou n’est pas sous git : le fichier y est ajouté, "
    "à valider avec vos changements (git add, git commit).",
    "there": "Le dossier de la ville l’avait déjà.",
    "elsewhere": "Le dossier de la ville a des changements en cours dans les mêmes fichiers : "
    "validez-les (git commit), puis relancez cette commande.",
}


@click.group()
def inbox() -> None:
    """Lire ce que les gens ont envoyé, l’accepter, le refuser, l’effacer."""


@inbox.command()
@click.argument("identity", metavar="NUMERO")
@click.option("--no-build", is_flag=True, help="Ne pas reconstruire le site.")
@CITY
def accept(identity: str, city: Path, *, no_build: bool) -> None:
    """Publier une contribution : la fusionner, l’apporter au dossier de la ville, reconstruire le site."""
    with plainly(), opened(city) as intake:
        if intake.forge.remote:
            click.echo("Les propositions s’acceptent sur la forge : fusionnez-y la demande.", err=True)
            sys.exit(1)
        entries = _accepted(intake, identity)
        how = bring(city, intake.repository, [path for entry in entries for path in paths_of(entry)])
        click.echo(f"Publié : {', '.join(entry.id for entry in entries)}. {_BROUGHT[how]}")
        if how == "elsewhere":
            sys.exit(1)
    if not no_build:
        _build(city, entries, intake.config.city.language)


def _accepted(intake: Opened, identity: str) -> list[Entry]:
    """Merge; what was merged before is brought again, for a command that was cut short."""
    try:
        return published(intake.journal, identity) or accepted(intake.journal, intake.repository, identity, intake.day)
    except UnfitError as error:
        said = _NOT_OFFERED.get(error.code)
        click.echo(f"Impossible : {said}." if said else trouble(Trouble(error.code, identity, error.detail)), err=True)
        sys.exit(1)


def _build(city: Path, entries: list[Entry], language: str) -> None:
    from agora_build import pipeline
    from agora_build.problems import as_text, wording

    report = pipeline.build(pipeline.Order(os.fspath(city), city / "output", None, os.cpu_count() or 1))
    if report.problems:
        click.echo("\n\n".join(as_text(problem, wording("fr")) for problem in report.problems))
        click.echo("Le site n’a pas été reconstruit : corrigez, puis agora build.", err=True)
        sys.exit(1)
    click.echo(f"Site reconstruit : {report.written} fichiers écrits.")
    for entry in entries:
        click.echo(f"  {city / 'output' / _page(entry, language)}")


def _page(entry: Entry, language: str) -> str:
    """Give the page where readers find an entry."""
    urls, folder = Urls(language), entry.path.split("/")[3]
    match entry.kind:
        case "votes" | "ballots":
            return urls.item(entry.campaign, "debates", entry.target)
        case "place":
            return urls.part(entry.campaign, "map")
        case _:
            return urls.item(entry.campaign, folder, entry.id)
