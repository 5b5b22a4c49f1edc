"""Turns `agora explain` into the lesson of a problem's code, or the list of all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agora_build.content.config_file import read_config_file
from agora_build.content.validate import nearest
from agora_build.explanation import codes, explained, listed
from agora_build.problems import printable, wording


@click.command("explain")
@click.argument("code", metavar="[CODE]", required=False)
@click.option(
    "--city", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml, qui dit la langue ; par défaut, le dossier courant.",
)  # fmt: skip
def explain(code: str | None, city: Path | None) -> None:
    """Expliquer un message : que faire, pourquoi, un exemple ; sans code, les lister tous."""
    config = read_config_file(city or Path()).config
    words = wording(config.city.language if config else "fr")
    if code is None:
        click.echo(listed(words))
        return
    name = code.strip("[] ").lower()  # as it is copied from the report
    if name not in codes(words):
        near = nearest(name, codes(words))
        meant = f" Vouliez-vous dire « {near} » ?" if near else ""
        click.echo(f"Aucun message n’a le code « {printable(code)} ».{meant} La liste : agora explain", err=True)
        sys.exit(2)
    click.echo(explained(name, words))
