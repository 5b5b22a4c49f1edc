"""Turns `agora relay` and `agora verify inbox` into passes of the relay, and into what they did in plain words."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from agora_build.intake.audit import audit
from agora_build.intake.forge import ForgeError
from agora_build.intake.journal import State
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
JOURNAL = (
    "Le journal ne s’ouvre pas ou ne s’écrit pas : {}. Voyez s’il y a de la place et si ce dossier est à vous ; "
    "s’il est abîmé, remettez la dernière sauvegarde (docs/guide-exploitants.md)."
)
_MOST_TOLD = 20
_MOST_SHOWN = 200
_EVERY = 10.0  # seconds between two passes when all goes well
_LONGEST = 900.0  # seconds between two tries when nothing does
_REPOSITORY = {
    "no-git": "git n’est pas installé sur cette machine",
    "no-repository": "le dépôt des propositions n’est plus là ; relancez : il sera refait",
    "no-base": "le dépôt n’a pas la branche publiée ; vérifiez « base » dans [intake] d’agora.toml",
    "nothing-committed": "le dépôt de la ville n’a encore aucun commit : faites-en un (git add, git commit)",
    "conflict": "deux textes ont changé les mêmes lignes ; fusionnez à la main",
    "city-conflict": "la ville et ce qui a été accepté ont changé les mêmes lignes ; dans son dossier, tapez "
    "« git pull --no-rebase {place} », gardez ce qu’il faut dans les fichiers que git nomme, puis git add, git commit, "
    "et relancez",
    "rewritten": "l’historique de la ville a été réécrit ; supprimez ce dossier : il sera refait d’après le journal",
    "not-fetched": "la forge ne donne pas ce qu’elle publie ; vérifiez son jeton, et repository dans [intake]",
    "not-pushed": "la forge ne prend pas les branches ; donnez au jeton le droit d’écrire le contenu du dépôt",
    "token-refused": "la forge ne veut pas du jeton : il est faux, expiré ou révoqué ; faites-en un autre sur la forge "
    "et mettez-le à la place de l’ancien (AGORA_FORGE_TOKEN, ou le fichier .agora/intake/token) ; ce qui attend attend",
    "moving": "la branche publiée change sans cesse ; recommencez",
    "not-yours": "ce dossier est à un autre utilisateur de cette machine ; lancez cette commande sous son nom : "
    "sudo -u UTILISATEUR agora …",
    "git-failed": "git a refusé",
}
_TROUBLES = {
    "bad-name": "son identifiant ne peut pas nommer une branche",
    "other-content": "le texte gardé n’a plus l’empreinte du reçu : le journal est abîmé, reprenez une sauvegarde",
    "bad-path": "son fichier n’aurait pas sa place dans le dépôt",
    "not-readable": "le fichier ne se relit pas selon les règles d’aujourd’hui",
    "taken": "la branche porte des commits d’une autre main ; fusionnez-la ou supprimez-la",
    "unknown-branch": "cette branche ne porte rien du journal ; fusionnez-la ou supprimez-la",
    "stuck": "git ne prend pas cette branche : disque plein, verrou d’une panne (il part en cinq minutes) ou nom pris",
    "no-debate": "ce débat n’est pas dans la branche publiée",
    "no-ballot": "les règles de ce vote ne se lisent pas dans la branche publiée",
    "unsealed": "ce vote n’a pas de premier sceau : agora codes le fait",
    "closed": "ce vote est scellé comme clos, et des bulletins attendent",
    "bad-seal": "une ligne de roots.csv ne se lit pas",
    "uneven": "il n’y a pas autant de bulletins que de codes ; ne fusionnez rien de ce vote et cherchez pourquoi",
}  # fmt: skip
_AGAIN = "agora relay --once le fera"
_DISAGREEMENTS = {
    "not-erased": "effacé, et il en reste quelque chose dans le journal ; relancez agora inbox erase",
    "damaged-object": "un octet a changé dans le dépôt des propositions ; reprenez ce dépôt d’une sauvegarde",
    "damaged": "le texte gardé n’a plus l’empreinte du reçu ; reprenez le journal d’une sauvegarde",
    "batch-not-whole": "ce lot ne porte pas les votes que le journal lui donne ; ne le fusionnez pas",
    "two-requests": "deux demandes ouvertes pour une contribution ; fermez-en une",
    "published-not-noted": f"publié, et le journal ne le sait pas encore ; {_AGAIN}",
    "proposed-not-noted": f"proposé, et le journal ne le sait pas encore ; {_AGAIN}",
    "merged-not-noted": f"fusionné, et le journal ne le sait pas encore ; {_AGAIN}",
    "closed-not-noted": f"fermé sur la forge, et le journal ne le sait pas encore ; {_AGAIN}",
    "branch-gone": f"sa branche a disparu ; refaites-la : {_AGAIN}",
    "changed-on-branch": "la branche ne porte pas le texte reçu ; comparez-la au journal (agora inbox show)",
    "gone": "publié, et le fichier n’est plus dans la branche publiée ; remettez-le, ou effacez-le (agora inbox erase)",
    "published-otherwise": "publié, mais jamais tel qu’il a été reçu ; comparez au journal (agora inbox show)",
    "no-reason": "refusé sans motif ; donnez-en un : agora inbox refuse",
    "refused-still-open": f"refusé, et encore proposé ; {_AGAIN}",
    "refused-published": "refusé, et publié tout de même ; retirez le fichier de la branche publiée",
    "erased-still-open": f"effacé, et encore proposé ; {_AGAIN}",
    "erased-still-published": "effacé, et son texte est encore publié ; relancez agora inbox erase",
    "unknown-branch": "cette branche ne porte rien du journal ; fusionnez-la ou supprimez-la",
}


class _StopError(Exception):
    """Stops between two steps, as was asked."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What a pass came to: the seconds to wait before the next, what to say, whether somebody must look."""

    wait: float
    said: str
    well: bool = True


