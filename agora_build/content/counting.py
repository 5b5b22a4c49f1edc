"""Turns the files of a vote, once they may be shown, into its result; one that an earlier build made is found again."""

from __future__ import annotations

import csv
import hashlib
import pickle
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agora_build.content.site import Thread, Vote, VoteFile

Known = Callable[[bytes], bytes | None]


def counted(vote: Vote, root: Path, thread: Thread, known: Known, made: MutableMapping[bytes, bytes]) -> Vote:
    """Add the result to a vote that may be shown; what had to be counted is kept in `made`, by the hash of its inputs."""
    files = {file.name: file for file in vote.files}
    if vote.state != "shown" or "votes.csv" not in files:
        return vote
    statements = tuple(entry.slug for entry in thread.contributions)
    key = b"opinions " + hashlib.blake2b(repr((files["votes.csv"].digest, statements)).encode()).digest()
    blob = known(key) or made.get(key)
    if blob is None:
        blob = made[key] = pickle.dumps(_opinions(root, files["votes.csv"], statements), pickle.HIGHEST_PROTOCOL)
    return replace(vote, result=pickle.loads(blob))  # noqa: S301 - made here, or by an earlier build of this city


def _opinions(root: Path, file: VoteFile, statements: tuple[str, ...]) -> Any:  # noqa: ANN401
    from agora_build.civic.consensus import opinions  # brings numpy in: only a city that counts votes waits for it
    from agora_build.civic.votes import matrix

    with (root / file.path).open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        return opinions(matrix(rows, statements))
