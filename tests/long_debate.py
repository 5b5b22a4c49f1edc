"""Adds to a city of Nanterre's settings a campaign whose debate is long enough to be read in lists."""

from __future__ import annotations

import datetime
from pathlib import Path

CAMPAIGN, DEBATE = "ecoles-ouvertes", "cours-d-ecole"
FIRST = datetime.date(2016, 10, 3)
COUNT = 130
_CAMPAIGN = """---
title: Des écoles ouvertes le soir
summary: Ouvrir les cours d’école après la classe, et décider ensemble comment.
question: Que faire des cours d’école après la classe ?
opens: 2016-10-03
closes: 2016-12-16
level: consult
accent: parc
rules:
  announced: 2016-09-19
  who: Toute personne qui habite ou étudie à Nanterre.
  how: En ligne, sur papier ou en atelier.
  use: Chaque proposition est lue, et la Ville dit ce qu’elle en fait.
  decides: Le conseil municipal.
illustrative: true
---
Cinq écoles ont une cour ombragée qui reste fermée après la classe.
"""
_DEBATE = """---
title: Les cours d’école
question: À qui ouvrir les cours d’école, et quand ?
opens: 2016-10-03
closes: 2016-12-16
themes:
  - {{id: horaires, title: Les horaires}}
  - {{id: jeux, title: 'Les jeux, le sport et tout ce que l’on ferait là'}}
  - {{id: voisinage, title: Le voisinage}}
synthesis: |
  On veut bien ouvrir, [le samedi surtout](../contributions/{first}.md) ;
  on craint [le bruit](../contributions/{second}.md).
illustrative: true
---
La cour est aux enfants le jour. Et le soir ?
"""
_TEXTS = (
    "Ouvrons-la le samedi matin, quand les parents sont là.",
    "Le bruit monte jusqu’au quatrième étage. Je ne suis pas contre, mais pas après vingt heures.",
    "- des bancs à l’ombre\n- de l’eau\n- **un gardien** que l’on connaisse",
    "نريد أن تبقى الساحة مفتوحة مساء السبت.",
    "Nous en avons parlé longuement. " + "Il faut essayer un an, regarder, puis décider. " * 14,
)
_QUARTERS = ("centre", "petit-nanterre", "parc-sud", "universite", None)
_CHANNELS = ("web", "paper", "web", "workshop", "web", "pull-request", "paper")
_POSITIONS = ("for", "against", "neutral", None, "for", "for")


def slug(rank: int) -> str:
    """Give the id of the contribution of a rank."""
    return f"{FIRST + datetime.timedelta(rank // 2):%Y%m%d}-{rank:08d}"


def add_long_debate(city: Path) -> None:
    """Write the campaign, its debate and its contributions: every voice, channel and position, replies, no title."""
    home = city / "content/campaigns" / CAMPAIGN
    for folder in ("debates", "contributions"):
        (home / folder).mkdir(parents=True)
    (home / "campaign.md").write_text(_CAMPAIGN, "utf-8")
    (home / "debates" / f"{DEBATE}.md").write_text(_DEBATE.format(first=slug(0), second=slug(1)), "utf-8")
    for rank in range(COUNT):
        (home / "contributions" / f"{slug(rank)}.md").write_text(_contribution(rank), "utf-8")


def _contribution(rank: int) -> str:
    fields: dict[str, object] = {
        "debate": DEBATE,
        "date": FIRST + datetime.timedelta(rank // 2),
        "voice": "individual",
        "channel": _CHANNELS[rank % 7],
        "title": f"Une idée pour la cour, la {rank}e" if rank % 4 else None,
        "quarter": _QUARTERS[rank % 5],
        "theme": ("horaires", "jeux", "voisinage", None)[rank % 11 % 4],
        "position": _POSITIONS[rank % 6],
        "reply_to": slug(rank - 9) if rank % 13 == 12 else None,
        "illustrative": "true",
    }
    if rank % 6 == 5:
        fields |= {"voice": "collective", "group": "Les parents d’une école", "people": 3 + rank}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return f"---\n{head}---\n{_TEXTS[rank % 5]}\n"
