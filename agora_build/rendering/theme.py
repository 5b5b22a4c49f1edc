"""Turns a theme's templates and catalogue into pages: files of a city's theme replace the base theme's one by one."""

from __future__ import annotations

import datetime
import gettext
import hashlib
import io
import posixpath
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from agora_build import urls
from agora_build.config import Config
from agora_build.content.languages import NAMES, InLanguage, Translated, direction
from agora_build.content.models import Page
from agora_build.content.site import Entry
from agora_build.record import Record
from agora_build.rendering import citizen, typography
from agora_build.rendering.links import Edition, Links
from agora_build.rendering.locale import Locale
from agora_build.rendering.templates import Compiled, Known, Templates

if TYPE_CHECKING:
    from agora_build.rendering.prose import Prose

_PACKAGED = Path(__file__).parent.parent / "theme_files"
_CHECKOUT = Path(__file__).parent.parent.parent / "themes" / "agora"
NOTICE = "<!-- untranslated -->"  # where the layout puts what it says of a page that is not translated
_PARTS = 4_000  # pieces of layout kept at a time: those of a few folders, and the contributions to a debate
_LOCALE_FILTERS = (
    "day", "day_short", "weekday", "month", "partial", "time", "when", "duration", "number", "share", "size",
)  # fmt: skip


_TAG = re.compile(r"<[^<>]*>")


class Frame(Record, frozen=True):
    """What the layout of every page shows: the city's configuration, its menu pages, its sections, its day."""

    config: Config
    pages: tuple[Entry[Page], ...]
    has_map: bool
    has_radio: bool
    as_of: datetime.date | None
    has_social: bool = False  # whether pictures for social networks are drawn
    offline: bool = False  # whether each campaign can be taken away as an archive
    pages_alone: bool = False  # whether the site has free pages and no consultation: nothing is promised of those


def base_theme() -> Path:
    """Give the folder of the base theme: inside an installed package, or beside it in a checkout."""
    return _PACKAGED if _PACKAGED.exists() else _CHECKOUT


def theme_folders(root: Path, name: str) -> tuple[Path, ...]:
    """Give the folders where a file of the theme is looked for, the city's own first."""
    own = root / "themes" / name
    return (own, base_theme()) if own.is_dir() and own.resolve() != base_theme().resolve() else (base_theme(),)


