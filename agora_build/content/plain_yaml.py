"""Turns front matter of flat `key: value` lines, which nearly all have, into text values, ten times quicker than YAML.

Whatever could mean anything else in YAML is left to the strict reader; a property test holds the two together.
"""

from __future__ import annotations

import re

_UNSEEN = "\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_FIRST = rf"[^\s{_UNSEEN}\-?:,\[\]{{}}#&*!|>'\"%@`=<~]"
_REST = rf"(?:[^{_UNSEEN}:#]|:(?=\S)|(?<=\S)#)*"  # ': ' would begin a value, ' #' a comment
_LINE = re.compile(rf"^([a-z_]+): ({_FIRST}{_REST})(?<!\s)$", re.MULTILINE)


def read(text: str) -> dict[str, str] | None:
    """Read a front matter; None when it is not surely flat, plain and without a repeated key."""
    pairs = _LINE.findall(text)
    if len(pairs) != text.count("\n") + (text[-1:] != "\n"):
        return None
    data = dict(pairs)
    return data if len(data) == len(pairs) and pairs else None
