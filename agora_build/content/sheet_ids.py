"""Turns the number of a paper sheet into the id of what was written on it: the same sheet always gets the same one."""

from __future__ import annotations

import datetime
import hashlib

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SYMBOLS = 8


def sheet_id(campaign: str, batch: str, day: datetime.date, sheet: int) -> str:
    """Give the id of what a sheet says; `day` is that of its batch."""
    digest = hashlib.sha256(f"{campaign}/{batch}/{sheet}".encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    symbols = (_ALPHABET[number >> 5 * rank & 31] for rank in reversed(range(_SYMBOLS)))
    return f"{day:%Y%m%d}-{''.join(symbols)}"
