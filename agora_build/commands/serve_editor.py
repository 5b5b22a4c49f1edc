"""Turns a clean clone of a city into the editor that `agora serve --editor` adds to its preview."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agora_build.content.config_file import read_config_file
from agora_build.editing.clone import Clone, RefusedError, opened
from agora_build.problems import Wording, wording

if TYPE_CHECKING:
    from agora_build.serving.editor import Editor
    from agora_build.serving.rebuilding import Workshop

BELOW = "_agora/editor/"


def clone_of(root: Path) -> Clone:
    """Give the clone to edit; say what is in the way, and end, when there is something."""
    try:
        return opened(root)
    except RefusedError as error:
        click.echo(_words(root).label(error.name).format_map(error.values), err=True)
        sys.exit(2)


def editor_of(clone: Clone, workshop: Workshop) -> Editor:
    """Make the editor of a clone."""
    from agora_build.editing.desk import Desk
    from agora_build.serving.editor import Editor

    words = _words(clone.root)

    def said(commit: str, files: str) -> None:
        click.echo(words.label("editor-kept").format(commit=commit, files=files), err=True)

    return Editor(clone.root, Desk(clone, words, workshop.still, said), clone.branch(), words)


def _words(root: Path) -> Wording:
    config = read_config_file(root).config
    return wording(config.city.language if config else "fr")
