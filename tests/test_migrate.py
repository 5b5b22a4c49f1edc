"""`agora migrate`: each step by its files before and after, nothing lost on the way, and what the other commands say.

tests/migrations/N-to-M: before/ is laid over the small city, after/ holds all that the step changes of it.
`pytest tests/test_migrate.py --update` writes after/ anew; the difference is then reviewed.
"""

from __future__ import annotations

import datetime
import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built
from typed import run

from agora_build.content.loader import load
from agora_build.content.schema_number import CURRENT
from agora_build.migrations.steps import STEPS, migrated, numbered
from agora_build.migrations.writing import read, write

DAY = datetime.date(2017, 1, 20)
FOLDER = Path(__file__).parent / "migrations"
NUMBERS = range(CURRENT)
Tree = dict[str, bytes]


def city_before(number: int, tmp_path: Path) -> Path:
    city = minimal_city(tmp_path)
    shutil.copytree(FOLDER / f"{number}-to-{number + 1}/before", city, dirs_exist_ok=True)
    return city


def tree(folder: Path) -> Tree:
    files = (path for path in folder.rglob("*") if path.is_file() and not {".git", ".agora"} & {*path.parts})
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def with_git(city: Path) -> Path:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Avant"]):
        identity = ["-c", "user.name=Agora", "-c", "user.email=agora@villeneuve.example", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *identity, *words], cwd=city, check=True, capture_output=True)
    return city


# Steps


