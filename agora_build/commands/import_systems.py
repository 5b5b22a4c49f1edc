"""Turns `agora import SYSTEM FILE… --campaign SLUG` into files of the campaign, or into a preview of them."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import click

from agora_build.commands.import_report import Form, tell, tell_problems
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config_file
from agora_build.content.models import BudgetRule
from agora_build.content.validate import nearest
from agora_build.imports import decidim as of_decidim
from agora_build.imports import democracyos as of_democracyos
from agora_build.imports import pabulib as of_pabulib
from agora_build.imports import polis as of_polis
from agora_build.imports import spreadsheet as of_spreadsheet
from agora_build.imports.city import Target, campaigns, target_of
from agora_build.imports.filing import Filing
from agora_build.imports.order import Desk, Order, UnusableError, desk_of
from agora_build.imports.register import Register
from agora_build.imports.report import Report
from agora_build.problems import START, Problem, printable, wording

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_SEPARATORS = {"tab": "\t", "\\t": "\t"}
_CHANNELS = ("web", "paper", "workshop", "pull-request")


def _common(command: F) -> F:
    """Add what all systems are asked."""
    for option in reversed((
        click.argument("files", metavar="FICHIER…", nargs=-1, required=True, type=_FILE),
        click.option("--campaign", metavar="NOM", required=True, help="Campagne qui reçoit : le nom de son dossier."),
        click.option(
            "--debate", "debates", metavar="NOM|TITRE=NOM", multiple=True,
            help="Débat qui reçoit tout ; ou bien, autant de fois qu’il faut : un titre du fichier=un débat d’ici.",
        ),
        click.option("--dry-run", "dry", is_flag=True, help="Montrer ce qui serait fait, sans rien écrire."),
        click.option("--city", metavar="DOSSIER", default=Path(), type=_FOLDER, help="Dossier d’agora.toml."),
        click.option(
            "--encoding", type=click.Choice(["utf-8", "windows-1252", "utf-16"]), help="Encodage, s’il est mal deviné."
        ),
        click.option("--separator", metavar="SIGNE", default="", help="Séparateur, s’il est mal deviné ; ou tab."),
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Forme du rapport."),
    )):  # fmt: skip
        command = option(command)
    return command


_DATE = click.option(
    "--date", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]),
    help="Jour à donner à ce dont le fichier ne dit pas la date.",
)  # fmt: skip
_NAMES = click.option(
    "--names", is_flag=True, help="Reprendre les noms publics des auteurs ; sinon, ils restent dehors."
)


@click.command(short_help="Reprendre les contributions de DemocracyOS")
@_common
@_DATE
@_NAMES
@click.option("--consultation", metavar="TITRE", default="", help="Ne prendre que cette « Concertation » du fichier.")
def democracyos(consultation: str, **typed: Any) -> None:  # noqa: ANN401 - what click gives
    """Reprendre les contributions de DemocracyOS : l’export de Nanterre, ou comments.csv de l’original."""
    _run(typed, lambda desk: of_democracyos.import_democracyos(desk, consultation))


@click.command()
@_common
@_DATE
@click.option(
    "--column", "columns", metavar="CLÉ=COLONNE", multiple=True,
    help=f"Quelle colonne dit quoi ; text est obligatoire. Clés : {', '.join(of_spreadsheet.FIELDS)}.",
)  # fmt: skip
@click.option("--channel", type=click.Choice(_CHANNELS), default="web", help="Par où c’est arrivé ; par défaut, web.")
def spreadsheet(columns: tuple[str, ...], channel: str, **typed: Any) -> None:  # noqa: ANN401
    """Reprendre les contributions d’un tableur enregistré en CSV."""
    _run(typed, lambda desk: of_spreadsheet.import_spreadsheet(desk, _columns(columns), channel))


@click.command(short_help="Reprendre une conversation de Polis")
@_common
@click.option(
    "--vote-sign", "sign", type=click.Choice(["1", "-1"]), default=None,
    help="Le nombre qui veut dire « d’accord » dans votes.csv, si l’importation ne peut pas le savoir.",
)  # fmt: skip
def polis(sign: str | None, **typed: Any) -> None:  # noqa: ANN401
    """Reprendre une conversation de Polis : comments.csv, votes.csv, participants-votes.csv."""
    _run(typed, lambda desk: of_polis.import_polis(desk, int(sign or 0)))


@click.command(short_help="Reprendre les données ouvertes de Decidim")
@_common
@_NAMES
@_DATE
@click.option(
    "--answers-by", "answers", metavar="SERVICE", default="", help="Le service qui a répondu aux propositions."
)
@click.option("--decided-by", "decides", metavar="SERVICE", default="", help="Le service qui a décidé des résultats.")
@click.option("--host", metavar="TEXTE", default="", help="Qui invitait aux rencontres ; par défaut, la ville.")
def decidim(answers: str, decides: str, host: str, **typed: Any) -> None:  # noqa: ANN401
    """Reprendre les données ouvertes de Decidim : propositions, commentaires, rencontres, résultats."""
    officials = of_decidim.Officials(answers, decides, host)
    _run(typed, lambda desk: of_decidim.import_decidim(desk, officials))


@click.command(short_help="Reprendre un budget participatif de Pabulib (.pb)")
@_common
@click.option(
    "--rule",
    type=click.Choice(["greedy", "equal-shares"]),
    default=None,
    help="Règle du budget, si le fichier la tait.",
)
@click.option("--opens", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Premier jour du vote.")
@click.option("--closes", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour du vote.")
def pabulib(
    rule: BudgetRule | None,
    opens: datetime.datetime | None,
    closes: datetime.datetime | None,
    **typed: Any,  # noqa: ANN401
) -> None:
    """Reprendre un budget participatif de Pabulib (.pb) : le débat, ses projets, ses bulletins sans personne.

    --debate donne le nom du débat à créer.
    """
    named, typed["debates"] = typed["debates"], ()
    if len(named) > 1 or any(not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in named):
        refuse("--debate donne un seul nom au débat à créer : des minuscules, des chiffres et des tirets")
    days = (day.date() if day else None for day in (opens, closes))
    asked = of_pabulib.Asked("".join(named), rule, *days)
    _run(typed, lambda desk: of_pabulib.import_pabulib(desk, asked))


def _columns(typed: Sequence[str]) -> list[tuple[str, str]]:
    """Read what was typed of columns."""
    found = []
    for item in typed:
        key, equal, column = (part.strip() for part in item.partition("="))
        if key not in of_spreadsheet.FIELDS or not equal or not column:
            near = nearest(key, of_spreadsheet.FIELDS)
            meant = f"vouliez-vous dire « {near} » ? " if near and near != key else ""
            refuse(f'« {item} » ne dit pas une colonne : {meant}écrivez clé=colonne, comme text="Votre idée"')
        found.append((key, column))
    return found


def _run(typed: dict[str, Any], imported: Callable[[Desk], None]) -> None:
    """Do an import as it was typed: 0 when all is taken or there, 1 when something is not."""
    for path in typed["files"]:
        if not path.is_file():  # it would be waited for, or never end
            refuse(f"« {printable(str(path))} » n’est pas un fichier ordinaire : copiez-le d’abord dans un fichier")
    order, form, dry = _order(typed), typed["form"], typed["dry"]
    with closing(Report()) as report, closing(Register()) as register:
        filing = Filing(_target(typed["city"], typed["campaign"], register, form), report, dry)
        words = wording(filing.target.config.city.language)
        masks = {kind: words.label(f"masked-{kind}") for kind in ("email", "phone", "account")}
        try:
            imported(desk_of(order, filing, masks))
        except UnusableError as error:
            tell_problems([Problem(error.place.path, START, error.code, error.values)], words, form)
            sys.exit(1)
        tell(report, words, form, dry=dry)
        sys.exit(1 if report.refused else 0)


def _target(city: Path, campaign: str, register: Register, form: Form) -> Target:
    config = read_config_file(city)
    if config.problems or config.config is None:
        tell_problems(config.problems, wording(config.config.city.language if config.config else "fr"), form)
        sys.exit(1)
    target = target_of(city, config, campaign, register)
    if target is None:
        near = nearest(campaign, campaigns(city))
        meant = f" ; est-ce « {near} »" if near else " : écrivez le nom de son dossier"
        refuse(f"il n’y a pas de campagne « {campaign} »{meant}")
    return target


def _order(typed: dict[str, Any]) -> Order:
    debate, renamed = "", []
    for item in typed["debates"]:
        title, equal, slug = item.rpartition("=")
        if equal:
            renamed.append((title.strip(), slug.strip()))
        elif debate:
            refuse('--debate a reçu deux débats pour tout : écrivez --debate "Titre du fichier=debat" pour chacun')
        else:
            debate = item.strip()
    separator = _SEPARATORS.get(typed["separator"], typed["separator"])
    if separator and not re.fullmatch(r"[^\w\"\r\n]", separator):
        refuse("--separator attend un seul signe, comme « ; », ou le mot tab")
    day: datetime.datetime | None = typed.get("day")
    return Order(
        typed["files"], debate, tuple(renamed), day.date() if day else None,
        typed["encoding"] or "", separator, bool(typed.get("names")),
    )  # fmt: skip
