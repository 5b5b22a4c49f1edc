"""Turns a batch into one page to print: its paper form, once for each sheet, with its number."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from agora_build.content.models import Contribution, Debate, Layer
from agora_build.content.sheets import Sheet, Variant
from agora_build.content.site import Entry, Microsite, Site
from agora_build.record import Record, replace
from agora_build.rendering.map_picture import city_view, picture
from agora_build.rendering.sheet_page import SheetPage, code, sheet_page
from agora_build.rendering.theme import Frame, Theme, static_files, theme_folders

_PLAN = "plan.svg"
_LEAF = re.compile(r"<article.*</article>", re.DOTALL)
_BODY = re.compile(r'(?<=<body class="alone">).*(?=</body>)', re.DOTALL)
_ASSET = re.compile(r'url\("\.\./([^"]+)"\)')


class Asked(Record, frozen=True):
    """What the sheets of a batch ask: a debate, maybe its sentences, or a layer of the map, or a question."""

    debate: Entry[Debate] | None = None
    layer: Layer | None = None
    statements: tuple[Entry[Contribution], ...] = ()

    @property
    def template(self) -> str:
        """Give the template of its sheets."""
        if self.debate:
            return "sheet_votes.html" if self.statements else "sheet_form.html"
        return "sheet_place.html" if self.layer else "sheet_question.html"


def write_forms(  # noqa: PLR0913, PLR0917 - what a form says
    city: Path, site: Site, microsite: Microsite, asked: Asked, variant: Variant, today: datetime.date,
    batch: str, count: int, page: Path, language: str,
) -> None:  # fmt: skip
    """Write the forms of a batch as a page, with the style sheets, the code and the map that it shows beside it."""
    folders = theme_folders(city, site.config.publication.theme)
    theme = Theme(folders, Frame(site.config, (), False, False, None), language=language)
    sheet = Sheet("form", page.name, asked.debate.slug if asked.debate else "", variant)
    said = _about(sheet_page(site, microsite, sheet, today), microsite, asked, theme)
    plan = _plan(site, asked)
    leaves = []
    html = ""
    for number in range(1, count + 1):
        numbered = replace(said, batch=batch, number=number)
        given = {"masthead": said.masthead, "page": numbered, "alone": False, "bare": True, "asked": asked}
        html = theme.page(asked.template, page.name, **given, plan=_PLAN if plan else "").decode()
        leaves += _LEAF.findall(html)
    alone = "<main>\n" + "\n".join(leaves) + "\n</main>"  # css/sheets.css prints what is in <main>
    beside = _BODY.sub(lambda _: alone, html).replace('href="../', 'href="')  # a language has no folder of its own here
    page.write_text(beside, "utf-8")
    _beside(page.parent, said.code, code(said.target, theme))
    if plan:
        _beside(page.parent, _PLAN, plan)
    for name in ("css/agora.css", "css/sheets.css"):
        _copy(theme, page.parent, folders, name)


def _about(said: SheetPage, microsite: Microsite, asked: Asked, theme: Theme) -> SheetPage:
    """Lead to the page where the same is done on the site."""
    if asked.debate:
        return said
    urls = theme.urls
    target = urls.part(microsite.slug, "map") if asked.layer else urls.form(microsite.slug, "question")
    return replace(said, target=target)


def _plan(site: Site, asked: Asked) -> bytes:
    """Draw the map of the city, on which one marks a point; '' when there is nothing to draw on it."""
    if not asked.layer or not site.config.map or not site.basemap:
        return b""
    return picture((), site.basemap, city_view(site.config.map), site.config.city.name, "").encode()


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
