"""Turns the number of a paper sheet into the id of what was written on it: the same sheet always gets the same one."""

from __future__ import annotations

import datetime
import hashlib

from agora_build.content.ids import id_of


def sheet_id(campaign: str, batch: str, day: datetime.date, sheet: int) -> str:
    """Give the id of what a sheet says; `day` is that of its batch."""
    return id_of(day, hashlib.sha256(f"{campaign}/{batch}/{sheet}".encode()).digest())
