"""Turns what is not published into the word that says so in a preview, in each language of the site."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from agora_build.config import Config
from agora_build.rendering.theme import Frame, Theme


def of(folders: tuple[Path, ...], config: Config) -> Callable[[str, str], str]:
    """Give what calls a draft, or what is to appear later, by its name in a language."""
    frame = Frame(config, (), has_map=False, has_radio=False, as_of=None)

    @lru_cache(maxsize=8)
    def words(language: str) -> dict[str, str]:
        theme = Theme(folders, frame, language=language)
        return {"draft": theme.text("Draft"), "scheduled": theme.text("To appear")}

    return lambda why, language: words(language)[why]
