"""`--help` reads well, and the shell completes what one begins to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cities import MINIMAL
from typed import run

from agora_build import cli
from agora_build.commands.help import SECTIONS, VERIFIED
from agora_build.starting.kinds import KINDS

ROOT = Path(__file__).parents[1]


def groups(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Group, click.Context]]:
    """Walk the groups of commands."""
    if isinstance(command, click.Group):
        yield context.command_path, command, context
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner
            yield from groups(inner, click.Context(inner, info_name=name, parent=context))


GROUPS = list(groups(cli.main, click.Context(cli.main, info_name="agora")))


def test_each_command_is_in_one_section() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == cli.main.list_commands(click.Context(cli.main))
    verify = {path: group for path, group, _ in GROUPS}["agora verify"]
    assert sorted(VERIFIED) == verify.list_commands(click.Context(verify))


@pytest.mark.parametrize(
    ("group", "context"), [(group, context) for _, group, context in GROUPS], ids=[g[0] for g in GROUPS]
)
def test_each_command_has_one_line_in_french(group: click.Group, context: click.Context) -> None:
    said = group.get_help(context)
    assert "..." not in said, "a line that was cut"
    assert max(map(len, said.splitlines())) <= 80
    for word in ("Usage:", "Options:", "Commands", "Show this", "Show the"):
        assert word not in said
    lines = said.splitlines()
    assert all(sum(line.strip().startswith(f"{name} ") for line in lines) == 1 for name in group.list_commands(context))


def test_sections_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    said = capsys.readouterr().out
    assert "\nÉcrire :\n  init        Créer le dossier d’une ville\n" in said
    assert [line[:-2] for line in said.splitlines() if line.endswith(" :") and not line.startswith("Option")] == [
        *SECTIONS
    ]


def test_the_readme_names_each_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    missing = [name for names in SECTIONS.values() for name in names if f"agora {name}" not in text]
    assert missing == []


def complete(tmp_path: Path, *words: str) -> list[str]:
    """Type words in a real bash and press Tab after the last; give what it proposes."""
    script = tmp_path / "agora.bash"
    done = subprocess.run([sys.executable, "-m", "agora_build", "completion", "bash"], capture_output=True, check=True)
    script.write_bytes(done.stdout)
    typed = (
        'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _agora_completion agora; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = subprocess.run(
        ["bash", "-c", typed, script, *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PATH": path},
        cwd=MINIMAL,
    )
    assert said.stderr == ""
    return said.stdout.split()


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        (("agora", "b"), ["build"]),
        (("agora", "new", "d"), ["debate", "decision"]),
        (("agora", "new", "debate", "--campaign", "les"), ["les-quais"]),
        (("agora", "new", "nope", ""), [*KINDS]),
        (("agora", "check", "--form"), ["--format"]),
        (("agora", "check", "--format", "git"), ["github", "gitlab"]),
        (("agora", "verify", "r"), ["receipt", "rules"]),
        (("agora", "schema", "ag"), ["agora.toml", "agora.json"]),
    ],
)
def test_bash_completes(words: tuple[str, ...], proposed: list[str], tmp_path: Path) -> None:
    assert complete(tmp_path, *words) == proposed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_words_and_says_where_they_go(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("completion", shell) == 0
    printed = capsys.readouterr()
    assert "_AGORA_COMPLETE" in printed.out
    assert f"agora completion {shell} >" in printed.err
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=printed.out, text=True, check=False).returncode == 0
