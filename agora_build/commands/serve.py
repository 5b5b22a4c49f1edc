"""Turns `agora serve` into a site on this computer that follows its files as they are written."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from agora_build.commands import serve_editor, serve_forms

if TYPE_CHECKING:
    from agora_build.pipeline import BuildReport
    from agora_build.problems import Wording

_MISSING = "Il manque de quoi servir l’aperçu : pip install 'agora-build[serve]'"
_TAKEN = (
    "Le port {port} est déjà pris par un autre programme : arrêtez-le, ou choisissez-en un autre, "
    "comme « agora serve --port {other} »."
)
_NO_CITY = (
    "Il n’y a pas d’agora.toml dans « {folder} » : allez dans le dossier de la ville, ou nommez-le avec --city ; "
    "pour une ville nouvelle, lancez agora init."
)
_LAST = 65_535


@click.command()
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--port", metavar="N", default=8000, type=click.IntRange(0, _LAST), help="Port ; par défaut, 8000.")
@click.option("--open", "opened", is_flag=True, help="Ouvrir l’aperçu dans le navigateur.")
@click.option(
    "--editor", is_flag=True,
    help="Servir aussi un éditeur : des formulaires, un commit par enregistrement ; il faut un clone git propre.",
)  # fmt: skip
@click.option(
    "--inbox", is_flag=True,
    help="Mettre ce qu’envoient les formulaires dans la boîte de la ville, où le prend « agora relay », au lieu de "
    "celle de l’aperçu.",
)  # fmt: skip
def serve(city: Path, port: int, *, opened: bool, editor: bool, inbox: bool) -> None:
    """Montrer le site sur cet ordinateur, refait à chaque changement ; rien n’est publié."""
    root = city.resolve()
    if not (root / "agora.toml").is_file():
        _refuse(_NO_CITY.format(folder=city))
    try:
        from agora_build.serving.live import Live
        from agora_build.serving.rebuilding import Workshop
        from agora_build.serving.server import Preview, listening
        from agora_build.serving.server import serve as run
    except ModuleNotFoundError:
        _refuse(_MISSING)
    clone = serve_editor.clone_of(root) if editor else None
    try:
        at = listening(port)
    except OSError:
        _refuse(_TAKEN.format(port=port, other=port + 1 if port < _LAST else port - 1))
    os.umask(0o077)  # drafts, and what is tried in forms, are for who writes them alone
    live, stop = Live(), threading.Event()
    workshop = Workshop(root, live, _say)
    click.echo("Construction de l’aperçu…", err=True)
    workshop.build(os.cpu_count() or 1)
    address = f"http://localhost:{at.getsockname()[1]}/"

    def started() -> None:
        threading.Thread(target=workshop.watch, args=(stop,), daemon=True).start()
        click.echo(f"Aperçu sur {address} (Ctrl+C pour arrêter)", err=True)
        if clone:
            click.echo(f"Éditeur sur {address}{serve_editor.BELOW}", err=True)
        if opened:
            webbrowser.open(address + serve_editor.BELOW * editor)

    desk = serve_editor.editor_of(clone, workshop) if clone else None
    forms = serve_forms.Forms(root, inbox=inbox) if serve_forms.is_installed() else None
    run(Preview(workshop, live, forms, serve_forms.below(root), desk), at, live, stop, started)
    if forms:
        forms.close()
    click.echo("Aperçu arrêté ; rien n’a été publié.", err=True)


def _say(report: BuildReport, words: Wording) -> None:
    """Say in the terminal what a build did."""
    from agora_build.problems import as_text

    if report.problems:
        click.echo("\n\n".join(as_text(problem, words) for problem in report.problems), err=True)
    elif report.changed:
        count = len(report.changed)
        click.echo(f"{count} fichier{'s' if count > 1 else ''} en {report.seconds * 1000:.0f} ms", err=True)


def _refuse(said: str) -> NoReturn:
    click.echo(said, err=True)
    sys.exit(2)
