"""Turns what a verification compared and found into a verdict: sentences for a citizen, JSON for a machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import click

from agora_build.problems import printable
from agora_build.record import Record, asdict

Outcome = Literal["same", "different", "unknown", "nothing"]  # nothing is published that could be checked yet
FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Forme du verdict."
)  # fmt: skip
ASK = (
    "Gardez une copie de ces fichiers et notez le jour ; comparez avec quelqu’un d’autre, puis écrivez à la Ville"
    " (au pied de chaque page) ou au garant nommé dans les règles de la consultation."
)
_SHOWN = 50
_EXITS = {"different": 1, "unknown": 2, "same": 0}  # the worst first; nothing to check alone is not to know


class Found(Record, frozen=True):
    """One thing that is not as it should be: its name, the file and line, and what to say of it."""

    code: str
    place: str
    said: str


class Verdict(Record, frozen=True):
    """What was compared, what was found, what it proves and does not prove, and what to do when it differs."""

    subject: str
    outcome: Outcome
    told: str  # the verdict in a sentence
    compared: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    proves: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what is worth writing down
    remedy: str = ""


def clone(said: str, default: Path | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Ask, as `city`, for the folder of a clone of the public repository; `said` is its help."""
    folder = click.Path(file_okay=False, exists=True, path_type=Path)
    return click.option(
        "--repository", "--city", "city", metavar="CLONE", default=default, type=folder, help=said
    )  # fmt: skip


def give(verdicts: Sequence[Verdict], form: str) -> NoReturn:
    """Say verdicts, and end with the exit code of the worst: 1 different, 2 one cannot tell, 0 as it should be."""
    if form == "json":
        said = [{**asdict(verdict), "found": [asdict(one) for one in verdict.found]} for verdict in verdicts]
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join("\n".join(_lines(verdict)) for verdict in verdicts))
    outcomes = {verdict.outcome for verdict in verdicts}
    sys.exit(next((code for one, code in _EXITS.items() if one in outcomes), 2))


def many(count: int, one: str, several: str = "") -> str:
    """Count things, in French."""
    return f"{count} {one if count < 2 else several or one + 's'}"  # noqa: PLR2004


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"{printable(verdict.subject)} : {printable(verdict.told)}"
    yield from _listed("Comparé", verdict.compared)
    if verdict.found:
        more = len(verdict.found) - _SHOWN
        yield from _listed("Trouvé", [f"{one.place} : {one.said}" for one in verdict.found[:_SHOWN]])
        yield from [f"  - et {more} de plus"] if more > 0 else ()
    elif verdict.outcome == "same":
        yield "Trouvé : rien qui diffère."
    yield from _listed("Ce que cela prouve", verdict.proves)
    yield from _listed("Ce que cela ne prouve pas", verdict.limits)
    yield from _listed("À noter", verdict.notes)
    if verdict.remedy:
        yield f"Que faire : {verdict.remedy}"


def _listed(title: str, said: Sequence[str]) -> Iterator[str]:
    if said:
        yield f"{title} :"
        yield from (f"  - {printable(one)}" for one in said)
