"""Turns `agora sheets` into a batch of numbered sheets: its record, the forms to print, the tables to enter them in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from agora_build.commands.batch_forms import Asked, write_forms
from agora_build.commands.outside import is_inside
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.languages import in_language
from agora_build.content.loader import load
from agora_build.content.models import Batch, Debate, Layer, SheetContent
from agora_build.content.sheets import Variant
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.content.states import debate_state
from agora_build.content.validate import nearest, valid_fields
from agora_build.imports.ods import is_there, write_ods
from agora_build.imports.sheet_columns import choices_for, keys_for
from agora_build.imports.sheet_files import batch_text
from agora_build.imports.sheet_table import sheet_table, vote_table
from agora_build.imports.tables import write_csv

_MOST = 500  # sheets of a batch: what two people enter in a day


@click.command()
@click.argument("name", metavar="CAMPAGNE[/DEBAT ou /COUCHE]")
@click.option("--count", metavar="N", required=True, type=click.IntRange(1, _MOST), help="Combien de feuilles.")
@click.option("--workshop", metavar="RENCONTRE", help="Rencontre de l’agenda où elles sont données.")
@click.option("--place", metavar="LIEU", help="Ou lieu où elles sont laissées : « Accueil de la mairie ».")
@click.option(
    "--out", metavar="DOSSIER", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Où écrire les feuilles, hors du dépôt.",
)  # fmt: skip
@click.option(
    "--kind", type=click.Choice(["contribution", "votes", "question", "place"]),
    default="contribution",
    help="Ce que l’on y écrit : une contribution, des votes sur les phrases du débat, une question à la Ville, "
    "un point de la carte.",
)  # fmt: skip
@click.option("--variant", type=click.Choice(["large", "plain"]), help="En gros caractères, ou en mots simples.")
@click.option("--language", metavar="LANGUE", help="Langue des feuilles ; par défaut, la première du site.")
@click.option(
    "--city", metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
    help="Dossier d’agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour où on les donne.")
def sheets(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    count: int,
    workshop: str | None,
    place: str | None,
    out: Path,
    kind: SheetContent,
    variant: Variant | None,
    language: str | None,
    city: Path,
    day: datetime.datetime | None,
) -> None:
    """Préparer un lot de feuilles de papier : numérotées, à imprimer, avec de quoi les saisir deux fois."""
    if (workshop is None) == (place is None):
        refuse("dites où les feuilles sont données : --workshop et une rencontre, ou --place et un lieu")
    if place is not None and not valid_fields(Batch, {"place": place.strip()}):
        refuse("dites le lieu en une ligne de 1 à 160 caractères, comme « Accueil de la mairie », après --place")
    if is_inside(out, city):
        refuse("ce que les gens écrivent reste hors du dépôt : choisissez avec --out un dossier protégé, ailleurs")
    today = day.date() if day else day_of_build(read_config(city)[0])
    site, microsite, wanted, threads = _campaign(city, name, today)
    asked = _asked(microsite, site, wanted, kind, threads)
    spoken = _spoken(site, language)
    given = _day(microsite, workshop, day.date() if day else None) or today
    if asked.debate and debate_state(asked.debate.meta, microsite.campaign.meta, given) == "closed":
        refuse(f"le {given:%d/%m/%Y}, le débat « {asked.debate.slug} » est clos : on n’y répond plus, même sur papier")
    number = str(max((int(entry.slug) for entry in microsite.batches), default=0) + 1)
    record = Batch(
        date=given,
        debate=asked.debate.slug if asked.debate else None,
        layer=asked.layer.id if asked.layer else None,
        kind=kind,
        workshop=workshop,
        place=place,
        sheets=count,
    )
    folder = _folder(out, microsite.slug, number)
    forms = folder / f"lot-{number}-a-imprimer.html"
    said = next(item for item in spoken.microsites if item.slug == microsite.slug)
    wording = _asked(said, spoken, wanted, kind, threads)
    write_forms(city, spoken, said, wording, variant or "", given, number, count, forms, language or "")
    _write(city, folder, forms, site, microsite, asked, record, number)


def _spoken(site: Site, language: str | None) -> Site:
    """Say the site in the language of the sheets."""
    known = site.config.city.editions
    if language and language not in known:
        refuse(f"choisissez avec --language une langue du site : {', '.join(known)}")
    return in_language(site, language or known[0])


def _folder(out: Path, slug: str, number: str) -> Path:
    folder = out / f"{slug}-lot-{number}"
    if folder.exists():
        refuse(f"« {folder} » existe déjà : il tient peut-être une saisie ; rangez-le, ou choisissez un autre --out")
    folder.mkdir(parents=True)
    return folder


def _campaign(
    city: Path, name: str, today: datetime.date
) -> tuple[Site, Microsite, str, Mapping[tuple[str, str], Thread]]:
    """Find the campaign, and the name of the debate or of the layer that sheets are for."""
    loaded = load(city, today)
    if loaded.site is None:
        refuse("lancez « agora check » : il dit ce qu’il y a à corriger d’abord dans les fichiers de la ville")
    slug, _, wanted = name.strip("/").partition("/")
    campaigns = {item.slug: item for item in loaded.site.microsites}
    if slug not in campaigns:
        refuse(f"il n’y a pas de campagne « {slug} »{_meant(slug, campaigns)}")
    return loaded.site, campaigns[slug], wanted, loaded.threads


def _asked(
    microsite: Microsite, site: Site, wanted: str, kind: SheetContent, threads: Mapping[tuple[str, str], Thread]
) -> Asked:
    """Find what sheets of a kind ask."""
    if kind == "question":
        if wanted or not site.config.offices:
            refuse("une question se pose à un service d’agora.toml, pas dans un débat : écrivez la campagne seule")
        return Asked()
    if kind == "place":
        return Asked(layer=_layer(microsite, wanted))
    debate = _debate(microsite, wanted)
    thread = threads.get((microsite.slug, debate.slug))
    statements = thread.contributions if thread and kind == "votes" else ()
    if kind == "votes" and debate.meta.method not in ("arguments", "statements"):
        refuse(f"dans « {debate.slug} » on vote par bulletin : le papier se compte dans votes/{debate.slug}/paper.csv")
    if kind == "votes" and (debate.meta.method != "statements" or not statements):
        refuse(f"dans « {microsite.slug}/{debate.slug} » il n’y a pas de phrase sur laquelle voter")
    return Asked(debate=debate, statements=statements)


def _layer(microsite: Microsite, wanted: str) -> Layer:
    """Find the layer of the map that sheets are for; a map of one layer need not name it."""
    layers = {item.id: item for item in (microsite.map.layers if microsite.map else ())}
    if not wanted and len(layers) == 1:
        wanted = next(iter(layers))
    if wanted not in layers:
        refuse(f"écrivez campagne/couche ; couches de la carte : {', '.join(layers) or 'aucune'}")
    return layers[wanted]


def _debate(microsite: Microsite, wanted: str) -> Entry[Debate]:
    """Find the debate that sheets are for; a campaign of one debate need not name it."""
    debates = {item.slug: item for item in microsite.debates}
    if not wanted and len(debates) == 1:
        wanted = next(iter(debates))
    if not debates:
        refuse(f"« {microsite.slug} » n’a pas encore de débat : lancez agora new debate --campaign {microsite.slug}")
    if wanted not in debates:
        refuse(f"écrivez campagne/débat ; débats de « {microsite.slug} » : {', '.join(debates)}")
    return debates[wanted]


def _meant(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f" ; vouliez-vous dire « {near} » ?" if near else ""


def _day(microsite: Microsite, workshop: str | None, said: datetime.date | None) -> datetime.date | None:
    """Give the day of the meeting, unless another was said."""
    if workshop is None:
        return said
    known = {entry.slug: entry for entry in microsite.workshops}
    if workshop not in known:
        refuse(f"il n’y a pas de rencontre « {workshop} » dans la campagne{_meant(workshop, known)}")
    return said or known[workshop].meta.date


def _write(  # noqa: PLR0913, PLR0917 - what a batch is made of
    city: Path, folder: Path, forms: Path, site: Site, microsite: Microsite, asked: Asked, record: Batch, number: str
) -> None:  # fmt: skip
    """Write the record of the batch in the city, and the tables that are filled in outside."""
    words = [(entry.slug, entry.body) for entry in asked.statements]
    debate = asked.debate.meta if asked.debate else None
    reasons = microsite.moderation.reasons if microsite.moderation else ()
    closed = choices_for(debate, site.config.quarters, site.config.offices, reasons)
    for entry in (1, 2):
        batch = f"{microsite.slug}/{number}"
        table = (
            vote_table(batch, entry, record.sheets, words)
            if words
            else sheet_table(batch, entry, record.sheets, keys_for(record.kind, debate), closed)
        )
        path = folder / f"lot-{number}-saisie-{entry}.csv"
        write_csv(path, table.rows)
        if is_there():
            packed = write_ods(f"Saisie {entry}", table.rows, table.choices, table.widths)
            path.with_suffix(".ods").write_bytes(packed)
    path = city / f"content/campaigns/{microsite.slug}/batches/{number}.yml"
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        file.write(batch_text(record))
    _tell(folder, forms, path, number, record.sheets)


def _tell(folder: Path, forms: Path, path: Path, number: str, count: int) -> None:
    suffix = ".ods" if is_there() else ".csv"
    both = [folder / f"lot-{number}-saisie-{entry}{suffix}" for entry in (1, 2)]
    click.echo(f"Lot {number}, {count} feuille{'s' if count > 1 else ''} : {path} (à publier : git add, git commit)")
    click.echo(f"  à imprimer : {forms}")
    click.echo(f"  à remplir, chaque personne la sienne : {both[0].name} et {both[1].name}")
    if not is_there():
        click.echo("  sans tableurs .ods : il manque le programme odfpy (pip install 'agora-build[paper]').")
    click.echo(f"  puis : agora import paper {both[0]} {both[1]} --entered-by … --signed-by …")
