"""A site is inspected as a whole, then takes the place of the one before."""

from __future__ import annotations

import datetime
import errno
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built as build

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


def refusals(city: Path, output: Path) -> list[str]:
    return [problem.code for problem in build(city, output, datetime.date(2017, 1, 20)).problems]


@pytest.mark.parametrize("name", ["these.odt", ".git"])
def test_a_folder_that_no_build_made_is_never_replaced(name: str, tmp_path: Path) -> None:
    """Who types `--output ~/Documents` loses nothing; an empty folder may be used."""
    city, output = minimal_city(tmp_path), tmp_path / "Documents"
    output.mkdir()
    assert refusals(city, output) == []
    (output / name).write_text("précieux", "utf-8")
    assert refusals(city, output) == ["output-not-ours"]
    assert (output / name).read_text("utf-8") == "précieux"


@pytest.mark.parametrize("name", ["", ".", "content", "content/site", "themes/site", ".."])
def test_the_city_itself_is_never_replaced(name: str, tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    assert refusals(city, city / name) == ["output-misplaced"]
    assert (city / "agora.toml").exists()


def test_a_link_to_the_output_stays_a_link(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    (tmp_path / "www").mkdir()
    (tmp_path / "lien").symlink_to("www")
    assert refusals(city, tmp_path / "lien") == []
    assert refusals(city, tmp_path / "lien") == []
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "www/index.html").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"city", "www", "lien"}


def test_a_build_killed_in_the_middle_of_the_swap_loses_no_site(tmp_path: Path) -> None:
    """Between the two moves of a swap the last good site is beside; the next run, even a failing one, puts it back."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    assert refusals(city, output) == []
    output.rename(tmp_path / ".output.old")
    (city / "content/pages/a-propos.md").write_text("---\ntitre: x\n---\nUn texte.\n", "utf-8")
    assert "unknown-key" in refusals(city, output)
    assert (output / "index.html").exists()


def test_two_builds_at_once_give_one_whole_site(tmp_path: Path) -> None:
    """Builds into one folder publish one after the other."""
    city, output = minimal_city(tmp_path), tmp_path / "output"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: refusals(city, output), range(4))) == [[], [], [], []]
    assert {path.name for path in tmp_path.iterdir()} == {"city", "output"}
    assert (output / "index.html").exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    def full() -> Iterator[tuple[str, bytes]]:
        yield ("index.html", b"1")
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        release.write_aside(full(), tmp_path / "output")
    assert list(tmp_path.iterdir()) == []


def test_a_scheme_in_capitals_is_a_scheme() -> None:
    page = b'<a href="HTTPS://A.example/">a</a><img src="HTTPS://a.example/x.png" alt="">'
    assert codes(**{"index.html": HOME, "x.html": page}) == ["foreign-resource"]
