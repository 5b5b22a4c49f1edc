"""Turns what took long to count into bytes that the next build finds again, by the hash of what it was counted from."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from agora_build.record import Record, field


class Kept(Record):
    """What took long to count, by the hash of what it was counted from; `made` is what no earlier build knew."""

    known: Callable[[bytes], bytes | None]
    made: dict[bytes, bytes] = field(default_factory=dict)

    def value(self, key: bytes, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Give what was counted from something, counting it if need be."""
        blob = self.known(key) or self.made.get(key)
        if blob is None:
            blob = self.made[key] = pickle.dumps(make(), pickle.HIGHEST_PROTOCOL)
        return pickle.loads(blob)  # noqa: S301 - made here, or by an earlier build of this city
