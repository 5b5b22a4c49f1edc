"""Gives tests a small valid city of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

MINIMAL = Path(__file__).parent / "golden" / "minimal" / "site"


def minimal_city(tmp_path: Path) -> Path:
    """Copy a small valid French city, of one campaign, into a folder of the test's own."""
    return Path(shutil.copytree(MINIMAL, tmp_path / "city"))
