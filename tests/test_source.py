"""Text to Source: every value as typed, every place exact, every surprise of YAML refused."""

from __future__ import annotations

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora_build.content.front_matter import HANDLER, FrontMatterError
from agora_build.content.source import read_source
from agora_build.content.strict_yaml import read_yaml
from agora_build.problems import Span


def test_values_stay_what_was_typed() -> None:
    """YAML gives text: no times in seconds, no Norway, no octal post codes, no nulls."""
    read = read_yaml("a: 18:30\nb: no\nc: 01000\nd: null\ne: 1e3\nf: 2016-03-07\n")
    assert read.data == {"a": "18:30", "b": "no", "c": "01000", "d": "null", "e": "1e3", "f": "2016-03-07"}


def test_places_are_those_of_the_file() -> None:
    """The front matter starts on line 2; columns count characters, accents and astral ones too."""
    source = read_source("x.md", "---\nété: 𝄞 Où ?\nlieu:\n  noms: [là, 'ici']\n---\n".encode())
    assert source.at_key(("été",)) == Span(2, 1, 3)
    assert source.at_value(("été",)) == Span(2, 6, 6)
    assert source.at_key(("lieu", "noms")) == Span(4, 3, 4)
    assert source.at_value(("lieu", "noms", 1)) == Span(4, 14, 5)
    assert source.at_key(("lieu", "absent")) == Span(3, 1, 4)


def test_a_key_without_value_is_absent() -> None:
    source = read_source("x.md", b"---\ncloses:\ntitle: ''\n---\n")
    assert source.data == {"title": ""}
    assert source.empty == [("closes",)]


def test_the_body_is_kept_letter_for_letter() -> None:
    source = read_source("x.md", b"---\na: b\n---\n\n  deux espaces  \n\n---\nfin \n\n\n")
    assert source.body == "\n  deux espaces  \n\n---\nfin "
    assert source.body_line == 4


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_other_line_ends_are_accepted(end: bytes) -> None:
    raw = b"---\na: b\n---\nun\ndeux\n"
    assert read_source("x.md", raw.replace(b"\n", end)).body == "un\ndeux"


def test_empty_metadata_are_an_empty_mapping() -> None:
    """So that the report names the missing keys."""
    assert read_source("x.md", b"---\n---\nx\n").data == {}
    assert read_source("x.md", b"---\n# rien\n---\nx\n").data == {}
    assert read_source("x.yml", b"").data == {}


def test_everything_wrong_is_told_at_once() -> None:
    read = read_yaml("a: &x 1\nb: *x\na: 2\n<<: {c: 1}\nd: !!int 3\n")
    assert [flaw.code for flaw in read.flaws] == ["anchor", "alias", "duplicate-key", "merge-key", "tag"]
    assert read.data == {"a": "1", "b": "", "d": "3"}


@pytest.mark.parametrize("depth", [11, 5000])
def test_depth_is_bounded(depth: int) -> None:
    """A hostile file ends as a problem, never as a crash."""
    assert [flaw.code for flaw in read_yaml("a: " + "[" * depth).flaws] == ["too-deep"]


def test_ten_levels_are_fine() -> None:
    assert read_yaml("a: " + "[" * 9 + "x" + "]" * 9).flaws == []


@given(st.binary(max_size=300))
def test_any_bytes_give_a_source(raw: bytes) -> None:
    """Whatever a file holds, reading it never fails; unreadable means at least one problem."""
    for path in ("x.md", "x.yml"):
        source = read_source(path, raw)
        assert source.data is not None or source.problems


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200))
def test_what_is_written_is_read_again(text: str) -> None:
    """frontmatter.dumps with our handler, then our reading, gives the same text."""
    if any(character in text for character in "\ufeff\ufffe\uffff"):
        return
    post = frontmatter.Post("Le texte.", handler=HANDLER, titre=text, b="no", c="a\nb\n")
    source = read_source("x.md", frontmatter.dumps(post).encode())
    assert source.data == {"titre": text, "b": "no", "c": "a\nb\n"}
    assert source.body == "Le texte."


def test_front_matter_library_refuses_too() -> None:
    """`frontmatter.loads` with our handler raises instead of guessing."""
    assert frontmatter.loads("---\na: 18:30\n---\nx", handler=HANDLER)["a"] == "18:30"
    with pytest.raises(FrontMatterError, match="duplicate-key"):
        frontmatter.loads("---\na: 1\na: 2\n---\nx", handler=HANDLER)
