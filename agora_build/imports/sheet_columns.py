"""States the columns of a transcription sheet, in plain French, and turns what a person types in them into values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence

from agora_build.config import Office, Quarter
from agora_build.content.fields import ID
from agora_build.content.models import Debate, Reason, SheetContent, Theme
from agora_build.content.validate import nearest, shown
from agora_build.problems import Problem, Span
from agora_build.record import Record

BATCH, ENTRY, SHEET, STATE, CONSENT, TEXT = "batch", "entry", "sheet", "state", "consent", "text"
TO, ADDRESS, POINT, REASON = "to", "address", "point", "reason"
# The key of each column and its header, in the order of the sheet; keys of the model are written with its words.
HEADERS = {
    BATCH: "lot",
    ENTRY: "saisie",
    SHEET: "feuille",
    STATE: "état",
    REASON: "raison du refus",
    "date": "date",
    TO: "à qui",
    "voice": "voix",
    "title": "titre",
    TEXT: "texte",
    ADDRESS: "adresse",
    POINT: "coordonnées",
    "name": "nom",
    CONSENT: "J’accepte que mon nom soit publié",
    "group": "groupe",
    "spokesperson": "porte-parole",
    "people": "personnes",
    "meeting": "réunion du groupe",
    "quarter": "quartier",
    "theme": "thème",
    "position": "position",
}
NEEDED = (BATCH, SHEET, TEXT)
OF_VOTES = (BATCH, ENTRY, SHEET, STATE, "date")  # columns of a sheet of votes, beside one for each sentence
_UNASKED: dict[SheetContent, tuple[str, ...]] = {  # what a sheet of each kind has no column for
    "contribution": (TO, ADDRESS, POINT),
    "question": (ADDRESS, POINT, "theme", "position"),
    "place": (TO, "name", CONSENT, "spokesperson", "meeting", "theme", "position"),
}
PREFILLED = (BATCH, ENTRY, SHEET)
_WORDS: dict[str, dict[str, str]] = {
    STATE: {"remplie": "written", "blanche": "blank", "refusée": "refused", "non rendue": "absent"},
    "voice": {"individuelle": "individual", "collective": "collective"},
    "position": {"pour": "for", "contre": "against", "neutre": "neutral"},
    CONSENT: {"oui": "yes", "non": "no"},
}
_VOTES = {"d’accord": "agree", "pas d’accord": "disagree", "passe": "pass"}
_ALSO_VOTES = {"oui": "agree", "accord": "agree", "non": "disagree", "+": "agree", "-": "disagree", "?": "pass"}
_ALSO = {
    "x": "oui",
    "vierge": "blanche",
    "perdue": "non rendue",
    "individuel": "individuelle",
    "collectif": "collective",
}
_CONTACT = re.compile(r"\b(e ?mails?|mails?|courriels?|tel|telephones?|portables?|mobiles?|adresses?|contacts?)\b")
_POINT = re.compile(r"(-?[0-9]{1,3}(?:[.,][0-9]+)?)[\s;,/]+(-?[0-9]{1,3}(?:[.,][0-9]+)?)")
_METRES_A_DEGREE = 111_320
_NUMBERS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}


class Columns(Record, frozen=True):
    """Where each column is, by its key, and what is wrong with the header."""

    places: Mapping[str, int]
    problems: tuple[Problem, ...]


class Words(Record, frozen=True):
    """The names that a person may write instead of an id: those of quarters, themes, offices, reasons."""

    quarters: Mapping[str, str]
    themes: Mapping[str, str]
    offices: Mapping[str, str]
    reasons: Mapping[str, str]  # for not publishing a sheet


def words_of(
    quarters: Sequence[Quarter],
    themes: Sequence[Theme],
    offices: Sequence[Office] = (),
    reasons: Sequence[Reason] = (),
) -> Words:
    """Gather the names of quarters, themes, offices and reasons as people may type them."""
    return Words(
        {plain(name): item.id for item in quarters for name in (item.id, item.name)},
        {plain(name): item.id for item in themes for name in (item.id, item.title)},
        {plain(name): item.id for item in offices for name in (item.id, item.name)},
        {plain(name): item.id for item in reasons for name in (item.id, item.title)},
    )


def plain(text: str) -> str:
    """Reduce words to what two people surely type alike: no accent, no capital, no punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", kept))


def columns_of(path: str, number: int, header: Sequence[str]) -> Columns:
    """Find the columns of a table by its header; contact details and unknown columns are problems."""
    known = {plain(name): key for key, name in HEADERS.items()}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for index, cell in enumerate(header):
        key = known.get(plain(cell)) or statement_of(cell)
        if key and key in places:
            problems.append(_at(path, number, cell, "repeated-column"))
        elif key:
            places[key] = index
        elif cell and _CONTACT.search(plain(cell)):
            problems.append(_at(path, number, cell, "contact-column"))
        elif cell:
            near = nearest(cell, HEADERS.values())
            problems.append(_at(path, number, cell, "unknown-column", near=near, allowed=", ".join(HEADERS.values())))
    votes = any(is_statement(key) for key in places)
    missing = (key for key in NEEDED if key not in places and not (votes and key == TEXT))
    problems += (_at(path, number, HEADERS[key], "missing-column") for key in missing)
    return Columns(places, tuple(problems))


