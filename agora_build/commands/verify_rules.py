"""Turns the rules that a site shows, and the public repository, into a verdict: whether one tells all of the other."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from agora_build.build.checkout import NotCheckedOutError, check_out
from agora_build.build.commit import shallow_of
from agora_build.build.origin import Origin
from agora_build.build.origin import read as read_origin
from agora_build.build.verdict import Obstacle, hindrance
from agora_build.commands.published import Shelf, shelves
from agora_build.commands.verdicts import ASK, FORM, Found, Verdict, clone, give, many
from agora_build.commands.vote_folder import refuse
from agora_build.content.draft import read_document
from agora_build.content.history import Histories
from agora_build.content.history import read as read_history
from agora_build.content.history_page import Told, in_a_line, told
from agora_build.content.models import Campaign
from agora_build.content.rules import DATES, History, Story, history_of, story
from agora_build.content.tree import found_at

_WORDLESS = ("level", *DATES, "announced", "results", "reply_within_days")  # shown as other words than those written
_SAID = {
    "rules-changed": "la règle « {0} » publiée n’est pas celle du dépôt",
    "version-missing": "cette version des règles est dans le dépôt, et le site ne la dit pas",
    "version-added": "le site dit cette version des règles, et le dépôt ne l’a pas",
    "version-changed": "cette version des règles n’est pas celle du dépôt",
    "written-otherwise": "history.json n’est pas écrit comme Agora l’écrit",
    "commits": "la page nomme d’autres changements ({0}) que le dépôt ({1})",
    "no-history": "pas de page, ou pas d’histoire sur elle : elle a été changée, ou la Ville a un thème à elle",
    "words": "la page ne dit pas, mot pour mot, l’avant et l’après de « {0} »",
    "unknown-campaign": "cette campagne n’est pas dans le dépôt à ce commit",
}
_PROVES = (
    "les règles publiées sont celles du dépôt, et chaque changement depuis l’ouverture est dit, avec son jour",
)  # fmt: skip
_LIMITS = (
    "que le dépôt n’a pas été réécrit : gardez un clone ; si un jour git pull le refuse, l’histoire a été refaite",
    "que la Ville a suivi ces règles",
)
_UNREAD = (
    "Lisez la page avec history.json sous les yeux, ou lancez agora verify site : il refait la page avec le thème de"
    " la Ville, et la compare."
)
_TOO_LATE = "Ce site ne dit pas de quel commit il vient, ou git n’y donnait pas l’histoire : voyez agora verify site."


@click.command("rules")
@click.argument("address", metavar="ADRESSE|DOSSIER|ZIP")
@clone("Un clone du dépôt public ; par défaut, le dossier courant.", Path())
@FORM
def verify_rules(address: str, city: Path, form: str) -> None:
    """Vérifier les règles d’une consultation, ou de toutes, et leur histoire, avec le dépôt public.

    0 le site dit tout, 1 quelque chose diffère, 2 on ne peut pas le dire.
    """
    found = shelves(address, "history.json")
    if not found:
        refuse(f"rien à « {address} » ne donne de règles : donnez l’adresse de la page des règles, ou celle du site")
    origin = _origin(found[0])
    if origin is None or not origin.commit or origin.history == "none":
        give([Verdict(address, "unknown", _TOO_LATE)], form)
    with tempfile.TemporaryDirectory(prefix="agora-") as folder:
        try:
            source = check_out(city, origin.commit, Path(folder).resolve() / "source", origin.history.split())
        except NotCheckedOutError as error:
            why = hindrance(Obstacle(error.code, (error.detail,)))
            give([Verdict(address, "unknown", why)], form)
        verdicts = _verdicts(found, source.city, origin.commit)
    give(verdicts, form)


def _origin(shelf: Shelf) -> Origin | None:
    raw = shelf.beyond(3, "build.json")
    try:
        return read_origin(raw) if raw else None
    except ValueError:
        return None


def _verdicts(found: Sequence[Shelf], city: Path, commit: str) -> list[Verdict]:
    said = [(shelf, _published(shelf)) for shelf in found]
    slugs = [str(each.get("campaign")) for _, each in said]
    known = [slug for slug in slugs if "/" not in slug and found_at(f"content/campaigns/{slug}/campaign.md")]
    histories = read_history(os.fspath(city), commit, known, shallow_of(os.fspath(city)), {})
    return [_verdict(shelf, each, city, histories) for shelf, each in said]


def _published(shelf: Shelf) -> Mapping[str, object]:
    try:
        said = json.loads(shelf.read("history.json") or b"")
    except (ValueError, RecursionError):
        refuse(f"« {shelf.subject} » : history.json ne se lit pas")
    return said if isinstance(said, dict) else {}


def _verdict(shelf: Shelf, said: Mapping[str, object], city: Path, histories: Histories) -> Verdict:
    slug = str(said.get("campaign"))
    campaign = _campaign(city, slug)
    if campaign is None:
        wrong = Found("unknown-campaign", slug, _SAID["unknown-campaign"])
        return Verdict(shelf.subject, "different", "Ces règles ne se vérifient pas.", found=(wrong,), remedy=ASK)
    history = histories.of(slug)
    wanted = history_of(slug, history, campaign)
    found = list(_data(said, json.loads(wanted)))
    if not found and shelf.read("history.json") != wanted:
        found.append(Found("written-otherwise", "history.json", _SAID["written-otherwise"]))
    page = told(shelf.read("index.html") or b"")
    if page:
        found += _page(page, story(history, campaign))
    compared = _compared(history)
    if not page and not found:
        sentence = "Les règles et l’histoire de history.json sont celles du dépôt ; la page n’a pas pu être comparée."
        unread = Found("no-history", "index.html", _SAID["no-history"])
        return Verdict(shelf.subject, "unknown", sentence, compared[:1], (unread,), remedy=_UNREAD)
    if found:
        sentence = f"Ces règles, ou leur histoire, ne sont PAS celles du dépôt : {many(len(found), 'point')}."
        return Verdict(shelf.subject, "different", sentence, compared, tuple(found), remedy=ASK)
    return Verdict(
        shelf.subject, "same", "Ces règles et leur histoire sont celles du dépôt.", compared, (), _PROVES, _LIMITS
    )


def _compared(history: History) -> tuple[str, ...]:
    versions = many(len(history.versions), "version")
    return (
        f"les règles d’aujourd’hui et {versions} du fichier campaign.md, commit par commit, avec history.json",
        "les changements que la page raconte, leur ordre et leurs mots, avec ceux de git",
    )


def _campaign(city: Path, slug: str) -> Campaign | None:
    path = f"content/campaigns/{slug}/campaign.md"
    found = found_at(path)
    if found is None or not (city / path).is_file():
        return None
    meta = read_document(os.fspath(city), found).meta
    return meta if isinstance(meta, Campaign) else None


def _data(said: Mapping[str, object], wanted: Mapping[str, object]) -> Iterator[Found]:
    """Compare history.json, rule by rule and version by version."""
    here, there = _object(said.get("rules")), _object(wanted["rules"])
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            yield Found("rules-changed", "history.json", _SAID["rules-changed"].format(name))
    shown, held = _versions(said.get("versions")), _versions(wanted["versions"])
    for commit in sorted(shown.keys() | held.keys()):
        code = "version-missing" if commit not in shown else "version-added" if commit not in held else ""
        if code or shown[commit] != held[commit]:
            yield Found(code or "version-changed", f"commit {commit[:12]}", _SAID[code or "version-changed"])


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _versions(value: object) -> dict[str, object]:
    listed = value if isinstance(value, list) else []
    return {str(_object(one).get("commit")): one for one in listed}


def _page(page: Told, tale: Story) -> Iterator[Found]:
    """Compare what citizens read: which commits, and the words before and after."""
    ids = [tale.opening.commit] if tale.opening else []
    ids += [change.commit for change in tale.changes] + [version.commit for version in tale.unreadable]
    wanted = tuple(commit[:10] for commit in ids if commit)
    if page.commits != wanted:
        words = (", ".join(each) or "aucun" for each in (page.commits, wanted))
        yield Found("commits", "index.html", _SAID["commits"].format(*words))
    changed = [*tale.announced, *(field for each in tale.changes for field in each.fields)]
    texts = [(one.name, in_a_line(text)) for one in changed for text in (one.before, one.after)]
    told_of = Counter(text for name, text in texts if text and name not in _WORDLESS)
    for name, text in dict.fromkeys(texts):
        if page.words.count(text) < told_of[text]:
            yield Found("words", "index.html", _SAID["words"].format(name))
