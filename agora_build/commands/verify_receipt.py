"""Turns a receipt and the public repository into what became of what was sent: published, refused, erased, absent."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click

from agora_build.commands.verdicts import FORM, Found, Verdict, clone, give
from agora_build.commands.versions import versions
from agora_build.commands.vote_folder import refuse
from agora_build.content.draft import read_document
from agora_build.content.models import Moderation
from agora_build.content.tree import found_at

_ID = re.compile(r"[0-9]{8}-[0-9a-z]{8}")
_MARK = re.compile(r"[0-9a-f]{64}")
_PROVES = "ce que vous avez envoyé est dans le dépôt public au caractère près : il a l’empreinte de votre reçu"
_LIMITS = (
    "que la page le montre bien : agora verify site le dit",
    "que la Ville en a tenu compte : voyez ses décisions",
)
_ABSENT = (
    "Rien de ce reçu n’est dans ce dépôt : ni publié, ni refusé, ni effacé. Il attend sans doute d’être relu, ou votre"
    " clone est ancien (git pull)."
)
_ASK = (
    "gardez votre reçu, il prouve que la Ville a reçu ce texte ; ouvrez l’adresse qu’il donne : elle dit où il en est ;"
    " puis écrivez à la Ville ou au garant."
)


@click.command("receipt")
@click.argument("identity", metavar="IDENTIFIANT")
@click.argument("mark", metavar="EMPREINTE")
@clone("Un clone du dépôt public ; par défaut, le dossier courant.", Path())
@FORM
def verify_receipt(identity: str, mark: str, city: Path, form: str) -> None:
    """Dire ce qu’est devenu ce que vous avez envoyé, d’après le reçu : publié tel quel, refusé, effacé, ou absent.

    0 il est publié tel quel, ou le journal dit pourquoi non ; 1 il a été publié autrement ; 2 il n’est pas là.
    """
    identity, mark = identity.strip().lower(), mark.strip().lower()
    if not _ID.fullmatch(identity) or not _MARK.fullmatch(mark):
        refuse("un reçu a un identifiant comme 20170112-k7m2q9xw et une empreinte de 64 chiffres et lettres de a à f")
    if not (city / "content" / "campaigns").is_dir():
        refuse(f"{city} n’est pas le dépôt d’une ville : il n’y a pas de dossier content/campaigns")
    give([_verdict(identity, mark, city)], form)


def _verdict(identity: str, mark: str, city: Path) -> Verdict:
    logged = next(_logged(identity, city), "")
    compared = ["l’identifiant de votre reçu avec les fichiers du dépôt et ses journaux de modération"]
    if logged:
        return Verdict(identity, "same", logged, tuple(compared), limits=("que cette raison est juste : contestez-la",))
    paths = sorted((city / "content" / "campaigns").glob(f"*/*/{identity}.md"))
    if not paths:
        return Verdict(identity, "unknown", _ABSENT, tuple(compared), remedy=_ASK)
    path, place = paths[0], paths[0].relative_to(city).as_posix()
    compared.append(f"l’empreinte de votre reçu avec celle de chaque version de {place}")
    if _mark(path.read_bytes()) == mark:
        said = f"Ce que vous avez envoyé est publié, au caractère près : {place}."
        return Verdict(identity, "same", said, tuple(compared), (), (_PROVES,), _LIMITS)
    if any(_mark(version) == mark for version in versions(path, path.name)):
        said = f"Ce que vous avez envoyé a été publié tel quel, puis changé : voyez « git log -p -- {place} »."
        return Verdict(identity, "same", said, tuple(compared), (), (_PROVES,), _LIMITS)
    wrong = Found("published-otherwise", place, "aucune version de ce fichier n’a l’empreinte de votre reçu")
    said = "Ce que vous avez envoyé n’a PAS été publié tel quel."
    return Verdict(identity, "different", said, tuple(compared), (wrong,), remedy=_ASK)


def _logged(identity: str, city: Path) -> Iterator[str]:
    """Say what the logs of moderation tell of an id."""
    for path in sorted((city / "content" / "campaigns").glob("*/moderation.yml")):
        found = found_at(path.relative_to(city).as_posix())
        log = read_document(os.fspath(city), found).meta if found else None
        if not isinstance(log, Moderation):
            continue
        reasons = {reason.id: reason.title for reason in log.reasons}
        for refused in log.refused:
            if refused.id == identity:
                yield f"Refusé le {refused.date} : {reasons.get(refused.reason, refused.reason)}."
        for withdrawn in log.withdrawn:
            if withdrawn.id == identity:
                yield f"Publié, puis retiré le {withdrawn.date} : {withdrawn.reason}"
        for erased in log.erased:
            if erased.id == identity:
                yield f"Effacé le {erased.date}, à la demande de son auteur."


def _mark(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
