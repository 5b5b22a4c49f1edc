"""Declares what one file of the site is made from, so that it can be rendered, tested or skipped without the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from agora_build.record import Record
from agora_build.rendering.theme import Theme

Inputs = TypeVar("Inputs")


class Shared:
    """Marks inputs that many outputs have in common, so that their fingerprint is made once."""

    __slots__ = ()


class File(Record, frozen=True):
    """A file to publish as it is, and the hash of its bytes; it is kept in memory only while it is rendered."""

    source: Path
    digest: str


def copied(file: File, theme: Theme) -> bytes:  # noqa: ARG001
    """Give the bytes of a file."""
    return file.source.read_bytes()


class Output(Record, Generic[Inputs], frozen=True):
    """One file of the site: its path from the site's root, its inputs, and the function that sees only those.

    `inputs` is a frozen dataclass (or tuple) of models, strings, numbers and days; `render` is a module-level
    function, so that it can run in another process. `language` is that of the page, '' for the first one of the site.
    """

    path: str
    inputs: Inputs
    render: Callable[[Inputs, Theme], bytes]
    language: str = ""

    def bytes(self, theme: Theme) -> bytes:
        """Make the file."""
        return self.render(self.inputs, theme)
