"""Sorts the pages of a built site by kind, so that each kind is looked at and no new one goes unseen."""

from __future__ import annotations

import re
from pathlib import Path

_C = r"campagnes/[^/]+/"
KINDS = {
    "home": r"index\.html",
    "campaigns": r"campagnes/index\.html",
    "campaign": _C + r"index\.html",
    "timeline": _C + r"frise/index\.html",
    "debates": _C + r"debats/index\.html",
    "debate": _C + r"debats/[^/]+/index\.html",
    "synthesis": _C + r"debats/[^/]+/synthese/index\.html",
    "opinions": r"campagnes/les-groues/debats/[^/]+/vote/index\.html",  # of sentences, where others count ballots
    "budget": r"campagnes/parc-espaces-publics/debats/[^/]+/vote/index\.html",  # shared out step by step
    "vote": _C + r"debats/[^/]+/vote/index\.html",
    "list": _C + r"debats/[^/]+/[^/]+-\d+/index\.html",
    "erased": r"campagnes/papeteries-de-la-seine/contributions/20160621-w4k8t2mn/index\.html",
    "contribution": _C + r"contributions/[^/]+/index\.html",
    "agenda": _C + r"agenda/index\.html",
    "workshop": _C + r"agenda/[^/]+/index\.html",
    "map": _C + r"carte/index\.html",
    "resources": _C + r"ressources/index\.html",
    "resource": _C + r"ressources/[^/]+/index\.html",
    "booklet": _C + r"feuilles/livret/index\.html",
    "sheet": _C + r"feuilles/.+/index\.html",
    "batches": _C + r"lots/index\.html",
    "kits": _C + r"kits/index\.html",
    "kit": _C + r"kits/[^/]+/index\.html",
    "episodes": _C + r"radio/index\.html",
    "episode": _C + r"radio/[^/]+/index\.html",
    "decisions": _C + r"decisions/index\.html",
    "decision": _C + r"decisions/[^/]+/index\.html",
    "juries": _C + r"jurys/index\.html",
    "jury": _C + r"jurys/[^/]+/index\.html",
    "questions": _C + r"questions/index\.html",
    "question": _C + r"questions/[^/]+/index\.html",
    "rules": _C + r"regles/index\.html",
    "moderation": _C + r"moderation/index\.html",
    "data": _C + r"donnees/index\.html",
    "take part": _C + r"participer/index\.html",
    "form: contribution": _C + r"participer/dire/[^/]+/index\.html",
    "form: votes": _C + r"participer/voter/[^/]+/(\d+/)?index\.html",
    "form: ballot": _C + r"participer/bulletin/[^/]+/index\.html",
    "form: workshop": _C + r"participer/rencontre/index\.html",
    "form: place": _C + r"participer/carte/[^/]+/index\.html",
    "form: question": _C + r"participer/question/index\.html",
    "form: report": _C + r"participer/signaler/index\.html",
    "form: erasure": r"participer/effacement/index\.html",
    "city agenda": r"agenda/index\.html",
    "city map": r"carte/index\.html",
    "city data": r"donnees/index\.html",
    "radio": r"radio-agora/index\.html",
    "accessibility": r"accessibilite/index\.html",
    "verify": r"verifier/index\.html",
    "offline": r"hors-reseau/index\.html",
    "search": r"recherche/index\.html",
    "index": r"recherche/.+-\d+/index\.html",
    "follow-up": r"suivi/index\.html",
    "network": r"reseau/index\.html",
    "not found": r"404\.html",
    "page": r"[^/]+/index\.html",
}


FOLDERS = ("en/", "ar/")  # of the pages in other languages than the first


def kind_of(path: str) -> str:
    """Give the kind of a page from its output path."""
    path = path[3:] if path.startswith(FOLDERS) else path
    return next(kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, path))


def pages_by_kind(site: Path, folder: str = "") -> dict[str, list[str]]:
    """Give the pages of a built site by kind, the heaviest first: those of a language, by its folder."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for path in sorted(site.rglob("*.html"), key=lambda path: (-path.stat().st_size, path)):
        name = path.relative_to(site).as_posix()
        if name.startswith(FOLDERS) is bool(folder) and name.startswith(folder):
            found[kind_of(name)].append(name)
    return found
