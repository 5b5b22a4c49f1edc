"""Turns citizens' CommonMark into safe HTML, letter for letter: no HTML, no pictures, no credit for links."""

from __future__ import annotations

import html
import re

import nh3
import pyromark
from markupsafe import Markup

# Noncharacters stand for < and & while the Markdown is read, so that neither HTML nor entities exist in it.
_LESS, _AMPERSAND = "\ufdd0", "\ufdd1"
_HIDE = str.maketrans({"<": _LESS, "&": _AMPERSAND})
_SHOW = str.maketrans({_LESS: "&lt;", _AMPERSAND: "&amp;"})
_IN_LINKS = {"%EF%B7%90": "%3C", "%EF%B7%91": "&amp;"}
_DEAD_LINK = re.compile(r'<a rel="[^"]*">(.*?)</a>', re.DOTALL)
_HEADINGS = re.compile(r"<(/?)h[1-6]>")
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="nofollow ugc noopener noreferrer",
    clean_content_tags={"script", "style"},
)


def fragment(text: str) -> Markup:
    """Render what a person wrote, in a block that isolates its writing direction."""
    rendered = pyromark.html(text.replace(_LESS, "").replace(_AMPERSAND, "").translate(_HIDE))
    for encoded, shown in _IN_LINKS.items():
        rendered = rendered.replace(encoded, shown)
    rendered = _HEADINGS.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", rendered)
    cleaned = _DEAD_LINK.sub(r"\1", _CLEANER.clean(rendered.translate(_SHOW)))
    return Markup(f'<div class="citizen" dir="auto">{cleaned}</div>')


def plain(text: str) -> str:
    """Reduce any Markdown to its words on one line, for feeds, calendars and descriptions."""
    rendered = pyromark.html(text.replace(_LESS, "").replace(_AMPERSAND, "").translate(_HIDE))
    words = html.unescape(re.sub(r"<[^>]*>", " ", rendered))
    words = words.replace(_LESS, "<").replace(_AMPERSAND, "&")
    return re.sub(r"\s+([,.)])", r"\1", " ".join(words.split()))
