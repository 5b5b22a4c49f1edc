"""Turns `agora inbox` into what staff see and decide of what people sent."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn, get_args

import click

from agora_build.commands import inbox_words as say
from agora_build.commands.relay import CITY, plainly, trouble
from agora_build.content.models import Reason
from agora_build.content.moderation_log import log_path
from agora_build.intake import inbox as box
from agora_build.intake import ledger, settling
from agora_build.intake.accept import accept as accepted
from agora_build.intake.accept import paths_of, published
from agora_build.intake.checkout import How, branch_in, bring, history_of, staged, under_way
from agora_build.intake.journal import STATES, Entry, EntryKind, State
from agora_build.intake.moderation import reasons_at
from agora_build.intake.opening import Opened, opened
from agora_build.intake.proposal import UnfitError
from agora_build.intake.relay import Trouble
from agora_build.intake.rewriting import rewrite
from agora_build.problems import as_text, printable, wording
from agora_build.urls import Urls

_ERASABLE = ("contribution", "question", "place", "workshop")
_PATIENCE = 30.0  # seconds to wait for a relay at work


@click.group()
def inbox() -> None:
    """Lire ce que les gens ont envoyé, l’accepter, le refuser, l’effacer."""


@inbox.command(short_help="Publier une contribution")
@click.argument("identity", metavar="NUMERO")
@click.option("--no-build", is_flag=True, help="Ne pas reconstruire le site.")
@CITY
def accept(identity: str, city: Path, *, no_build: bool) -> None:
    """Publier une contribution : la fusionner, l’apporter au dossier de la ville, reconstruire le site."""
    with plainly(), opened(city) as intake:
        if intake.forge.remote:
            click.echo("Les propositions s’acceptent sur la forge : fusionnez-y la demande.", err=True)
            sys.exit(1)
        with _alone(intake):
            entries = _accepted(intake, identity)
        how = bring(city, intake.repository, [path for entry in entries for path in paths_of(entry)])
        click.echo(f"Publié : {', '.join(entry.id for entry in entries)}. {_brought(intake, how)}")
        if how == "elsewhere":
            sys.exit(1)
    if not no_build:
        _build(city, entries, intake.config.city.language)


def _accepted(intake: Opened, identity: str) -> list[Entry]:
    """Merge; what was merged before is brought again, for a command that was cut short."""
    try:
        return published(intake.journal, identity) or accepted(intake.journal, intake.repository, identity, intake.day)
    except UnfitError as error:
        _unfit(error, identity)


@inbox.command("list")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="État ; par défaut, ce qui attend.")
@click.option("--campaign", metavar="CAMPAGNE", default="", help="Une seule campagne.")
@click.option("--kind", type=click.Choice(get_args(EntryKind)), help="Un seul genre.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Pour qui lit.")
@CITY
def show_list(city: Path, states: tuple[State, ...], campaign: str, kind: EntryKind | None, form: str) -> None:
    """Lister ce qui a été reçu, du plus ancien au plus récent."""
    with plainly(), opened(city) as intake:
        found = box.lines(intake.journal, states or box.OPEN, campaign, kind)
        if form == "json":
            click.echo(json.dumps([say.as_json(line) for line in found], ensure_ascii=False, indent=2))
            return
        groups: dict[State, list[box.Line]] = {}
        for line in found:
            groups.setdefault(line.entry.state, []).append(line)
    if not groups:
        click.echo("Rien : tout ce qui a été reçu a été traité." if not states else "Rien dans cet état.")
    for state in STATES:
        if state in groups:
            click.echo(f"{say.HEADINGS[state]} ({len(groups[state])})")
            click.echo("\n".join(say.row(line) for line in groups[state]))


@inbox.command(short_help="Montrer tout ce que l’on sait d’un envoi")
@click.argument("identity", metavar="NUMERO")
@click.option("--contact", is_flag=True, help="Donner aussi l’adresse de son auteur, pour lui écrire.")
@CITY
def show(identity: str, city: Path, *, contact: bool) -> None:
    """Montrer tout ce que l’on sait d’un envoi, et ce qu’il faut y regarder."""
    with plainly(), opened(city) as intake:
        entry = _found(intake, identity)
        sheet = box.sheet(intake.journal, entry)
        reasons: tuple[Reason, ...] = ()
        try:
            reasons = reasons_at(intake.repository, entry.campaign) if entry.campaign else ()
        except UnfitError:
            click.echo("Attention : le moderation.yml de cette campagne ne se relit pas.", err=True)
    click.echo(say.sheet_text(sheet))
    if contact and sheet.contact:
        click.echo(f"\nAdresse de son auteur : {printable(sheet.contact.email)}")
    if entry.state in box.OPEN:
        click.echo("\n" + "\n".join(say.next_steps(entry, (reason.id for reason in reasons))))


@inbox.command(short_help="Ne pas publier, avec une raison")
@click.argument("identity", metavar="NUMERO")
@click.option("--reason", required=True, metavar="RAISON", help="Une raison annoncée dans moderation.yml.")
@click.option("--message", default="", help="Ce que l’auteur lira à l’adresse de son reçu.")
@click.option("--no-build", is_flag=True, help="Ne pas reconstruire le site.")
@CITY
def refuse(identity: str, reason: str, message: str, city: Path, *, no_build: bool) -> None:
    """Ne pas publier : la raison va au journal de modération, le message à l’auteur, le texte reste privé."""
    with plainly(), opened(city) as intake:
        with _alone(intake):
            done = _decided(
                intake, identity, partial(settling.refuse, identity=identity, reason=reason, message=message)
            )
        click.echo(f"Refusé : {identity}. L’auteur lira la raison{' et votre message' if message else ''}.")
        _bring(intake, done)
    if not no_build and done.published:
        _build(city, [])


@inbox.command()
@click.argument("identity", metavar="NUMERO", required=False)
@click.option("--again", is_flag=True, help="Rejouer tous les effacements, après avoir remis une sauvegarde.")
@click.option("--rewrite-history", is_flag=True, help="Réécrire aussi l’historique de git ; cas graves, voir la doc.")
@click.option("--no-build", is_flag=True, help="Ne pas reconstruire le site.")
@CITY
def erase(identity: str | None, city: Path, *, again: bool, rewrite_history: bool, no_build: bool) -> None:
    """Effacer ce qu’une personne a envoyé, où que ce soit, à sa demande."""
    if bool(identity) == again:
        raise click.UsageError("donnez un numéro, ou --again")
    with plainly(), opened(city) as intake, _alone(intake):
        wanted = [identity] if identity else _erased_before(intake)
        done = [_decided(intake, each, partial(settling.erase, identity=each)) for each in wanted]
        for item in done:
            _told_erased(intake, item, rewrite_history=rewrite_history)
    if again:
        click.echo(f"{say.count(len(done), 'effacement rejoué', 'effacements rejoués')}.")
    if not rewrite_history and any((city / item.entry.path).exists() for item in done):
        click.echo("L’historique de git garde ce qui avait été publié ; docs/moderation.md dit comment le réécrire.")
    if not no_build:
        _build(city, [], forget=True)


def _told_erased(intake: Opened, done: settling.Settled, *, rewrite_history: bool) -> None:
    """Note an erasure where a backup is not restored over it, bring it to the city's folder, and say what was done."""
    ledger.note(intake.city, done.entry.id, intake.day)
    click.echo(f"Effacé : {done.entry.id}. Ses coordonnées et son texte ne sont plus dans le journal.")
    if done.others:
        click.echo(f"  Clos avec lui : {', '.join(done.others)}.")
    _bring(intake, done)
    if rewrite_history:
        _rewrite(intake, done.entry)


