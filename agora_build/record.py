"""Gives what is only data its base: frozen, compared by value, and made in C, forty times quicker than a dataclass.

Every process makes the classes again: with a hundred of them, dataclasses were a sixth of what one edit costs.
"""

from __future__ import annotations

from msgspec import Struct as Record
from msgspec import field
from msgspec.structs import asdict, replace

__all__ = ["Record", "asdict", "field", "replace"]