def is_statement(key: str) -> bool:
    """Tell whether a column is that of a sentence to vote on: its key is the sentence’s id."""
    return ID.fullmatch(key) is not None


def statement_of(header: str) -> str:
    """Give the id of the sentence that a column is for: its header begins with it; '' when it is for none."""
    match = ID.match(header)
    return match[0] if match else ""


def header_of(key: str) -> str:
    """Give the header of a column; that of a sentence is its id."""
    return HEADERS.get(key, key)


def _at(path: str, number: int, cell: str, code: str, /, **values: str) -> Problem:
    return Problem(path, Span(number, 1), code, {"value": shown(cell), **values})


def value_of(key: str, typed: str, words: Words) -> str:
    """Give the value that typed words stand for; words that stand for none stay as they are, for the checks to tell."""
    if key == "date":
        match = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", typed)
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else typed
    if key == "people":
        digits = re.sub(r"[\s\u202f\u00a0]", "", typed)
        return digits if digits.isdecimal() else typed
    named = {"quarter": words.quarters, "theme": words.themes, TO: words.offices, REASON: words.reasons}.get(key)
    if named is not None:
        return named.get(plain(typed), typed)
    if key == POINT:
        return point_of(typed)
    if is_statement(key) and typed.lower() in _ALSO_VOTES:
        return _ALSO_VOTES[typed.lower()]
    return _vocabulary(key).get(plain(typed), typed) if _words_of(key) else typed


def point_of(typed: str) -> str:
    """Write a latitude and a longitude, as the map of the site gives them, in one way; other words stay as they are."""
    match = _POINT.fullmatch(typed.strip())
    return f"{match[1].replace(',', '.')} {match[2].replace(',', '.')}" if match else typed


def metres(one: str, two: str) -> float:
    """Measure how far apart two points are; infinitely, when one is none."""
    if not (is_point(one) and is_point(two)):
        return math.inf
    (lat, lon), (other_lat, other_lon) = (map(float, text.split()) for text in (one, two))
    east = (other_lon - lon) * math.cos(math.radians(lat))
    return math.hypot(other_lat - lat, east) * _METRES_A_DEGREE


def is_point(value: str) -> bool:
    """Tell whether a value is a latitude and a longitude."""
    return _POINT.fullmatch(value) is not None


def _words_of(key: str) -> dict[str, str]:
    return _VOTES if is_statement(key) else _WORDS.get(key, {})


def _vocabulary(key: str) -> dict[str, str]:
    own = _words_of(key)
    also = {plain(word): own[meant] for word, meant in _ALSO.items() if meant in own}
    return {**also, **{plain(word): value for word, value in own.items()}, **{value: value for value in own.values()}}


def typed_of(key: str, value: str) -> str:
    """Write a value back as people type it."""
    return next((word for word, meant in _words_of(key).items() if meant == value), value)


def wrong_words(key: str, value: str) -> dict[str, str] | None:
    """Tell what a closed question allows, when a value is not an answer to it."""
    words = _words_of(key)
    if not words or not value or value in words.values():
        return None
    allowed = list(words)
    return {
        "key": header_of(key),
        "value": shown(value),
        "allowed": ", ".join(allowed),
        "near": nearest(value, allowed),
    }


def in_digits(text: str) -> str:
    """Guess the number that French words write, up to 79; '' when they do not."""
    folded = plain(text)
    small = {plain(word): number for number, word in enumerate(_NUMBERS)}
    if folded in small:
        return str(small[folded])
    for word, tens in _TENS.items():
        rest = folded.removeprefix(word).strip().removeprefix("et ").strip()
        if folded.startswith(word) and (not rest or 0 < small.get(rest, 0) < 20):  # noqa: PLR2004 - from one to nineteen
            return str(tens + small.get(rest, 0))
    return ""


def asked_on(kind: SheetContent) -> tuple[str, ...]:
    """List the columns that sheets of a kind may have."""
    return OF_VOTES if kind == "votes" else tuple(key for key in HEADERS if key not in _UNASKED[kind])


def keys_for(kind: SheetContent, debate: Debate | None) -> tuple[str, ...]:
    """List the columns to fill in for sheets of a kind, and for their debate when they have one."""
    unasked = debate and {
        "theme": not debate.themes,
        "position": debate.method != "arguments",
        "title": debate.method == "statements",
    }
    return tuple(key for key in asked_on(kind) if not (unasked or {}).get(key, False))


def vote_headers(statements: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Write the headers of a sheet of votes: each sentence by its id, then its words."""
    return (*(HEADERS[key] for key in OF_VOTES), *(f"{name} {' '.join(words.split())}" for name, words in statements))


def choices_for(
    debate: Debate | None, quarters: Sequence[Quarter], offices: Sequence[Office], reasons: Sequence[Reason]
) -> dict[str, tuple[str, ...]]:
    """List the words among which one chooses, by column."""
    closed = {key: tuple(words) for key, words in _WORDS.items()}
    named = {
        "quarter": tuple(item.name for item in quarters),
        "theme": tuple(item.title for item in debate.themes) if debate else (),
        TO: tuple(item.name for item in offices),
        REASON: tuple(item.title for item in reasons),
    }
    return {**closed, **{key: words for key, words in named.items() if words}}
