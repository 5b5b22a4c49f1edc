"""Turns an ALTCHA challenge, which costs a machine a second, into a mark that serves once; never the only gate."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import altcha

LIFE = 3600  # seconds
_COST = 5_000  # rounds of PBKDF2 for each number that is tried: half a second in all, on a phone two
_MOST = 2_000  # characters of an answer


class Captcha:
    """Gives challenges that nobody can make up, and recognises what solves them."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock

    def challenge(self) -> dict[str, Any]:
        """Make a challenge, as ALTCHA's element reads it."""
        until = int(self._clock()) + LIFE
        made = altcha.create_challenge("PBKDF2/SHA-256", _COST, expires_at=until, hmac_secret=self._secret)
        said: dict[str, Any] = made.to_dict()
        return said

    def solved(self, answer: str) -> str:
        """Give the mark of a challenge that was solved in time, to be spent; '' for anything else."""
        if len(answer) > _MOST:
            return ""
        try:
            said = json.loads(base64.b64decode(answer, validate=True))
            result = altcha.verify_solution(altcha.Payload.from_dict(said), self._secret)
            mark = str(said["challenge"]["signature"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
            return ""
        return hashlib.sha256(mark.encode()).hexdigest() if result.verified else ""
