"""Turns what is wrong with the files of a vote into lines for whoever verifies it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from agora_build.civic.vote_verification import Finding
from agora_build.problems import printable

_MOST = 50
_SAID = {
    "missing": "il manque",
    "unreadable": "ne se lit pas",
    "written-otherwise": "n’est pas écrit comme il doit l’être, au caractère près",
    "columns": "cette ligne n’a pas les bonnes colonnes",
    "not-a-mark": "ce n’est pas une empreinte",
    "twice": "cette empreinte est là deux fois",
    "out-of-order": "cette ligne n’est pas à sa place",
    "unlisted": "ce code n’est pas dans la liste des codes du vote",
    "void": "ce code a été annulé, et il a servi",
    "ballots-and-codes": "il n’y a pas autant de bulletins que de codes utilisés",
    "broken-chain": "ce sceau ne suit pas du précédent",
    "unknown-head": "aucun sceau n’a la tête que vous avez notée : les fichiers ont été refaits depuis",
    "no-seal": "il n’y a aucun sceau",
    "not-what-was-sealed": "ce fichier n’est pas celui que le dernier sceau a fixé",
    "strange-event": "ce sceau n’est pas à sa place",
    "shorter": "une liste a raccourci d’un sceau à l’autre",
    "wrong-ballot": "ce bulletin n’est pas possible d’après les règles",
    "not-closed": "le compte est publié, et le dernier sceau n’est pas celui de la clôture",
    "another-count": "le compte publié n’est pas celui des bulletins",
    "codes-after-opening": "les codes ont été scellés après l’ouverture du vote",
    "ballots-before-opening": "des bulletins ont été scellés avant l’ouverture du vote",
    "gone-since": "cette ligne était publiée, elle ne l’est plus",
    "not-in-repository": "cette ligne n’a jamais été dans le dépôt public",
}


def tell(found: Sequence[Finding]) -> None:
    """Say the first of what was found, a line each."""
    for finding in found[:_MOST]:
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        click.echo(f"{place} : {told(finding)}", err=True)


def told(finding: Finding) -> str:
    """Say one thing that was found, without its place."""
    value = f" : {printable(finding.value[:80])}" if finding.value else ""
    return _SAID.get(finding.code, finding.code) + value
