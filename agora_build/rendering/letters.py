"""Turns single-use codes into letters to print, one a page, each with its code as one types it and as a QR."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from agora_build import urls
from agora_build.civic.codes import shown
from agora_build.content.config_file import read_config
from agora_build.content.draft import read_document
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
    theme = Theme(theme_folders(city, config.publication.theme), Frame(config, (), False, False, None))
    page = urls.absolute(theme.urls.vote(campaign, debate), theme.base_url)
    pages = [(shown(code), Markup(qr.svg(f"{page}#{code}", inside=True).decode())) for code in codes]
    return theme.page("letters.html", urls.INDEX, letters=pages, address=page, period=period, debate=values)
