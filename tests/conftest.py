"""The options of pytest that are ours, and what several files of tests share and takes long to make."""

from __future__ import annotations

from pathlib import Path

import pytest
from wheels import built_wheel


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update` write the expected files of golden sites and problem reports anew, `--races` run more races."""
    parser.addoption("--update", action="store_true", help="write expected files anew")
    parser.addoption("--races", type=int, default=300, help="how many times eight people post one code at once")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make` users would publish it."""
    return built_wheel(tmp_path_factory.mktemp("dist"))
