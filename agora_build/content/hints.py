"""Turns a text into hints for whoever reads it before publication: what in it may be somebody's, and private."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

HintKind = Literal["phone", "email", "address", "iban", "nir", "person"]
PRIVATE: dict[HintKind, str] = {
    "phone": "un numéro de téléphone", "email": "une adresse électronique", "address": "une adresse",
    "iban": "un IBAN", "nir": "un numéro de sécurité sociale", "person": "une personne nommée",
}  # fmt: skip
_MANY = 20
_SPACE = r"[ .\u00a0\u202f-]?"
_STREET = r"rue|avenue|av\.|boulevard|bd|bld|allée|impasse|place|quai|chemin|square|passage|villa|cours|route|sente"
_PATTERNS: dict[HintKind, re.Pattern[str]] = {
    "email": re.compile(r"[\w.+-]{1,64}(?:@|\s?\[(?:at|arobase)\]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.IGNORECASE),
    "iban": re.compile(rf"\b[A-Z]{{2}}\d{{2}}(?:{_SPACE}[A-Z0-9]{{1,4}}){{3,8}}\b", re.IGNORECASE),
    "nir": re.compile(
        rf"\b[12]{_SPACE}\d\d{_SPACE}\d\d{_SPACE}(?:\d\d|2[AB]){_SPACE}\d{{3}}{_SPACE}\d{{3}}(?:{_SPACE}\d\d)?\b"
    ),
    "phone": re.compile(rf"(?<![\d.])(?:(?:\+|00)\d{{2}}{_SPACE}(?:\(0\){_SPACE})?|0)[1-9](?:{_SPACE}\d\d){{4}}(?!\d)"),
    "address": re.compile(
        rf"\b\d{{1,4}}(?:\s?(?:bis|ter|quater))?,?\s(?:{_STREET})\b[^\n,;.]{{0,60}}"
        r"|\b(?:appartement|appt|apt|bâtiment|bât|escalier|étage|porte)\.?\s(?:n°\s?)?[A-Z0-9]{1,4}\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"\b(?:M\.|MM\.|Mme|Mlle|Monsieur|Madame|Mademoiselle|Maître|Me|Dr|Docteur)\s[A-ZÀ-Ý][\w'’-]{1,40}(?:\s[A-ZÀ-Ý][\w'’-]{1,40})?"
        r"|\bmon(?:sieur)?\svoisin\s[A-ZÀ-Ý][\w'’-]{1,40}|\bma\svoisine\s[A-ZÀ-Ý][\w'’-]{1,40}"
    ),
}


class Hint(NamedTuple):
    """Something in a text that may be private, and what it looks like."""

    kind: HintKind
    said: str


def hints(text: str) -> list[Hint]:
    """List what may be private in a text, in its order, at most twenty; a machine misses some and errs on others."""
    found = sorted(_found(text), key=lambda item: item[0])
    return [hint for _, hint in found[:_MANY]]


def _found(text: str) -> Iterator[tuple[int, Hint]]:
    taken: list[range] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            place = range(match.start(), match.end())
            if _CHECKS.get(kind, bool)(match[0]) and not any(place.start in other for other in taken):
                taken.append(place)
                yield match.start(), Hint(kind, match[0].strip())


def _is_iban(said: str) -> bool:
    """Check the key of an IBAN: ISO 13616, remainder 1 by 97."""
    plain = re.sub(r"[^A-Z0-9]", "", said.upper())
    digits = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    return 15 <= len(plain) <= 34 and int(digits) % 97 == 1  # noqa: PLR2004


def _is_nir(said: str) -> bool:
    """Check the key of a social security number where it is written: 97 less the remainder by 97."""
    plain = re.sub(r"[^0-9AB]", "", said.upper())
    number = int(plain[:13].replace("2A", "19").replace("2B", "18"))
    return len(plain) == 13 or int(plain[13:]) == 97 - number % 97  # noqa: PLR2004


_CHECKS: dict[HintKind, Callable[[str], bool]] = {"iban": _is_iban, "nir": _is_nir}
