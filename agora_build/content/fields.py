"""Turns the text of one YAML value into a typed value: days, times, places, references, or a named refusal."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

# Whatever is installed beside Agora, no plugin changes what a model accepts; looking for some costs 10 ms a process.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from agora_build.record import Record

MAX_CITIZEN_TEXT = 8000
MIN_YEAR, MAX_YEAR = 1500, 2500
ID = re.compile(r"[0-9]{8}-[0-9a-hjkmnp-tv-z]{8}")  # the day it was given, then eight characters that nobody confuses


class Model(BaseModel):
    """What every kind of content shares: frozen, unknown keys refused, text kept as typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[Any, ...]]:
        """Write the values alone, in the order of the fields; pydantic would write a set, in no certain order."""
        return _restored, (type(self), tuple(vars(self).values()))


def _restored(kind: type[Model], values: tuple[Any, ...]) -> Model:
    """Make again a model that was right when it was written down."""
    made = kind.__new__(kind)
    fields = kind.__pydantic_fields__
    object.__setattr__(made, "__dict__", dict(zip(fields, values, strict=True)))
    object.__setattr__(made, "__pydantic_fields_set__", set(fields))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


class Reference(Record, frozen=True):
    """Marks a field that names something else: a quarter, office, debate, contribution, decision, resource or layer."""

    kind: str


class FileReference(Record, frozen=True):
    """Marks a field that names a file kept beside the content file; suffixes are lower-case, with the dot."""

    suffixes: tuple[str, ...]


class Unit(Record, frozen=True):
    """Marks a field whose number is of something: what, in the words of open data."""

    name: str


PICTURES = FileReference((".svg", ".png", ".jpg", ".jpeg", ".webp"))
AUDIO = FileReference((".mp3",))
FILES = FileReference((".pdf", ".csv", ".ods", ".odt", ".txt", ".svg", ".png", ".jpg", ".jpeg", ".zip", ".geojson"))


def _refuse(code: str, value: object) -> PydanticCustomError:
    return PydanticCustomError(code, "refused", {"value": str(value)})


def _day(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise _refuse("bad-date", value)
        try:
            return _of_our_time(datetime.date.fromisoformat(value))
        except ValueError:
            raise _refuse("bad-date", value) from None
    return value


def _of_our_time(day: datetime.date) -> datetime.date:
    """Refuse the years that only a slip of the finger writes: 0216, 9016."""
    if not MIN_YEAR <= day.year <= MAX_YEAR:
        raise ValueError(day)
    return day


def _time(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise _refuse("bad-time", value)
        return datetime.time.fromisoformat(value)
    return value


class PartialDate(Model):
    """A day, a month ('septembre 2016') or a year, for steps whose exact day is not known."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> datetime.date:
        """The first day it may mean."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        """The last day it may mean."""
        if self.day:
            return self.first
        if self.month and self.month < 12:  # noqa: PLR2004
            return datetime.date(self.year, self.month + 1, 1) - datetime.timedelta(days=1)
        return datetime.date(self.year, 12, 31)


def _partial_date(value: object) -> object:
    if isinstance(value, str):
        match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", value)
        if not match:
            raise _refuse("bad-date", value)
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            _of_our_time(datetime.date(year or 0, month or 1, day or 1))
        except ValueError:
            raise _refuse("bad-date", value) from None
        return {"year": year, "month": month, "day": day}
    return value


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = re.fullmatch(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)", value)
        if not match:
            raise _refuse("bad-duration", value)
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return value


def _latitude(value: float) -> float:
    if not -90 <= value <= 90:  # noqa: PLR2004
        raise _refuse("bad-latitude", value)
    return value


def _longitude(value: float) -> float:
    if not -180 <= value <= 180:  # noqa: PLR2004
        raise _refuse("bad-longitude", value)
    return value


def _https(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"'`{}|\\^]+", value) or not _has_host(value):
        raise _refuse("bad-link", value)
    return value


def _without_query(value: str) -> str:
    """Refuse an address below which no page can be: one with a question, or a place in a page."""
    if "?" in value or "#" in value:
        raise _refuse("bad-link", value)
    return value


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _given(value: str) -> str:
    if not ID.fullmatch(value):
        raise _refuse("not-an-id", value)
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>\"',;:()\[\]\\]+@(?:[^\s@<>\"',;:()\[\]\\.]+\.)+[a-z]{2,}", value):
        raise _refuse("bad-email", value)
    return value


def _amount(value: object) -> object:
    """Read an amount of money as a number of hundredths, so that nothing of it is ever rounded."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?", value)
    if not match:
        raise _refuse("bad-amount", value)
    hundredths = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if not hundredths:
        raise _refuse("no-amount", value)
    return hundredths


def _initials(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,4}", value):
        raise _refuse("bad-initials", value)
    return value


def _typed(pattern: str, *others: str) -> WithJsonSchema:
    """Say to editors what one types, where the model keeps something else."""
    return WithJsonSchema({"type": ["string", *others], "pattern": f"^{pattern}$"})


Day = Annotated[datetime.date, BeforeValidator(_day)]
Time = Annotated[datetime.time, BeforeValidator(_time), _typed(r"([01][0-9]|2[0-3]):[0-5][0-9]")]
DayOrMonth = Annotated[PartialDate, BeforeValidator(_partial_date), _typed("[0-9]{4}(-[0-9]{2}){0,2}", "integer")]
Seconds = Annotated[
    int, BeforeValidator(_duration), Field(ge=0), Unit("second"), _typed("([0-9]{1,2}:)?[0-5]?[0-9]:[0-5][0-9]")
]
Latitude = Annotated[float, AfterValidator(_latitude), Unit("degree")]
Longitude = Annotated[float, AfterValidator(_longitude), Unit("degree")]
Amount = Annotated[
    int, BeforeValidator(_amount), Unit("money"), _typed(r"[0-9]+(\.[0-9]{1,2})?", "number")
]  # of money, in hundredths; 40000 or 40000.50 is what one writes
Link = Annotated[str, AfterValidator(_https)]
SiteLink = Annotated[Link, AfterValidator(_without_query)]
Email = Annotated[str, AfterValidator(_email)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=160, pattern=r"^[^\n]+$")]
Summary = Annotated[str, StringConstraints(min_length=1, max_length=600)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Id = Annotated[str, AfterValidator(_given)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Initials = Annotated[str, AfterValidator(_initials)]
SheetCount = Annotated[int, Field(ge=0, le=9_999), Unit("sheet")]
SheetNumber = Annotated[int, Field(ge=1, le=9_999)]
HeadCount = Annotated[int, Field(ge=1, le=100_000), Unit("person")]
Attendance = Annotated[int, Field(ge=0, le=1_000_000)]
PictureFile = Annotated[str, PICTURES]
AudioFile = Annotated[str, AUDIO]
AnyFile = Annotated[str, FILES]
QuarterRef = Annotated[str, Reference("quarter")]
OfficeRef = Annotated[str, Reference("office")]
DebateRef = Annotated[str, Reference("debate")]
BatchRef = Annotated[str, Reference("batch")]
WorkshopRef = Annotated[str, Reference("workshop")]
ContributionRef = Annotated[str, Reference("contribution")]
ResourceRef = Annotated[str, Reference("resource")]
JuryRef = Annotated[str, Reference("jury")]
DecisionRef = Annotated[str, Reference("decision")]
LayerRef = Annotated[str, Reference("layer")]
