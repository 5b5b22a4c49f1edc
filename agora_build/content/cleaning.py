"""Turns what people typed elsewhere into text a file can hold: line ends made one, no controls, the rest as it was."""

from __future__ import annotations

import re

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls but line ends and tabs, the byte order mark, and the noncharacters that files or pages have a use of.
_UNKEPT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ufdd0\ufdd1]")


def cleaned(text: str) -> str:
    """Keep a text letter for letter, but for its line ends and controls, and without blank lines around it."""
    lines = _UNKEPT.sub("", _BREAKS.sub("\n", text)).split("\n")
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last])


def cleaned_line(text: str) -> str:
    """Keep a line as a text, without the spaces around it; a line end in it stays, to be refused."""
    return cleaned(text).strip()
