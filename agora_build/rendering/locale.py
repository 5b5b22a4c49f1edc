"""Turns days, times, durations and numbers into the words of a language, with Babel."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from agora_build.content.fields import PartialDate
from agora_build.content.models import Workshop
from agora_build.record import Record
from agora_build.rendering.typography import NARROW

if TYPE_CHECKING:
    import babel

_WHEN = {
    "fr": {
        "from": "de {a} à {b}",
        "at": "à {a}",
        "to": "du {a} au {b}",
        "since": "depuis le {a}",
        "join": "{day}, {time}",
    },
    "en": {
        "from": "from {a} to {b}",
        "at": "at {a}",
        "to": "{a} to {b}",
        "since": "since {a}",
        "join": "{day}, {time}",
    },
    "ar": {
        "from": "من {a} إلى {b}",
        "at": "الساعة {a}",
        "to": "من {a} إلى {b}",
        "since": "منذ {a}",
        "join": "{day}، {time}",
    },
}
_MARK = "\N{LEFT-TO-RIGHT MARK}"  # without it, the sign goes to either side after what comes before the number
_UNITS = {
    "fr": ("h", "min", "s", "ko", "Mo"),
    "en": ("h", "min", "s", "kB", "MB"),
    "ar": ("س", "د", "ث", "كيلوبايت", "ميغابايت"),
}


class Locale(Record, frozen=True, dict=True):
    """The words of one language for dates and numbers."""

    language: str

    def day(self, day: datetime.date) -> str:
        """Write a day: '1er mars 2016'."""
        return self._format(day, "d MMMM y")

    def day_short(self, day: datetime.date) -> str:
        """Write a day where room is scarce: '1er mars', without its year."""
        return self._format(day, "d MMMM")

    def weekday(self, day: datetime.date) -> str:
        """Write a day with its weekday: 'lundi 7 mars 2016'."""
        return self._format(day, "EEEE d MMMM y")

    def month(self, day: datetime.date) -> str:
        """Write a month: 'mars 2016'."""
        return self._format(day, "MMMM y")

    def partial(self, date: PartialDate) -> str:
        """Write a day, a month or a year, as exactly as it is known."""
        if date.day:
            return self.day(date.first)
        return self.month(date.first) if date.month else str(date.year)

    def period(self, start: datetime.date, end: datetime.date | None) -> str:
        """Write a period: 'du 7 mars au 30 juin 2016', without repeating what both days share."""
        if end is None:
            return self._words["since"].format(a=self.day(start))
        if end == start:
            return self.day(start)
        if start.year != end.year:
            first = self.day(start)
        elif start.month != end.month:
            first = self.day_short(start)
        else:
            first = self._format(start, "d")
        return self._words["to"].format(a=first, b=self.day(end))

    def time(self, time: datetime.time) -> str:
        """Write an hour: '18 h 30' with no-break spaces in French, '18:30' in English."""
        if self.language != "fr":
            return f"{time:%H:%M}"
        return f"{time.hour}{NARROW}h" + (f"{NARROW}{time.minute:02}" if time.minute else "")

    def when(self, workshop: Workshop) -> str:
        """Write when a workshop takes place: day or days, and hours."""
        if workshop.end_date and workshop.end_date != workshop.date:
            day = self.period(workshop.date, workshop.end_date)
        else:
            day = self.weekday(workshop.date)
        if not workshop.starts:
            return day
        a, b = self.time(workshop.starts), self.time(workshop.ends) if workshop.ends else ""
        hours = self._words["from" if b else "at"].format(a=a, b=b)
        return self._words["join"].format(day=day, time=hours)

    def duration(self, seconds: float) -> str:
        """Write a duration: '42 s', '1 min 05 s', '1 h 02 min'."""
        whole = round(seconds)
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        hour, minute, second, _, _ = self._units
        if hours:
            return f"{hours}{NARROW}{hour}{NARROW}{minutes:02}{NARROW}{minute}"
        return f"{minutes}{NARROW}{minute}{NARROW}{rest:02}{NARROW}{second}" if minutes else f"{rest}{NARROW}{second}"

    def number(self, number: float) -> str:
        """Write a number with the separators of the language."""
        return (_count if type(number) is int else _decimal)(number, self.language)

    def money(self, hundredths: int | Fraction, currency: str) -> str:
        """Write an amount in its currency: '40 000 €', '33,33 €' when it is not a whole number."""
        return _money(hundredths, currency, self.language)

    def share(self, part: float, whole: float) -> str:
        """Write a share in whole per cents: '72 %'; a dash when there is nothing to share."""
        if not whole:
            return "–"
        sign = {"fr": f"{NARROW}%", "ar": f"{_MARK}%{_MARK}"}.get(self.language, "%")
        return f"{round(100 * part / whole)}{sign}"

    def size(self, count: int) -> str:
        """Write a file's size in octets: '184 ko', '2,4 Mo'."""
        _, _, _, kilo, mega = self._units
        if count >= 1_000_000:  # noqa: PLR2004
            return f"{self.number(round(count / 1e6, 1))}{NARROW}{mega}"
        return f"{self.number(max(1, round(count / 1000)))}{NARROW}{kilo}"

    @property
    def _words(self) -> dict[str, str]:
        return _WHEN.get(self.language, _WHEN["en"])

    @property
    def _units(self) -> tuple[str, str, str, str, str]:
        return _UNITS.get(self.language, _UNITS["en"])

    def _format(self, day: datetime.date, pattern: str) -> str:
        if self.language == "fr" and day.day == 1:
            pattern = pattern.replace("d", "d'er'", 1) if pattern.startswith("d") else pattern.replace(" d ", " d'er' ")
        return _formatted(day, pattern, self.language)


@lru_cache(maxsize=4_000)  # the same days come back on page after page
def _formatted(day: datetime.date, pattern: str, language: str) -> str:
    from babel import dates  # here and below: many builds write no new date

    return dates.format_date(day, pattern, locale=_babel(language))


def _money(hundredths: int | Fraction, currency: str, language: str) -> str:
    from babel import numbers

    whole = hundredths.denominator == 1 and hundredths.numerator % 100 == 0
    pattern = _babel(language).currency_formats["standard"].pattern
    exact = Decimal(hundredths.numerator) / Decimal(hundredths.denominator) / 100
    pattern = pattern.replace(".00", "") if whole else pattern
    return numbers.format_currency(
        exact,
        currency,
        pattern.replace(".00", "") if whole else pattern,
        locale=_babel(language),
        currency_digits=False,
    )


def _decimal(number: float, language: str) -> str:
    from babel import numbers

    return numbers.format_decimal(number, locale=_babel(language))


_count = lru_cache(maxsize=4_000)(_decimal)


@lru_cache
def _babel(language: str) -> babel.Locale:
    import babel

    return babel.Locale.parse({"en": "en_GB"}.get(language, language))
