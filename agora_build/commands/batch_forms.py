"""Turns a batch into one page to print: the paper form of its debate, once for each sheet, with its number."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path

from agora_build.content.models import Contribution, Debate
from agora_build.content.sheets import Sheet, Variant
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import replace
from agora_build.rendering.sheet_page import code, sheet_page
from agora_build.rendering.theme import Frame, Theme, static_files, theme_folders

_LEAF = re.compile(r"<article.*</article>", re.DOTALL)
_BODY = re.compile(r'(?<=<body class="alone">).*(?=</body>)', re.DOTALL)
_ASSET = re.compile(r'url\("\.\./([^"]+)"\)')


def write_forms(  # noqa: PLR0913, PLR0917 - what a form says
    city: Path, site: Site, microsite: Microsite, debate: Entry[Debate], variant: Variant, today: datetime.date,
    batch: str, count: int, page: Path, statements: Sequence[Entry[Contribution]] = (),
) -> None:  # fmt: skip
    """Write the forms of a batch as a page, with the style sheets and the code that it shows beside it.

    With `statements`, one ticks whether one agrees with each; without, one writes a contribution.
    """
    folders = theme_folders(city, site.config.publication.theme)
    theme = Theme(folders, Frame(site.config, (), False, False, None))
    sheet = Sheet("form", page.name, debate.slug, variant)
    said = sheet_page(site, microsite, sheet, today)
    template = "sheet_votes.html" if statements else "sheet_form.html"
    leaves = []
    html = ""
    for number in range(1, count + 1):
        numbered = replace(said, batch=batch, number=number)
        given = {"masthead": said.masthead, "page": numbered, "alone": False, "bare": True, "statements": statements}
        html = theme.page(template, page.name, **given).decode()
        leaves += _LEAF.findall(html)
    alone = "<main>\n" + "\n".join(leaves) + "\n</main>"  # css/sheets.css prints what is in <main>
    page.write_text(_BODY.sub(lambda _: alone, html), "utf-8")
    _beside(page.parent, said.code, code(said.target, theme))
    for name in ("css/agora.css", "css/sheets.css"):
        _copy(theme, page.parent, folders, name)


def _beside(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _copy(theme: Theme, folder: Path, folders: tuple[Path, ...], name: str) -> None:
    """Copy a style sheet, and the letters and pictures that it asks for."""
    files = static_files(folders)
    style = files[name].read_bytes()
    _beside(folder, theme.urls.asset(name), style)
    for asked in _ASSET.findall(style.decode()):
        if asked in files:
            _beside(folder, theme.urls.asset(asked), files[asked].read_bytes())