def static_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Map the published name of each static file of the theme (`css/agora.css`) to the file that provides it.

    What Python compiled of a program is none of them.
    """
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        static = folder / "static"
        names = {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
        found |= {name: path for name, path in names.items() if "__pycache__" not in name}
    return dict(sorted(found.items()))


class Theme:
    """Renders templates for one site in one language; between two pages it keeps nothing but what it made once."""

    def __init__(  # noqa: PLR0913 - what it needs to know
        self,
        folders: tuple[Path, ...],
        frame: Frame,
        known: Known = lambda _key: None,
        *,
        elsewhere: bool = False,
        language: str = "",
        pictures: Mapping[str, tuple[int, int]] = MappingProxyType({}),
    ) -> None:
        """Prepare the templates of `folders`, earlier folders first; `known` gives what an earlier build made.

        Pages that stand `elsewhere` than on the site's host lead to its public addresses. Without `language`, they
        are in the first language of the site; output paths are those of the first, wherever the pages stand.
        `pictures` are the sizes of those that content names, by path from the city's root.
        """
        self.frame = frame
        self.config = frame.config
        first = frame.config.city.language
        self.language = language or first
        self.base_url = frame.config.publication.base_url.rstrip("/")
        self.urls = urls.Urls(first)
        self._edition = Edition(self.urls, "" if self.language == first else self.language)
        self._untranslated: set[str] = set()
        self._sizes = {self.urls.media(path): size for path, size in pictures.items()}
        self.locale = Locale(self.language)
        self.day, self.day_short, self.weekday = self.locale.day, self.locale.day_short, self.locale.weekday
        self.partial, self.period, self.month = self.locale.partial, self.locale.period, self.locale.month
        self.time, self.when, self.duration = self.locale.time, self.locale.when, self.locale.duration
        self.number, self.size = self.locale.number, self.locale.size
        files = catalogues(folders, self.language)
        salted = b"".join((self._edition.prefix.encode(), *(path.read_bytes() for path in files)))
        salt = hashlib.blake2b(salted, digest_size=16).hexdigest()
        self._compiled = Compiled(known, salt)
        self._catalogue = self._read_catalogue(files, salt, known)
        self._links = Links(self.base_url if elsewhere else "", self._edition)
        self._site_source = f" {_origin(self.base_url)}" if elsewhere else ""
        self._templates = self._environment(folders)
        self._parts: dict[tuple[Any, ...], tuple[Markup, frozenset[str]]] = {}
        self._taken: set[str] = set()

    @cached_property
    def _prose(self) -> Prose:
        from agora_build.rendering.prose import Prose  # reads Markdown with a library that takes a while to import

        return Prose(self.urls, self.language, self._links.between, self._size_of)

    def page(self, template: str, path: str, /, **context: object) -> bytes:
        """Render a template as the page at an output path; an undefined name is an error."""
        self._taken, self._untranslated = set(), set()
        self._links.stand(path)
        given = {"path": path, "canonical": self.absolute(path), **context}
        said = self._templates.get_template(template).render(given)
        return self._noticed(said).encode() if self._edition.prefix else said.encode()

    def part(self, template: str, **arguments: Any) -> Markup:  # noqa: ANN401
        """Render a piece of layout that sees its arguments alone; it is made once for all the pages of a folder."""
        deep = "/" in self._links.path  # a page at the root has the same folder around as those one step down
        key = (template, self._links.folder, deep, *((name, _key_of(value)) for name, value in arguments.items()))
        made = self._parts.get(key)
        if made is None:
            before, self._templates.used = self._templates.used, set()
            around, self._links.own = self._links.own, False
            shown, self._untranslated = self._untranslated, set()  # a piece is made once, and shown on many pages
            said = Markup(self._templates.get_template(template).render(arguments).strip("\n"))
            made = said, frozenset(self._templates.used)
            self._templates.used, self._untranslated = before, shown
            if not self._links.own:
                if len(self._parts) > _PARTS:
                    self._parts.clear()
                self._parts[key] = made
            self._links.own |= around
        self._templates.used |= made[1]
        return made[0]

    def compile_shared(self) -> None:
        """Compile the templates that others extend or import."""
        shared = self._templates.list_templates(filter_func=lambda name: name.startswith(("macros/", "parts/")))
        self.compile("base.html", "microsite.html", *shared)

    def compile(self, *names: str) -> None:
        """Compile some templates before they are needed in a hurry."""
        for name in names:
            self._templates.get_template(name)

    def start_recording(self) -> None:
        """Forget which templates, messages and sizes of pictures were used."""
        self._templates.used = set()

    def recorded(self) -> frozenset[str]:
        """Give what was used since then: `template:base.html`, `message:Agenda`, `picture:plan.svg`."""
        return frozenset(self._templates.used)

    def value_of(self, used: str) -> str:
        """Hash what a template or a message says now, or give a picture's size; '' when it is there no more."""
        kind, _, name = used.partition(":")
        return repr(self._sizes.get(name)) if kind == "picture" else self._templates.value_of(used)

    def made(self) -> dict[bytes, bytes]:
        """Give, once, what was compiled here and may serve the next build."""
        new, self._compiled.new = self._compiled.new, {}
        return new

    def text(self, msgid: str, **values: object) -> str:
        """Translate a message and fill its {named} values in."""
        self._templates.used.add(f"message:{msgid}")
        return self._catalogue.gettext(msgid).format(**values)

    def prose(self, text: str, source: str, page: str) -> Markup:
        """Render staff prose of a content file for an output path."""
        return self._prose.html(text, source, page)

    def citizen(self, text: str) -> Markup:
        """Render what a citizen wrote."""
        return citizen.fragment(text, text.language if isinstance(text, InLanguage) else "")

    def plain(self, text: str) -> str:
        """Reduce Markdown to its words."""
        return text.same(citizen.plain(text)) if isinstance(text, InLanguage) else citizen.plain(text)

    def absolute(self, target: str) -> str:
        """Give the public address of an output path, in the language of the pages if it is there in it."""
        return urls.absolute(self._edition.place(target), self.base_url)

    def place(self, target: str) -> str:
        """Give the output path of something in the language of the pages, from what it is in the first one."""
        return self._edition.place(target)

    def said(self, text: str) -> Markup:
        """Write a text as pages do, with its language when it is another."""
        return Markup(escape(self._finalize(text)))

    def way(self, target: str, page: str) -> str:
        """Write the link from one output path to another."""
        return self._links.between(target, page)

    def to_intake(self, address: str, page: str) -> str:
        """Write the link from a page to an address of the intake, which answers in the language of the page."""
        intake = self.config.intake
        return urls.below(intake.url, address, page, self._edition.prefix) if intake else ""

    def at_intake(self, address: str) -> str:
        """Give the public address of a page of the intake, in the language of the pages."""
        intake = self.config.intake
        return urls.public(intake.url, address, self.base_url, self._edition.prefix) if intake else ""

    def _environment(self, folders: tuple[Path, ...]) -> Templates:
        marks = bool(self._edition.prefix)
        templates = Templates(folders, self._catalogue, self._compiled, finalize=self._finalize, marks=marks)
        templates.filters |= {name: getattr(self.locale, name) for name in _LOCALE_FILTERS}
        templates.filters |= {
            "citizen": self.citizen,
            "plain": self.plain,
            "excerpt": _excerpt,
            "money": lambda value: self.locale.money(value, self.config.city.currency),
            "untagged": lambda value: Markup(_TAG.sub("", value)),
            "as_typed": lambda value: Markup(escape(value)),
            "verbatim": _verbatim,
            "iso": lambda value: value.isoformat() if hasattr(value, "isoformat") else _iso(value),
        }
        templates.globals |= {
            "urls": self.urls,
            "city": self.config.city,
            "config": self.config,
            "frame": self.frame,
            "tile_source": _tile_source(self.config),
            "site_source": self._site_source,
            "intake_source": _intake_source(self.config),
            "language": self.language,
            "direction": direction(self.language),
            "editions": self._editions(),
            "link_in": self._link_in,
            "absolute_in": self._absolute_in,
            "period": self.locale.period,
            "absolute": self.absolute,
            "root_link": self._root_link,
            "link": self._links.to,
            "size_of": self._size_attributes,
            "is_here": self._links.is_here,
            "prose": self._told,
            "part": self.part,
        }
        return templates

    def _root_link(self, target: str) -> str:
        """Write a link that holds wherever the page is shown."""
        if self._site_source:
            return self.absolute(target)
        return posixpath.join("/", *self.base_url.split("/")[3:], self._edition.place(target))

    def _editions(self) -> tuple[tuple[str, str], ...]:
        """List the languages of the site with their names, when it has several."""
        languages = self.config.city.editions
        return tuple((language, NAMES[language]) for language in languages) if len(languages) > 1 else ()

    def _in(self, language: str) -> Edition:
        return Edition(self.urls, "" if language == self.config.city.language else language)

    def _link_in(self, language: str) -> str:
        """Write the link to the page itself in another language; the 404 page, served anywhere, leads home."""
        if self._links.path.endswith("404.html"):
            return posixpath.join("/", *self.base_url.split("/")[3:], self._in(language).place(self.urls.home()))
        path = self._links.path  # the same in each language, a page of the site or of the intake
        return urls.relative(self._in(language).prefix + path, self._edition.prefix + path)

    def _absolute_in(self, language: str) -> str:
        """Give the public address of the page itself in another language."""
        return urls.absolute(self._in(language).place(self._links.path), self.base_url)

    def _size_of(self, target: str) -> tuple[int, int] | None:
        """Give the size of the picture at an output path, and note that a page shows it."""
        self._templates.used.add(f"picture:{target}")
        return self._sizes.get(target)

    def _size_attributes(self, target: str) -> Markup:
        """Write the size of a picture, so that what follows it stays in place while it comes."""
        size = self._size_of(target)
        return Markup(' width="{}" height="{}"').format(*size) if size else Markup("")

    def _told(self, text: str, source: str) -> Markup:
        """Render prose where the page stands; its links and its ids are of this page alone."""
        self._links.own = True
        if not isinstance(text, InLanguage):
            self._untranslated |= {"translated"} if self._edition.prefix and text else set()
            anchors = text.anchors if isinstance(text, Translated) else ()
            return self._prose.html(text, source, self._links.path, self._taken, "", anchors)
        self._note(text, "prose")
        said = self._prose.html(str(text), source, self._links.path, self._taken, text.language)
        return Markup(f'<div lang="{text.language}" dir="{direction(text.language)}">{said}</div>') if said else said

    def _note(self, text: InLanguage, kind: str) -> None:
        """Note that the page shows something that the city has not translated."""
        if text.untranslated:
            self._untranslated.add(kind)

    def _noticed(self, page: str) -> str:
        """Say on a page that it, or a part of it, is not translated; its layout says where.

        The intake's answers do not say it: they have no original to read, and whoever left would lose what they typed.
        """
        shown = self._untranslated
        if not shown & {"prose", "words"} or not self._edition.urls.in_each_language(self._links.path):
            return page.replace(NOTICE, "")
        whole = shown & {"prose", "translated"} == {"prose"}
        said = self._templates.get_template("parts/untranslated.html").render(whole=whole)
        return page.replace(NOTICE, said, 1)

    def _read_catalogue(self, files: list[Path], salt: str, known: Known) -> gettext.GNUTranslations:
        """Read the translations; reading them as written takes longer than all the rest of a small build."""
        key = f"catalogue {salt}".encode()
        merged = known(key)
        if merged is None:
            merged = self._compiled.new[key] = _merged(files, self.language)
        return gettext.GNUTranslations(io.BytesIO(merged))

    def _finalize(self, value: object) -> object:
        if isinstance(value, InLanguage):
            self._note(value, "words")
            said = escape(typography.text(str(value), value.language))
            return Markup(f'<span lang="{value.language}" dir="{direction(value.language)}">{said}</span>')
        return typography.text(value, self.language) if type(value) is str else value


