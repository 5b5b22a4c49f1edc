"""Turns entries into what their pull request says: what to look at, and a mark for machines; nobody's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from agora_build.intake.journal import Entry

_OPENING, _CLOSING = "<!-- agora ", " -->"
_MARK = re.compile(re.escape(_OPENING) + r"(\{[^\n]*\})" + re.escape(_CLOSING))
_PLAIN = re.compile(r"[^0-9a-zA-Z./_-]")  # all that is not in an id, a slug or a path of ours
_KINDS = {
    "contribution": "une contribution", "question": "une question", "place": "un lieu sur la carte",
    "workshop": "une rencontre proposée", "votes": "un lot de votes", "ballots": "un lot de bulletins",
}  # fmt: skip
_LABELS = {
    "no-token": "envoyée sans JavaScript, ou par un programme",
    "fast": "envoyée moins de trois secondes après l’ouverture du formulaire",
    "honeypot": "le champ piège a été rempli : sans doute un programme",
    "links": "contient beaucoup de liens",
    "duplicate": "même texte qu’une autre",
    "other-origin": "envoyée depuis un autre site",
}
_LOOK = (
    "Le texte respecte-t-il les règles de modération de la campagne ?",
    "Ne donne-t-il ni adresse, ni téléphone, ni courriel, ni le nom d’une personne qui n’a rien demandé ?",
    "Parle-t-il du sujet du débat ? S’il dérange, ce n’est pas une raison de le refuser.",
)
_LOOK_BATCH = (
    "Seules des lignes s’ajoutent aux fichiers du vote, et aucune ne s’en va.",
    "La vérification automatique est passée.",
)


def described(entries: Sequence[Entry]) -> str:
    """Write the body of the request of a branch, in Markdown, from ids, campaigns, kinds, labels and paths."""
    batch = all(entry.kind in ("votes", "ballots") for entry in entries)
    lines = [_mark(entries), "", *(_line(entry) for entry in entries), "", "À regarder avant de fusionner :", ""]
    lines += [f"- [ ] {question}" for question in (_LOOK_BATCH if batch else _LOOK)]
    lines += [
        "",
        "Fusionner publie ce qui est dans les fichiers ; rien n’en est répété ici.",
        f"Pour refuser, `agora inbox refuse {_plain(entries[0].id)}` ferme cette demande et dit pourquoi à l’auteur.",
    ]
    return "".join(f"{line}\n" for line in lines)


def marked(body: str) -> tuple[str, ...]:
    """Give the ids that the mark of a description holds; none when there is no mark."""
    found = _MARK.search(body)
    try:
        ids = json.loads(found[1]).get("ids", ()) if found else ()
    except (ValueError, AttributeError):
        return ()
    return tuple(item for item in ids if isinstance(item, str))


def _mark(entries: Sequence[Entry]) -> str:
    said = {
        "ids": [_plain(entry.id) for entry in entries],
        "campaigns": sorted({_plain(entry.campaign) for entry in entries}),
        "paths": [_plain(entry.path) for entry in entries if entry.path],
        "labels": sorted({_plain(label) for entry in entries for label in entry.labels}),
    }
    return _OPENING + json.dumps(said, separators=(",", ":")) + _CLOSING


def _line(entry: Entry) -> str:
    kind, campaign = _KINDS.get(entry.kind, "un envoi"), _plain(entry.campaign)
    where = f", `{_plain(entry.path)}`" if entry.path else ""
    labels = " ; ".join(f"{_plain(label)} : {_LABELS.get(label, '?')}" for label in entry.labels)
    return f"- {kind} pour `{campaign}`{where}" + (f" — **à regarder de près** ({labels})" if labels else "")


def _plain(text: str) -> str:
    """Keep of a text what can be in an id, a slug or a path: nothing a forge obeys, no `--` that ends a mark."""
    return re.sub("--+", "-", _PLAIN.sub("", text))