@pytest.mark.parametrize("number", NUMBERS)
def test_a_step_makes_of_the_files_before_those_after(
    number: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """All that is not named by a step stays letter for letter: comments, spaces, line ends."""
    city = city_before(number, tmp_path)
    before, expected = tree(city), FOLDER / f"{number}-to-{number + 1}/after"
    write(city, migrated(read(city)))
    after = tree(city)
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    if request.config.getoption("--update"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, data in changed.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_bytes(data)
    assert changed == tree(expected)
    assert sorted(before.keys() - after.keys()) == sorted(read_gone(number))
    assert [path for path in (city / "content").rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    assert not (city / ".agora/migration").exists()


def read_gone(number: int) -> list[str]:
    return (FOLDER / f"{number}-to-{number + 1}/gone.txt").read_text("utf-8").split()


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_step_gives_is_right(number: int, tmp_path: Path) -> None:
    """The files before are refused, with the remedy; those after make a site."""
    city = city_before(number, tmp_path)
    assert [problem.code for problem in load(city, DAY).problems] == ["old-schema"]
    assert [problem.code for problem in built(city, tmp_path / "site", DAY).problems] == ["old-schema"]
    assert run("migrate", "--city", str(city), "--force") == 0
    assert load(city, DAY).problems == []
    assert built(city, tmp_path / "site", DAY).problems == []


@pytest.mark.parametrize("number", NUMBERS)
def test_a_second_time_changes_nothing(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = city_before(number, tmp_path)
    run("migrate", "--city", str(city), "--force")
    once = tree(city)
    capsys.readouterr()
    assert run("migrate", "--city", str(city)) == 0
    assert capsys.readouterr().out == f"Rien à faire : les fichiers sont déjà à la version {CURRENT}.\n"
    assert tree(city) == once
    assert migrated(read(city)).nothing, "a step finds nothing to do in what it made"


def test_every_older_version_has_its_step() -> None:
    assert sorted(STEPS) == list(NUMBERS)
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{number}-to-{number + 1}" for number in NUMBERS]


# The number


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[city]\nname = "A"\n', 'schema = 1  # CONTENT\n\n[city]\nname = "A"\n'),
        ("# Ma ville\n\n# Son nom\n[city]\n", "# Ma ville\n\nschema = 1  # CONTENT\n\n# Son nom\n[city]\n"),
        ("# Ma ville\n[city]\n", "# Ma ville\nschema = 1  # CONTENT\n\n[city]\n"),
        ("# Ma ville\r\n\r\n[city]\r\n", "# Ma ville\r\n\r\nschema = 1  # CONTENT\r\n\r\n[city]\r\n"),
        ("\ufeff[city]\n", "\ufeffschema = 1  # CONTENT\n\n[city]\n"),
        ("schema   =   0 # à moi\n[city]\n", "schema   =   1 # à moi\n[city]\n"),
        ("schema = 1\n[city]\n", "schema = 1\n[city]\n"),
        ("", "schema = 1  # CONTENT\n\n"),
    ],
)
def test_the_number_is_written_where_it_belongs(before: str, after: str) -> None:
    comment = "version des fichiers de la ville ; « agora migrate » la change"
    assert numbered(before, 1) == after.replace("CONTENT", comment)


def test_a_city_of_today_without_a_number_is_right_and_gets_one(tmp_path: Path) -> None:
    city = with_git(minimal_city(tmp_path))
    assert run("check", str(city)) == 0
    assert run("migrate", "--city", str(city)) == 0
    assert (city / "agora.toml").read_text("utf-8").startswith("schema = 1  # ")
    assert run("check", str(city)) == 0


def test_the_page_is_found_in_the_language_of_the_city(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    config = city / "agora.toml"
    config.write_text(config.read_text("utf-8").replace("[city]", '[city]\nlanguage = "en"', 1), "utf-8")
    (city / "content/pages/accessibilite.md").write_text("---\ntitle: In French\n---\nA page like others.\n", "utf-8")
    assert load(city, DAY).problems == []
    (city / "content/pages/accessibility.md").write_text("---\ntitle: Accessibility\n---\nWords.\n", "utf-8")
    assert [problem.code for problem in load(city, DAY).problems] == ["old-schema"]
    write(city, migrated(read(city)))
    assert load(city, DAY).problems == []
    assert (city / "content/pages/accessibility-statement.md").read_text("utf-8").endswith("Words.\n")


# Nothing is lost


def test_a_dry_run_shows_what_would_change_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = city_before(0, tmp_path)
    before = tree(city)
    assert run("migrate", "--city", str(city), "--dry-run") == 0
    said = capsys.readouterr().out
    assert tree(city) == before
    assert "+schema = 1  # version" in said
    assert (
        '-image   =   "content/podcast/agora.png"   # carrée\n+image   =   "content/radio/agora.png"   # carrée' in said
    )
    assert "renommer content/pages/accessibilite.md\n      en content/pages/declaration-accessibilite.md" in said
    assert "Rien n’a été écrit." in said


def test_what_git_does_not_keep_yet_is_not_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = city_before(0, tmp_path)
    assert run("migrate", "--city", str(city)) == 1
    assert "n’est pas dans un dépôt git" in capsys.readouterr().err
    with_git(city)
    page = city / "content/pages/a-propos.md"
    page.write_bytes(page.read_bytes() + b"Un mot de plus.\r\n")
    before = tree(city)
    assert run("migrate", "--city", str(city)) == 1
    assert "content/pages/a-propos.md" in capsys.readouterr().err
    assert tree(city) == before
    with_git_commit = ["git", "-c", "user.name=A", "-c", "user.email=a@villeneuve.example", "commit", "-qam", "Mot"]
    subprocess.run(with_git_commit, cwd=city, check=True, capture_output=True)
    assert run("migrate", "--city", str(city)) == 0
    assert "reportez-y ce qui doit l’être" in capsys.readouterr().out
    assert page.read_bytes().endswith(b"Un mot de plus.\r\n")


def test_a_name_that_is_taken_stops_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = city_before(0, tmp_path)
    (city / "content/radio").mkdir()
    (city / "content/radio/agora.png").write_bytes(b"another")
    before = tree(city)
    assert run("migrate", "--city", str(city), "--force") == 1
    assert "content/podcast/agora.png doit devenir content/radio/agora.png" in capsys.readouterr().err
    assert tree(city) == before


def failing(real: Callable[..., object], after: int) -> Callable[..., object]:
    """Let a call do its work some times, then find the disk full, once."""
    left = iter([*[False] * after, True])

    def called(*arguments: object, **options: object) -> object:
        if next(left, False):
            raise OSError(errno.ENOSPC, "No space left on device", "content")
        return real(*arguments, **options)

    return called


@pytest.mark.parametrize("name", ["replace", "rename", "open", "mkdir"])
def test_a_disk_that_fails_on_the_way_leaves_everything_as_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = city_before(0, tmp_path)
    before, migration = tree(city), migrated(read(city))
    for after in range(60):
        with monkeypatch.context() as patched:
            patched.setattr(Path, name, failing(getattr(Path, name), after))
            try:
                write(city, migration)
            except OSError:
                assert tree(city) == before
                assert not (city / "content/radio").exists()
            else:
                break
    assert after > 0, f"nothing called {name}"
    assert tree(city) != before


KILLED = """
import os, pathlib, sys
from agora_build.migrations.steps import migrated
from agora_build.migrations.writing import read, write

left = iter(range(int(sys.argv[2])))
def until_killed(real):
    def called(*arguments):
        if next(left, None) is None:
            os._exit(9)
        return real(*arguments)
    return called

for name in ("replace", "rename"):
    setattr(pathlib.Path, name, until_killed(getattr(pathlib.Path, name)))
city = pathlib.Path(sys.argv[1])
write(city, migrated(read(city)))
"""


def test_a_migration_that_was_killed_ends_when_it_is_called_again(tmp_path: Path) -> None:
    """Wherever it was stopped, `agora check` asks for it again, and the same files come out."""
    whole = city_before(0, tmp_path / "whole")
    write(whole, migrated(read(whole)))
    for steps in range(8):
        city = city_before(0, tmp_path / str(steps))
        done = subprocess.run([sys.executable, "-c", KILLED, str(city), str(steps)], check=False)
        if done.returncode == 0:
            break
        assert [problem.code for problem in load(city, DAY).problems] == ["old-schema"], steps
        write(city, migrated(read(city)))
        assert tree(city) == tree(whole), steps
    assert steps == 7, "four texts and three moves"


@pytest.mark.parametrize("settings", ["schema = 2\n", "[city\n"])
def test_what_is_newer_or_cannot_be_read_is_left_alone(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = minimal_city(tmp_path)
    config = city / "agora.toml"
    config.write_text(settings + config.read_text("utf-8"), "utf-8")
    before = tree(city)
    assert run("migrate", "--city", str(city), "--force") == 1
    assert capsys.readouterr().out.startswith("agora.toml:1:")
    assert tree(city) == before
