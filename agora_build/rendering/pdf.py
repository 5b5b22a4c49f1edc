"""Turns a page, with the files of the site that it shows, into a tagged PDF (PDF/UA); its library is optional."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from agora_build import urls as paths
from agora_build.rendering.fonts import cut
from agora_build.rendering.output import File
from agora_build.rendering.theme import static_files
from agora_build.urls import Urls

_DRAWN_WITH = ("weasyprint", "pydyf", "fonttools", "tinycss2", "tinyhtml5", "pyphen")
_KINDS = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
_STYLES = ("css/agora.css", "css/sheets.css")  # in this order
_FONT = "vendor/bricolage/bricolage-grotesque-latin-wght-normal.woff2"
_WEIGHTS = (400, 700)  # cut once from the variable font, which would be cut again for each PDF
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_PICTURES = re.compile(r"url\([^)]*\)")  # of a screen: a sheet shows its own by <img>


class NotShownError(Exception):
    """Names what a page shows and that is none of the files it was given."""


def engine() -> str:
    """Name what makes PDF files here and what it draws with, each with its version; '' when it is not installed."""
    try:
        from weasyprint.text.ffi import pango
    except (ImportError, OSError):  # the package, or the libraries of the system that it calls
        return ""
    number = pango.pango_version()
    drawn = f"pango {number // 10_000}.{number // 100 % 100}.{number % 100}"
    return ", ".join((*(f"{name} {metadata.version(name)}" for name in _DRAWN_WITH), drawn))


def theme_files(folders: tuple[Path, ...], urls: Urls) -> tuple[tuple[str, File], ...]:
    """List the files of the theme that a PDF is drawn with: style sheets and font."""
    found = static_files(folders)
    return tuple((urls.asset(name), File(found[name], _digest(found[name]))) for name in (*_STYLES, _FONT))


def prepare(folders: tuple[Path, ...]) -> None:
    """Read styles and fonts before processes are forked, so that none has to."""
    found = static_files(folders)
    _styles(tuple(found[name].read_bytes() for name in (*_STYLES, _FONT)))


def pdf(page: bytes, path: str, base_url: str, files: Mapping[str, bytes], *, fillable: bool = False) -> bytes:
    """Make the PDF of a page that stands at an output path; it shows nothing but the `files` of the site.

    Its links lead to the public addresses of the site.
    """
    from weasyprint import HTML

    styles, fonts = _styles(tuple(files[_asset(name)] for name in (*_STYLES, _FONT)))
    fetcher = _fetcher(f"{base_url}/", files)
    document = HTML(string=page.decode(), base_url=paths.absolute(path, base_url), url_fetcher=fetcher)
    made: bytes = document.write_pdf(
        stylesheets=[styles],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_forms=fillable,
        pdf_identifier=hashlib.blake2b(page, digest_size=16).digest(),
    )
    if fetcher.refused:
        raise NotShownError(f"{path}: {', '.join(sorted(fetcher.refused))}")
    return made


def _asset(name: str) -> str:
    return Urls("").asset(name)


@lru_cache(maxsize=2)
def _styles(read: tuple[bytes, ...]) -> tuple[Any, Any]:
    """Read the style sheets and cut the fonts, once for all the PDF files of a process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    *sheets, font = read
    faces_of = {f"{weight}.ttf": cut(font, weight) for weight in _WEIGHTS}
    faces = "".join(
        f'@font-face {{ font-family: Bricolage; font-weight: {weight}; src: url("{weight}.ttf") }}\n'
        for weight in _WEIGHTS
    )
    said = "\n".join(_PICTURES.sub("none", _FACE.sub("", sheet.decode())) for sheet in sheets)
    fonts = FontConfiguration()
    base = "https://fonts.invalid/"  # no host: what is below is given from memory
    fetcher = _fetcher(base, faces_of)
    styles = CSS(string=faces + said, base_url=base, url_fetcher=fetcher, font_config=fonts)
    if fetcher.refused:
        raise NotShownError(", ".join(sorted(fetcher.refused)))
    return styles, fonts


def _fetcher(base: str, files: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - a class of the optional library
    """Give what reads the files of the site in the place of the network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Files(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=())
            self.refused: set[str] = set()

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ANN401, ARG002
            path = url.removeprefix(base).partition("#")[0].partition("?")[0]
            if not url.startswith(base) or path not in files:
                self.refused.add(url)
                raise ValueError(url)
            kind = _KINDS.get(path.rpartition(".")[2].lower(), "application/octet-stream")
            return URLFetcherResponse(url, files[path], {"Content-Type": kind})

    return Files()


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
