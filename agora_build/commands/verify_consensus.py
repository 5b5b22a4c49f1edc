"""Turns the published votes on the sentences of a debate into a verdict on the groups of opinion shown of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agora_build.commands.published import Shelf, shelves
from agora_build.commands.verdicts import ASK, FORM, Found, Verdict, clone, give, many
from agora_build.commands.vote_folder import refuse
from agora_build.urls import Urls

if TYPE_CHECKING:
    from agora_build.civic.opinion_verification import Recount  # brings numpy in

_SAID = {
    "row": "cette ligne ne peut pas être comptée : « {0} »",
    "sentence": "publié : {0} ; d’après les votes : {1} (d’accord/pas d’accord/passe, pour tous puis chaque groupe)",
    "figure": "publié : {0} ; d’après les votes : {1}",
    "written-otherwise": "les chiffres sont les mêmes, et le fichier n’est pas écrit comme Agora l’écrit",
    "page": "la page montre : {0} ; d’après les votes : {1}",
    "no-table": "la page n’a pas le tableau des phrases : elle a été changée, ou la Ville a un thème à elle",
    "not-in-log": "{0} et pas de chiffres publiés, sans que le journal de modération dise qu’elle a été retirée",
    "no-repository-votes": "cette ligne n’est pas dans le dépôt public",
    "gone": "cette ligne du dépôt public n’est plus dans les votes publiés",
}
_UNREAD = (
    "Lisez la page avec opinions.json sous les yeux, ou lancez agora verify site : il refait la page avec le thème de"
    " la Ville, et la compare."
)
_PROVES = ("les groupes, ce qui rassemble, ce qui divise sont ceux que ces votes donnent : rien n’est choisi",)
_LIMITS = (
    "que chaque votant est une personne, une seule : un vote sur des phrases ne demande pas de code",
    "que celles et ceux qui ont voté représentent les habitants : ils l’ont choisi",
)
_LIMIT_LOG = (
    "que ces phrases, qui ont des votes et pas de chiffres, ont bien été retirées : {0} ; le journal de modération de"
    " la campagne doit le dire"
)
_LIMIT_VOTES = "que personne n’a ôté ou ajouté de votes avant de les publier : donnez un clone (--repository)"


@click.command("consensus")
@click.argument("address", metavar="ADRESSE|DOSSIER|ZIP")
@clone("Un clone du dépôt public, dont les votes doivent être les mêmes.")
@FORM
def verify_consensus(address: str, city: Path | None, form: str) -> None:
    """Refaire les groupes d’opinion d’un débat, ou de tous, à partir des votes publiés, et comparer.

    0 les chiffres publiés sont ceux des votes, 1 quelque chose diffère, 2 on ne peut pas le dire.
    """
    found = shelves(address, "opinions.json")
    if not found:
        refuse(f"rien à « {address} » ne montre de groupes d’opinion : donnez l’adresse de la page des résultats")
    give([_verdict(shelf.subject, shelf, city) for shelf in found], form)


def _verdict(subject: str, shelf: Shelf, city: Path | None) -> Verdict:
    from agora_build.civic.opinion_verification import UnreadableError, recounted

    votes = shelf.read("votes.csv") or b""
    try:
        count = recounted(votes, shelf.read("opinions.json") or b"", shelf.read("index.html"))
    except UnreadableError as error:
        wrong = Found("unreadable", str(error), "il manque, ou ne se lit pas")
        return Verdict(subject, "different", "Ces chiffres ne se vérifient pas.", (), (wrong,), remedy=ASK)
    found = [Found(one.code, one.about, _SAID[one.code].format(one.published, one.computed)) for one in count.faults]
    log = _log(shelf) if count.withdrawn else None
    found += _hidden(log, count.withdrawn)
    found += _against(votes, city, shelf)
    unread = {one.code for one in found} == {"no-table"}
    seen = shelf.read("index.html") is not None and "no-table" not in {one.code for one in found}
    compared = tuple(_compared(count, city, logged=log is not None, seen=seen))
    if unread:
        said = "Les chiffres d’opinions.json sont ceux des votes publiés ; la page n’a pas pu être comparée."
        return Verdict(subject, "unknown", said, compared, tuple(found), remedy=_UNREAD)
    if found:
        said = f"Ces chiffres ne sont PAS ceux des votes publiés : {many(len(found), 'point')}."
        return Verdict(subject, "different", said, compared, tuple(found), remedy=ASK)
    said = "Ces chiffres sont exactement ceux des votes publiés."
    limits = _LIMITS if city else (_LIMIT_VOTES, *_LIMITS)
    if count.withdrawn and log is None:
        limits = (_LIMIT_LOG.format(", ".join(count.withdrawn)), *limits)
    return Verdict(subject, "same", said, compared, (), _PROVES, limits)


def _compared(count: Recount, city: Path | None, *, logged: bool, seen: bool) -> Iterator[str]:
    found = count.found
    people = f"{many(found.votes, 'vote')} de {many(found.voters, 'personne')}"
    groups = f"{many(len(found.statements), 'phrase')}, d’où {many(len(found.groups), 'groupe')} d’opinion"
    yield f"{people} sur {groups}, avec les chiffres publiés (opinions.json)"
    if seen:
        yield "le tableau des phrases, sur la page, avec les mêmes votes"
    if logged:
        yield f"{many(len(count.withdrawn), 'phrase retirée', 'phrases retirées')} avec le journal de modération"
    if city:
        yield f"les votes publiés avec ceux du dépôt ({city})"


def _log(shelf: Shelf) -> bytes | None:
    """Read the log of moderation among the open data of the campaign, whose folder has a name in each language."""
    found = (shelf.beyond(3, f"{Urls(language).word('data')}/moderation.json") for language in ("fr", "en"))
    return next((log for log in found if log is not None), None)


def _hidden(log: bytes | None, withdrawn: Mapping[str, int]) -> Iterator[Found]:
    """Find the sentences that are left out without a word in the log of moderation."""
    if log is None:
        return
    try:
        said = json.loads(log)
        lists = [row.get(name, ()) for row in said for name in ("withdrawn", "erased")]
        told = {str(item["id"]) for items in lists for item in items}
    except (ValueError, KeyError, TypeError, AttributeError):
        told = set()
    for statement, votes in withdrawn.items():
        if statement not in told:
            yield Found("not-in-log", statement, _SAID["not-in-log"].format(many(votes, "vote")))


def _against(votes: bytes, city: Path | None, shelf: Shelf) -> Iterator[Found]:
    """Compare the votes, line by line, with those of a clone."""
    if city is None:
        return
    *_, campaign, _, debate, _ = ("", "", "", *shelf.names)
    path = city / "content" / "campaigns" / campaign / "votes" / debate / "votes.csv"
    if not path.is_file() or not campaign:
        refuse(f"il n’y a pas de {path} : donnez le clone du dépôt de cette ville, et l’adresse entière de la page")
    here, there = Counter(votes.splitlines()), Counter(path.read_bytes().splitlines())
    for code, lines in (("no-repository-votes", here - there), ("gone", there - here)):
        yield from (Found(code, f"votes.csv « {line.decode('utf-8', 'replace')} »", _SAID[code]) for line in lines)
