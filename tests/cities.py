"""Gives tests a small valid city of their own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

MINIMAL = Path(__file__).parent / "golden" / "minimal" / "site"


ROOT = Path(__file__).parent.parent
LANGUAGES = ("fr", "en", "ar")
_OTHERS = [f"*.{language}.{suffix}" for language in LANGUAGES[1:] for suffix in ("md", "yml")]


def sample(folder: Path, *, languages: bool = False) -> Path:
    """Copy the sample into a folder: in French alone, or in all its languages, which takes three times longer."""
    shutil.copytree(
        ROOT / "content", folder / "content", ignore=None if languages else shutil.ignore_patterns(*_OTHERS)
    )
    settings = (ROOT / "agora.toml").read_text("utf-8")
    wanted = re.sub(r"(?m)^languages = .*\n", "", settings, count=1)
    assert wanted != settings
    folder.joinpath("agora.toml").write_text(settings if languages else wanted, "utf-8")
    return folder


def speak(city: Path, more: str = "", languages: tuple[str, ...] = LANGUAGES) -> Path:
    """Let the small city speak several languages."""
    config, line = city / "agora.toml", 'email = "agora@villeneuve.example"\n'
    listed = ", ".join(f'"{language}"' for language in languages)
    text = config.read_text("utf-8").replace(line, f"{line}languages = [{listed}]\n", 1)
    config.write_text(text + more, "utf-8")
    return city


def minimal_city(tmp_path: Path) -> Path:
    """Copy a small valid French city, of one campaign, into a folder of the test's own."""
    return Path(shutil.copytree(MINIMAL, tmp_path / "city", ignore=shutil.ignore_patterns(".agora")))
