"""Turns `agora init DIR` into the folder of a new city: asks three things, writes all the rest, begins its history."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from agora_build import git
from agora_build.commands.asking import ask, is_wanted, on_terminal, say
from agora_build.commands.vote_folder import refuse
from agora_build.content.day import today_in
from agora_build.record import replace
from agora_build.starting.editor import settings
from agora_build.starting.founding import ASKED, Said, files_of, of_city, problems_of

_OPTIONS = {"name": "--name", "email": "--email", "base_url": "--url"}
_EXAMPLES = {"name": "Villeneuve", "email": "agora@villeneuve.example", "base_url": "https://agora.villeneuve.example"}


@click.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", metavar="VILLE", help="Nom de la ville.")
@click.option("--url", "base_url", metavar="ADRESSE", help="Adresse publique du site, en https://.")
@click.option("--email", metavar="ADRESSE", help="Adresse électronique du service.")
@click.option("--forms/--no-forms", default=None, help="Recevoir des formulaires en ligne, sur un serveur de la ville.")
@click.option("--no-git", is_flag=True, help="Ne pas commencer de dépôt git.")
@click.option("--editor", is_flag=True, help="Écrire de nouveau les seuls réglages de l’éditeur, dans une ville.")
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour où l’on commence.")
def init(  # noqa: PLR0913 - one argument an option
    folder: Path,
    name: str | None,
    base_url: str | None,
    email: str | None,
    day: datetime.datetime | None,
    *,
    forms: bool | None,
    no_git: bool,
    editor: bool,
) -> None:
    """Créer le dossier d’une ville : réglages, exemple, thème, vérifications des forges, guide."""
    if editor:
        _editor(folder)
        return
    if folder.exists() and any(folder.iterdir()):
        refuse(f"« {folder} » n’est pas vide : rien n’y est changé ; donnez un dossier neuf")
    said = _asked({"name": name, "email": email, "base_url": base_url})
    if forms is None:
        forms = on_terminal() and is_wanted("Recevoir des formulaires en ligne ? Il y faut un serveur qui reste allumé")
    files = files_of(replace(said, forms=forms), day.date() if day else today_in(None))
    _write(folder, files)
    committed = not no_git and _begin_history(folder, said)
    click.echo(f"{len(files)} fichiers écrits dans {folder}{', et un premier commit' if committed else ''}. Ensuite :")
    steps = {
        f"cd {folder} && agora build": "puis ouvrez output/index.html",
        "agora new campaign": "votre première concertation",
        "lisez README.md": "écrire, proposer, publier, et quoi faire avant d’ouvrir",
    }
    width = max(map(len, steps))
    click.echo("\n".join(f"  {step:{width}}   {why}" for step, why in steps.items()))


def _asked(given: dict[str, str | None]) -> Said:
    """Ask what was not said; without anybody to answer, say what is missing."""
    missing = [f"{_OPTIONS[key]} ({ASKED[key][1]})" for key, value in given.items() if not value]
    if missing and not on_terminal():
        refuse(f"il manque {', '.join(missing)}")
    said = Said(_EXAMPLES["name"], _EXAMPLES["email"], _EXAMPLES["base_url"])
    for key, value in given.items():
        said = _set(said, key, value) if value else _ask(said, key)
    return said


def _set(said: Said, key: str, value: str) -> Said:
    problems = problems_of(replace(said, **{key: value.strip()}), key)
    if problems:
        say(problems)
        click.echo("Rien n’a été écrit.", err=True)
        sys.exit(1)
    return replace(said, **{key: value.strip()})


def _ask(said: Said, key: str) -> Said:
    label = f"{ASKED[key][1]} (comme {_EXAMPLES[key]})"
    value = ask(label, lambda tried: problems_of(replace(said, **{key: tried}), key))
    return replace(said, **{key: value})


def _editor(folder: Path) -> None:
    if not (folder / "agora.toml").is_file():
        refuse(f"il n’y a pas d’agora.toml dans « {folder} »")
    files = {path: text.encode() for path, text in settings()}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    click.echo(f"Réglages de l’éditeur : {len(files)} fichiers écrits.")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in sorted(files.items()):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("xb") as file:
            file.write(data)


def _begin_history(folder: Path, said: Said) -> bool:
    """Make the folder a repository of its own, unless git is not there or already watches over it."""
    try:
        if git.run(folder, ("rev-parse", "--is-inside-work-tree")).returncode == 0:
            return False
        author = () if git.run(folder, ("config", "user.email")).stdout.strip() else _author(said)
        steps = (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all"),
            (*author, "commit", "--quiet", f"--message=Un site pour les concertations {of_city(said.name)}"),
        )
        return all(git.run(folder, step).returncode == 0 for step in steps)
    except FileNotFoundError:
        return False


def _author(said: Said) -> tuple[str, ...]:
    return ("-c", f"user.name=Ville {of_city(said.name)}", "-c", f"user.email={said.email}")
