"""Turns what staff look at in the inbox into lines for a terminal, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from agora_build.intake import inbox as box
from agora_build.intake import settling
from agora_build.intake.journal import Entry, State
from agora_build.intake.opening import Opened
from agora_build.problems import printable

_STATES: dict[State, str] = {
    "waiting": "en attente", "proposed": "à examiner", "merged": "publiée", "refused": "refusée", "erased": "effacée",
}  # fmt: skip
HEADINGS: dict[State, str] = {
    "waiting": "En attente", "proposed": "À examiner", "merged": "Publiées", "refused": "Refusées",
    "erased": "Effacées",
}  # fmt: skip
_KINDS: dict[str, str] = {
    "contribution": "contribution", "question": "question", "place": "point", "workshop": "rencontre",
    "votes": "lot de votes", "ballots": "lot de bulletins", "report": "signalement", "erasure": "effacement",
}  # fmt: skip
_HINTS = {
    "phone": "un numéro de téléphone", "email": "une adresse électronique", "address": "une adresse",
    "iban": "un IBAN", "nir": "un numéro de sécurité sociale", "person": "une personne nommée",
}  # fmt: skip
_LABELS = {
    "no-token": "sans jeton", "fast": "très rapide", "honeypot": "champ piège rempli", "links": "beaucoup de liens",
    "duplicate": "déjà reçu", "other-origin": "venu d’un autre site",
}  # fmt: skip


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
    facts = [
        f"{_KINDS[entry.kind]} {entry.id}, {_STATES[entry.state]}, reçue le {entry.day}",
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
    contact = f"gardées jusqu’au {sheet.contact.until}" if sheet.contact else "aucune"
    facts.append(f"Coordonnées : {contact}.")
    facts += [f"Il y a {_KINDS[report.kind]} à son sujet : {report.id}" for report in sheet.reports]
    facts += [f"Peut-être {_HINTS[hint.kind]} : {hint.said}" for hint in sheet.hints]
    text = [f"  | {line}" for line in sheet.lines] if entry.content else ["  (le texte n’est plus gardé)"]
    return "\n".join([*facts, "", *text])


def count(number: int, one: str, many: str) -> str:
    """Write how many there are."""
    return f"{number} {one if number < 2 else many}"  # noqa: PLR2004
