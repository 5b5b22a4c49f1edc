"""Turns a site that was downloaded as one zip file into its files, without writing any of them on the disk."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from agora_build.build.served import AbsentError, UnreadError

_CHUNK = 1 << 16
_MAX_FILE = 1 << 30
_FIRST = "SHA256SUMS"  # what stands at the root of a site


class Archive:
    """A site in a zip file, at its root or in one folder of it."""

    at_once = 1  # the file is read by one hand

    def __init__(self, path: Path) -> None:
        """Open the file; raises ValueError when it is no zip file."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise ValueError(str(path)) from error
        names = [name for name in self._zip.namelist() if not name.endswith("/")]
        self._twice = {name for name, count in Counter(names).items() if count > 1}
        self._names = frozenset(names)
        self._folder = _folder_of(names)

    def chunks(self, path: str) -> Iterator[bytes]:
        """Give the bytes of a file; of two files with one name, nobody knows which is meant."""
        name = self._folder + path
        if name not in self._names:
            raise AbsentError("il n’est pas dans l’archive")
        if name in self._twice:
            raise UnreadError("il est deux fois dans l’archive")
        size = 0
        try:
            with self._zip.open(name) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if size > _MAX_FILE:
                        raise UnreadError("trop gros")
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise UnreadError(str(error) or type(error).__name__) from error

    def others(self, listed: Collection[str]) -> list[str]:
        """Name the files that are there and not listed; those outside the folder of the site are not of it."""
        inside = (name.removeprefix(self._folder) for name in self._names if name.startswith(self._folder))
        return sorted(path for path in inside if path not in listed and not path.startswith("."))


def _folder_of(names: Collection[str]) -> str:
    """Find the folder that holds the site: the nearest to the root that has its list of sums."""
    found = [name.removesuffix(_FIRST) for name in names if name == _FIRST or name.endswith(f"/{_FIRST}")]
    return min(found, key=lambda folder: (folder.count("/"), folder), default="")
