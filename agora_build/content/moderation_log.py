"""Turns a decision not to publish into a line of moderation.yml, typed as one would: the rest stays as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOP = re.compile(r"[^\s#-]")  # what begins a key at the left margin
_EMPTY_LIST = re.compile(r"\[\s*\]\s*(#.*)?$")


def log_path(campaign: str) -> str:
    """Give the path of the moderation log of a campaign."""
    return f"content/campaigns/{campaign}/moderation.yml"


def with_item(text: str, section: str, line: Mapping[str, str]) -> str:
    """Put an item at the end of a list of a YAML text, with the indentation of the list."""
    lines = text.splitlines()
    start = next((number for number, said in enumerate(lines) if said.startswith(f"{section}:")), None)
    if start is None:
        return "\n".join([*lines, f"{section}:", *_item(line, "  ")]) + "\n"
    lines[start] = _EMPTY_LIST.sub("", lines[start]).rstrip()
    end = next((n for n, said in enumerate(lines[start + 1 :], start + 1) if _TOP.match(said)), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    items = [said for said in lines[start + 1 : end] if said.lstrip().startswith("- ")]
    indent = items[0][: len(items[0]) - len(items[0].lstrip())] if items else "  "
    return "\n".join([*lines[:end], *_item(line, indent), *lines[end:]]) + "\n"


def _item(line: Mapping[str, str], indent: str) -> list[str]:
    said = [f"{name}: {value}" for name, value in line.items()]
    return [f"{indent}- {said[0]}", *(f"{indent}  {each}" for each in said[1:])]
