"""Turns the name of a file kept beside a content file into what readers are told of it: address, kind, size."""

from __future__ import annotations

import posixpath

from agora_build.content.site import Site
from agora_build.record import Record


class Attachment(Record, frozen=True):
    """A file to download: its path in the city's repository, its name, its kind (PDF, CSV), its size in bytes."""

    source: str
    size: int | None

    @property
    def name(self) -> str:
        """The file's own name."""
        return posixpath.basename(self.source)

    @property
    def kind(self) -> str:
        """The kind of file, as people call it."""
        return posixpath.splitext(self.source)[1].removeprefix(".").upper()


def attachment(site: Site, beside: str, name: str) -> Attachment:
    """Describe the file `name` that the content file `beside` speaks of."""
    source = posixpath.normpath(posixpath.join(posixpath.dirname(beside), name))
    return Attachment(source, site.sizes.get(source))
