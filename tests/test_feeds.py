"""Atom feeds, read back by feedparser."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import feedparser
from syndicated import BASE, rendered, site

PARC = "campagnes/parc/flux.atom"


def feed(today: datetime.date = datetime.date(2016, 6, 15), **replaced: Any) -> Any:
    parsed = feedparser.parse(rendered(site(**replaced), today)[PARC])
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def by_id(parsed: Any) -> dict[str, Any]:
    return {item.id.removeprefix("tag:agora.example,2026:campaigns/parc"): item for item in parsed.entries}


def test_a_campaign_s_feed_says_whose_it_is() -> None:
    """Title, author, language, and absolute links to itself and to the campaign."""
    parsed = feed().feed
    assert parsed.title == "Le <parc> – L’Agora"
    assert parsed.author == "Ville"
    assert {link.rel: link.href for link in parsed.links} == {
        "self": f"{BASE}/{PARC}",
        "alternate": f"{BASE}/campagnes/parc/",
    }
    assert parsed.id == f"{BASE}/{PARC}"


def test_what_happened_is_told_newest_first_and_what_will_happen_is_not() -> None:
    parsed = feed()
    days = [item.updated for item in parsed.entries]
    assert days == sorted(days, reverse=True)
    found = by_id(parsed)
    assert {"", "/debates/eau", "/resources/plan", "/episodes/un", "/decisions/bancs"} <= found.keys()
    assert not {"/debates/plus-tard", "/episodes/futur", "/workshops/hiver"} & found.keys()
    assert max(days) <= "2016-06-15T12:00:00+02:00"
    assert parsed.feed.updated == days[0]


def test_entries_are_dated_at_noon_in_the_city() -> None:
    """Noon keeps its day in nearly every time zone of a reader."""
    assert by_id(feed())["/resources/plan"].published == "2016-03-08T12:00:00+01:00"
    assert by_id(feed())["/debates/eau"].published == "2016-04-01T12:00:00+02:00"


def test_a_decision_comes_back_when_it_moves() -> None:
    """Progress up to today updates the entry; progress to come is not told."""
    item = by_id(feed())["/decisions/bancs"]
    assert (item.published, item.updated) == ("2016-05-20T12:00:00+02:00", "2016-06-02T12:00:00+02:00")
    assert "Commandés." in item.content[0].value
    assert "Posés." not in item.content[0].value


def test_a_meeting_is_announced_three_weeks_before_and_told_by_its_minutes_after() -> None:
    found = by_id(feed())
    assert found["/workshops/nuit"].published.startswith("2016-05-30")
    assert "Maison, de; quartier" in found["/workshops/nuit"].content[0].value
    assert found["/workshops/sans-heure/minutes"].published.startswith("2016-06-01")
    assert "/workshops/sans-heure" in found
    assert by_id(feed(datetime.date(2016, 6, 28)))["/workshops/deux-jours"].title.startswith("Meeting cancelled")


def test_hostile_text_stays_text() -> None:
    """What people typed arrives as words: no element, no control character, no broken XML."""
    content = by_id(feed())["/resources/plan"].content[0]
    assert content.type == "text/html"
    assert "&lt;b&gt;" in content.value
    assert "<b>" not in content.value


def test_a_feed_keeps_the_thirty_newest() -> None:
    resource = site().microsites[0].resources[0]
    assert len(feed(resources=(resource,) * 40).entries) == 30


def test_a_campaign_to_come_has_a_valid_empty_feed() -> None:
    parsed = feed(datetime.date(2015, 1, 1))
    assert parsed.entries == []
    assert parsed.feed.updated == "2016-03-07T12:00:00+01:00"


def test_same_bytes_twice_and_on_another_machine() -> None:
    """Calendars, feeds and podcast depend on content and day, not on clock, zone, locale or hash seed."""
    here = rendered()
    assert here == rendered()
    script = Path(__file__).parent / "syndicated.py"
    trees = []
    for surroundings in (
        {"TZ": "Europe/Paris", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"},
    ):
        environment = {**os.environ, "PYTHONPATH": str(script.parent.parent), **surroundings}
        done = subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True)
        trees.append(json.loads(done.stdout))
    assert trees[0] == trees[1]
    assert trees[0].keys() == here.keys()


def test_libraries_are_loaded_only_when_something_is_written() -> None:
    """A command that writes no feed or calendar does not pay for feedgen or icalendar."""
    script = (
        "import sys; from agora_build.outputs import calendars, feeds, podcast, sitemap; "
        "sys.exit(' '.join(name for name in ('feedgen', 'icalendar') if name in sys.modules))"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, check=False, capture_output=True, text=True)
    assert (done.stderr.strip(), done.stdout) == ("", "")
