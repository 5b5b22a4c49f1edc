"""A check that reads again only what changed says what one that reads everything says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cities import minimal_city
from test_incremental import Editor, _put_back, city_of

from agora_build.build import checking, reading
from agora_build.build.checking import Checked, check
from agora_build.content.loader import load
from agora_build.problems import in_order
from agora_build.rendering.palette import unreadable

QUAIS = "content/campaigns/les-quais"
BASE = Path(__file__).parents[1] / "themes/agora/static/css/agora.css"
VOICE = f"{QUAIS}/contributions/20160312-k7m2q9xw.md"


def from_nothing(city: Path, editor: Editor) -> Checked:
    """Check a city as one that was never seen."""
    loaded = load(city, editor.day)
    theme = "ville" if (city / "themes/ville").exists() else ""
    problems = in_order([*loaded.problems, *unreadable(city, theme)])
    if loaded.site is None or problems:
        return Checked(problems, {})
    microsites = loaded.site.microsites
    counts = {
        "campaign": len(microsites),
        "debates": sum(len(item.debates) for item in microsites),
        "contributions": sum(len(item.contributions) for item in loaded.threads.values()),
        "pages": len(loaded.site.pages),
    }
    return Checked([], counts)


@pytest.mark.parametrize(
    ("seed", "edits"), [(5, 25), *(pytest.param(seed, 300, marks=pytest.mark.soak) for seed in (1, 2, 3))]
)
def test_after_any_edit_the_problems_are_those_of_the_whole_city(
    seed: int, edits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = city_of(tmp_path)
    editor = Editor(city, seed)
    time.sleep(0.03)
    wholly: list[str] = []
    whole_city = checking._whole
    monkeypatch.setattr(checking, "_whole", lambda *seen: (wholly.append(""), whole_city(*seen))[1])
    assert check(str(city), editor.day).problems == []
    for number in range(edits):
        keep = {path: path.read_bytes() for path in city.rglob("*") if path.is_file() and ".agora" not in path.parts}
        day = editor.day
        said = f"edit {number} of seed {seed}: {editor.step()}"
        found, whole = check(str(city), editor.day), from_nothing(city, editor)
        assert found.problems == whole.problems, said
        assert {name: count for name, count in found.counts.items() if count} == {
            name: count for name, count in whole.counts.items() if count
        }, said
        if found.problems:
            _put_back(city, keep)
            editor.day = day
    assert len(wholly) < edits * 0.8, "some edits are checked alone"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a city that was found right; to read it whole once more would fail."""
    city = minimal_city(tmp_path)
    time.sleep(0.03)  # what was written just now could be written again at the same date: it would be read again
    assert check(str(city), None).problems == []

    def whole(*_: object) -> None:
        pytest.fail("the whole city was read again")

    monkeypatch.setattr(checking, "_whole", whole)
    return city


def test_one_file_that_changed_is_read_alone(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (city / VOICE).read_text("utf-8")
    (city / VOICE).write_text(f"{text}Et des bancs.\n", "utf-8")
    read: list[str] = []
    row_of = reading.row_of
    monkeypatch.setattr(reading, "row_of", lambda document: (read.append(document.path), row_of(document))[1])
    assert check(str(city), None).problems == []
    assert read == [VOICE]


def test_a_mistake_in_one_file_is_told_without_reading_the_others(city: Path) -> None:
    """And told again, until it is mended."""
    text = (city / VOICE).read_text("utf-8")
    (city / VOICE).write_text(text.replace("voice: ", "voix: ", 1), "utf-8")
    for _ in range(2):
        problems = check(str(city), None).problems
        assert [(problem.code, problem.path) for problem in problems] == [
            ("missing-key", VOICE),
            ("unknown-key", VOICE),
        ]
    (city / VOICE).write_text(text, "utf-8")
    assert check(str(city), None).problems == []
    assert check(str(city), None).counts["contributions"] == 2


def test_a_cache_that_is_damaged_is_as_good_as_none(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    assert check(str(city), None).problems == []
    for path in (city / ".agora/check").iterdir():
        path.write_bytes(b"\x00" * 40)
    assert check(str(city), None).counts["contributions"] == 2


def test_what_others_rely_on_is_checked_against_them(tmp_path: Path) -> None:
    """A debate loses a theme: the contribution that has it is told, though it did not change."""
    city = minimal_city(tmp_path)
    time.sleep(0.03)
    assert check(str(city), None).problems == []
    debate = city / QUAIS / "debates/usages.md"
    debate.write_text(debate.read_text("utf-8").replace("id: jeux", "id: jouer", 1), "utf-8")
    problems = check(str(city), None).problems
    assert {problem.code for problem in problems} == {"unknown-theme"}
    assert VOICE in {problem.path for problem in problems}


def test_a_theme_that_changes_is_looked_at(tmp_path: Path) -> None:
    city = city_of(tmp_path)
    time.sleep(0.03)
    assert check(str(city), None).problems == []
    style = city / "themes/ville/static/css/agora.css"
    style.write_text(f"{BASE.read_text('utf-8')}\n.accent-parc {{ --accent: #fff1a8; }}\n", "utf-8")
    assert "low-contrast" in {problem.code for problem in check(str(city), None).problems}
