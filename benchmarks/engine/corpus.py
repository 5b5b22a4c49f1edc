"""Turns a number into a corpus of contributions, always the same: the records every generator gets in its own files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

CAMPAIGN = 500  # contributions
THEMES = tuple(f"theme-{number}" for number in range(10))
_WORDS = [
    "ville",
    "parc",
    "école",
    "rue",
    "vélo",
    "banc",
    "arbre",
    "place",
    "marché",
    "quartier",
    "enfants",
    "sécurité",
    "éclairage",
    "passage",
    "bus",
    "gare",
    "jardin",
    "logement",
    "air",
    "bruit",
    "piétons",
    "commerce",
    "jeunes",
    "anciens",
    "atelier",
    "réunion",
    "projet",
    "budget",
    "travaux",
    "été",
    "hiver",
]
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Record:
    """A contribution: ten fields and 300 to 2,500 characters of Markdown."""

    id: str
    campaign: str
    debate: str
    date: str  # ISO 8601
    voice: str
    channel: str
    title: str
    name: str
    quarter: str
    theme: str
    position: str
    illustrative: str
    body: str


def records(count: int, per_campaign: int = CAMPAIGN, debates: int = 1) -> Iterator[Record]:
    """Make `count` contributions, in campaigns of `per_campaign`, each dealt out over `debates`."""
    chance = random.Random(count)  # noqa: S311 - the same corpus each time
    for number in range(count):
        campaign, rank = divmod(number, per_campaign)
        date = f"2016-{chance.randint(2, 12):02}-{chance.randint(1, 28):02}"
        yield Record(
            id=f"{date.replace('-', '')}-{''.join(chance.choices(_LETTERS, k=8))}",
            campaign=f"campagne-{campaign:04}",
            debate=f"debat-{rank % debates + 1}",
            date=date,
            voice="individual",
            channel=chance.choice(("web", "paper", "workshop")),
            title=_sentence(chance, 4)[:-1],
            name=chance.choice(_WORDS).capitalize(),
            quarter=chance.choice(("centre", "parc")),
            theme=chance.choice(THEMES),
            position=chance.choice(("for", "against", "neutral")),
            illustrative="true",
            body=_text(chance),
        )


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words)).capitalize() + "."


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance, chance.randint(6, 14)) for _ in range(chance.randint(2, 4)))


def _text(chance: random.Random) -> str:
    """Write paragraphs, lists, quotations, tables, links: one in four, ten, fourteen, eight."""
    parts, goal = [_paragraph(chance)], chance.randint(300, 2_200)
    while sum(map(len, parts)) < goal:
        kind = chance.random()
        if kind < 0.25:  # noqa: PLR2004
            parts.append("\n".join(f"- {_sentence(chance, 5)}" for _ in range(chance.randint(2, 5))))
        elif kind < 0.35:  # noqa: PLR2004
            parts.append(f"> {_sentence(chance, 12)}")
        elif kind < 0.42:  # noqa: PLR2004
            rows = "\n".join(f"| {_sentence(chance, 2)} | {chance.randint(1, 99)} |" for _ in range(3))
            parts.append(f"| lieu | nombre |\n|---|---|\n{rows}")
        elif kind < 0.55:  # noqa: PLR2004
            link = f"https://www.example.org/{chance.randint(1, 999)}"
            parts.append(f"Voir [{_sentence(chance, 2)}]({link}) et **{_sentence(chance, 2)}**.")
        else:
            parts.append(_paragraph(chance))
    return "\n\n".join(parts)
