"""Turns what a site is made from into build.json, from which anyone can make the same site again."""

from __future__ import annotations

import json

from agora_build.rendering.theme import Theme

PATH, SUMS = "build.json", "SHA256SUMS"


def render(said: tuple[tuple[str, str | None], ...], theme: Theme) -> bytes:  # noqa: ARG001
    """Write the record: pairs of a name and what it says."""
    return (json.dumps(dict(said), indent=1, sort_keys=True) + "\n").encode()
