"""Turns front matter of flat `key: value` lines, which nearly all have, into text values, ten times quicker than YAML.

Whatever could mean anything else in YAML is left to the strict reader; a property test holds the two together.
"""

from __future__ import annotations

import re

_UNSEEN = "\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_FIRST = rf"[^\s{_UNSEEN}\-?:,\[\]{{}}#&*!|>'\"%@`=<~]"
_REST = rf"(?:[^{_UNSEEN}:#]|:(?=\S)|(?<=\S)#)*"  # ': ' would begin a value, ' #' a comment
_QUOTED = rf'"[^{_UNSEEN}"\\]*"'  # without an escape: what is between the quotes is what it says
_LINE = re.compile(rf"^([a-z_]+): ({_QUOTED}|{_FIRST}{_REST}(?<!\s))$", re.MULTILINE)


def is_plain(line: str) -> bool:
    """Tell whether a line is surely `key: value`, without quotes, and nothing else."""
    return _LINE.fullmatch(line) is not None and not line.endswith('"')


def read(text: str) -> dict[str, str] | None:
    """Read a front matter; None when it is not surely flat, plain and without a repeated key."""
    pairs = _LINE.findall(text)
    if len(pairs) != text.count("\n") + (text[-1:] != "\n"):
        return None
    data = {key: value[1:-1] if value[0] == '"' else value for key, value in pairs}
    return data if len(data) == len(pairs) and pairs else None
