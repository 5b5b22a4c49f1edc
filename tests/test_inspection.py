"""A site is inspected as a whole before it is published: what is broken in it is named, and nothing changes."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

from agora_build.build.inspection import facts

DAY = datetime.date(2017, 1, 20)


def codes(tmp_path: Path, page: str) -> list[str]:
    """Build a small city whose page « 404 » is the given one; give the codes of what is found."""
    city = minimal_city(tmp_path)
    config = city / "agora.toml"
    text = config.read_text("utf-8").replace("demonstration = true", 'demonstration = true\ntheme = "ville"')
    config.write_text(text, "utf-8")
    template = city / "themes/ville/templates/404.html"
    template.parent.mkdir(parents=True)
    template.write_text(page, "utf-8")
    return sorted({problem.code for problem in built(city, tmp_path / "output", DAY).problems})


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ('<a href="gone.html">x</a>', "broken-link"),
        ('<a href="agenda/index.html#hier">x</a>', "broken-anchor"),
        ('<p id="a">x</p><p id="a">y</p>', "repeated-anchor"),
        ('<script src="https://cdn.example/x.js"></script>', "foreign-resource"),
        ('<img src="//cdn.example/x.png" alt="">', "foreign-resource"),
        ('<img src="HTTPS://cdn.example/x.png" alt="">', "foreign-resource"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "foreign-resource"),
        ('<img alt=""\n src="gone.png">', "broken-link"),
    ],
)
def test_what_is_broken_is_named_and_nothing_is_published(page: str, code: str, tmp_path: Path) -> None:
    assert codes(tmp_path, page) == [code]
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://ailleurs.example/">x</a><a href="mailto:a@b.example">y</a><a href="agenda/index.html">z</a>',
        '<link rel="canonical" href="https://a.example/"><link rel="alternate" href="https://a.example/f.atom">',
        '<p>Il écrit : id="content" href="gone.html" src="https://x.example/"</p>',
        '<p id="x">x</p><a href="#x">x</a><a href="">moi</a>',
    ],
)
def test_what_is_right_is_published(page: str, tmp_path: Path) -> None:
    assert codes(tmp_path, page) == []


def test_links_are_told_from_the_site_s_root() -> None:
    page = b'<a href="../../agenda/index.html#demain">x</a><a href="b.html">x</a><a href="../c%20d.html">x</a>'
    found, problems = facts("a/b/index.html", page)
    assert problems == []
    assert found.wants == ("agenda/index.html#demain", "a/b/b.html", "a/c d.html")
