"""Turns staff Markdown into safe HTML whose links to content files lead to the pages those files become."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension, abbr, attr_list, def_list, footnotes, sane_lists, tables, toc
from markdown.treeprocessors import Treeprocessor
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


class Prose:
    """A Markdown reader for one language; it is used for one text at a time."""

    def __init__(self, site_urls: urls.Urls) -> None:
        """Set the extensions up once: creating a reader costs as much as a page."""
        self._urls = site_urls
        self._links = _Links()
        self._reader = markdown.Markdown(
            extensions=[
                tables.TableExtension(),
                footnotes.FootnoteExtension(),
                toc.TocExtension(slugify=_slug, permalink=False),
                attr_list.AttrListExtension(),
                def_list.DefListExtension(),
                sane_lists.SaneListExtension(),
                abbr.AbbrExtension(),
                self._links,
            ],
            output_format="html",
        )
        self._cleaner = nh3.Cleaner(tags=set(_TAGS), attributes=_ATTRIBUTES, link_rel=None)

    def html(self, text: str, source: str, page: str) -> Markup:
        """Render the prose of the content file `source` for the output path `page`."""
        self._links.resolve = lambda href: self._public(href, source, page)
        self._reader.reset()
        cleaned = self._cleaner.clean(self._reader.convert(text))
        return Markup(typography.html(_scoped(cleaned), self._urls.language))

    def _public(self, href: str, source: str, page: str) -> str:
        path, hash_, anchor = href.partition("#")
        if not path or ":" in path.split("/")[0]:
            return href
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(path)))
        is_page = target.endswith((".md", ".yml"))
        public = self._urls.source(target) if is_page else self._urls.media(target)
        return urls.relative(public + hash_ + anchor, page)


class _Links(Extension, Treeprocessor):
    """Rewrites the href and src of a tree through `resolve`, which is set before each text."""

    resolve: Callable[[str], str]

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(self, "agora-links", 0)

    def run(self, root: Element) -> None:
        for element in root.iter():
            for attribute in ("href", "src"):
                value = element.get(attribute)
                if value is not None:
                    element.set(attribute, self.resolve(value))
            if element.tag == "img":
                element.set("loading", "lazy")
            if element.get("href", "").startswith("http"):
                element.set("rel", "noopener noreferrer")


def _slug(title: str, _separator: str) -> str:
    return urls.anchor(title)


def _scoped(fragment: str) -> str:
    """Tell screen readers that the heads of a Markdown table head columns; let wide tables scroll by themselves."""
    fragment = fragment.replace("<th>", '<th scope="col">')
    return fragment.replace("<table>", '<div class="table" tabindex="0" role="group"><table>').replace(
        "</table>", "</table></div>"
    )
