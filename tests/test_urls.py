"""Links between output paths, and the first words of a text: quick ways give what the slow ones give."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2.filters import do_truncate

from agora_build import urls
from agora_build.rendering import citizen

PARTS = st.sampled_from(["a", "b", "ab", "a.b", "..a", "é", "deux mots", "%41", "index.html", ".", "..", ""])
PATHS = st.lists(PARTS, min_size=1, max_size=5).map("/".join).filter(bool)
BITS = st.sampled_from([
    "mot ", "Un mot, un autre. ", "\n", "\n\n", "**fort**", "[ici](https://a.example/?b=1&c=2)", "<b>", "&eacute;",
    " ,", " .", ")", "`a < b`", "\n- un\n- deux\n", "\n> dit\n", "\t", "\u00a0", "\u202f", "\n# Titre\n", "![x](y.png)",
    "’", "&", "<", "\n```\n<p>\n```\n",
])  # fmt: skip
MARKDOWN = st.lists(BITS, max_size=150).map("".join)


@given(PATHS, PATHS)
@example("a/index.html", "index.html")
@example("a", "a/b/index.html")
@example("a/b/index.html", "a/index.html")
@example("index.html", "/index.html")
def test_a_relative_link_is_the_shortest_one(target: str, page: str) -> None:
    assert urls.relative(target, page) == quote(posixpath.relpath(target, posixpath.dirname(page) or "."))


@pytest.mark.parametrize(("page", "link"), [("a/index.html", "#c"), ("b.html", "a/index.html#c")])
def test_an_anchor_of_the_page_itself_needs_no_path(page: str, link: str) -> None:
    assert urls.relative("a/index.html#c", page) == link


@given(MARKDOWN, st.sampled_from([1, 20, 90, 220, 400]))
@example("mot " * 22 + "mots.", 90)
def test_an_excerpt_is_what_jinja_would_cut_of_the_whole_text(text: str, length: int) -> None:
    whole = citizen.plain(text)
    assert citizen.excerpt(text, length) == do_truncate(jinja2.Environment(autoescape=True), whole, length, False, "…")


@given(MARKDOWN)
def test_plain_text_has_single_spaces_and_none_before_a_comma(text: str) -> None:
    said = citizen.plain(text)
    assert said == " ".join(said.split())
    assert not any(f" {mark}" in said for mark in ",.)")
