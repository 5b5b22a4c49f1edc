"""Turns `agora network` into copies of what other sites announce, and into what there is to know of those kept."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from agora_build.commands.vote_folder import refuse
from agora_build.config import Config, NetworkSite
from agora_build.content.announcement import NetworkCopy
from agora_build.content.config_file import read_config
from agora_build.content.day import today_in
from agora_build.network.copies import Outcome, copy_of, update
from agora_build.network.fetching import FetchError, fetch
from agora_build.problems import as_text, printable, wording

_CITY = click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
_DAY = click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour des copies.")
_ASK = "demandez à qui tient ce site"
_WHY = {
    "private": "« {host} » mène à une adresse privée, et n’a pas été appelé ; si ce site est bien sur votre réseau, "
    "écrivez private = true sous son nom dans agora.toml",
    "unknown-host": "« {host} » est introuvable ; vérifiez url dans agora.toml, et le réseau de cette machine",
    "no-answer": "« {host} » ne répond pas ; réessayez plus tard",
    "not-http": "« {host} » ne répond pas comme un site ; vérifiez url dans agora.toml",
    "certificate": f"le certificat de « {{host}} » n’est pas valable ; {_ASK} de le renouveler",
    "slow": "le site a mis plus de vingt secondes à répondre ; réessayez plus tard",
    "elsewhere": "le site renvoie vers « {host} », qui n’a pas été appelé ; s’il a déménagé, "
    "corrigez url dans agora.toml",
    "moves": f"le site renvoie sans fin d’une adresse à une autre ; {_ASK} de le corriger",
    "missing": f"il n’y a pas d’agora.json à cette adresse ; vérifiez url dans agora.toml, ou "
    f"{_ASK} de mettre Agora à jour",
    "status": "le site répond par une erreur ({status}) ; réessayez plus tard",
    "compressed": f"le site envoie agora.json compressé sans qu’on le lui demande ; {_ASK} de l’envoyer tel quel",
    "not-json-type": f"le site ne dit pas envoyer du JSON en UTF-8 (« {{kind}} ») ; {_ASK} : application/json",
    "too-big": f"agora.json dépasse un mégaoctet ; {_ASK} pourquoi",
    "cut": "la réponse s’est arrêtée avant la fin ; réessayez plus tard",
    "not-utf-8": f"agora.json n’est pas en UTF-8 ; {_ASK} de le construire à nouveau",
    "not-json": f"agora.json n’est pas du JSON ; {_ASK} de le construire à nouveau",
    "not-object": f"agora.json ne dit pas ce que dit une ville ; {_ASK} de le construire à nouveau",
    "too-deep": f"agora.json est emboîté sans raison ; {_ASK} de le construire à nouveau",
    "repeated-key": f"agora.json dit deux fois la même chose ; {_ASK} de le construire à nouveau",
    "strange-number": f"agora.json contient un nombre démesuré ; {_ASK} de le construire à nouveau",
    "control": f"agora.json contient des caractères invisibles interdits ; {_ASK} de le construire à nouveau",
    "not-valid": f"agora.json ne suit pas son schéma (à « {{key}} ») ; {_ASK} de le construire à nouveau",
    "newer": "agora.json est d’une version plus récente ({version}) que ce programme ; mettez Agora à jour",
}


@click.group()
def network() -> None:
    """Suivre d’autres sites : copier ce qu’ils annoncent, et dire de quand datent les copies."""


@network.command("update", short_help="Copier ce que les sites de [network] annoncent")
@click.argument("ids", metavar="[ID]…", nargs=-1)
@_CITY
@_DAY
def update_copies(ids: tuple[str, ...], city: Path, day: datetime.datetime | None) -> None:
    """Copier ce que les sites de [network] annoncent ; un site en panne garde sa dernière copie."""
    config, sites = _sites(city, ids)
    today = day.date() if day else today_in(config)
    failed = 0
    for outcome in update(city, sites, today, lambda site: fetch(site.url, private=site.private)):
        failed += outcome.error is not None
        click.echo(_told(outcome, today), err=outcome.error is not None)
    if failed:
        others = "les autres sont à jour" if failed < len(sites) else "aucune n’a pu être faite"
        click.echo(f"{_count(failed, 'site')} sur {len(sites)} sans nouvelle copie ; {others}.", err=True)
        sys.exit(1)
    click.echo("Relisez les copies (git diff content/network), puis enregistrez-les dans le dépôt.")


@network.command("list")
@_CITY
@_DAY
def list_copies(city: Path, day: datetime.datetime | None) -> None:
    """Lister les sites suivis, et l’âge de leurs copies."""
    config, sites = _sites(city, ())
    today = day.date() if day else today_in(config)
    for site in sites:
        click.echo(f"{site.id} : {printable(site.name)}, {site.url}")
        click.echo(f"  {_age(copy_of(city, site), today)}")


def _sites(city: Path, ids: tuple[str, ...]) -> tuple[Config, list[NetworkSite]]:
    """Give the sites of agora.toml, or those among them that are named."""
    config, problems = read_config(city)
    if config is None:
        words = wording("fr")
        click.echo("\n\n".join(as_text(problem, words) for problem in problems))
        sys.exit(1)
    listed = config.network.sites if config.network else ()
    if not listed:
        refuse("agora.toml ne suit aucun site : ajoutez [[network.sites]] avec id, name et url (docs/reseau.md)")
    unknown = [name for name in ids if name not in {site.id for site in listed}]
    if unknown:
        known = ", ".join(site.id for site in listed)
        refuse(f"aucun site suivi ne s’appelle « {printable(unknown[0])} » : {known}")
    return config, [site for site in listed if not ids or site.id in ids]


def _told(outcome: Outcome, today: datetime.date) -> str:
    name = printable(outcome.site.name)
    if outcome.error is not None:
        kept = _age(outcome.copy, today)
        return f"{name} : {_why(outcome.error)}.\n  {kept}"
    campaigns = outcome.copy.said.campaigns if outcome.copy else ()
    opened = sum(1 for item in campaigns if item.opens <= today <= (item.closes or today))
    return f"{name} : copie faite, {_count(len(campaigns), 'concertation')} dont {_count(opened, 'ouverte')}."


def _why(error: FetchError) -> str:
    return printable(_WHY[error.code].format_map(error.values))


def _age(copy: NetworkCopy | None, today: datetime.date) -> str:
    """Say of when a copy is."""
    if copy is None:
        return "Pas encore de copie : la page du réseau ne donnera que l’adresse du site."
    days = (today - copy.fetched).days
    old = f"il y a {_count(days, 'jour')}" if days > 0 else "aujourd’hui"
    return f"Copie du {copy.fetched:%d/%m/%Y} ({old}), {_count(len(copy.said.campaigns), 'concertation')}."


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'s' if number > 1 else ''}"
