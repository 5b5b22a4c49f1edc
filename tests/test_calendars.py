"""Calendars, read back by icalendar."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from syndicated import BASE, HOSTILE, rendered, site, workshop

from agora_build.rendering import vtimezone

CITY, PARC = "agenda/agenda.ics", "campagnes/parc/agenda/agenda.ics"


def events(data: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(data)
    return {str(event["UID"]).split(".")[0]: event for event in calendar.walk("VEVENT")}


def of(*workshops: Any, **city: Any) -> bytes:
    return rendered(site(workshops=workshops, **city))[PARC]


def test_every_event_says_all_that_a_calendar_shows() -> None:
    """Summary, place, position, category, page and status of a workshop are in its event."""
    event = events(rendered()[PARC])["ete"]
    assert event["UID"] == "ete.parc@agora.example"
    assert event["LOCATION"] == "Maison, de; quartier, 1 rue de l’Essai, Ville"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (48.8924, 2.2071)
    assert event["URL"] == f"{BASE}/campagnes/parc/agenda/ete/"
    assert event["STATUS"] == "CONFIRMED"
    assert [str(name) for name in event["CATEGORIES"].cats] == ["Promenade", "Le <parc>"]
    assert "Venez." in event["DESCRIPTION"]


def test_status_follows_the_workshop_and_a_later_state_takes_the_place_of_an_earlier_one() -> None:
    found = events(rendered()[PARC])
    states = {name: (str(found[name]["STATUS"]), found[name]["SEQUENCE"]) for name in ("nuit", "avant", "deux-jours")}
    assert states == {"nuit": ("TENTATIVE", 0), "avant": ("CONFIRMED", 1), "deux-jours": ("CANCELLED", 3)}
    assert "Pluie." in found["deux-jours"]["DESCRIPTION"]
    assert found["deux-jours"]["SUMMARY"].startswith("Cancelled")


@pytest.mark.parametrize(
    ("name", "utc"),
    [
        ("avant", "2016-03-26T17:30"),  # winter: UTC+1
        ("apres", "2016-03-27T01:30"),  # the night of the change: UTC+2 since 03:00
        ("ete", "2016-10-29T16:30"),
        ("hiver", "2016-10-30T17:30"),
    ],
)
def test_hours_are_right_across_the_clock_change(name: str, utc: str) -> None:
    """Both the zone's name and the zone as the file spells it out give the right instant."""
    calendar = icalendar.Calendar.from_ical(rendered()[CITY])
    expected = datetime.datetime.fromisoformat(f"{utc}+00:00")
    start = events(rendered()[CITY])[name]["DTSTART"]
    assert start.params["TZID"] == "Europe/Paris"
    assert start.dt.astimezone(datetime.UTC) == expected
    spelled_out = calendar.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    assert start.dt.replace(tzinfo=spelled_out).utcoffset() == start.dt.utcoffset()


def test_the_rule_for_paris_is_the_one_of_the_time_zone_database() -> None:
    """The yearly rule gives, for forty years, the very changes that zoneinfo knows."""
    (summer, winter), zone = vtimezone.PARIS, ZoneInfo("Europe/Paris")
    for year in range(1997, 2037):
        for rule in (summer, winter):
            assert rule.yearly is not None
            month = rule.yearly[0]
            last = datetime.datetime(year, month, 31, rule.start.hour, tzinfo=datetime.timezone(rule.before))
            change = last - datetime.timedelta(days=(last.weekday() + 1) % 7)
            assert change.astimezone(zone).utcoffset() == rule.after
            assert (change - datetime.timedelta(seconds=1)).astimezone(zone).utcoffset() == rule.before


@pytest.mark.parametrize("name", ["America/Montreal", "Asia/Kolkata", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_another_time_zone_is_spelled_out_for_the_years_in_use(name: str) -> None:
    """At noon of each day, and around each change, the observance in force has zoneinfo's offset."""
    zone, spelled = ZoneInfo(name), vtimezone.observances(name, 2016, 2018)
    moment = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC)
    while moment.year < 2019:
        current = max(
            (item for item in spelled if item.start - item.before <= moment.replace(tzinfo=None)),
            key=lambda item: item.start - item.before,
        )
        assert current.after == moment.astimezone(zone).utcoffset(), moment
        moment += datetime.timedelta(minutes=30)


def test_a_city_elsewhere_gets_its_own_zone() -> None:
    config = {"city": {"name": "V", "site": "S", "tagline": "t", "description": "d", "timezone": "America/Montreal"}}
    calendar = icalendar.Calendar.from_ical(
        of(workshop("a", "2016-11-05", starts="18:00", ends="19:00"), config=config)
    )
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Montreal"]
    event = calendar.walk("VEVENT")[0]
    assert event["DTSTART"].dt.astimezone(datetime.UTC).hour == 22


def test_a_workshop_without_hours_takes_whole_days() -> None:
    """The end of an all-day event is the day after its last one."""
    found = events(rendered()[PARC])
    days = {name: (found[name]["DTSTART"].dt, found[name]["DTEND"].dt) for name in ("sans-heure", "deux-jours")}
    assert days["sans-heure"] == (datetime.date(2016, 6, 1), datetime.date(2016, 6, 2))
    assert days["deux-jours"] == (datetime.date(2016, 7, 16), datetime.date(2016, 7, 18))


def test_an_evening_may_end_after_midnight_and_an_end_may_be_unknown() -> None:
    assert events(rendered()[PARC])["nuit"]["DTEND"].dt.date() == datetime.date(2016, 6, 21)
    assert "DTEND" not in events(of(workshop("a", "2016-05-05", starts="18:00")))["a"]


def test_hostile_text_stays_text() -> None:
    """A line typed as BEGIN:VEVENT adds no event, and all the words come back."""
    data = rendered()[PARC]
    found = events(data)
    assert len(found) == len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 8
    description = str(found["hostile"]["DESCRIPTION"])
    assert "BEGIN:VEVENT" in description
    assert "A,b;c\\n <b>" in description
    assert "\x00" in HOSTILE
    assert b"\x00" not in data
    assert data.count(b"\r\nBEGIN:VEVENT\r\n") == 8


def test_lines_are_as_the_standard_wants_them() -> None:
    """CRLF, at most 75 octets a line, no character cut in two."""
    data = of(workshop("long", "2016-05-05", body="élève " * 200))
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for written in lines:
        written.decode()


def test_a_subscription_knows_its_name_its_source_and_when_to_look_again() -> None:
    calendar = icalendar.Calendar.from_ical(rendered()[PARC])
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Le <parc> – L’Agora"
    assert calendar["SOURCE"] == f"{BASE}/{PARC}"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:P1D" in rendered()[PARC]


def test_a_campaign_without_a_meeting_has_a_valid_calendar_to_subscribe_to() -> None:
    calendar = icalendar.Calendar.from_ical(of())
    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE"]


def test_the_city_s_calendar_gathers_all_in_order() -> None:
    starts = [str(event["DTSTART"].dt)[:10] for event in icalendar.Calendar.from_ical(rendered()[CITY]).walk("VEVENT")]
    assert starts == sorted(starts)
    assert len(starts) == 8
