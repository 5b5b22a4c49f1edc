"""Every problem a city's files can have: one folder of tests/invalid a case, its report in expected.txt.

A case is a small city with the files of city/ laid over it and the steps of also.txt done (remove, fill, link).
`pytest tests/test_problems.py --update` writes the reports anew; the difference is then reviewed.
"""

from __future__ import annotations

import ast
import datetime
import json
import re
import shutil
import string
import tomllib
from pathlib import Path

import pytest
from cities import minimal_city

from agora_build.content.loader import load
from agora_build.problems import MESSAGES, Problem, Span, as_github, as_json, as_text, wording

INVALID = Path(__file__).parent / "invalid"
CASES = sorted(path.name for path in INVALID.iterdir())
PACKAGE = Path(__file__).parents[1] / "agora_build"
TODAY = datetime.date(2017, 1, 20)
# Said of the built site, not of a city's files: tests of the build prove these.
OF_THE_BUILD = {
    "no-home-page",
    "repeated-anchor",
    "foreign-resource",
    "broken-link",
    "broken-anchor",
    "duplicate-output",
    "output-misplaced",
    "output-not-ours",
}
# Said of files that stay out of the repository: tests of the import of paper prove these.
ENTERED = {
    "table-suffix", "table-empty", "table-quotes", "table-not-text", "table-formula", "table-too-long", "table-not-ods",
    "table-bomb", "table-needs-odf", "contact-column", "unknown-column", "repeated-column", "missing-column",
    "two-batches", "two-entries", "no-batch-named", "no-such-batch", "other-batch", "same-entry", "no-sheet-number",
    "sheet-twice", "sheets-beyond", "blank-with-text", "not-differences", "differences-changed", "differences-turned",
    "bad-point", "refusal-reason", "reason-without-refusal", "sheet-published",
}  # fmt: skip
# Said of the colours of a theme: tests of the palette prove these.
OF_THE_THEME = {"low-contrast", "low-contrast-dark", "unknown-colour"}
GUARDS = "guard-"  # said of a branch: tests of the guard prove these
IMPORTS = "import-"  # said of a file that is imported: tests of imports prove these
EXCHANGES = "exchange-"  # said of an export that is taken back: tests of the exchange prove these
CALLS = {"problem", "at_value", "at_key", "at_text", "refuse", "_flaw", "Flaw", "Problem", "_refuse"}
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")


def catalogue(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((MESSAGES / f"{language}.toml").read_text("utf-8"))


def city_of(case: str, tmp_path: Path) -> Path:
    """Lay a case over the small city."""
    city = minimal_city(tmp_path)
    if (INVALID / case / "city").exists():
        shutil.copytree(INVALID / case / "city", city, dirs_exist_ok=True)
    also = INVALID / case / "also.txt"
    for line in also.read_text("utf-8").splitlines() if also.exists() else ():
        step, name, *rest = line.split()
        path = city / name
        if step == "remove":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif step == "fill":
            with path.open("ab") as file:
                file.truncate(int(rest[0]))
        elif step == "link":
            path.symlink_to(rest[0])
        elif step == "name":
            path.rename(path.parent / " ".join(rest))
    return city


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_gets_its_report(case: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The report says where, what and how to mend it; it says nothing else, and no site comes out."""
    loaded = load(city_of(case, tmp_path), TODAY)
    words = wording("fr")
    report = "".join(f"{as_text(problem, words)}\n\n" for problem in loaded.problems).rstrip("\n") + "\n"
    expected = INVALID / case / "expected.txt"
    if request.config.getoption("--update"):
        expected.write_text(report, "utf-8")
    assert report == expected.read_text("utf-8")
    assert loaded.site is None
    assert any(case.startswith(problem.code) for problem in loaded.problems), "a case is named after its code"


def test_every_code_has_a_case() -> None:
    proven = set(
        re.findall(
            r" \[([a-z0-9-]+)\]$",
            "".join((INVALID / case / "expected.txt").read_text("utf-8") for case in CASES),
            re.MULTILINE,
        )
    )
    told = {code for code in catalogue("fr") if not code.startswith((GUARDS, IMPORTS, EXCHANGES))}
    assert told - {"report"} - OF_THE_BUILD - OF_THE_THEME - ENTERED - proven == set()


def test_languages_say_the_same_things() -> None:
    """French and English have the same codes, texts and placeholders."""
    french, english = catalogue("fr"), catalogue("en")
    assert list(french) == list(english)
    for code, texts in french.items():
        assert list(texts) == list(english[code]), code
        for name, text in texts.items():
            assert placeholders(text) == placeholders(english[code][name]), f"{code}.{name}"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_of_the_source_has_words() -> None:
    """No report can fail for want of a message: codes given to a problem are in the catalogue."""
    known = set(catalogue("fr"))
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and name_of(node) in CALLS:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and CODE.fullmatch(str(argument.value)):
                        assert argument.value in known, f"{path.name}:{node.lineno}"


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("case", CASES)
def test_messages_can_be_said_in_english(case: str, tmp_path: Path) -> None:
    words = wording("en")
    for problem in load(city_of(case, tmp_path), TODAY).problems:
        assert "{" not in words.message(problem)
        assert words.hint(problem)


def test_a_forge_shows_the_problem_on_its_line() -> None:
    """Commas, colons and line ends of the values cannot break the annotation."""
    problem = Problem(
        "content/a,b.md", Span(3, 8, 10), "bad-date", {"key": "opens", "value": "1,2\n::error::x", "near": ""}
    )
    line = as_github(problem, wording("en"))
    assert line.startswith("::error file=content/a%2Cb.md,line=3,col=8,endColumn=18,title=bad-date::'opens'")
    assert "\n" not in line


def test_a_machine_reads_the_problems() -> None:
    problem = Problem("agora.toml", Span(3, 8, 10), "bad-date", {"key": "opens", "value": "x", "near": ""})
    (read,) = json.loads(as_json([problem], wording("en")))
    assert (read["path"], read["line"], read["column"], read["length"]) == ("agora.toml", 3, 8, 10)
    assert read["code"] == "bad-date"


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """A file that cannot be read hides no problem of another, and still counts as there for those who name it."""
    city = minimal_city(tmp_path)
    quais = city / "content/campaigns/les-quais"
    (quais / "debates/usages.md").write_text("---\ntitle: [\n---\n", "utf-8")
    workshop = (quais / "workshops/atelier.md").read_text("utf-8")
    (quais / "workshops/atelier.md").write_text(
        workshop.replace("18:30", "18h30").replace("attendance: 31\n", ""), "utf-8"
    )
    codes = [problem.code for problem in load(city, TODAY).problems]
    assert codes == ["yaml-bracket", "status-needs", "bad-time"]
