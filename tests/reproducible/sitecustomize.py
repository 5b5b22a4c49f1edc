"""Python runs this before a program: here, folders list their files in another order each time.

It stands in for a file system that does so (disorderfs) where none can be mounted.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any, Self

_listdir, _scandir = os.listdir, os.scandir
_chance = random.Random()  # noqa: S311


class _Shuffled:
    """Entries of a folder, in an order of chance; it closes and counts as what os.scandir gives."""

    def __init__(self, path: Any = ".") -> None:
        with _scandir(path) as entries:
            self._entries = list(entries)
        _chance.shuffle(self._entries)

    def __iter__(self) -> Iterator[os.DirEntry[Any]]:
        while self._entries:
            yield self._entries.pop()

    def __next__(self) -> os.DirEntry[Any]:
        if not self._entries:
            raise StopIteration
        return self._entries.pop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget what was not asked for."""
        self._entries.clear()


def _shuffled(path: Any = ".") -> list[Any]:
    names = _listdir(path)
    _chance.shuffle(names)
    return names


os.listdir = _shuffled
os.scandir = _Shuffled  # type: ignore[assignment]
