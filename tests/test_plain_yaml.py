"""The quick reader of front matter says what the strict one says, or nothing."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agora_build.content import plain_yaml
from agora_build.content.source import split
from agora_build.content.strict_yaml import read_yaml

ROOT = Path(__file__).parent.parent
PIECES = st.sampled_from([
    "debate", "title", "date", ": ", ":", " ", "\n", "\t", "#", " #", "'", '"', "-", "- ", "[", "]", "{", "}", "&a",
    "*a",
    "!", "|", ">", "%", "@", "`", "~", "null", "no", "18:30", "2016-03-07", "0100", "é", "œuvre", "=", "<<", "---",
    "...",
    "? ", ",", "\u00a0", "\u2028", "\u0085", "\ufeff", "\x07", "http://a.b/c#d", "a\\b", "😀", '"a: b"',
])  # fmt: skip
LINES = st.builds(
    lambda key, value: f"{key}: {value}\n", st.sampled_from(["debate", "title", "a_b"]), st.text(max_size=12)
)


@settings(max_examples=3_000, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.lists(LINES, max_size=4).map("".join)))
@example("title: a\ntitle: b\n")
@example("title: a\n  b\n")
@example("title: a #b\n")
@example("title: a:\n")
@example("title: a: b\n")
@example("title: a \n")
@example("title: a\n\n")
@example("title: - a\n")
@example('title: "a: b #c"\n')
@example('title: ""\n')
@example('title: " a "\n')
@example('title: "a" b\n')
@example('title: "a\\tb"\n')
@example('title: "a\tb"\n')
def test_both_readers_agree(text: str) -> None:
    data = plain_yaml.read(text)
    if data is not None:
        reading = read_yaml(text)
        assert reading.flaws == []
        assert reading.empty == []
        assert reading.broken == []
        assert reading.data == data


def test_nearly_all_contributions_are_plain() -> None:
    files = sorted(ROOT.glob("content/campaigns/*/contributions/*.md"))
    plain = [path for path in files if plain_yaml.read(split(path.read_text("utf-8"))[0])]
    assert len(plain) >= 0.8 * len(files) > 0
