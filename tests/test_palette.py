"""The accents of the theme in force are read by day and by night, or the build says where they are not, and why."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner
from sites import built

from agora_build.cli import main
from agora_build.problems import Problem, as_text, in_order, wording
from agora_build.rendering.colours import READABLE, contrast, readable
from agora_build.rendering.palette import unreadable
from agora_build.rendering.theme import base_theme

BASE = base_theme() / "static" / "css" / "agora.css"
SHEET = "themes/ville/static/css/agora.css"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city whose own theme copies the one stylesheet, to change it."""
    folder = minimal_city(tmp_path)
    settings = folder / "agora.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[publication]\n", '[publication]\ntheme = "ville"\n', 1), "utf-8")
    paint(folder)
    return folder


def paint(city: Path, old: str = "", new: str = "", name: str = SHEET) -> None:
    sheet = city / name
    sheet.parent.mkdir(parents=True, exist_ok=True)
    css = BASE.read_text("utf-8")
    assert old in css
    sheet.write_text(css.replace(old, new, 1), "utf-8")


def add(city: Path, css: str) -> None:
    """Give the theme a stylesheet of its own, beside those of Agora."""
    (city / SHEET).unlink()
    (city / SHEET).with_name("ville.css").write_text(css, "utf-8")


def found(city: Path) -> list[Problem]:
    return in_order(list(unreadable(city, "ville")))


def test_the_accents_of_agora_are_read(tmp_path: Path, city: Path) -> None:
    assert list(unreadable(tmp_path, "agora")) == []
    assert found(city) == []


def test_a_city_is_told_where_its_colour_is_not_read_and_which_would_be(city: Path) -> None:
    paint(city, "--accent: #0a5a8c", "--accent: #5fa8d3")
    line = BASE.read_text("utf-8").splitlines().index(".accent-seine { --accent: #0a5a8c; --fill: #0a5a8c; }") + 1
    run = CliRunner().invoke(main, ["check", str(city)])
    assert run.exit_code == 1
    assert run.output.startswith(
        f"{SHEET}:{line}:17: erreur\N{NO-BREAK SPACE}: « .accent-seine » : --accent (#5fa8d3) et --soft (#f3f4f1) "
        "ont un contraste de 2,36 ; il en faut 4,5 pour lire [low-contrast]\n"
        "  |\n  | .accent-seine { --accent: #5fa8d3; --fill: #0a5a8c; }\n"
    ), run.output
    assert "écrivez par exemple « --accent: #" in run.output
    near = run.output.partition("« --accent: ")[2][:7]
    paint(city, "--accent: #0a5a8c", f"--accent: {near}")
    assert found(city) == []


def test_a_site_is_not_built_with_a_colour_that_is_not_read(city: Path, tmp_path: Path) -> None:
    """Neither the first time, nor when the stylesheet alone has changed; the site before it stays."""
    output = tmp_path / "output"
    assert built(city, output).problems == []
    paint(city, "--fill: #256537; }", "--fill: #8fd6a3; }")
    assert [problem.code for problem in built(city, output).problems] == ["low-contrast"]
    assert "#8fd6a3" not in (output / "assets/css/agora.css").read_text("utf-8")
    paint(city)
    assert built(city, output).problems == []


@pytest.mark.parametrize(
    ("css", "told"),
    [
        (".accent-parc { --accent: #0b3d1a }", [("low-contrast-dark", ".accent-parc")]),
        ("@media screen and (prefers-color-scheme: dark) { .accent-parc { --accent: #333 } }",
         [("low-contrast-dark", ".accent-parc")]),
        ("@media (prefers-color-scheme: light) { .accent-parc { --accent: #eee } }",
         [("low-contrast", ".accent-parc")]),
        ("@media (min-width: 30em) { .accent-parc { --fill: #ffd400 } }",
         [("low-contrast", ".accent-parc"), ("low-contrast-dark", ".accent-parc")]),
        ("html.accent-parc, .other { --accent: light-dark(#256537, #222) }", [("low-contrast-dark", ".accent-parc")]),
        (":root { --brand: #ddd } .accent-parc { --fill: var(--brand) }",
         [("low-contrast", ".accent-parc"), ("low-contrast-dark", ".accent-parc")]),
        (".accent-parc { --accent: oklch(60% 0.1 140) }", [("unknown-colour", "")]),
        (".accent-parc { --accent: var(--accent) }", [("unknown-colour", "")]),
        ("/* .accent-parc { --accent: #fff } */ a::after { content: '} .accent-parc { --accent: #fff'; }", []),
        ("@media print { .accent-parc { --accent: #fff } }", []),
        (".accent-parc .card { --accent: #fff }", []),
        (".accent-parc { --accent: #256537", [("low-contrast-dark", ".accent-parc")]),
        ("}}}{{{ --accent: #fff; @media", []),
    ],
)  # fmt: skip
def test_what_counts_is_what_a_browser_would_show(city: Path, css: str, told: list[tuple[str, str]]) -> None:
    """Rules that come later, by day, by night, on paper, in comments, through other properties."""
    add(city, css)
    problems = found(city)
    assert [(problem.code, problem.values.get("place", "")) for problem in problems] == told
    assert {problem.path for problem in problems} <= {"themes/ville/static/css/ville.css"}


def test_the_background_that_a_city_changed_is_the_place_of_the_problem(city: Path) -> None:
    """The accents are Agora's, the paper is the city's: that is where to look."""
    add(city, "a { color: red }\n:root { --paper: #999; }")
    problems = [problem for problem in found(city) if problem.code == "low-contrast"]
    assert {(problem.path, problem.span.line, problem.span.column) for problem in problems} == {
        ("themes/ville/static/css/ville.css", 2, 9)
    }
    assert {problem.values["other"] for problem in problems} == {"--paper"}
    assert "en mode sombre" in as_text(found(city)[-1], wording("fr"))


def test_the_shade_that_is_proposed_is_read() -> None:
    chance = random.Random(7)  # noqa: S311 - colours to try, no secret
    drawn = [f"#{chance.randrange(1 << 24):06x}" for _ in range(200)]
    for colour, behind in itertools.pairwise(drawn):
        near = readable(colour, [behind])
        assert contrast(near, behind) >= READABLE, (colour, behind)
    assert readable("#777777", ["#ffffff", "#777777", "#000000"]) == ""
