"""Turns the inputs of an output into a fingerprint: equal inputs give equal ones, in any process, on any day."""

from __future__ import annotations

import copyreg
import hashlib
import io
import pickle
from typing import Any

from agora_build.content.site import Entry
from agora_build.rendering.output import Output, Shared

Reduced = tuple[Any, ...]
Table = dict[type[Any], Any]


class Fingerprints:
    """Makes fingerprints of outputs that share a frame; an entry counts by the hash of its file.

    What many outputs share is hashed once: `Shared` inputs are remembered by identity, and kept so that no other
    object can take their place in memory.
    """

    def __init__(self, frame: str) -> None:
        """Take what every page shows, as a hash."""
        self._frame = frame.encode()
        self._kept: dict[int, tuple[Shared, str]] = {}
        self._plain: Table = {**copyreg.dispatch_table, Entry: _entry}
        self._table: Table = {}

    def of(self, output: Output[Any]) -> str:
        """Give the fingerprint of an output, in hexadecimal."""
        if len(self._table) != len(self._plain) + len(Shared.__subclasses__()):  # they come as modules are imported
            self._table = {**self._plain, **dict.fromkeys(Shared.__subclasses__(), self._shared)}
        made = f"{output.render.__module__}.{output.render.__qualname__}{output.language}".encode()
        return _hash(_pickled(output.inputs, self._table) + made + self._frame)

    def _shared(self, value: Shared) -> Reduced:
        kept = self._kept.get(id(value))
        if kept is None:
            kept = self._kept[id(value)] = value, _hash(_pickled(value, self._plain))
        return str, (kept[1],)


def _entry(entry: Entry[Any]) -> Reduced:
    if entry.digest:
        return str, (f"{entry.path} {entry.digest}",)
    return Entry, (entry.slug, entry.campaign, entry.path, entry.meta, entry.body)


def _pickled(value: object, table: Table) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = table
    pickler.dump(value)
    return buffer.getvalue()


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
