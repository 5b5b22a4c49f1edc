"""A site is inspected as a whole, then takes the place of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora_build.build import release
from agora_build.build.inspection import inspect

HOME = b'<a href="agenda/index.html#demain">x</a><img src="a.svg" alt="">'
AGENDA = b'<h2 id="demain">Demain</h2><a href="https://ailleurs.example/">ailleurs</a>'


def codes(**changed: bytes) -> list[str]:
    """Inspect a small good site with some files changed; give the codes of what is found."""
    files = {"index.html": HOME, "agenda/index.html": AGENDA, "a.svg": b"<svg/>"}
    return [
        problem.code for problem in inspect(files | {name.replace("__", "/"): text for name, text in changed.items()})
    ]


def test_a_whole_site_has_no_problem() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b'<a href="gone.html">x</a>', "broken-link"),
        (b'<a href="agenda/index.html#hier">x</a>', "broken-anchor"),
        (b'<p id="a">x</p><p id="a">y</p>', "repeated-anchor"),
        (b'<script src="https://cdn.example/x.js"></script>', "foreign-resource"),
        (b'<img src="//cdn.example/x.png" alt="">', "foreign-resource"),
        (b'<link rel="stylesheet" href="https://cdn.example/x.css">', "foreign-resource"),
    ],
)
def test_what_is_broken_is_named(page: bytes, code: str) -> None:
    assert codes(**{"index.html": HOME, "x.html": page}) == [code]


def test_canonical_and_feed_addresses_are_not_resources() -> None:
    page = b'<link rel="canonical" href="https://a.example/"><link rel="alternate" href="https://a.example/f.atom">'
    assert codes(**{"x.html": page}) == []


def test_a_site_without_home_is_refused() -> None:
    assert [problem.code for problem in inspect({"a.html": b""})] == ["no-home-page"]


def test_the_new_site_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    output = tmp_path / "output"
    release.swap(release.write_aside([("index.html", b"1"), ("old/a.html", b"1")], output), output)
    release.swap(release.write_aside([("index.html", b"2")], output), output)
    assert (output / "index.html").read_bytes() == b"2"
    assert [path.name for path in tmp_path.iterdir()] == ["output"]
    assert not (output / "old").exists()


def test_a_build_that_dies_while_writing_leaves_the_old_site(tmp_path: Path) -> None:
    output = tmp_path / "output"
    release.swap(release.write_aside([("index.html", b"1")], output), output)

    def dying() -> object:
        yield ("index.html", b"2")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release.write_aside(dying(), output)  # type: ignore[arg-type]
    assert (output / "index.html").read_bytes() == b"1"
    release.swap(release.write_aside([("index.html", b"3")], output), output)
    assert (output / "index.html").read_bytes() == b"3"
