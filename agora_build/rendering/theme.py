"""Turns a theme's templates and catalogue into pages: files of a city's theme replace the base theme's one by one."""

from __future__ import annotations

import datetime
import gettext
import io
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from babel.messages import mofile, pofile
from markupsafe import Markup

from agora_build import urls
from agora_build.config import Config
from agora_build.content.models import Page
from agora_build.content.site import Entry
from agora_build.rendering import citizen, typography
from agora_build.rendering.locale import Locale
from agora_build.rendering.prose import Prose

_PACKAGED = Path(__file__).parent.parent / "theme_files"
_CHECKOUT = Path(__file__).parent.parent.parent / "themes" / "agora"
_LOCALE_FILTERS = (
    "day", "day_short", "weekday", "month", "partial", "time", "when", "duration", "number", "size",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout of every page shows: the city's configuration, its menu pages, its sections, its day."""

    config: Config
    pages: tuple[Entry[Page], ...]
    has_map: bool
    has_radio: bool
    as_of: datetime.date | None


def base_theme() -> Path:
    """Give the folder of the base theme: inside an installed package, or beside it in a checkout."""
    return _PACKAGED if _PACKAGED.exists() else _CHECKOUT


def theme_folders(root: Path, name: str) -> tuple[Path, ...]:
    """Give the folders where a file of the theme is looked for, the city's own first."""
    own = root / "themes" / name
    return (own, base_theme()) if own.is_dir() and own.resolve() != base_theme().resolve() else (base_theme(),)


def static_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Map the published name of each static file of the theme (`css/agora.css`) to the file that provides it."""
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        static = folder / "static"
        found |= {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
    return dict(sorted(found.items()))


class Theme:
    """Renders templates for one site in one language; it holds nothing that changes from page to page."""

    def __init__(self, folders: tuple[Path, ...], frame: Frame) -> None:
        """Read the catalogue and prepare the templates of `folders`, earlier folders first."""
        self.frame = frame
        self.config = frame.config
        self.language = frame.config.city.language
        self.base_url = frame.config.publication.base_url.rstrip("/")
        self.urls = urls.Urls(self.language)
        self.locale = Locale(self.language)
        self.day, self.day_short, self.weekday = self.locale.day, self.locale.day_short, self.locale.weekday
        self.partial, self.period, self.month = self.locale.partial, self.locale.period, self.locale.month
        self.time, self.when, self.duration = self.locale.time, self.locale.when, self.locale.duration
        self.number, self.size = self.locale.number, self.locale.size
        self._prose = Prose(self.urls)
        self._catalogue = _catalogue(folders, self.language)
        self._templates = self._environment(folders)

    def page(self, template: str, path: str, /, **context: object) -> bytes:
        """Render a template as the page at an output path; an undefined name is an error."""
        taken: set[str] = set()
        functions = {
            "path": path,
            "link": lambda target: urls.relative(target, path),
            "prose": lambda text, source: self._prose.html(text, source, path, taken),
            "canonical": urls.absolute(path, self.base_url),
        }
        return self._templates.get_template(template).render({**functions, **context}).encode()

    def compile_shared(self) -> None:
        """Compile the templates that others extend or import, once for all the processes forked after this."""
        shared = self._templates.list_templates(filter_func=lambda name: name.startswith("macros/"))
        for name in ("base.html", "microsite.html", *shared):
            self._templates.get_template(name)

    def text(self, msgid: str, **values: object) -> str:
        """Translate a message and fill its {named} values in."""
        return self._catalogue.gettext(msgid).format(**values)

    def prose(self, text: str, source: str, page: str) -> Markup:
        """Render staff prose of a content file for an output path."""
        return self._prose.html(text, source, page)

    def citizen(self, text: str) -> Markup:
        """Render what a citizen wrote."""
        return citizen.fragment(text)

    def plain(self, text: str) -> str:
        """Reduce Markdown to its words."""
        return citizen.plain(text)

    def absolute(self, target: str) -> str:
        """Give the public address of an output path."""
        return urls.absolute(target, self.base_url)

    def _environment(self, folders: tuple[Path, ...]) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n"],
            finalize=self._finalize,
        )
        environment.install_gettext_translations(self._catalogue, newstyle=True)  # type: ignore[attr-defined]
        environment.filters |= {name: getattr(self.locale, name) for name in _LOCALE_FILTERS}
        environment.filters |= {
            "citizen": self.citizen,
            "plain": self.plain,
            "verbatim": lambda value: Markup("<bdi>{}</bdi>").format(value),
            "iso": lambda value: value.isoformat() if hasattr(value, "isoformat") else _iso(value),
        }
        environment.globals |= {
            "N_": str,  # marks a message for the catalogues where it is only listed, and translated later
            "urls": self.urls,
            "city": self.config.city,
            "config": self.config,
            "frame": self.frame,
            "tile_source": _tile_source(self.config),
            "language": self.language,
            "period": self.locale.period,
            "absolute": self.absolute,
            "root_link": lambda target: posixpath.join("/", *self.base_url.split("/")[3:], target),
        }
        return environment

    def _finalize(self, value: object) -> object:
        return typography.text(value, self.language) if type(value) is str else value


def _tile_source(config: Config) -> str:
    """Give the one foreign host that pages may ask for pictures, when the city configured map tiles."""
    if not (config.map and config.map.tiles):
        return ""
    scheme, _, rest = config.map.tiles.url.replace("{s}", "*").partition("://")
    return f" {scheme}://{rest.partition('/')[0]}"


def _iso(date: Any) -> str:  # noqa: ANN401
    """Write a partial date for <time datetime>: 2016, 2016-09 or 2016-09-17."""
    parts = (f"{date.year:04}", *(f"{part:02}" for part in (date.month, date.day) if part))
    return "-".join(parts)


def _catalogue(folders: tuple[Path, ...], language: str) -> gettext.GNUTranslations:
    """Read translations/<language>.po of each folder; the city's own messages replace the base theme's."""
    merged: gettext.GNUTranslations | None = None
    for folder in folders:
        path = folder / "translations" / f"{language}.po"
        if path.exists():
            translations = _read_po(path, language)
            if merged is None:
                merged = translations
            else:
                merged.add_fallback(translations)
    if merged is None:
        msg = f"no translations for {language!r} in the theme"
        raise FileNotFoundError(msg)
    return merged


def _read_po(path: Path, language: str) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
