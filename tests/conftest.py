"""What the tests share: a small valid city to copy, and the option that renews golden files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

MINIMAL = Path(__file__).parent / "golden" / "minimal" / "site"


def minimal_city(tmp_path: Path) -> Path:
    """Copy a small valid French city, of one campaign, into a folder of the test's own."""
    return Path(shutil.copytree(MINIMAL, tmp_path / "city"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update` write the expected files of golden sites and problem reports anew."""
    parser.addoption("--update", action="store_true", help="write expected files anew")
