"""Turns `agora intake` into a running form endpoint."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path
from typing import NoReturn

import click


@click.command()
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--host", metavar="ADRESSE", default="127.0.0.1", help="Adresse où écouter ; par défaut, cet ordinateur.")
@click.option("--port", metavar="N", default=8001, type=click.IntRange(0, 65535), help="Port ; par défaut, 8001.")
@click.option(
    "--site", metavar="DOSSIER", type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Servir aussi le site de ce dossier, pour l’essayer avec ses formulaires sur un seul ordinateur.",
)  # fmt: skip
def intake(city: Path, host: str, port: int, site: Path | None) -> None:
    """Recevoir les formulaires du site, et garder ce que les gens envoient."""
    from agora_build.commands.relay import JOURNAL
    from agora_build.intake.app import app_of
    from agora_build.intake.city import Cities, CityProblemError
    from agora_build.intake.endpoint import Endpoint
    from agora_build.intake.server import listening, serve
    from agora_build.intake.store import Journal, JournalError, address_in
    from agora_build.intake.tokens import KeyProblemError, signer_of
    from agora_build.intake.writer import Writer
    from agora_build.problems import as_text, wording
    from agora_build.serving.files import with_site

    os.umask(0o077)  # what people sent is for the intake alone
    root = city.resolve()
    try:
        at = listening(host, port)
    except OSError as error:
        _refuse(_cannot_listen(error, host, port))
    try:
        cities = Cities(root)
        settings = cities.now().intake
        address = address_in(root, settings.store)
        signer, journal = signer_of(root), Journal(address)
        damage = journal.damage()
        journal.close()
        if damage:
            _refuse(
                f"Le journal est endommagé ({damage}) : remettez la dernière sauvegarde (docs/guide-exploitants.md)."
            )
        writer = Writer(address)
    except CityProblemError as error:
        _refuse("\n\n".join(as_text(problem, wording("fr")) for problem in error.problems))
    except KeyProblemError as error:
        _refuse(f"La clé du point d’entrée ne convient pas : {error}.")
    except JournalError as error:
        _refuse(JOURNAL.format(error))
    for path in cities.now().skipped:
        click.echo(f"Laissé de côté, à corriger (agora check) : {path}", err=True)

    def started(port: int) -> None:
        what = "Le site et ses formulaires sont" if site else "Le point d’entrée est"
        click.echo(f"{what} sur http://{host}:{port}/ (Ctrl+C pour arrêter)", err=True)
        threading.Thread(target=cities.speak, daemon=True).start()

    try:
        application = app_of(Endpoint(cities, writer, signer), cities)
        if site:
            application = with_site(application, site, tuple(cities.now().prefixes().values()))
        serve(application, at, started, cities.read_again)
    finally:
        writer.close()


def _cannot_listen(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Le port {port} est déjà pris par un autre programme : arrêtez-le, ou donnez-en un autre avec --port."
    if error.errno == errno.EACCES:
        return f"Seul root peut prendre le port {port} : gardez 8001, derrière nginx ou Caddy (docs/serveur/)."
    return f"« {host} » n’est pas une adresse de cet ordinateur ; donnez-en une avec --host, comme 127.0.0.1."


def _refuse(said: str) -> NoReturn:
    click.echo(said, err=True)
    sys.exit(1)
