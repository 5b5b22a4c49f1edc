"""Turns what happens to each row of an import into counts, and into problems kept on the disk until they are told."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from agora_build.problems import Problem, Span
from agora_build.record import Record

Kind = Literal["refused", "note"]
_SAMPLES = 3


class Place(Record, frozen=True):
    """A line of a file that is imported."""

    path: str
    line: int = 1


class Report:
    """What an import did: how many of each kind were taken, were there already, or were left, and every line told of.

    `taken` and `same` count by folder; `gone` counts what was withdrawn, refused or erased here since; `left` counts
    by reason what is left out on purpose.
    """

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.same: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.told: Counter[Kind] = Counter()
        self.facts: dict[str, str] = {}
        self.samples: list[tuple[str, str]] = []  # the first files that would be written
        self.gone = 0
        self.refused = 0  # rows, each told of by a problem or more
        self._last: tuple[str, int] = ("", 0)
        self._notes: list[tuple[Place, str, dict[str, str]]] = []
        self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as the report

    def show(self, path: str, text: str) -> None:
        """Keep a file that would be written, as an example; a few are enough."""
        if len(self.samples) < _SAMPLES:
            self.samples.append((path, text))

    def refuse(self, place: Place, code: str, /, **values: str) -> None:
        """Say why a line was not taken; a line that is refused for two reasons counts once."""
        if (place.path, place.line) != self._last:
            self.refused += 1
            self._last = (place.path, place.line)
        self._tell("refused", place, code, values)

    def note(self, place: Place, code: str, /, **values: str) -> None:
        """Say what of a line is not as it was; it is told if the line is taken."""
        self._notes.append((place, code, values))

    def end_line(self, *, taken: bool) -> None:
        """End with a line: its notes are kept if it was taken, and nobody reads them twice otherwise."""
        for place, code, values in self._notes if taken else ():
            self._tell("note", place, code, values)
        self._notes.clear()

    def close(self) -> None:
        """Forget all that was told."""
        self._spool.close()

    def problems(self, kind: Kind) -> Iterator[Problem]:
        """Give what was told, in the order of the files."""
        self._spool.seek(0)
        for line in self._spool:
            told, path, number, code, values = json.loads(line)
            if told == kind:
                yield Problem(path, Span(number, 1), code, values)

    def _tell(self, kind: Kind, place: Place, code: str, values: dict[str, str]) -> None:
        self.told[kind] += 1
        self._spool.write(json.dumps([kind, place.path, place.line, code, values]) + "\n")
