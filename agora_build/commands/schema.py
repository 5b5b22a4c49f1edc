"""Turns `agora schema` into the JSON Schema of a kind of file, or into the list of kinds."""

from __future__ import annotations

import json

import click

from agora_build.commands.vote_folder import refuse
from agora_build.content.schemas import SCHEMAS, schema_of
from agora_build.content.validate import nearest
from agora_build.problems import printable


def _complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """List the kinds, for a shell."""
    return [kind for kind in SCHEMAS if kind.startswith(begun)]


@click.command()
@click.argument("kind", metavar="[SORTE]", required=False, shell_complete=_complete)
def schema(kind: str | None) -> None:
    """Donner le JSON Schema d’une sorte de fichier ; sans nom, la liste des sortes."""
    if kind is None:
        click.echo("\n".join(SCHEMAS))
        return
    if kind not in SCHEMAS:
        near = nearest(kind, SCHEMAS)
        meant = f" ; essayez « {near} »" if near else f" ; il y a : {', '.join(SCHEMAS)}"
        refuse(f"il n’y a pas de sorte « {printable(kind)} »{meant}")
    click.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))