@inbox.command(short_help="Clore un signalement ou une demande d’effacement")
@click.argument("identity", metavar="NUMERO")
@CITY
def settle(identity: str, city: Path) -> None:
    """Clore un signalement ou une demande d’effacement, une fois traité : son texte est détruit."""
    with plainly(), opened(city) as intake:
        _decided(intake, identity, partial(settling.settle, identity=identity))
    click.echo(f"Clos : {identity}.")


@inbox.command(short_help="Détruire les coordonnées dont le jour est venu")
@CITY
def purge(city: Path) -> None:
    """Détruire les coordonnées dont le jour est venu, et les textes refusés depuis plus longtemps qu’annoncé."""
    with plainly(), opened(city) as intake:
        done = box.purge(intake.journal, intake.repository, intake.day, intake.settings.refused_days)
    texts = say.count(done.texts, "texte refusé", "textes refusés")
    click.echo(f"Détruits : {say.count(done.contacts, 'adresse', 'adresses')}, {texts}.")


@inbox.command()
@CITY
def status(city: Path) -> None:
    """Dire en clair où en est la boîte, et quoi faire."""
    with plainly(), opened(city) as intake:
        click.echo("\n".join(say.status_lines(intake)))


def _found(intake: Opened, identity: str) -> Entry:
    entry = intake.journal.entry(identity)
    return entry or _unfit(UnfitError("unknown", identity), identity)


def _decided(intake: Opened, identity: str, decide: Callable[[settling.Desk], settling.Settled]) -> settling.Settled:
    try:
        _check_nobody_works(intake, identity)
        return decide(_desk(intake))
    except UnfitError as error:
        _unfit(error, identity)


