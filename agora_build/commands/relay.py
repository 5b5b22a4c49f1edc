"""Turns `agora relay` and `agora verify inbox` into passes of the relay, and into what they did in plain words."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from agora_build.intake.forge import ForgeError
from agora_build.intake.opening import NoIntakeError, Opened, opened
from agora_build.intake.relay import Passed, Trouble
from agora_build.intake.relay import relay as passed
from agora_build.intake.repository import RepositoryError
from agora_build.intake.store import JournalError
from agora_build.problems import as_text, wording

CITY = click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
_MOST_TOLD = 20
_EVERY = 10.0  # seconds between two passes when all goes well
_LONGEST = 900.0  # seconds between two tries when nothing does
_REPOSITORY = {
    "no-git": "git n’est pas installé sur cette machine",
    "no-repository": "le dépôt des propositions n’est plus là ; relancez : il sera refait",
    "no-base": "le dépôt n’a pas la branche publiée ; vérifiez « base » dans [intake] d’agora.toml",
    "nothing-committed": "le dépôt de la ville n’a encore aucun commit : faites-en un (git add, git commit)",
    "conflict": "la ville et ce qui a été accepté ont changé les mêmes lignes ; fusionnez à la main",
    "not-fetched": "la forge ne donne pas ce qu’elle publie",
    "not-pushed": "la forge ne prend pas les branches",
    "moving": "la branche publiée change sans cesse ; recommencez",
    "git-failed": "git a refusé",
}
_TROUBLES = {
    "bad-name": "son identifiant ne peut pas nommer une branche",
    "other-content": "le texte gardé n’a plus l’empreinte du reçu : le journal est abîmé, reprenez une sauvegarde",
    "bad-path": "son fichier n’aurait pas sa place dans le dépôt",
    "not-readable": "le fichier ne se relit pas selon les règles d’aujourd’hui",
    "taken": "la branche porte des commits d’une autre main ; fusionnez-la ou supprimez-la",
    "unknown-branch": "cette branche ne porte rien du journal ; fusionnez-la ou supprimez-la",
    "no-debate": "ce débat n’est pas dans la branche publiée",
    "no-ballot": "les règles de ce vote ne se lisent pas dans la branche publiée",
    "unsealed": "ce vote n’a pas de premier sceau : agora codes le fait",
    "closed": "ce vote est scellé comme clos, et des bulletins attendent",
    "bad-seal": "une ligne de roots.csv ne se lit pas",
    "uneven": "il n’y a pas autant de bulletins que de codes ; ne fusionnez rien de ce vote et cherchez pourquoi",
}  # fmt: skip


class _StopError(Exception):
    """Stops between two steps, as was asked."""


@click.command()
@click.option("--once", is_flag=True, help="Une seule fois ; sinon, sans fin, toutes les dix secondes.")
@CITY
def relay(city: Path, *, once: bool) -> None:
    """Proposer ce qui attend dans le journal, et noter ce qui a été accepté ou refusé."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    wait, said = 0.0, ""
    while not stop.is_set():
        wait, now = _pass(city, stop, wait)
        if now and now != said:
            click.echo(now, err=wait > _EVERY)
        said = now
        if once:
            sys.exit(1 if wait > _EVERY else 0)
        stop.wait(wait)
    click.echo("Relais arrêté ; ce qui reste attend dans le journal.")


def _pass(city: Path, stop: threading.Event, waited: float) -> tuple[float, str]:
    """Make a pass; give how long to wait before the next, and what to say."""

    def step(_name: str) -> None:
        if stop.is_set():
            raise _StopError

    try:
        with opened(city) as intake, intake.journal.alone("relay") as alone:
            if not alone:
                return _EVERY, "Un autre relais travaille sur ce journal ; celui-ci n’a rien fait."
            return _EVERY, told(passed(intake.relay(step)), intake)
    except _StopError:
        return 0.0, ""
    except NoIntakeError as error:
        _refuse(error)
    except ForgeError as error:
        return _later(waited, error.again), f"La forge n’a pas répondu comme il faut : {error}. Rien n’est perdu."
    except RepositoryError as error:
        return _later(waited), f"Le relais n’a pas pu finir : {said_of(error)}. Rien n’est perdu."
    except JournalError as error:
        return _later(waited), f"Le journal ne s’ouvre pas ou ne s’écrit pas : {error}."


def _later(waited: float, again: float | None = None) -> float:
    """Give how long to wait after a failure: what the forge said, or twice as long as before."""
    return max(again or 0.0, min(_LONGEST, max(2 * waited, 2 * _EVERY)))


def told(done: Passed, intake: Opened) -> str:
    """Say what a pass did."""
    counts = intake.journal.counts()
    parts = [
        (done.batches, "lot de votes préparé", "lots de votes préparés"),
        (done.proposed, "proposition faite", "propositions faites"),
        (done.merged, "fusion constatée", "fusions constatées"),
        (done.closed, "fermée sur la forge sans motif", "fermées sur la forge sans motif"),
        (done.again, "branche disparue, qui sera refaite", "branches disparues, qui seront refaites"),
        (done.remade, "branche refaite sur ce qui est publié", "branches refaites sur ce qui est publié"),
        (done.removed, "branche retirée", "branches retirées"),
    ]  # fmt: skip
    did = [f"{len(items)} {one if len(items) == 1 else many}" for items, one, many in parts if items]
    lines = [f"Relais : {' ; '.join(did) or 'rien de nouveau'}."]
    if done.closed:
        lines.append(
            f"  Fermées sans motif, à motiver avec agora inbox refuse : {', '.join(done.closed[:_MOST_TOLD])}."
        )
    lines += [trouble(item) for item in done.troubles[:_MOST_TOLD]]
    if len(done.troubles) > _MOST_TOLD:
        lines.append(f"… et {len(done.troubles) - _MOST_TOLD} autres.")
    states = counts.states
    lines.append(
        f"  À présent : {states['waiting']} en attente, {states['proposed']} à examiner, {states['merged']} publiées, "
        f"{states['refused']} refusées, {states['erased']} effacées ; "
        f"{counts.votes} votes et {counts.ballots} bulletins attendent un lot."
    )
    return "\n".join(lines)


def trouble(item: Trouble) -> str:
    """Say what the relay could not do by itself."""
    detail = f" ({item.detail})" if item.detail else ""
    return f"  {item.about} : {_TROUBLES.get(item.code, item.code)}{detail}"


def said_of(error: RepositoryError) -> str:
    """Say what git did not do."""
    detail = f" ({error.detail})" if error.detail else ""
    return f"{_REPOSITORY.get(error.code, error.code)}{detail}"


def _refuse(error: NoIntakeError) -> NoReturn:
    for problem in error.problems:
        click.echo(as_text(problem, wording("fr")), err=True)
    if error.forge:
        click.echo(f"La forge « {error.forge} » n’est pas servie par cette version.", err=True)
    sys.exit(1)


@contextmanager
def plainly() -> Iterator[None]:
    """Tell in plain words what keeps a command from working, and end with exit code 1."""
    try:
        yield
    except NoIntakeError as error:
        _refuse(error)
    except ForgeError as error:
        click.echo(f"La forge n’a pas répondu comme il faut : {error}.", err=True)
        sys.exit(1)
    except RepositoryError as error:
        click.echo(f"Impossible : {said_of(error)}.", err=True)
        sys.exit(1)
    except JournalError as error:
        click.echo(f"Le journal ne s’ouvre pas ou ne s’écrit pas : {error}.", err=True)
        sys.exit(1)
