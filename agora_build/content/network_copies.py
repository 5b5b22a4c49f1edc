"""Turns a copy of what another site announces into the text of its file, and a file into what it says."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from agora_build.content.announcement import NetworkCopy
from agora_build.content.source import Source
from agora_build.content.strict_json import JsonError, read_json
from agora_build.problems import START

# What a screen would obey instead of showing it is written as an escape: whoever reviews the change sees it.
_OBEYED = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def path_of(site: str) -> str:
    """Give the path of the copy of a site, from the city's root."""
    return f"content/network/{site}.json"


def written_copy(copy: NetworkCopy) -> str:
    """Write a copy: one value a line, so that a change is easy to review."""
    text = json.dumps(copy.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1)
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def read_copy(path: str, raw: bytes) -> Source:
    """Read a file of content/network/: a program wrote it, so what is wrong in it is told in one problem."""
    source = Source(path)
    try:
        source.data = read_json(raw)
        NetworkCopy.model_validate(source.data)
    except (JsonError, ValidationError):
        source.data = None
        name = path.rpartition("/")[2].removesuffix(".json")
        source.problems.append(source.problem("bad-network-copy", START, value=name))
    return source
