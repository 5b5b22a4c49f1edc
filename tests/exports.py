"""Writes files in the forms of other systems, and imports them into a small city."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agora_build import cli

NANTERRE = [
    "Concertation", "Débat", "Contribution collective", "Nombre de participants", "user-id", "Age", "Quartier", "text",
]  # fmt: skip
ACCOUNT = "5716a1b2c3d4e5f6a7b8c9d0"


def write_csv(
    path: Path, rows: Sequence[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n"
) -> Path:
    """Write rows as a CSV, in an encoding."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def nanterre(path: Path, *rows: Sequence[str], encoding: str = "cp1252") -> Path:
    """Write an export of the DemocracyOS of Nanterre, as its documentation advises for Excel."""
    return write_csv(path, [NANTERRE, *rows], delimiter=";", encoding=encoding, end="\r\n")


def run(*arguments: str) -> tuple[int, str]:
    """Run `agora` as the shell does; give its exit code and what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            cli.main([*arguments])
        except SystemExit as end:
            return int(end.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def imported(city: Path, system: str, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Import into the campaign of the small city; give the exit code and the report."""
    code, printed = run(
        "import", system, *map(str, arguments), "--city", str(city), "--campaign", "les-quais", "--format", "json"
    )
    return code, json.loads(printed)


def places(told: dict[str, Any], kind: str = "problems") -> list[tuple[int, str]]:
    """Give the line and the code of each thing told."""
    return [(item["line"], item["code"]) for item in told[kind]]


def texts(city: Path, folder: str = "contributions") -> dict[str, str]:
    """Read the files of a folder of the campaign, by name."""
    return {
        path.name: path.read_text("utf-8") for path in sorted((city / "content/campaigns/les-quais" / folder).glob("*"))
    }


def added(city: Path, before: dict[str, str], folder: str = "contributions") -> list[str]:
    """Give the texts of the files that are new since."""
    return [text for name, text in texts(city, folder).items() if name not in before]