@click.command()
@click.option("--once", is_flag=True, help="Une seule fois ; sinon, sans fin, toutes les dix secondes.")
@CITY
def relay(city: Path, *, once: bool) -> None:
    """Proposer ce qui attend dans le journal, et noter ce qui a été accepté ou refusé."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    last = _Done(0.0, "")
    while not stop.is_set():
        done = _pass(city, stop, last.wait)
        if done.said and done.said != last.said:
            click.echo(done.said, err=not done.well)
        if once:
            sys.exit(0 if done.well else 1)
        last = done
        stop.wait(done.wait)
    click.echo("Relais arrêté ; ce qui reste attend dans le journal.")


@click.command("inbox")
@CITY
def verify_inbox(city: Path) -> None:
    """Vérifier que chaque contribution reçue est dans un état, un seul, dans le journal comme sur la forge."""
    with plainly(), opened(city) as intake:
        found = audit(intake.journal, intake.repository, intake.forge)
    click.echo(f"{_count(sum(found.states.values()), 'envoi')} en règle : {_states(found.states)}.")
    if found.changed:
        click.echo(f"  Modifiés par la ville depuis leur publication : {_some(found.changed)}")
    for item in found.disagreements[:_MOST_SHOWN]:
        click.echo(f"{item.about} : {_DISAGREEMENTS[item.code]}.", err=True)
    if found.disagreements:
        click.echo(
            f"Le journal et la forge ne disent pas la même chose : {len(found.disagreements)} point(s).", err=True
        )
        sys.exit(1)
    click.echo("Le journal et la forge disent la même chose : rien n’est perdu, rien n’est en double.")


def _pass(city: Path, stop: threading.Event, waited: float) -> _Done:
    """Make a pass."""

    def step(_name: str) -> None:
        if stop.is_set():
            raise _StopError

    try:
        with opened(city) as intake, intake.journal.alone("relay") as alone:
            if not alone:
                return _Done(_EVERY, "Un autre relais travaille sur ce journal ; celui-ci n’a rien fait.")
            done = passed(intake.relay(step))
            return _Done(_EVERY, told(done, intake), well=not done.troubles)
    except _StopError:
        return _Done(0.0, "")
    except NoIntakeError as error:
        _refuse(error)
    except ForgeError as error:
        wait, said = _later(waited, error.again), f"Le relais n’a pas pu finir : {error}. Rien n’est perdu."
    except RepositoryError as error:
        wait, said = _later(waited), f"Le relais n’a pas pu finir : {said_of(error)}. Rien n’est perdu."
    except JournalError as error:
        wait, said = _later(waited), JOURNAL.format(error)
    return _Done(wait, said, well=False)


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
        lines.append(f"  Fermées sans motif, à motiver avec agora inbox refuse : {_some(done.closed)}.")
    lines += [trouble(item) for item in done.troubles[:_MOST_TOLD]]
    if len(done.troubles) > _MOST_TOLD:
        lines.append(f"… et {len(done.troubles) - _MOST_TOLD} autres.")
    waiting = f"{_count(counts.votes, 'vote')} et {_count(counts.ballots, 'bulletin')}"
    lines.append(f"  À présent : {_states(counts.states)} ; pour un lot à venir : {waiting}.")
    return "\n".join(lines)


def _states(states: Mapping[State, int]) -> str:
    """Say how many entries are in each state."""
    return ", ".join(
        [
            f"{states['waiting']} en attente",
            f"{states['proposed']} à examiner",
            _count(states["merged"], "publié"),
            _count(states["refused"], "refusé"),
            _count(states["erased"], "effacé"),
        ]
    )


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'s' if number > 1 else ''}"


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MOST_TOLD]) + (" …" if len(ids) > _MOST_TOLD else "")


def trouble(item: Trouble) -> str:
    """Say what the relay could not do by itself."""
    detail = f" ({item.detail})" if item.detail else ""
    return f"  {item.about} : {_TROUBLES.get(item.code, item.code)}{detail}"


def said_of(error: RepositoryError) -> str:
    """Say what git did not do."""
    detail = f" ({error.detail})" if error.detail else ""
    return f"{_REPOSITORY.get(error.code, error.code).format(place=error.place)}{detail}"


def _refuse(error: NoIntakeError) -> NoReturn:
    for problem in error.problems:
        click.echo(as_text(problem, wording("fr")), err=True)
    sys.exit(1)


@contextmanager
def plainly() -> Iterator[None]:
    """Tell in plain words what keeps a command from working, and end with exit code 1."""
    try:
        yield
    except NoIntakeError as error:
        _refuse(error)
    except ForgeError as error:
        click.echo(f"Impossible : {error}.", err=True)
        sys.exit(1)
    except RepositoryError as error:
        click.echo(f"Impossible : {said_of(error)}.", err=True)
        sys.exit(1)
    except JournalError as error:
        click.echo(JOURNAL.format(error), err=True)
        sys.exit(1)
