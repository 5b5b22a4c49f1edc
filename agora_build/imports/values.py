"""Turns what people and systems write in a cell into a value of ours: days, numbers, quarters, sides, channels."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from agora_build.config import Quarter
from agora_build.content.validate import nearest
from agora_build.record import Record

_MONTHS = {
    name: rank
    for rank, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_TIME = (
    r"(?:[T ,à]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([^)]*\))?"
_DATES = (
    re.compile(rf"(?P<year>\d{{4}})[-/](?P<month>\d{{2}})[-/](?P<day>\d{{2}}){_TIME}{_ZONE}"),
    re.compile(rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}){_TIME}{_ZONE}"),
    re.compile(rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>\d{{2}}) (?P<year>\d{{4}}){_TIME}{_ZONE}"),
)
_POSITIONS = {
    "for": ("for", "pour", "favorable", "d accord", "plutot pour"),
    "against": ("against", "contre", "defavorable", "pas d accord", "plutot contre"),
    "neutral": ("neutral", "neutre", "ni pour ni contre", "sans avis"),
}
_CHANNELS = {
    "web": ("web", "en ligne", "internet", "site", "formulaire", "courriel", "numerique"),
    "paper": ("paper", "papier", "courrier", "registre", "cahier", "questionnaire papier", "urne"),
    "workshop": ("workshop", "atelier", "reunion", "reunion publique", "rencontre", "forum"),
    "pull-request": ("pull request", "demande de fusion"),
}


class Words(Record, frozen=True):
    """Words that name something, as people spell them, and what each names."""

    known: Mapping[str, str]

    def find(self, text: str) -> str:
        """Give what a word names, or ''."""
        return self.known.get(plain(text), "")

    def near(self, text: str) -> str:
        """Give what was probably meant, or ''."""
        return self.known.get(_nearest(plain(text), tuple(self.known)), "")


@lru_cache(maxsize=1024)  # half a million rows say the names of ten quarters
def plain(text: str) -> str:
    """Write a name as all its spellings: no accent, no capital, no sign between its words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str:
    return nearest(word, known)


def words_of(named: Iterable[tuple[str, str]]) -> Words:
    """Gather ids with their names: both are known."""
    pairs = list(named)
    return Words({plain(word): id_ for id_, name in pairs for word in (name, id_) if plain(word)})


def quarters_of(quarters: Iterable[Quarter]) -> Words:
    """Gather the quarters of a city."""
    return words_of((quarter.id, quarter.name) for quarter in quarters)


POSITIONS = Words({word: value for value, words in _POSITIONS.items() for word in words})
CHANNELS = Words({word: value for value, words in _CHANNELS.items() for word in words})


def moment(text: str, zone: ZoneInfo) -> datetime.datetime | None:
    """Read a day, with its hour or without, as the clocks of the city show it; None when it is not one."""
    match = next((found for form in _DATES if (found := form.fullmatch(text.strip()))), None)
    if match is None:
        return None
    part = match.groupdict()
    month = _MONTHS.get(part["month"].lower()) or part["month"]
    try:
        read = datetime.datetime(
            int(part["year"]), int(month), int(part["day"]), _hour(int(part["hour"] or 0), part["half"] or ""),
            int(part["minute"] or 0), int(part["second"] or 0), tzinfo=zone,
        )  # fmt: skip
        return read.replace(tzinfo=_zone(part["zone"])).astimezone(zone) if part["zone"] else read
    except (ValueError, OverflowError):
        return None


def from_epoch(seconds: float, zone: ZoneInfo) -> datetime.datetime | None:
    """Read a number of seconds since 1970; None when no calendar holds it."""
    try:
        return datetime.datetime.fromtimestamp(seconds, zone)
    except (ValueError, OverflowError, OSError):
        return None


def number(text: str) -> int | None:
    """Read a whole number, with or without spaces between thousands or a decimal part of zero; None otherwise."""
    match = re.fullmatch(r"([+-]?\d{1,12})(?:[.,]0+)?", re.sub(r"[\s\u00a0\u202f]", "", text))
    return int(match[1]) if match and match[1].isascii() else None


def _zone(text: str) -> datetime.tzinfo:
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?", text)
    if match is None:
        return datetime.UTC
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return datetime.timezone(datetime.timedelta(minutes=minutes if match[1] == "+" else -minutes))


def _hour(hour: int, half: str) -> int:
    """Read an hour of a clock of twelve, which midnight and noon begin."""
    return hour % 12 + (12 if half[0] in "Pp" else 0) if half else hour
