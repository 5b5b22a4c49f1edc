"""Gathers the commands that turn other systems' files into ours: `agora import SYSTEM FILE`."""

from __future__ import annotations

import click

from agora_build.commands.exchange import agora
from agora_build.commands.import_systems import decidim, democracyos, pabulib, polis, spreadsheet
from agora_build.commands.paper import paper


@click.group("import")
def import_group() -> None:
    """Reprendre des fichiers venus d’ailleurs."""


for _command in (agora, decidim, democracyos, pabulib, paper, polis, spreadsheet):
    import_group.add_command(_command)
