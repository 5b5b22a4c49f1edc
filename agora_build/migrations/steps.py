"""Turns the files of a city, whatever the version they were written for, into those of the version of today."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agora_build.content.config_file import NAME, parsed
from agora_build.content.schema_number import CURRENT, KEY
from agora_build.migrations import to_1
from agora_build.migrations.edits import Edit, edited, inserted
from agora_build.migrations.files import Files, Note, Step, changed
from agora_build.record import Record, field

STEPS: Mapping[int, Step] = {0: to_1.step}  # by the version that each starts from
_COMMENT = "version des fichiers de la ville ; « agora migrate » la change"


class Migration(Record, frozen=True):
    """Files before and after, the paths of those that moved, and what is left to people."""

    before: Files
    after: Files
    moves: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """What must be written: the texts that changed or moved, by their new paths."""
        old = {new: path for path, new in self.moves.items()}
        return {
            path: text
            for path, text in self.after.texts.items()
            if self.before.texts.get(old.get(path, path)) != text or path in old
        }

    @property
    def nothing(self) -> bool:
        """Tell whether everything is as it should be already."""
        return not self.moves and not self.texts


def migrated(files: Files) -> Migration:
    """Take one step after the other, then write the number; raise TakenError rather than lose a file.

    Without a number, the first step is taken too: it finds nothing to do in files of version 1.
    """
    written = parsed(files.texts[NAME].encode())[0].schema
    number = written if isinstance(written, int) else 0
    now, moves, notes = files, dict[str, str](), tuple[Note, ...]()
    for version in range(number, CURRENT):
        change = STEPS[version](now)
        now = changed(now, change)
        moves = {old: change.moves.get(new, new) for old, new in moves.items()}
        moves |= {old: new for old, new in change.moves.items() if old in files}
        notes += change.notes
    return Migration(files, Files({**now.texts, NAME: numbered(now.texts[NAME], CURRENT)}, now.others), moves, notes)


def numbered(text: str, number: int) -> str:
    """Write the version into agora.toml: in the place of the one there, or above the first table and its comment."""
    source, _ = parsed(text.encode())
    if (KEY,) in source.values:
        span = source.at_value((KEY,))
        return edited(text, [Edit(span, str(number))]) if source.schema != number else text
    lines = source.text.split("\n")
    first = next((rank for rank, line in enumerate(lines) if re.match(r"\s*(\[|[\w\"'])", line)), len(lines))
    while first and lines[first - 1].lstrip().startswith("#") and any(not line.strip() for line in lines[:first]):
        first -= 1
    return inserted(text, first + 1, [f"{KEY} = {number}  # {_COMMENT}", ""])
