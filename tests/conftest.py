"""The option of pytest that renews golden files."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update` write the expected files of golden sites and problem reports anew, `--races` run more races."""
    parser.addoption("--update", action="store_true", help="write expected files anew")
    parser.addoption("--races", type=int, default=300, help="how many times eight people post one code at once")
