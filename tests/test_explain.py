"""Every code has its lesson, in each language, the remedy first; each example is a mistake and what mends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cities import minimal_city
from test_problems import INVALID, TODAY, city_of
from typed import run

from agora_build.content.loader import load
from agora_build.explanation import Example, codes, examples, explained, listed, themes
from agora_build.problems import wording

EXAMPLES = examples()
# A remedy opens with what to do: « écrivez », « n’ouvrez pas », « vouliez-vous dire », « dans l’éditeur, enregistrez ».
DOES = re.compile(r"(dans [^,:;]+, )?(ne |n’)?(l’)?\w*(ez|tes)\b")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_is_explained(language: str) -> None:
    words = wording(language)
    for code in codes(words):
        lesson = explained(code, words)
        assert lesson.startswith(f"{code} — ")
        assert words.texts[code]["why"].endswith("."), code
        assert lesson.index(words.label("fix")) < lesson.index(words.label("why")), "the remedy comes first"


def test_every_remedy_begins_with_what_to_do() -> None:
    words = wording("fr")
    for code in codes(words):
        for name in ("hint", "hint-near"):
            hint = words.texts[code].get(name, "écrivez")
            assert DOES.match(hint), f"{code}.{name}: {hint}"


def test_every_code_has_its_theme() -> None:
    """The list shows each code once, below the title of its theme, as many titles in each language."""
    french, english = (themes(wording(language)) for language in ("fr", "en"))
    assert list(french.values()) == list(english.values())
    assert sum(len(members) for members in french.values()) == len(codes(wording("fr")))
    assert "" not in french
    text = listed(wording("fr"))
    assert [code for code in codes(wording("fr")) if f"  {code} " not in text] == []


def mended(city: Path, code: str, example: Example) -> None:
    """Write in a city what the example says to write, in place of what it says not to."""
    campaign = city / "content/campaigns/les-quais"
    if not example.file:
        (campaign / example.wrong).rename(campaign / example.right)
        return
    path = city / example.file
    text = f"\n{path.read_text('utf-8')}"
    assert f"\n{example.wrong}\n" in text, code
    path.write_text(
        text.replace(f"\n{example.wrong}\n", f"\n{example.right}\n" if example.right else "\n", 1)[1:], "utf-8"
    )


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_is_the_mistake_and_its_correction(code: str, tmp_path: Path) -> None:
    """What not to write gives this very code (its case says so); what to write instead mends it."""
    before = (INVALID / code / "expected.txt").read_text("utf-8").count(f" [{code}]\n")
    city = city_of(code, tmp_path)
    mended(city, code, EXAMPLES[code])
    assert sum(problem.code == code for problem in load(city, TODAY).problems) < before


def test_a_code_is_explained_as_it_is_copied(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "[BAD-DATE]") == 0
    lesson = capsys.readouterr().out
    assert lesson.startswith("bad-date — ")
    assert "À ne pas écrire (content/campaigns/les-quais/campaign.md)\n  opens: 2016-13-45\n" in lesson
    assert lesson.endswith("À écrire\n  opens: 2016-03-07\n")


def test_a_code_that_does_not_exist_may_be_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "bad-dates") == 2
    assert "Vouliez-vous dire « bad-date » ?" in capsys.readouterr().err


def test_lessons_speak_the_language_of_the_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = minimal_city(tmp_path)
    config = city / "agora.toml"
    config.write_text(config.read_text("utf-8").replace("[city]\n", '[city]\nlanguage = "en"\n', 1), "utf-8")
    assert run("explain", "bad-date", "--city", str(city)) == 0
    assert "\nWhat to do\n  write year, month and day" in capsys.readouterr().out


def test_a_report_says_how_to_learn_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(city_of("bad-date", tmp_path))) == 1
    assert capsys.readouterr().err.endswith("Pour comprendre un message : agora explain bad-date\n")
