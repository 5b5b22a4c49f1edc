"""Turns the published record of a draw, wherever it is, into a verdict that a citizen can act on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from agora_build.civic.draw_record import NAME, DrawFault, DrawRecord, draw_faults, draw_of, list_faults, read_draw
from agora_build.commands.juries import JuryPlace, candidates_in, jury_in
from agora_build.commands.published import is_place, shelves
from agora_build.commands.verdicts import ASK, FORM, Found, Verdict, clone, give, many
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config_file
from agora_build.content.jury_checks import check_draw
from agora_build.content.loader import draft_of
from agora_build.content.models import Draw
from agora_build.content.tree import scan
from agora_build.problems import wording

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_SAID = {
    "before-announced": "le tirage n’est pas après le jour où l’on a dit d’où viendrait la graine",
    "not-seats": "il n’y a pas autant de membres que de places annoncées",
    "twice": "cette personne y est deux fois",
    "not-all": "membres et suppléants ensemble ne font pas le nombre de candidats : quelqu’un a été ôté ou ajouté",
    "out-of-order": "cette personne n’est pas à sa place dans l’ordre que donne la graine",
    "unknown-profile": "cette personne a un profil qui n’est pas de ceux annoncés",
    "quota": "ce quota annoncé n’est pas tenu",
    "another-list": "cette liste de candidats n’est pas celle du tirage : son empreinte est autre",
    "no-jury": "cette liste ne permet aucun jury qui tienne ces quotas",
    "other-members": "cette liste et cette graine donnent d’autres membres que ceux publiés",
    "other-reserve": "cette liste et cette graine donnent d’autres suppléants que ceux publiés",
    "not-published": "le dépôt a un autre tirage que celui du site, qui a été changé ici ou là",
    "unreadable": "ce n’est pas un procès-verbal écrit par Agora, au caractère près",
}
_LIMIT_LIST = (
    "que chacun avait le profil qui l’a fait prendre ou passer : la liste des candidats est privée ; demandez qu’un"
    " garant la vérifie avec vous (--candidates)"
)
_LIMITS = (
    "que la graine est bien celle que le hasard a donnée : comparez-la avec ce qui a été vu et noté en public",
    "que la liste des candidats était complète avant le tirage : seule son empreinte est publiée",
)


@click.command("draw")
@click.argument("name", metavar="ADRESSE|DOSSIER|ZIP|CAMPAGNE/JURY")
@click.option(
    "--candidates", metavar="FICHIER.csv", type=_FILE, help="Liste privée des candidats, si on vous la confie."
)
@clone("Un clone du dépôt public ; par défaut, le dossier courant pour CAMPAGNE/JURY.")
@FORM
def verify_draw(name: str, candidates: Path | None, city: Path | None, form: str) -> None:
    """Vérifier un tirage au sort, ou tous ceux d’un site : graine, ordre, quotas, personne d’oublié.

    Le procès-verbal publié suffit. 0 tout se vérifie, 1 quelque chose diffère, 2 on ne peut pas le dire.
    """
    if not is_place(name):
        give([_of_repository(name, city or Path(), candidates)], form)
    found = shelves(name, NAME)
    if not found:
        refuse(f"rien à « {name} » n’est un tirage : donnez l’adresse de la page du jury, ou celle du site")
    if candidates and len(found) > 1:
        refuse("une liste de candidats est celle d’un seul jury : donnez l’adresse de sa page")
    give([_published(one.subject, one.read(NAME), candidates, city) for one in found], form)


def _of_repository(name: str, city: Path, candidates: Path | None) -> Verdict:
    """Check the record that stands in a repository, as the builder would."""
    place = jury_in(city, name)
    if not (city / place.record).is_file():
        refuse(f"ce jury n’a pas encore été tiré : il n’y a pas de {place.record}")
    draft = draft_of(os.fspath(city), read_config_file(city), scan(os.fspath(city)))
    document = draft.document(place.record)
    problems = [*document.problems, *check_draw(draft, document)]
    if problems or not isinstance(document.meta, Draw) or place.jury.seed is None:
        words = wording("fr")
        found = tuple(Found(one.code, f"{one.path}:{one.span.line}", words.message(one)) for one in problems)
        return _verdict(name, found, None, candidates, None)
    return _published(name, draw_of(name.strip("/"), place.jury, document.meta), candidates, None)


def _published(subject: str, raw: bytes | None, candidates: Path | None, city: Path | None) -> Verdict:
    try:
        record = read_draw(raw or b"")
    except ValueError:
        return _verdict(subject, (Found("unreadable", NAME, _SAID["unreadable"]),), None, candidates, city)
    faults = [*draw_faults(record), *_listed(record, candidates), *_against(record, raw, city)]
    found = tuple(Found(one.code, one.about or NAME, _SAID[one.code]) for one in faults)
    return _verdict(subject, found, record, candidates, city)


def _listed(record: DrawRecord, candidates: Path | None) -> Iterator[DrawFault]:
    if candidates:
        yield from list_faults(record, candidates_in(candidates, record.criteria))


def _against(record: DrawRecord, raw: bytes | None, city: Path | None) -> Iterator[DrawFault]:
    """Compare with what the repository holds."""
    if city is None:
        return
    place: JuryPlace = jury_in(city, record.name)
    draft = draft_of(os.fspath(city), read_config_file(city), scan(os.fspath(city)))
    meta = draft.document(place.record).meta if (city / place.record).is_file() else None
    if not isinstance(meta, Draw) or draw_of(record.name, place.jury, meta) != raw:
        yield DrawFault("not-published")


def _verdict(
    subject: str, found: Sequence[Found], record: DrawRecord | None, candidates: Path | None, city: Path | None
) -> Verdict:
    compared = tuple(_compared(record, candidates, city)) if record else ()
    if found:
        said = f"Ce tirage ne se vérifie pas : {many(len(found), 'point')}."
        return Verdict(subject, "different", said, compared, tuple(found), remedy=ASK)
    said = "Ce tirage se vérifie entièrement." if candidates else "Ce tirage se tient."
    proves = ["la graine a été annoncée avant le tirage, et l’ordre des personnes est le sien", "les quotas sont tenus"]
    proves.append("cette liste et cette graine donnent ces membres, et personne d’autre" if candidates else
                  "aucun candidat n’a été ôté : membres et suppléants font le compte")  # fmt: skip
    limits = _LIMITS if candidates else (_LIMIT_LIST, *_LIMITS)
    noted = f"l’empreinte de la liste des candidats : {record.draw.candidates_hash}" if record else ""
    return Verdict(subject, "same", said, compared, (), tuple(proves), limits, (noted,))


def _compared(record: DrawRecord, candidates: Path | None, city: Path | None) -> Iterator[str]:
    found = record.draw
    people = f"{many(len(found.drawn), 'membre')} et {many(len(found.reserve), 'suppléant')}"
    yield f"l’ordre de {people} avec celui que donne la graine « {found.seed} »"
    quotas = sum(len(criterion.quotas) for criterion in record.criteria)
    yield f"{many(len(found.drawn), 'profil')} avec {many(quotas, 'quota annoncé', 'quotas annoncés')}"
    yield f"le jour du tirage ({found.date}) avec celui de l’annonce de la graine ({record.announced})"
    if candidates:
        yield "la liste des candidats avec son empreinte, et le tirage refait avec elle"
    if city:
        yield f"ce procès-verbal avec celui du dépôt ({city})"
