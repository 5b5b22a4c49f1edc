"""Turns the SHA-256 of files into SHA256SUMS, which `sha256sum -c` reads, and back."""

from __future__ import annotations

import re

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_OBEYED = re.compile(r"[\x00-\x1f\x7f\\]")  # what sha256sum would escape, and other control characters


class SumsError(ValueError):
    """Says which line of a SHA256SUMS is not one that Agora writes."""

    def __init__(self, line: int) -> None:
        """Take the number of the line, from 1."""
        super().__init__(f"line {line}")
        self.line = line


def line(path: str, sha256: str) -> str:
    """Write the line of a file; raises ValueError for a path that is not one of a site."""
    if not is_inside(path):
        raise ValueError(path)
    return f"{sha256}  {path}\n"


def read(data: bytes) -> dict[str, str]:
    """Read the sum of each path, in any order; raises SumsError at the first line that Agora would not write."""
    found: dict[str, str] = {}
    for number, each in enumerate(data.removesuffix(b"\n").split(b"\n"), start=1):
        match = _LINE.fullmatch(each.decode("utf-8", "replace"))
        if not match or not is_inside(match[2]) or match[2] in found or "\N{REPLACEMENT CHARACTER}" in match[2]:
            raise SumsError(number)
        found[match[2]] = match[1]
    return found


def is_inside(path: str) -> bool:
    """Tell whether a path stays in the folder it starts from, and is written in one way only."""
    return not _OBEYED.search(path) and all(part not in ("", ".", "..") for part in path.split("/"))
