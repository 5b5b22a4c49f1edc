"""Turns a question into a right answer: on a terminal, it is asked until the checks find nothing wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import click

from agora_build.problems import Problem, wording

Checks = Callable[[str], Iterable[Problem]]


def on_terminal() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty()


def ask(label: str, checks: Checks, *, default: str = "", optional: bool = False, language: str = "fr") -> str:
    """Ask until the answer is right; '' when it may be left out, and was."""
    label += " — facultatif, Entrée pour passer" if optional and not default else ""
    proposed = default or ("" if optional else None)
    while True:
        value = str(click.prompt(label, default=proposed, show_default=bool(default), prompt_suffix=" : ")).strip()
        problems = [*checks(value)] if value else []
        if not problems and (value or optional):
            return value
        say(problems, language)


def is_wanted(label: str) -> bool:
    """Ask for yes or no, which is no when one only types Enter."""
    while True:
        value = str(click.prompt(f"{label} (oui ou non)", default="non", prompt_suffix=" : ")).strip().lower()
        if value in ("o", "oui", "n", "non"):
            return value.startswith("o")


def say(problems: Iterable[Problem], language: str = "fr") -> None:
    """Say what is wrong with an answer as the checks of a file would, without a place: there is no file yet."""
    words = wording(language)
    for problem in problems:
        click.echo(f"  {words.message(problem)}\n  = {words.label('hint')}{words.hint(problem)}", err=True)
