"""Turns a city into the folder for what serves again: its `.agora/` or, where one may not write, one for this run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agora_build.build import state


@contextmanager
def kept_at(root: str, wanted: Path | None = None) -> Iterator[str]:
    """Give the folder, or the one that is wanted in its place."""
    folder = wanted or Path(root, state.FOLDER)
    if not Path(root, "agora.toml").is_file() or not os.access(folder if folder.exists() else root, os.W_OK):
        with tempfile.TemporaryDirectory(prefix="agora-") as own:
            yield own
    else:
        yield os.fspath(folder)
