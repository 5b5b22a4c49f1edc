"""Turns citizens' CommonMark into safe HTML, letter for letter: no HTML, no pictures, no credit for links."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
import pyromark
from markupsafe import Markup

# Noncharacters stand for < and & while the Markdown is read, so that neither HTML nor entities exist in it.
_LESS, _AMPERSAND = "\ufdd0", "\ufdd1"
_IN_LINKS = {"%EF%B7%90": "%3C", "%EF%B7%91": "&amp;"}
_DEAD_LINK = re.compile(r'<a rel="[^"]*">(.*?)</a>', re.DOTALL)
_HEADINGS = re.compile(r"<(/?)h[1-6]>")
_LEEWAY = 5  # characters that a text may be too long by, as in Jinja
_TAGS = re.compile(r"<[^>]*>")
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="nofollow ugc noopener noreferrer",
    clean_content_tags={"script", "style"},
)


def fragment(text: str, language: str = "") -> Markup:
    """Render what a person wrote, in a block that isolates its writing direction; `language` when not the page's."""
    rendered = _rendered(text)
    for encoded, shown in _IN_LINKS.items():
        rendered = rendered.replace(encoded, shown)
    if "<h" in rendered:
        rendered = _HEADINGS.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", rendered)
    rendered = rendered.replace(_LESS, "&lt;").replace(_AMPERSAND, "&amp;")  # str.translate takes ten times longer
    cleaned = _DEAD_LINK.sub(r"\1", _CLEANER.clean(rendered))
    written = f' lang="{language}"' if language else ""
    return Markup(f'<div class="citizen"{written} dir="auto">{cleaned}</div>')


@lru_cache(maxsize=2_000)  # a text is told in several places: its page, the lists of its debate
def plain(text: str) -> str:
    """Reduce any Markdown to its words on one line, for feeds, calendars and descriptions."""
    return _words(_rendered(text))


def excerpt(text: str, length: int) -> str:
    """Give plain(text) cut at a word to `length` characters, as Jinja's truncate() would; the rest is not read."""
    rendered = _rendered(text)
    after = rendered.find("<", 3 * length)  # the start of a tag: no word is there
    words = _words(rendered[:after]) if after > 0 else ""
    if len(words) <= length + _LEEWAY:
        words = plain(text)
    return words if len(words) <= length + _LEEWAY else words[: length - 1].rsplit(" ", 1)[0] + "…"


@lru_cache(maxsize=8)  # a page says a text whole, and its first words
def _rendered(text: str) -> str:
    """Read the Markdown with < and & hidden."""
    hidden = text.replace(_LESS, "").replace(_AMPERSAND, "").replace("<", _LESS).replace("&", _AMPERSAND)
    return pyromark.html(hidden)


def _words(rendered: str) -> str:
    words = html.unescape(_TAGS.sub(" ", rendered)).replace(_LESS, "<").replace(_AMPERSAND, "&")
    line = " ".join(words.split())
    for mark in (",", ".", ")"):
        line = line.replace(f" {mark}", mark)
    return line
