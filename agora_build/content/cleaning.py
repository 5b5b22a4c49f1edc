"""Turns what people typed elsewhere into text a file can hold: line ends made one, no controls, the rest as it was."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls but line ends and tabs, the byte order mark, and the noncharacters that files or pages have a use of.
_UNKEPT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ufdd0\ufdd1]")

_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # controls, signs that only change others, spaces
_FILLERS = "\u034f\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that are drawn empty


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing."""
    return all(sign in _FILLERS or unicodedata.category(sign) in _UNSEEN for sign in text)


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
