"""Adds to a city of Nanterre's settings a campaign with a vote of every kind, each with a result to show."""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable
from pathlib import Path

from agora_build.civic.seals import COLUMNS, SEALED, Seal, rules_of, sealed
from agora_build.content.models import Ballot

CAMPAIGN = "tous-les-votes"
OPENS, CLOSES = datetime.date(2016, 10, 3), datetime.date(2016, 12, 16)
_CAMPAIGN = """---
title: Tous les votes
summary: Un vote de chaque sorte, avec son résultat.
question: Comment voter ?
opens: 2016-10-03
closes: 2016-12-16
level: decide
accent: ocre
rules:
  announced: 2016-09-19
  who: Toute personne qui habite ou étudie à Nanterre.
  how: Avec le code d’une lettre, sur papier ou en réunion.
  use: Le résultat est suivi.
  decides: Le vote.
illustrative: true
---
Des votes d’essai.
"""
_OPTIONS = (
    ("arbres", "Planter des arbres d’une espèce qui supporte la chaleur"),
    ("bancs", "Des bancs"),
    ("eau", "De l’eau"),
)
_MEETING = """meetings:
  - date: 2016-11-08
    title: Réunion du conseil de quartier
    present: 40
    entered_by: Direction de la vie citoyenne
    checked_by: Conseil de quartier
    hands:
      - {{option: {option}, hands: 23}}
"""
_PAPER = """date: 2016-12-17
place: Salle des mariages
entered_by: Direction de la vie citoyenne
checked_by: Deux habitants tirés au sort
spoiled: 2
"""
# slug -> ballot, what one ballot says; a circle, a tie, too few codes used, a yes, nothing chosen, as many yes as no.
_VOTES: dict[str, tuple[Ballot, Callable[[int], str]]] = {
    "en-rond": (Ballot(kind="ranking"), lambda n: ("arbres;bancs;eau", "bancs;eau;arbres", "eau;arbres;bancs")[n % 3]),
    "a-egalite": (Ballot(kind="approval", turnout=90), lambda n: ("arbres;bancs", "arbres;bancs", "eau", "")[n % 4]),
    "autrement": (Ballot(kind="ranking"), lambda n: "arbres;bancs;eau" if n % 5 < 3 else "bancs;eau;arbres"),
    "oui-ou-non": (Ballot(kind="yes-no", majority=60), lambda n: ("yes", "yes", "yes", "no", "abstain")[n % 5]),
    "sans-choix": (Ballot(kind="ranking"), lambda _: ""),
    "partage": (Ballot(kind="yes-no"), lambda n: ("abstain", "yes", "no")[0 if n == 0 else 1 + n % 2]),
}


def add_every_vote(city: Path) -> None:
    """Write the campaign and its votes, closed and sealed."""
    home = city / "content/campaigns" / CAMPAIGN
    (home / "debates").mkdir(parents=True)
    (home / "campaign.md").write_text(_CAMPAIGN, "utf-8")
    for slug, (ballot, said) in _VOTES.items():
        _add(home, slug, ballot, said)


def _add(home: Path, slug: str, ballot: Ballot, said: Callable[[int], str]) -> None:
    draw = random.Random(slug)  # noqa: S311 - the same vote each time
    options = _OPTIONS if ballot.kind != "yes-no" else ()
    listed = "".join(f"  - {{id: {name}, title: {title}}}\n" for name, title in options)
    given = ", ".join(f"{key}: {value}" for key, value in ballot.model_dump(exclude_defaults=True).items())
    method = f"method: priorities\noptions:\n{listed}" if options else "method: referendum\n"
    head = f"title: {slug.capitalize()}\nquestion: Que choisir ?\nopens: {OPENS}\ncloses: {CLOSES}\n{method}"
    (home / "debates" / f"{slug}.md").write_text(f"---\n{head}ballot: {{{given}}}\n---\nVotons.\n", "utf-8")
    codes = sorted(hashlib.sha256(draw.randbytes(8)).hexdigest() for _ in range(60))
    cast = sorted(f"{hashlib.sha256(draw.randbytes(8)).hexdigest()},{said(n)}" for n in range(45))
    lists = {
        "codes": codes,
        "spent": sorted(codes[::-1][:45]),
        "ballots": cast,
        "paper": sorted({f"{said(n)},{7 + n}" for n in range(1)}),
    }
    rules = rules_of(f"{CAMPAIGN}/{slug}", (OPENS, CLOSES), [name for name, _ in options], ballot)
    seals: list[Seal] = [sealed([], OPENS - datetime.timedelta(3), "opening", rules, {"codes": codes})]
    seals.append(sealed(seals, CLOSES + datetime.timedelta(1), "closing", rules, lists))
    folder = home / "votes" / slug
    folder.mkdir(parents=True)
    headers = {"ballots": "receipt,choices", "paper": "choices,count", "roots": ",".join(COLUMNS)}
    rows = {**lists, "roots": [",".join(seal.cells()) for seal in seals]}
    for name in (*SEALED, "roots"):
        if name in rows:
            text = "".join(f"{line}\n" for line in (headers.get(name, "code"), *rows[name]))
            (folder / f"{name}.csv").write_text(text, "utf-8")
    option = "yes" if ballot.kind == "yes-no" else "bancs"
    (folder / "meetings.yml").write_text(_MEETING.format(option=option), "utf-8")
    (folder / "paper.yml").write_text(_PAPER, "utf-8")
