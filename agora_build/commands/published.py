"""Turns the place of a site, or of one page of it, into the published files of each vote, draw or consensus there."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from agora_build.build import sums
from agora_build.build.served import AbsentError, Place, UnreadError, content, place_at
from agora_build.commands.vote_folder import refuse
from agora_build.record import Record

_SUMS = "SHA256SUMS"
_MAX_SUMS, _MAX_FILE = 1 << 28, 1 << 28


class Shelf(Record, frozen=True):
    """The files of one folder of a site."""

    address: str  # what was typed
    place: Place
    folder: str  # from the place that was typed; '' for that place itself

    def read(self, name: str) -> bytes | None:
        """Give a file; None when there is none."""
        try:
            return content(self.place, posixpath.join(self.folder, name), _MAX_FILE)
        except AbsentError:
            return None
        except UnreadError as error:
            refuse(f"« {posixpath.join(self.folder, name)} » ne se laisse pas lire ({error}) ; recommencez")

    @property
    def subject(self) -> str:
        """Name the folder, for who typed an address."""
        return f"{self.address} {self.folder}".strip()

    @property
    def names(self) -> list[str]:
        """Give the names of the folders that lead here, as far as they are known."""
        return [part for part in f"{self.address}/{self.folder}".split("/") if part not in ("", "index.html")]

    def beyond(self, up: int, path: str) -> bytes | None:
        """Give a file that stands some folders up; None when it is not there, or when nothing is known up there."""
        if self.folder:
            above = self.folder.split("/")[:-up]
            return Shelf(self.address, self.place, "/".join(above)).read(path)
        start = self.address if "://" in self.address else os.fspath(Path(self.address).resolve())
        above = start.removesuffix("index.html").rstrip("/").split("/")[:-up]
        try:
            return Shelf(self.address, place_at("/".join(above) + "/"), "").read(path)
        except (ValueError, UnicodeError):
            return None

    def read_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """Give the files that are there."""
        return {name: found for name in names if (found := self.read(name)) is not None}


def is_place(name: str) -> bool:
    """Tell whether what was typed is where something is published, not the name of something in the repository."""
    try:
        place_at(name)
    except (ValueError, UnicodeError):
        return "://" in name or name.endswith(".zip")
    return True


def shelves(address: str, marker: str) -> list[Shelf]:
    """Find the folders that hold the file `marker`: the place itself, or every such folder of a whole site."""
    try:
        place = place_at(address)
    except (ValueError, UnicodeError):
        refuse(f"« {address} » n’est ni un dossier, ni un fichier zip, ni une adresse comme https://ville.example/")
    here = Shelf(address, place, "")
    if here.read(marker) is not None:
        return [here]
    listed = here.read(_SUMS)
    if listed is None:
        return []
    try:
        paths = sums.read(listed)
    except sums.SumsError as error:
        refuse(f"SHA256SUMS n’est pas une liste de sommes : voyez sa ligne {error.line}")
    return [
        Shelf(address, place, posixpath.dirname(path)) for path in sorted(paths) if posixpath.basename(path) == marker
    ]
