"""Makes builds that would disturb each other wait in turn; the system lets go when a build dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def alone(folder: str) -> Iterator[None]:
    """Wait until nobody else is alone in a folder, which is made if it is not there."""
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
