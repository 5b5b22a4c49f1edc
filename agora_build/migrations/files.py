"""Holds the files of a city that a migration rewrites, and what a step changes of them; no disk here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agora_build.record import Record, field


class Files(Record, frozen=True):
    """The files of a city, by path from its root: the texts with what they say, the others by name alone."""

    texts: Mapping[str, str]
    others: frozenset[str] = frozenset()

    def __contains__(self, path: str) -> bool:
        """Tell whether there is a file of that name."""
        return path in self.texts or path in self.others


class Note(Record, frozen=True):
    """Something that only a person can finish: its code, and the paths it is about."""

    code: str
    paths: tuple[str, ...]


class Change(Record, frozen=True):
    """What a step makes of files: new texts, by the paths they had, then new paths; and what it leaves to people."""

    texts: Mapping[str, str] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


Step = Callable[[Files], Change]


class TakenError(Exception):
    """Says that a file would have to go where another one is."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(new)
        self.old = old
        self.new = new


def changed(files: Files, change: Change) -> Files:
    """Give the files after a change; raise TakenError rather than lose one."""
    for old, new in change.moves.items():
        if new in files and new not in change.moves:
            raise TakenError(old, new)
    texts = {change.moves.get(path, path): change.texts.get(path, text) for path, text in files.texts.items()}
    return Files(texts, frozenset(change.moves.get(path, path) for path in files.others))
