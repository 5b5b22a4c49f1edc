"""The `agora` command: what it prints, where, and its exit codes."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from cities import MINIMAL, minimal_city
from typed import run

from agora_build.build import checking


def broken(tmp_path: Path) -> str:
    city = minimal_city(tmp_path)
    (city / "content/pages/a-propos.md").write_text("---\ntitre: À propos\n---\nUn texte.\n", "utf-8")
    return str(city)


@pytest.mark.parametrize("arguments", [("check", str(MINIMAL)), ("check", "--city", str(MINIMAL))])
def test_a_good_city_gets_one_line(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 0
    assert capsys.readouterr().out == "Tout est en ordre : 1 campagne, 1 débat, 2 contributions, 1 page libre.\n"


def test_problems_go_out_and_their_count_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", broken(tmp_path)) == 1
    printed = capsys.readouterr()
    assert "content/pages/a-propos.md:2:1: erreur" in printed.out
    count, lesson = printed.err.splitlines()
    assert count == "2 problèmes dans 1 fichier ; rien n’a été écrit."
    assert lesson.endswith("agora explain missing-key")


def test_machines_get_json_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", broken(tmp_path), "--format", "json") == 1
    assert [item["code"] for item in json.loads(capsys.readouterr().out)] == ["missing-key", "unknown-key"]
    assert run("check", str(MINIMAL), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_forge_gets_annotations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", broken(tmp_path), "--format", "github") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("::error file=content/pages/a-propos.md,line=") for line in lines)


def test_messages_are_in_the_language_of_the_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = Path(broken(tmp_path))
    toml = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(toml.replace("[city]", '[city]\nlanguage = "en"', 1), "utf-8")
    assert run("check", str(city)) == 1
    assert "there is no key 'titre' here" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [("check", "--nope"), ("nope",), ("check", "--format", "xml"), ("check", "a", "b")]
)
def test_a_wrong_command_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert "--help" in capsys.readouterr().err


def test_the_command_that_was_meant_is_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("buidl") == 2
    assert "« agora build »" in capsys.readouterr().err
    assert run("inbox", "lst") == 2
    assert "« agora inbox list »" in capsys.readouterr().err


def test_a_file_that_is_none_is_named_and_a_pipe_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name, said in (
        ("nope.csv", "nope.csv » n’existe pas : vérifiez son nom"),
        ("", "» est un dossier : donnez un fichier"),
        ("pipe.csv", "pipe.csv » n’est pas un fichier ordinaire"),
    ):
        assert (
            run("import", "spreadsheet", str(tmp_path / name), "--campaign", "les-quais", "--city", str(MINIMAL)) == 2
        )
        assert said in capsys.readouterr().err


def test_our_own_bug_ends_with_3_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The screen shows one sentence and the name of the file where the rest is."""

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "check", fail)
    assert run("check", str(MINIMAL)) == 3
    said = capsys.readouterr().err
    note = Path(said.strip().rpartition(" ")[2])
    assert "Traceback" not in said
    assert "ZeroDivisionError" in note.read_text("utf-8")
    note.unlink()


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "check", stop)
    assert run("check", str(MINIMAL)) == 130


def test_one_error_and_nothing_is_written(tmp_path: Path) -> None:
    city = broken(tmp_path)
    assert run("build", "--city", city) == 1
    assert not (Path(city) / "output").exists()


@pytest.mark.parametrize("epoch", ["hier", "99999999999999999", "1e9"])
def test_an_impossible_source_date_epoch_ends_with_2(
    epoch: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run("check", str(MINIMAL)) == 2
    assert epoch in capsys.readouterr().err


def test_a_disk_that_refuses_is_told_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk is nobody's bug: one sentence, exit code 1, no details file."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "site/index.html")

    monkeypatch.setattr(checking, "check", full)
    assert run("check", str(MINIMAL)) == 1
    said = capsys.readouterr().err
    assert said == "Impossible de lire ou d’écrire « site/index.html » : il n’y a plus de place sur le disque.\n"


def test_what_a_terminal_would_obey_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither line ends of a file's name nor right-to-left overrides of a value reach the screen as such."""
    city = minimal_city(tmp_path)
    (city / "content/pages/a\nb.md").write_text("---\ntitle: x\nmenu: \u202eniam\n---\nUn texte.\n", "utf-8")
    assert run("check", str(city)) == 1
    said = capsys.readouterr().out
    assert "content/pages/a\\nb.md:3:7" in said
    assert "\\u202eniam" in said
    assert "\u202e" not in said


def test_a_pipe_among_the_files_is_refused_and_never_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = minimal_city(tmp_path)
    os.mkfifo(city / "content/pages/tuyau.md")
    assert run("check", str(city)) == 1
    assert "[unexpected-file]" in capsys.readouterr().out
