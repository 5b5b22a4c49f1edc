"""Turns the rules of a campaign, as written at each commit, into what was announced and what changed since."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from agora_build.content.models import Campaign, Rules
from agora_build.record import Record

Fields = tuple[tuple[str, str], ...]  # a rule's name and its text, in the order of NAMES; nothing: no rules yet
Reading = Fields | None  # None: a file that cannot be read
State = Literal["complete", "incomplete", "outside-git", "no-git", "refused"]

DATES = ("opens", "closes")
NAMES = ("level", *DATES, *Rules.model_fields)
_RESULTS = str(Rules.model_fields["results"].default)


class Version(Record, frozen=True):
    """The rules that a commit brought into the history; the day is None when the commit tells none that exists."""

    commit: str
    day: datetime.date | None
    fields: Reading


class History(Record, frozen=True):
    """What is known of a campaign's rules: whether all of it is, and every version, the oldest first.

    `complete`; `incomplete`: the repository begins later; `outside-git`, `no-git`, `refused`: there is no telling.
    """

    state: State
    versions: tuple[Version, ...] = ()


UNKNOWN = History("outside-git")


class FieldChange(Record, frozen=True):
    """A rule before and after; '' where there was none, or is none any more."""

    name: str
    before: str
    after: str

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """Both, as the days that they are, if they are."""
        return _day(self.name, self.before), _day(self.name, self.after)


class Change(Record, frozen=True):
    """What one commit changed in the rules; without a commit, what is not in the history yet."""

    commit: str
    day: datetime.date | None
    fields: tuple[FieldChange, ...]


class Story(Record, frozen=True):
    """The history of a campaign's rules, for its readers.

    `opening` is the version in force when the campaign opened or, when none is that old, the first known one;
    `announced` is what of it was other than today; `unreadable` are the versions that are left out.
    """

    state: State
    opening: Version | None
    late: bool  # whether the first known version is younger than the opening
    announced: tuple[FieldChange, ...]
    changes: tuple[Change, ...]
    unreadable: tuple[Version, ...]


def story(history: History, campaign: Campaign) -> Story:
    """Tell the history of a campaign's rules, given those it has now; the latest change comes first."""
    readable = tuple(version for version in history.versions if version.fields is not None)
    lost = tuple(version for version in history.versions if version.fields is None)
    before, after = _parted([version for version in readable if version.fields], readable, campaign.opens)
    now = Version("", None, fields_of(campaign))
    if before is None:
        return Story(history.state, None, late=False, announced=(), changes=(), unreadable=lost)
    steps = itertools.pairwise((before, *after, now))
    changes = tuple(Change(new.commit, new.day, found) for old, new in steps if (found := _changes(old, new)))
    late = before.day is None or before.day > campaign.opens
    return Story(history.state, before, late, _changes(before, now), changes[::-1], lost)


def fields_of(campaign: Campaign) -> Fields:
    """Give the rules that a campaign has now, in the form of those of its history."""
    rules = campaign.rules.model_dump(mode="json") if campaign.rules else {}
    return fields({**campaign.model_dump(mode="json", include={"level", *DATES}), "rules": rules})


def history_of(slug: str, history: History, campaign: Campaign) -> bytes:
    """Write history.json: the rules today, and every version that git holds, the oldest first; null: unreadable."""
    versions = [
        {"commit": one.commit, "day": one.day and one.day.isoformat(), "rules": _told(one.fields)}
        for one in history.versions
    ]
    said: dict[str, Any] = {
        "format": "agora-rules-history-1",
        "campaign": slug,
        "history": history.state,
        "versions": versions,
    }
    said["rules"] = dict(fields_of(campaign))
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _told(reading: Reading) -> dict[str, str] | None:
    return None if reading is None else dict(reading)


def fields(data: Mapping[str, Any]) -> Fields:
    """Give the rules written in the front matter of a campaign; raise ValueError when they have not their form."""
    rules = data.get("rules") or {}
    if not isinstance(rules, dict):
        raise ValueError("rules")  # noqa: TRY004 - the same
    if not rules:
        return ()
    written = {"results": _RESULTS, **rules, **{name: data.get(name) for name in ("level", *DATES)}}
    names = (*NAMES, *sorted(written.keys() - {*NAMES}))
    return tuple((name, text) for name in names if (text := _text(written.get(name))))


def _day(name: str, text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if name in (*DATES, "announced") else None
    except ValueError:
        return None


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        raise ValueError("rules")  # noqa: TRY004 - what was written is wrong, not who calls
    text = "" if value is None else str(value).strip()
    return str(int(text)) if re.fullmatch("[0-9]{1,9}", text) else text


def _parted(
    ruled: list[Version], readable: tuple[Version, ...], opens: datetime.date
) -> tuple[Version | None, tuple[Version, ...]]:
    """Find the version in force on the opening day, and those after it.

    A commit that bears an earlier date than one before it does not hide that one.
    """
    if not ruled:
        return None, ()
    known = list(itertools.takewhile(lambda version: version.day is not None and version.day <= opens, readable))
    found = next((version for version in reversed(known) if version.fields), ruled[0])
    return found, readable[readable.index(found) + 1 :]


def _changes(old: Version, new: Version) -> tuple[FieldChange, ...]:
    before, after = dict(old.fields or ()), dict(new.fields or ())
    return tuple(_changed(before, after))


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldChange]:
    """List the rules that changed; where a line of text ends is not a rule."""
    for name in (*NAMES, *sorted((before.keys() | after.keys()) - {*NAMES})):
        old, new = before.get(name, ""), after.get(name, "")
        if old.split() != new.split():
            yield FieldChange(name, old, new)
