"""Turns staff Markdown into safe HTML whose links to content files lead to the pages those files become."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension, abbr, attr_list, def_list, fenced_code, footnotes, sane_lists, tables, toc
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE
from markupsafe import Markup

from agora_build import urls
from agora_build.rendering import typography

_TAGS = nh3.ALLOWED_TAGS | {
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "div",
    "sup",
    "abbr",
    "figure",
    "figcaption",
}
_EVERYWHERE = {"id", "class", "title", "lang", "dir"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"scope"},
}
SizeOf = Callable[[str], tuple[int, int] | None]
_SCHEMES = {"http", "https", "mailto", "tel"}
_GIVEN = {"id", "class", "lang", "dir"}  # what an author may give to an element: {#id .class lang=en}
_HEADING = re.compile("h[1-6]").fullmatch
_PEOPLES = ("contributions", "places", "workshops")  # folders whose texts have no heading to link to


class Prose:
    """A Markdown reader for one language; it is used for one text at a time."""

    def __init__(
        self,
        site_urls: urls.Urls,
        language: str = "",
        way: Callable[[str, str], str] = urls.relative,
        size_of: SizeOf = lambda _target: None,
    ) -> None:
        """Set the extensions up once: creating a reader costs as much as a page.

        `way` writes the link from one output path to another; without `language`, it is that of the addresses.
        `size_of` gives the size of a picture from its output path.
        """
        self._urls, self._way, self._size_of = site_urls, way, size_of
        self._language = language or site_urls.language
        self._links = _Links()
        self._reader = markdown.Markdown(
            extensions=[
                tables.TableExtension(),
                fenced_code.FencedCodeExtension(),
                footnotes.FootnoteExtension(),
                toc.TocExtension(slugify=_slug, permalink=False),
                _Attributes(),
                def_list.DefListExtension(),
                sane_lists.SaneListExtension(),
                abbr.AbbrExtension(),
                self._links,
            ],
            output_format="html",
        )
        self._cleaner = nh3.Cleaner(tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)

    def html(  # noqa: PLR0913, PLR0917 - what a text is rendered with
        self,
        text: str,
        source: str,
        page: str,
        taken: set[str] | None = None,
        language: str = "",
        anchors: tuple[str, ...] = (),
    ) -> Markup:
        """Render the prose of the content file `source` for the output path `page`.

        `taken` holds the ids of the prose already on that page; those of this text join it. `language` when it is
        another than that of the page; `anchors` are the ids of its headings, when they are those of an original.
        """
        self._links.anchors = anchors
        self._links.resolve = lambda href: self._public(href, source, page)
        self._links.size_of = lambda href: self._size(href, source)
        self._links.taken = set() if taken is None else taken
        self._reader.reset()
        cleaned = self._cleaner.clean(self._reader.convert(text))
        return Markup(typography.html(_scoped(cleaned), language or self._language))

    def _public(self, href: str, source: str, page: str) -> str:
        href = html.unescape(href.replace(AMP_SUBSTITUTE, "&"))  # <a@b.example> comes letter by letter
        path, hash_, anchor = href.partition("#")
        if not path or ":" in path.split("/")[0]:
            return href
        target = _target(path, source)
        is_page = target.endswith((".md", ".yml"))
        public = self._urls.source(target) if is_page else self._urls.media(target)
        if anchor and target.endswith(".md") and posixpath.basename(posixpath.dirname(target)) not in _PEOPLES:
            anchor = urls.prose_anchor(anchor)
        return self._way(public + hash_ + anchor, page)

    def _size(self, href: str, source: str) -> tuple[int, int] | None:
        target = _target(href, source)
        return self._size_of(self._urls.media(target)) if target.startswith("content/") else None


class _Attributes(attr_list.AttrListExtension):
    """Reads {#id .class}; what would change a link, a picture or the page's behaviour is dropped."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        md.treeprocessors.register(_GivenAttributes(md), "attr_list", 8)


class _GivenAttributes(AttrListTreeprocessor):
    def assign_attrs(self, elem: Element, attrs_string: str, *, strict: bool = False) -> str:
        before = dict(elem.attrib)
        rest: str = super().assign_attrs(elem, attrs_string, strict=strict)
        given = {name: value for name, value in elem.attrib.items() if name in _GIVEN}
        elem.attrib.clear()
        elem.attrib.update(before | given)
        return rest


class _Links(Extension, Treeprocessor):
    """Rewrites the href and src of a tree through `resolve`, and its ids so that the layout has none of them.

    `resolve`, `size_of`, `taken` and `anchors` are set before each text.
    """

    resolve: Callable[[str], str]
    size_of: SizeOf
    taken: set[str]
    anchors: tuple[str, ...]

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(self, "agora-links", 0)

    def run(self, root: Element) -> None:
        self._name(root)
        for element in root.iter():
            if element.tag == "img":
                self._show(element)
            for attribute in ("href", "src"):
                value = element.get(attribute)
                if value is not None and not value.startswith("#"):
                    element.set(attribute, self.resolve(value))
            if element.get("href", "").startswith("http"):
                element.set("rel", "noopener noreferrer")

    def _show(self, picture: Element) -> None:
        """Let a picture come when it is reached, in a place that is kept for it."""
        picture.set("loading", "lazy")
        size = self.size_of(picture.get("src", ""))
        for name, value in zip(("width", "height"), size or (), strict=False):
            picture.set(name, str(value))

    def _name(self, root: Element) -> None:
        """Give the ids, and the links to them, names that neither the layout nor another prose of the page has."""
        own = self._renamed(root)
        named = [element for element in root.iter() if element.get("id")]
        rank = 1
        while any(urls.prose_anchor(element.get("id", ""), rank) in self.taken for element in named):
            rank += 1
        for element in named:
            element.set("id", urls.prose_anchor(element.get("id", ""), rank))
        self.taken.update(element.get("id", "") for element in named)
        for element in root.iter():
            href = element.get("href", "")
            if href.startswith("#") and len(href) > 1:
                element.set("href", "#" + urls.prose_anchor(own.get(href[1:], href[1:]), rank))

    def _renamed(self, root: Element) -> dict[str, str]:
        """Give the headings of a translation the ids of those of its original; tell what each was."""
        headings = [element for element in root.iter() if _HEADING(element.tag) and element.get("id")]
        if len(headings) != len(self.anchors):
            return {}
        own = {element.get("id", ""): name for element, name in zip(headings, self.anchors, strict=True)}
        for element, name in zip(headings, self.anchors, strict=True):
            element.set("id", name)
        return own


def _target(path: str, source: str) -> str:
    """Give the file of the city to which a path leads from the content file `source`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(path)))


def _slug(title: str, _separator: str) -> str:
    return urls.anchor(title)


def _scoped(fragment: str) -> str:
    """Tell screen readers that the heads of a Markdown table head columns; let wide tables and code scroll alone.

    What scrolls can be reached with the keyboard.
    """
    fragment = fragment.replace("<th>", '<th scope="col">').replace("<pre>", '<pre tabindex="0">')
    return fragment.replace("<table>", '<div class="table" tabindex="0" role="group"><table>').replace(
        "</table>", "</table></div>"
    )
