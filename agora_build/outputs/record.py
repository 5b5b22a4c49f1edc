"""Turns a build into build.json: the commit, the day and the version from which anyone can make the same site again."""

from __future__ import annotations

import json

from agora_build.rendering.theme import Theme

PATH, SUMS = "build.json", "SHA256SUMS"


def render(said: tuple[str, str, str, str], theme: Theme) -> bytes:  # noqa: ARG001
    """Write the record: Agora's version, the id of the commit (null outside a repository), the day (ISO 8601).

    Where the site could not tell the whole history of the rules, `history` says why: "none" when git gave nothing
    of it, or, of a shallow clone, the ids of the commits where it begins, separated by spaces.
    """
    version, commit, day, history = said
    record = {"agora": version, "commit": commit or None, "day": day} | ({"history": history} if history else {})
    return (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()
