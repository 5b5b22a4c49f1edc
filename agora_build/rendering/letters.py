"""Turns single-use codes into letters to print, one a page, each with its code as one types it and as a QR."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from agora_build import urls
from agora_build.civic.codes import shown
from agora_build.config import Config
from agora_build.content.config_file import read_config
from agora_build.content.draft import read_document
from agora_build.content.languages import config_in
from agora_build.content.tree import found_at
from agora_build.rendering import qr
from agora_build.rendering.theme import Frame, Theme, theme_folders

Period = tuple[datetime.date | None, datetime.date | None]


def letters(city: Path, vote: str, period: Period, codes: Sequence[str]) -> bytes:
    """Write the letters of a vote (`campaign/debate`) as one HTML file.

    The QR holds the address of the vote's page and, after `#`, the code: what follows `#` is never sent to a server.
    """
    config, _ = read_config(city)
    assert config is not None  # noqa: S101 - whoever asks has read it
    campaign, _, debate = vote.partition("/")
    found = found_at(f"content/campaigns/{campaign}/debates/{debate}.md")
    assert found is not None  # noqa: S101 - the same
    values = read_document(str(city), found).values
    theme = _theme(city, config)
    page = urls.absolute(theme.urls.vote(campaign, debate), theme.base_url)
    pages = [(shown(code), Markup(qr.svg(f"{page}#{code}", inside=True).decode())) for code in codes]
    others = [_steps(_theme(city, config, language), campaign, debate) for language in config.city.others]
    given = {"letters": pages, "address": page, "period": period, "debate": values, "others": others}
    return theme.page("letters.html", urls.INDEX, **given)


def _theme(city: Path, config: Config, language: str = "") -> Theme:
    frame = Frame(config_in(config, language or config.city.language), (), False, False, None)
    return Theme(theme_folders(city, config.publication.theme), frame, language=language)


def _steps(theme: Theme, campaign: str, debate: str) -> Markup:
    """Say how one votes, and where, in one more language: the letter goes to everybody."""
    return theme.part("letter_words.html", address=theme.absolute(theme.urls.vote(campaign, debate)))
