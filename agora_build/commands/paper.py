"""Turns `agora import paper` into contributions, once two people have entered the same sheets and the second signs."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agora_build.commands.side_by_side import side_by_side
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.hints import PRIVATE
from agora_build.imports.paper import Order, Prepared, Published, prepared
from agora_build.imports.sheet_differences import SAME_SPOT, SETTLED_HEADERS, Difference
from agora_build.imports.tables import write_csv
from agora_build.problems import as_text, in_order, wording

if TYPE_CHECKING:
    from agora_build.content.models import Batch

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 50  # differences on the screen; the file has them all


@click.command(short_help="Publier un lot de feuilles de papier")
@click.argument("first", metavar="SAISIE-1", type=_FILE)
@click.argument("second", metavar="SAISIE-2", type=_FILE, required=False)
@click.option("--entered-by", metavar="INITIALES", help="Qui a fait la première saisie.")
@click.option("--signed-by", metavar="INITIALES", help="Qui a fait la seconde, et signe.")
@click.option("--settled", metavar="FICHIER", type=_FILE, help="Les différences, colonne « retenu » remplie.")
@click.option("--replace", "published", flag_value="replace", help="Remplacer ce qui est publié et saisi autrement.")
@click.option("--keep", "published", flag_value="keep", help="Laisser ce qui est publié comme il est.")
@click.option("--single", is_flag=True, help="Refusé : deux personnes saisissent.")
@click.option("--dry-run", is_flag=True, help="Montrer ce qui serait fait, sans rien écrire.")
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour de la signature.")
def paper(  # noqa: PLR0913, PLR0917 - one argument an option
    first: Path,
    second: Path | None,
    entered_by: str | None,
    signed_by: str | None,
    settled: Path | None,
    published: Published | None,
    city: Path,
    day: datetime.datetime | None,
    *,
    single: bool,
    dry_run: bool,
) -> None:
    """Publier un lot de feuilles de papier, qu’une personne a saisi et qu’une seconde a relu."""
    if single or second is None:
        refuse(
            "deux personnes saisissent chacune de leur côté, et c’est en comparant que l’on trouve les fautes ; "
            "donnez les deux fichiers : agora import paper lot-7-saisie-1.csv lot-7-saisie-2.csv"
        )
    if first.samefile(second):
        refuse("c’est deux fois le même fichier ; donnez la seconde saisie, faite par une autre personne")
    config, _ = read_config(city)
    today = day.date() if day else day_of_build(config)
    one, two = _initials(entered_by, signed_by, needed=not dry_run)
    order = Order(city, first, second, settled, one, two, today, published or "ask")
    done = prepared(order)
    _stop_on_problems(done, config.city.language if config else "fr")
    _stop_on_differences(done, first, dry_run=dry_run)
    _stop_on_changes(done)
    if not dry_run:
        _write(city, done)
    _tell(done, dry_run=dry_run)


def _initials(one: str | None, two: str | None, *, needed: bool) -> tuple[str, str]:
    """Read who entered and who signs; a preview does without."""
    for option, value in (("--entered-by", one), ("--signed-by", two)):
        if value is None and needed:
            refuse(f"il manque {option} : les initiales de qui a saisi, et de qui relit et signe, comme SV")
        if value is not None and not re.fullmatch(r"[A-Z]{1,4}", value):
            refuse(f"{option} : écrivez d’une à quatre majuscules sans accent, comme SV, jamais un nom")
    if one is not None and one == two:
        refuse(f"« {one} » ne peut pas relire sa propre saisie : la seconde personne signe")
    return one or "A", two or "B"


def _stop_on_problems(done: Prepared, language: str) -> None:
    if not done.problems:
        return
    words = wording(language)
    click.echo("\n\n".join(as_text(problem, words) for problem in in_order(done.problems)))
    click.echo("\nRien n’a été importé : corrigez ces cellules dans le tableur, et recommencez.", err=True)
    sys.exit(1)


def _stop_on_differences(done: Prepared, first: Path, *, dry_run: bool) -> None:
    """Show what two people typed otherwise, and give a file in which to settle it."""
    if not done.differences:
        return
    _show(done.differences, "saisie 1", "saisie 2")
    if dry_run:
        sys.exit(1)
    path = _differences_path(first)
    rows = [list(SETTLED_HEADERS), *([*item.cells, ""] for item in done.differences)]
    write_csv(path, rows)
    click.echo(
        f"\nRien n’a été importé. Reprenez les feuilles, et remplissez la colonne « retenu » de :\n  {path}\n"
        "avec « saisie 1 », « saisie 2 » ou ce qui est écrit sur la feuille ; puis ajoutez à la commande :\n"
        f"  --settled {path}",
        err=True,
    )
    sys.exit(1)


def _stop_on_changes(done: Prepared) -> None:
    if not done.changed:
        return
    _show(done.changed, "publié", "saisi")
    click.echo(
        "\nRien n’a été importé : ces feuilles sont publiées, et saisies autrement maintenant.\n"
        "  --replace  remplace ce qui est publié : une faute de saisie a été trouvée ;\n"
        "  --keep     laisse ce qui est publié : l’équipe l’a complété depuis.",
        err=True,
    )
    sys.exit(1)


def _differences_path(first: Path) -> Path:
    """Name the file of differences after the batch: lot-7-saisie-1.csv -> lot-7-differences.csv; overwrite none."""
    stem = re.sub(r"-saisie-[12]$", "", first.stem)
    path = first.with_name(f"{stem}-differences.csv")
    number = 2
    while path.exists():
        path = first.with_name(f"{stem}-differences-{number}.csv")
        number += 1
    return path


def _show(differences: list[Difference], one: str, two: str) -> None:
    for line in side_by_side(differences[:_SHOWN], one, two):
        click.echo(line)
    if len(differences) > _SHOWN:
        click.echo(f"… et {len(differences) - _SHOWN} autres différences.")


def _write(city: Path, done: Prepared) -> None:
    """Write each file at once; the record of the batch comes last."""
    for name, content in done.files.items():
        path = city / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.new")
        aside.write_bytes(content)
        aside.replace(path)


def _tell(done: Prepared, *, dry_run: bool) -> None:
    record: Batch | None = done.record
    assert record is not None  # noqa: S101 - without one there was a problem
    campaign, _, number = done.batch.partition("/")
    click.echo(
        f"Lot {number} de {campaign} : {_count(record.sheets, 'feuille donnée', 'feuilles données')}, "
        f"{_count(record.returned or 0, 'revenue')}, dont {_count(record.blank, 'blanche')} "
        f"et {_count(record.refused, 'refusée')}."
    )
    if record.kind == "votes":
        verb = "à écrire" if dry_run else "écrits" if any(name.endswith(".csv") for name in done.files) else "déjà là"
        click.echo(f"  {_count(done.votes, 'vote')} sur des phrases, {verb}.")
        _end(done, dry_run=dry_run)
        return
    new = sum(name.endswith(".md") for name in done.files)
    verb = "à écrire" if dry_run else "écrites" if new > 1 else "écrite"
    one = {"question": "question", "place": "point de la carte"}.get(record.kind, "contribution")
    many = "points de la carte" if record.kind == "place" else f"{one}s"
    verb = verb.replace("écrite", "écrit") if record.kind == "place" else verb
    click.echo(f"  {_count(new, one, many)} {verb}, {done.same} déjà là et {_same(done.same)}.")
    _end(done, dry_run=dry_run)


def _end(done: Prepared, *, dry_run: bool) -> None:
    for line in _notes(done):
        click.echo(f"  {line}")
    if dry_run:
        click.echo("Rien n’a été écrit : retirez --dry-run pour importer.")
    elif done.files:
        click.echo("  Vérifiez (agora check), puis publiez (git add, git commit).")


def _notes(done: Prepared) -> list[str]:
    """Say what was done of what is not simply published."""
    notes = []
    if done.settled:
        notes.append(f"{_count(done.settled, 'différence tranchée', 'différences tranchées')}.")
    if done.alike:
        notes.append(
            f"{_count(done.alike, 'case diffère', 'cases diffèrent')} par des espaces, des guillemets ou des tirets "
            "seuls : la première saisie est gardée."
        )
    if done.near:
        notes.append(
            f"{_count(done.near, 'point est', 'points sont')} à moins de {SAME_SPOT} mètres d’une saisie à l’autre : "
            "la première est gardée."
        )
    if done.withheld:
        notes.append(f"{_count(done.withheld, 'nom tu', 'noms tus')} : la feuille ne dit pas « oui » à sa publication.")
    if done.kept:
        notes.append(f"{_count(done.kept, 'feuille laissée', 'feuilles laissées')} comme publiées (--keep).")
    notes += [
        f"feuille {sheet} : {name} a été retirée, refusée ou effacée depuis ; elle ne revient pas."
        for sheet, name in done.gone
    ]
    notes += [
        f"feuille {sheet} : avant de publier, relisez ; le texte dit peut-être {PRIVATE[hint.kind]} : {hint.said}"
        for sheet, hint in done.hints
    ]
    notes += [f"feuille {sheet} refusée : {name} entre dans moderation.yml." for sheet, name in done.refused]
    return notes


def _same(count: int) -> str:
    return "identiques" if count > 1 else "identique"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number < 2 else many or one + 's'}"  # noqa: PLR2004