def _excerpt(text: str, length: int) -> str:
    said = citizen.excerpt(text, length)
    return text.same(said) if isinstance(text, InLanguage) else said


def _verbatim(value: object, language: str = "") -> Markup:
    spoken = value.language if isinstance(value, InLanguage) else language
    said = f' lang="{spoken}"' if spoken else ""
    return Markup(f"<bdi{said}>{escape(value)}</bdi>")


def _tile_source(config: Config) -> str:
    """Give the one foreign host that pages may ask for pictures, when the city configured map tiles."""
    if not (config.map and config.map.tiles):
        return ""
    scheme, _, rest = config.map.tiles.url.replace("{s}", "*").partition("://")
    return f" {scheme}://{rest.partition('/')[0]}"


def _intake_source(config: Config) -> str:
    """Give the host to which forms are sent, when it is not that of the site."""
    return f" {_origin(config.intake.url)}" if config.intake and "://" in config.intake.url else ""


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])


def _iso(date: Any) -> str:  # noqa: ANN401
    """Write a partial date for <time datetime>: 2016, 2016-09 or 2016-09-17."""
    parts = (f"{date.year:04}", *(f"{part:02}" for part in (date.month, date.day) if part))
    return "-".join(parts)


def _key_of(value: object) -> object:
    """Give what tells two arguments of a part apart: themselves when they are words, else which object they are."""
    return value if isinstance(value, str | int | None) else _Same(value)


