"""Turns a page, with the files of the site that it shows, into a tagged PDF (PDF/UA); its library is optional."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from agora_build import urls as paths
from agora_build.rendering.fonts import cut, opened
from agora_build.rendering.output import File
from agora_build.rendering.theme import static_files
from agora_build.urls import Urls

_DRAWN_WITH = ("weasyprint", "pydyf", "fonttools", "tinycss2", "tinyhtml5", "pyphen")
_KINDS = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
_STYLES = ("css/agora.css", "css/sheets.css")  # in this order
_WEIGHTS = (400, 700)  # cut once from a variable font, which would be cut again for each PDF
_VARIABLE = {
    "Bricolage": "vendor/bricolage/bricolage-grotesque-latin-wght-normal.woff2",
    "Bricolage Ext": "vendor/bricolage/bricolage-grotesque-latin-ext-wght-normal.woff2",
}
_ARABIC = {weight: f"fonts/print/ibm-plex-sans-arabic-arabic-{weight}-normal.woff" for weight in _WEIGHTS}
_LETTERS = ':root { --sans: Bricolage, "Bricolage Ext", "Plex Arabic" }\n'  # none of the computer's own
_DRAWN = (*_STYLES, *_VARIABLE.values(), *_ARABIC.values())
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_EITHER_WAY = re.compile(r' dir="auto">(?=(.{0,400}))', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"(<a\b[^>]*)>(.*?)(?=</a>)", re.DOTALL)
_INSIDE = re.compile(r"</?(?:span|bdi)\b[^>]*>")
_LANGUAGE = re.compile(r'\s*<(?:span|bdi)( lang="\w+")')
_RIGHT_TO_LEFT = b' dir="rtl"'
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
    """List the files of the theme that a PDF is drawn with: style sheets and fonts."""
    return tuple((urls.asset(name), File(path, _digest(path))) for name, path in _drawn(folders).items())


def prepare(folders: tuple[Path, ...]) -> None:
    """Read styles and fonts before processes are forked, so that none has to."""
    _styles(tuple(path.read_bytes() for path in _drawn(folders).values()))


def pdf(page: bytes, path: str, base_url: str, files: Mapping[str, bytes], *, fillable: bool = False) -> bytes:
    """Make the PDF of a page that stands at an output path; it shows nothing but the `files` of the site.

    Its links lead to the public addresses of the site.
    """
    from weasyprint import HTML

    styles, fonts = _styles(tuple(files[_asset(name)] for name in _DRAWN))
    fetcher = _fetcher(f"{base_url}/", files)
    document = HTML(string=_readied(page.decode()), base_url=paths.absolute(path, base_url), url_fetcher=fetcher)
    made: bytes = document.write_pdf(
        finisher=_from_the_right if _RIGHT_TO_LEFT in page.partition(b"<head")[0] else None,
        stylesheets=[styles],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_forms=fillable,
        pdf_identifier=hashlib.blake2b(page, digest_size=16).digest(),
    )
    if fetcher.refused:
        raise NotShownError(f"{path}: {', '.join(sorted(fetcher.refused))}")
    return made


def _readied(page: str) -> str:
    """Write a page as the library reads it."""
    return _EITHER_WAY.sub(_side, _LINK.sub(_whole, page))


def _side(text: re.Match[str]) -> str:
    """Say from which side a text is read, by its first letter."""
    sides = (unicodedata.bidirectional(letter) for letter in _TAG.sub("", text[1]))
    first = next((side for side in sides if side in ("L", "R", "AL")), "L")
    return f' dir="{"ltr" if first == "L" else "rtl"}">'


def _whole(link: re.Match[str]) -> str:
    """Take away what stands inside a link: it would be tagged apart from it; its language becomes that of the link."""
    spoken = _LANGUAGE.match(link[2])
    return f"{link[1]}{spoken[1] if spoken else ''}>{_INSIDE.sub('', link[2])}"


def _from_the_right(_document: object, made: Any) -> None:  # noqa: ANN401 - of the optional library
    """Say that pages side by side go from the right."""
    made.catalog["ViewerPreferences"]["Direction"] = "/R2L"


def _drawn(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Find the files of the theme that a PDF is drawn with, by their names in it."""
    found = static_files(folders)
    fonts = {name: next(folder / name for folder in folders if (folder / name).is_file()) for name in _ARABIC.values()}
    return {name: fonts.get(name) or found[name] for name in _DRAWN}


def _asset(name: str) -> str:
    return Urls("").asset(name)


@lru_cache(maxsize=2)
def _styles(read: tuple[bytes, ...]) -> tuple[Any, Any]:
    """Read the style sheets and cut the fonts, once for all the PDF files of a process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    given = dict(zip(_DRAWN, read, strict=True))
    letters = {(family, weight): cut(given[name], weight) for family, name in _VARIABLE.items() for weight in _WEIGHTS}
    letters |= {("Plex Arabic", weight): opened(given[name]) for weight, name in _ARABIC.items()}
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{rank}") }}\n'
        for rank, (family, weight) in enumerate(letters)
    )
    said = "\n".join(_PICTURES.sub("none", _FACE.sub("", given[name].decode())) for name in _STYLES)
    fonts = FontConfiguration()
    base = "https://fonts.invalid/"  # no host: what is below is given from memory
    fetcher = _fetcher(base, {str(rank): content for rank, content in enumerate(letters.values())})
    styles = CSS(string=faces + said + _LETTERS, base_url=base, url_fetcher=fetcher, font_config=fonts)
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
