"""Turns what a build did into where its time went: seconds a stage, seconds a kind of file, the slowest files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from agora_build.build.scopes import Made
from agora_build.record import Record, field

SLOWEST = 10


class Profile(Record):
    """Where the time of a build went; the seconds of kinds and files are added over all processes."""

    stages: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, tuple[int, float]] = field(default_factory=dict)  # files, seconds
    slowest: list[tuple[float, str]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        began = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - began

    def add(self, made: Made) -> None:
        """Add what a scope cost."""
        for kind, (count, seconds) in made.kinds.items():
            files, spent = self.kinds.get(kind, (0, 0.0))
            self.kinds[kind] = files + count, spent + seconds
        self.slowest = sorted([*self.slowest, *made.slowest], reverse=True)[:SLOWEST]