class _Same:
    """Stands for one object, which it keeps: two are equal when they stand for the same."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __hash__(self) -> int:
        return id(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._value is self._value


def catalogues(folders: tuple[Path, ...], language: str) -> list[Path]:
    """List the files of translations, the city's first; without any, raise FileNotFoundError."""
    paths = [folder / "translations" / f"{language}.po" for folder in folders]
    found = [path for path in paths if path.exists()]
    if not found:
        msg = f"no translations for {language!r} in the theme"
        raise FileNotFoundError(msg)
    return found


def _merged(files: list[Path], language: str) -> bytes:
    """Compile the translations into one .mo file, no-break spaces set; the city's own replace the base theme's."""
    from babel.messages import mofile, pofile

    merged: Any = None
    for path in reversed(files):
        with path.open("rb") as file:
            catalogue = pofile.read_po(file, locale=language)
        for message in catalogue if merged else ():
            if message.id and message.string:
                merged.delete(message.id)
                merged[message.id] = message
        merged = merged or catalogue
    for message in merged:
        said = message.string  # a text for each number when it depends on one
        spaced = [typography.html(text, language) for text in ([said] if isinstance(said, str) else said)]
        message.string = spaced[0] if isinstance(said, str) else tuple(spaced)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, merged)
    return compiled.getvalue()
