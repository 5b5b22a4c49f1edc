"""Turns chance into single-use codes of 80 bits that a person can type, and a code into the mark that is published.

A code is 16 characters of Crockford's base 32 (https://www.crockford.com/base32.html) and one that checks them: the
sum, in the field of 32 elements, of each character times a power of a generator. Since all these powers differ and
none is zero, any one character mistyped, and any two exchanged, are found.
"""

from __future__ import annotations

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u00a0": None})
_MODULUS = 0b100101  # x^5 + x^2 + 1, whose root generates the field


class CodeError(ValueError):
    """Says that what was typed is not a code: its length or a character is wrong, or it does not check."""


def code_of(chance: bytes) -> str:
    """Make a code of 10 bytes of chance: 17 characters."""
    number = int.from_bytes(chance[:10], "big")
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return symbols + check_of(symbols)


def check_of(symbols: str) -> str:
    """Compute the character that checks 16 others."""
    total = 0
    for rank, letter in enumerate(reversed(symbols), start=1):
        total ^= _times(_VALUES[letter], rank)
    return ALPHABET[total]


def normal(typed: str) -> str:
    """Read a code as people type it: in lower case, with dashes or spaces, O for 0, I or L for 1; raise CodeError."""
    code = typed.strip().upper().translate(_READ_AS)
    if len(code) != LENGTH + 1 or any(letter not in _VALUES for letter in code) or check_of(code[:-1]) != code[-1]:
        raise CodeError(typed)
    return code


def shown(code: str) -> str:
    """Write a code in groups, as letters show it: `WZAT-0610-EY1A-96AC5`."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4)) + code[-1]


def mark_of(vote: str, code: str) -> str:
    """Give the mark of a code for a vote (`campaign/debate`): SHA-256, in hexadecimal."""
    return hashlib.sha256(f"{vote}|{code}".encode()).hexdigest()


def _times(value: int, power: int) -> int:
    """Multiply an element of the field by a power of the generator."""
    for _ in range(power):
        value <<= 1
        if value & 32:
            value ^= _MODULUS
    return value
