"""Turns what staff look at in the inbox into lines for a terminal, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from agora_build.content.hints import PRIVATE
from agora_build.intake import inbox as box
from agora_build.intake import settling
from agora_build.intake.batches import BATCHES
from agora_build.intake.checkout import How
from agora_build.intake.journal import Entry, State
from agora_build.intake.opening import Opened
from agora_build.problems import printable

_STATES: dict[State, str] = {
    "waiting": "en attente", "proposed": "à examiner", "merged": "publié{e}", "refused": "refusé{e}",
    "erased": "effacé{e}",
}  # fmt: skip
HEADINGS: dict[State, str] = {
    "waiting": "En attente", "proposed": "À examiner", "merged": "Publiées", "refused": "Refusées",
    "erased": "Effacées",
}  # fmt: skip
_KINDS: dict[str, str] = {
    "contribution": "contribution", "question": "question", "place": "point", "workshop": "rencontre",
    "votes": "lot de votes", "ballots": "lot de bulletins", "report": "signalement", "erasure": "effacement",
}  # fmt: skip
_FEMININE = ("contribution", "question", "workshop")
# What is asked in a report, and in a request to erase -> how it is said.
_ASKED = {"about": "Texte en cause", "reason": "Problème", "receipt": "Reçu", "text": "Ce qui est dit"}
_REASONS = {
    "personal-data": "il dit des choses personnelles sur quelqu’un", "insult": "il insulte, menace ou discrimine",
    "false": "ce qu’il dit est faux", "advertising": "c’est de la publicité",
    "misplaced": "il n’est pas à sa place, ou publié deux fois", "other": "autre chose",
}  # fmt: skip
_LABELS = {
    "no-token": "sans jeton", "fast": "très rapide", "honeypot": "champ piège rempli", "links": "beaucoup de liens",
    "duplicate": "déjà reçu", "other-origin": "venu d’un autre site", "no-captcha": "sans la vérification anti-robot",
}  # fmt: skip

UNFIT = {
    "unknown": "rien n’a ce numéro",
    "waiting": "elle n’est pas encore proposée ; lancez d’abord agora relay --once",
    "merged": "elle est publiée ; pour l’ôter, « agora inbox erase » à la demande de l’auteur, ou un retrait "
    "(withdrawn dans moderation.yml)",
    "refused": "elle a été refusée",
    "erased": "elle a été effacée à la demande de son auteur",
    "moved": "elle a changé d’état pendant la commande ; relancez",
    "batch": "c’est un lot de votes : aucun ne peut y être retrouvé",
    "report": "c’est un signalement ou une demande d’effacement ; agora inbox settle le clôt",
    "not-a-report": "ce n’est ni un signalement ni une demande d’effacement",
    "under-way": "quelqu’un travaille sur {detail} dans le dossier de la ville, et rien n’a été fait ; validez ces "
    "changements (git commit) ou retirez-les (git restore), puis relancez cette commande",
    "erasure-asked": "son auteur demande qu’elle soit effacée : agora inbox erase {detail} ; s’il n’y a pas lieu, "
    "fermez d’abord sa demande (agora inbox list --kind erasure, puis settle)",
    "refused-by-guard": "la ville a changé depuis, et ne serait plus en règle avec ce texte ; corrigez ce qui est dit "
    "ci-dessus, validez (git commit) et relancez cette commande, ou refusez-le : agora inbox refuse",
    "bad-log": "le journal de modération ne se relit pas, ou s’écrit d’une façon que cette commande ne sait pas "
    "compléter ; ajoutez la ligne à la main",
}
BROUGHT: dict[How, str] = {
    "forwarded": "Le dossier de la ville est à jour (git).",
    "written": "Le dossier de la ville a des changements en cours, ou n’est pas sous git : le fichier y est écrit, "
    "à valider avec vos changements (git add, git commit).",
    "aside": "Le dossier de la ville est sur la branche « {branch} », et non sur « {base} », où c’est publié : le "
    "fichier y est écrit aussi, sans y être validé.",
    "there": "Le dossier de la ville l’avait déjà.",
    "elsewhere": "Le dossier de la ville a ces mêmes fichiers, autrement : sur la branche « {base} », validez vos "
    "changements (git commit), puis relancez cette commande.",
}


def status_lines(intake: Opened) -> Iterator[str]:
    """Say where the inbox is, and what to do next."""
    counts = intake.journal.counts()
    waiting = list(intake.journal.entries("waiting"))
    reports = [entry for entry in waiting if entry.kind in settling.SETTLED_BY_HAND]
    to_propose, to_read = len(waiting) - len(reports), list(intake.journal.entries("proposed"))
    states = counts.states
    yield f"À proposer : {to_propose}. À examiner : {len(to_read)}. Signalements et demandes : {len(reports)}."
    yield f"Publiées : {states['merged']}. Refusées : {states['refused']}. Effacées ou closes : {states['erased']}."
    yield f"Votes qui attendent un lot : {counts.votes}. Bulletins : {counts.ballots}."
    oldest = min((*waiting, *to_read), key=lambda entry: entry.sequence, default=None)
    if oldest:
        yield f"Le plus ancien attend depuis le {oldest.day} : {oldest.id}."
    quota = intake.forge.quota()
    if quota:
        yield f"Forge : il reste {quota.left} demandes sur {quota.of}."
    todo = [
        (to_propose, "agora relay --once propose ce qui attend."),
        (len(to_read), "agora inbox list, puis show, accept ou refuse."),
        (len(reports), "agora inbox list --kind report et --kind erasure, puis erase ou settle."),
    ]
    next_steps = [said for count, said in todo if count]
    yield f"À faire : {' '.join(next_steps)}" if next_steps else "Rien à faire."


def as_json(line: box.Line) -> dict[str, object]:
    """Give an entry of a list to a machine."""
    entry = line.entry
    return {
        "id": entry.id, "state": entry.state, "kind": entry.kind, "campaign": entry.campaign, "target": entry.target,
        "day": str(entry.day), "labels": list(entry.labels), "reason": entry.reason, "first": line.first,
    }  # fmt: skip


def row(line: box.Line) -> str:
    """Write an entry of a list."""
    entry = line.entry
    labels = f" [{_labels(entry)}]" if entry.labels else ""
    about = entry.campaign or entry.target or "—"
    return f"  {entry.id}  {entry.day}  {_KINDS[entry.kind]:<16}  {printable(about)}{labels}  {line.first}"


def _labels(entry: Entry) -> str:
    return ", ".join(printable(_LABELS.get(label, label)) for label in entry.labels)


def sheet_text(sheet: box.Sheet) -> str:
    """Write all that is known of an entry."""
    entry = sheet.entry
    ending = "e" if entry.kind in _FEMININE else ""
    facts = [
        f"{_KINDS[entry.kind]} {entry.id}, {_STATES[entry.state].format(e=ending)}, reçu{ending} le {entry.day}",
        f"Campagne : {printable(entry.campaign or '—')}. Objet : {printable(entry.target or '—')}.",
        f"Fichier : {printable(entry.path or '—')}",
    ]
    if entry.labels:
        facts.append(f"À regarder de près : {_labels(entry)}.")
    if entry.request:
        facts.append(f"Demande : {printable(entry.request)}")
    if entry.reason:
        facts.append(f"Raison du refus : {printable(entry.reason)}")
    if entry.message:
        facts.append(f"Message à l’auteur : {printable(entry.message)}")
    if sheet.contact:
        kept = f"gardées jusqu’au {sheet.contact.until} ; les lire : agora inbox show {entry.id} --contact"
    else:
        kept = "aucune."
    facts.append(f"Coordonnées : {kept}")
    facts += [f"Il y a {_KINDS[report.kind]} à son sujet : {report.id}" for report in sheet.reports]
    facts += [f"Peut-être {PRIVATE[hint.kind]} : {hint.said}" for hint in sheet.hints]
    return "\n".join([*facts, "", *_said(sheet)])


def _said(sheet: box.Sheet) -> Iterator[str]:
    """Write what was sent: a text as it is, a report in words."""
    note = box.noted(sheet.entry)
    for name, said in note.items():
        yield f"  {_ASKED.get(name, name)} : {_REASONS.get(said, said) if name == 'reason' else said}"
    if not sheet.entry.content:
        yield "  (le texte n’est plus gardé)"
    elif sheet.entry.kind in BATCHES:
        for path, lines in json.loads(sheet.entry.content).items():
            yield f"  {printable(path)} : {count(len(lines), 'ligne', 'lignes')}"
    elif not note:
        yield from (f"  | {line}" for line in sheet.lines)


def next_steps(entry: Entry, reasons: Iterable[str]) -> Iterator[str]:
    """Say what may be decided of an entry, and how."""
    if entry.kind in settling.SETTLED_BY_HAND:
        if entry.target:
            yield f"Lire ce dont il s’agit : agora inbox show {entry.target}"
            yield f"L’effacer, à la demande de son auteur : agora inbox erase {entry.target}"
        yield f"Clore, une fois traité : agora inbox settle {entry.id}"
        return
    yield f"Publier : agora inbox accept {entry.id}"
    if entry.kind in BATCHES:
        return
    known = ", ".join(reasons) or "aucune : ajoutez « reasons » à moderation.yml"
    yield f"Refuser : agora inbox refuse {entry.id} --reason … (raisons annoncées : {known})"


def count(number: int, one: str, many: str) -> str:
    """Write how many there are."""
    return f"{number} {one if number < 2 else many}"  # noqa: PLR2004