def _unfit(error: UnfitError, identity: str) -> NoReturn:
    for problem in error.problems:
        click.echo(as_text(problem, wording("fr")), err=True)
    if error.code == "unknown-reason":
        said = f"ce n’est pas une raison annoncée par cette campagne ; les siennes : {error.detail}"
    elif error.code == "no-reason":
        said = "cette campagne n’a annoncé aucune raison de refuser ; ajoutez « reasons » à son moderation.yml, validez"
    else:
        said = say.UNFIT.get(error.code, "").format(detail=printable(error.detail))
    known = f"Impossible ({printable(identity)}) : {said}."
    click.echo(known if said else trouble(Trouble(error.code, identity, error.detail)), err=True)
    sys.exit(1)


def _check_nobody_works(intake: Opened, identity: str) -> None:
    """Refuse to change, on the published branch, what somebody is changing in the folder: git may not merge it."""
    entry = settling.sought(_desk(intake), identity)
    if entry is None or intake.forge.remote or entry.kind not in _ERASABLE:
        return
    busy = under_way(intake.city, [log_path(entry.campaign), entry.path])
    if busy:
        raise UnfitError("under-way", ", ".join(busy))


def _brought(intake: Opened, how: How) -> str:
    return say.BROUGHT[how].format(branch=branch_in(intake.city), base=intake.repository.base)


def _erased_before(intake: Opened) -> list[str]:
    """List what was erased, by the ledger and by the journal, as far as anything of it may be left."""
    known = [*ledger.noted(intake.city), *(entry.id for entry in intake.journal.entries("erased"))]
    entries = (settling.sought(_desk(intake), each) for each in dict.fromkeys(known))
    return [entry.id for entry in entries if entry and entry.kind in _ERASABLE]


def _desk(intake: Opened) -> settling.Desk:
    return settling.Desk(intake.journal, intake.repository, intake.forge, intake.day)


def _bring(intake: Opened, done: settling.Settled) -> None:
    """Bring what a decision published into the city's folder; where it could not, say what is left to do."""
    if done.by_hand:
        click.echo(f"Ajoutez à moderation.yml de {done.entry.campaign}, sur la branche publiée :\n{done.by_hand}")
    if not done.published or not done.published.files:
        return
    how = bring(intake.city, intake.repository, list(done.published.files), done.published.before)
    click.echo(_brought(intake, how))
    if how == "elsewhere":
        sys.exit(1)


def _rewrite(intake: Opened, entry: Entry) -> None:
    """Take a text out of the history of the bare repository, and of the city's checkout."""
    if intake.forge.remote:
        click.echo("L’historique est sur la forge : docs/moderation.md dit comment le réécrire là-bas.", err=True)
        sys.exit(1)
    stone = intake.repository.read(intake.repository.head(), entry.path)
    if stone is None:
        return  # it was never published
    changed = rewrite(intake.repository, entry.path, stone)
    intake.journal.rewritten(changed)
    own = history_of(intake.city, intake.repository.base)
    if own is not None:
        staged(intake.city, entry.path)
        rewrite(own, entry.path, stone)
    click.echo(f"Historique réécrit : {say.count(len(changed), 'commit a', 'commits ont')} un nouveau numéro.")
    click.echo("Les copies faites avant (clones, forge publique, sauvegardes) gardent le texte : refaites-les.")


@contextmanager
def _alone(intake: Opened) -> Iterator[None]:
    """Wait until no relay works: what is destroyed must not be what it is writing."""
    until = time.monotonic() + _PATIENCE
    while True:
        with intake.journal.alone("relay") as alone:
            if alone:
                yield
                return
        if time.monotonic() > until:
            click.echo("Un relais travaille depuis plus de trente secondes ; relancez cette commande.", err=True)
            sys.exit(1)
        time.sleep(0.2)


def _build(city: Path, entries: Sequence[Entry], language: str = "fr", *, forget: bool = False) -> None:
    """Build the site; `forget` what earlier builds kept, when it holds what was erased."""
    from agora_build import pipeline

    order = pipeline.Order(os.fspath(city), city / "output", None, os.cpu_count() or 1)
    report = pipeline.build_anew(order) if forget else pipeline.build(order)
    if report.problems:
        click.echo("\n\n".join(as_text(problem, wording("fr")) for problem in report.problems))
        click.echo("Le site n’a pas été reconstruit : corrigez, puis agora build.", err=True)
        sys.exit(1)
    click.echo(f"Site reconstruit : {report.written} fichiers écrits.")
    for entry in entries:
        click.echo(f"  {city / 'output' / _page(entry, language)}")


def _page(entry: Entry, language: str) -> str:
    """Give the page where readers find an entry."""
    urls, folder = Urls(language), entry.path.split("/")[3]
    match entry.kind:
        case "votes" | "ballots":
            return urls.item(entry.campaign, "debates", entry.target)
        case "place":
            return urls.part(entry.campaign, "map")
        case _:
            return urls.item(entry.campaign, folder, entry.id)
