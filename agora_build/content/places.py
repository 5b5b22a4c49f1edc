"""Says where values are in the text of a file, and which characters no file may hold."""

from __future__ import annotations

import re

from agora_build.problems import Span
from agora_build.record import Record

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
Path = tuple[str | int, ...]  # of keys and indexes, down to a value


class Mark(Record, frozen=True):
    """Where a value is and, in a mapping, where its key is; `last` is the last line of the value."""

    key: Span | None
    value: Span
    last: int
