"""Turns `agora migrate` into the files of a city rewritten for this version, or into what would change of them."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click

from agora_build.content.config_file import NAME, read_config_file
from agora_build.content.schema_number import CURRENT
from agora_build.migrations.files import Note, TakenError
from agora_build.migrations.steps import Migration, migrated
from agora_build.migrations.writing import read, uncommitted, write
from agora_build.problems import as_text, printable, wording

_NOTES = {
    "accessibility": "La déclaration d’accessibilité s’écrit maintenant dans agora.toml, sous [accessibility]. Votre "
    "page d’avant est devenue {0} : reportez-y ce qui doit l’être, puis supprimez-la.",
}

_UNREADABLE = (
    "missing-config", "symlink", "file-too-big", "not-utf-8", "control-character", "toml-syntax", "toml-repeated",
    "newer-schema", "bad-schema",
)  # fmt: skip


@click.command()
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Montrer ce qui changerait, sans rien écrire.")
@click.option("--force", is_flag=True, help="Écrire même si git ne garde pas l’état d’avant.")
def migrate(city: Path, *, dry_run: bool, force: bool) -> None:
    """Récrire les fichiers d’une version plus ancienne pour celle-ci, sans rien perdre."""
    migration = _prepared(city)
    if migration.nothing:
        click.echo(f"Rien à faire : les fichiers sont déjà à la version {CURRENT}.")
        return
    if dry_run:
        click.echo("".join(_differences(migration)), nl=False)
        click.echo(f"{_sum(migration)} Rien n’a été écrit.")
    else:
        if not force:
            _kept(city)
        write(city, migration)
        click.echo(f"{_sum(migration)} Les fichiers sont à la version {CURRENT} ; vérifiez-les : agora check.")
    for note in migration.notes:
        click.echo(_said(note))


def _prepared(city: Path) -> Migration:
    """Work out what changes; say what keeps it from being done."""
    config = read_config_file(city)
    unread = [problem for problem in config.problems if problem.code in _UNREADABLE]
    if unread:
        words = wording("fr")
        click.echo("\n\n".join(as_text(problem, words) for problem in unread))
        sys.exit(1)
    try:
        return migrated(read(city))
    except UnicodeDecodeError:
        _stop(f"{NAME} n’est pas en UTF-8 : enregistrez-le de nouveau avec ce codage")
    except TakenError as taken:
        _stop(f"{taken.old} doit devenir {taken.new}, et ce fichier est déjà là : renommez l’un des deux")


def _kept(city: Path) -> None:
    """Refuse to write what could not be taken back."""
    found = uncommitted(city)
    if found is None:
        _stop(
            "ce dossier n’est pas dans un dépôt git, et rien ne garderait l’état d’avant : faites-en une copie, "
            "puis relancez avec --force"
        )
    if found:
        some = ", ".join(printable(path) for path in found[:3]) + ("…" if len(found) > 3 else "")  # noqa: PLR2004
        _stop(
            f"des changements ne sont pas encore enregistrés dans git ({some}) : enregistrez-les (git commit), pour "
            "pouvoir revenir en arrière, ou relancez avec --force"
        )


def _differences(migration: Migration) -> Iterator[str]:
    """Show what changes, as git shows it."""
    old = {new: path for path, new in migration.moves.items()}
    for path, new in migration.moves.items():
        yield f"renommer {printable(path)}\n      en {printable(new)}\n"
    for path, text in migration.texts.items():
        before = migration.before.texts.get(old.get(path, path), "")
        names = (f"a/{printable(old.get(path, path))}", f"b/{printable(path)}")
        for line in difflib.unified_diff(before.splitlines(), text.splitlines(), *names, lineterm=""):
            yield f"{printable(line)}\n"


def _sum(migration: Migration) -> str:
    moved, texts = len(migration.moves), migration.texts
    rewritten = sum(1 for path in texts if path not in migration.moves.values())
    return f"{_count(rewritten, 'fichier récrit', 'fichiers récrits')}, {_count(moved, 'renommé', 'renommés')}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {many if number > 1 else one}"


def _said(note: Note) -> str:
    return _NOTES[note.code].format(*map(printable, note.paths))


def _stop(said: str) -> NoReturn:
    click.echo(f"Impossible : {said}. Rien n’a été écrit.", err=True)
    sys.exit(1)
