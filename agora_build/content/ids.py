"""Turns a day and forty bits into the id of a text that somebody wrote: `20160312-k7m2q9xw`."""

from __future__ import annotations

import datetime
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # of Crockford: without i, l, o, u, which are taken for others
_BYTES = 5


def new_id(day: datetime.date) -> str:
    """Give an id nobody can foresee: the day, and 40 bits of chance."""
    return id_of(day, secrets.token_bytes(_BYTES))


def id_of(day: datetime.date, chance: bytes) -> str:
    """Give the id that a day and the first 40 bits of `chance` make."""
    return f"{day:%Y%m%d}-{symbols(chance)}"


def symbols(chance: bytes | None = None) -> str:
    """Write the first 40 bits of `chance`, or 40 that nobody can foresee, as eight symbols."""
    number = int.from_bytes((chance or secrets.token_bytes(_BYTES))[:_BYTES], "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
