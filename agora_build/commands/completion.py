"""Turns `agora completion SHELL` into what makes a shell complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_WHERE = {
    "bash": "agora completion bash > ~/.local/share/bash-completion/completions/agora",
    "zsh": "agora completion zsh > ~/.zfunc/_agora, avec « fpath+=~/.zfunc » avant « compinit » dans ~/.zshrc",
    "fish": "agora completion fish > ~/.config/fish/completions/agora.fish",
}


@click.command()
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(list(_WHERE)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Faire compléter les commandes par votre terminal (touche Tab)."""
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - click knows these three
    click.echo(found(context.find_root().command, {}, "agora", "_AGORA_COMPLETE").source())
    click.echo(f"Pour toujours : {_WHERE[shell]}\nPuis ouvrez un nouveau terminal.", err=True)
