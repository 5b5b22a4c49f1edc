"""Turns what a site was made from into build.json, and back: whoever reads it can make the same site again."""

from __future__ import annotations

import datetime
import json

from agora_build.build.commit import is_id
from agora_build.record import Record

PROGRAMS = ("pdf", "search", "offline")  # fields that name a program besides Agora, which the site was made with


class Origin(Record, frozen=True):
    """What a site is made from: Agora's version, the commit, the day, and the programs that made some of its files.

    `commit` is '' outside a repository. Where the site could not tell the whole history of the rules, `history` says
    why: "none" when git gave nothing of it, or, of a shallow clone, the ids of the commits where it begins, separated
    by spaces. A program is told with its version, and those of the libraries it draws with; '' when none was used.
    """

    version: str
    commit: str
    day: datetime.date
    history: str = ""
    pdf: str = ""
    search: str = ""
    offline: str = ""

    def said(self) -> tuple[tuple[str, str | None], ...]:
        """Say it as build.json does; what is '' is not said."""
        more = [(name, getattr(self, name)) for name in ("history", *PROGRAMS)]
        first = (("agora", self.version), ("commit", self.commit or None), ("day", self.day.isoformat()))
        return (*first, *((name, value) for name, value in more if value))


def read(record: bytes) -> Origin:
    """Read build.json; ValueError when it says something else than an origin."""
    try:
        said = json.loads(record)
        more = {name: str(said.get(name, "")) for name in ("history", *PROGRAMS)}
        origin = Origin(str(said["agora"]), str(said["commit"] or ""), datetime.date.fromisoformat(said["day"]), **more)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not an origin") from error
    ids = () if origin.history == "none" else origin.history.split()
    if not all(map(is_id, ids)) or (origin.commit and not is_id(origin.commit)):
        raise ValueError("not the id of a commit")
    return origin
