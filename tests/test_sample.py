"""The sample is full enough that every kind of page is, and says what is illustrative."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sized
from pathlib import Path

import pytest

from agora_build.content.loader import load
from agora_build.content.models import Contribution
from agora_build.content.questions import answered_contributions, followed
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.states import campaign_state
from agora_build.outputs import agenda_pages
from agora_build.rendering.theme import Frame, Theme, base_theme
from agora_build.urls import Urls

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site() -> Site:
    loaded = load(ROOT, datetime.date(2017, 1, 20))
    assert loaded.problems == []
    assert loaded.site is not None
    return loaded.site


@pytest.fixture(scope="module")
def contributions() -> list[Entry[Contribution]]:
    loaded = load(ROOT, datetime.date(2017, 1, 20))
    return [entry for thread in loaded.threads.values() for entry in thread.contributions]


@pytest.mark.parametrize(
    ("least", "items"),
    [
        (60, lambda microsite: microsite.timeline.steps if microsite.timeline else ()),
        (12, lambda microsite: microsite.debates),
        (25, lambda microsite: microsite.workshops),
        (30, lambda microsite: microsite.places),
        (40, lambda microsite: microsite.resources),
        (8, lambda microsite: microsite.kits),
        (6, lambda microsite: microsite.episodes),
        (12, lambda microsite: microsite.decisions),
        (12, lambda microsite: microsite.questions),
        (10, lambda microsite: microsite.answers),
    ],
    ids=[
        "steps",
        "debates",
        "workshops",
        "places",
        "resources",
        "kits",
        "episodes",
        "decisions",
        "questions",
        "answers",
    ],
)
def test_there_is_enough_of_each_kind(site: Site, least: int, items: Callable[[Microsite], Sized]) -> None:
    assert sum(len(items(microsite)) for microsite in site.microsites) >= least


def test_the_nine_consultations_are_there(site: Site) -> None:
    assert {microsite.slug for microsite in site.microsites} == {
        "assises-pour-la-ville",
        "plan-de-formation-associatif",
        "parc-espaces-publics",
        "parc-logement",
        "parc-centre-de-quartier",
        "papeteries-de-la-seine",
        "fibre-tres-haut-debit",
        "les-groues",
        "la-boule",
    }


def test_a_third_of_the_contributions_is_collective_and_a_fifth_from_paper(
    contributions: list[Entry[Contribution]],
) -> None:
    metas = [entry.meta for entry in contributions]
    assert len(metas) >= 80
    assert sum(meta.voice == "collective" for meta in metas) >= len(metas) / 3
    assert sum(meta.channel == "paper" for meta in metas) >= len(metas) / 5
    assert {meta.channel for meta in metas} == {"web", "paper", "workshop", "pull-request"}


def test_what_people_said_in_the_sample_is_marked_as_illustrative(
    site: Site, contributions: list[Entry[Contribution]]
) -> None:
    """No contribution, place or decision of the sample is taken for a real one."""
    kinds = ("places", "decisions", "questions", "answers")
    entries = [entry for microsite in site.microsites for kind in kinds for entry in getattr(microsite, kind)]
    assert [entry.path for entry in (*contributions, *entries) if not entry.meta.illustrative] == []


def test_every_format_and_state_of_a_workshop_is_shown(site: Site) -> None:
    metas = [entry.meta for microsite in site.microsites for entry in microsite.workshops]
    assert {meta.kind for meta in metas} == {"workshop", "public-hearing", "forum", "walk", "home-debate"}
    assert {meta.status for meta in metas} == {"proposed", "confirmed", "held", "cancelled"}


def test_questions_are_in_every_state_and_some_are_collective(site: Site) -> None:
    found = [item for microsite in site.microsites for item in followed(microsite, datetime.date(2017, 1, 20))]
    assert {item.state for item in found} == {"waiting", "overdue", "answered", "late"}
    assert {item.entry.meta.voice for item in found} == {"individual", "collective"}
    assert len({item.entry.meta.to for item in found}) >= 5
    assert len({item.entry.campaign for item in found}) >= 5


def test_the_papeteries_tell_what_came_of_what_was_said(site: Site) -> None:
    """Documents for each decision, the three outcomes, dated progress, a reply to a contribution, a log."""
    (papeteries,) = (item for item in site.microsites if item.slug == "papeteries-de-la-seine")
    metas = [entry.meta for entry in papeteries.decisions]
    assert all(meta.documents and meta.considered and meta.progress for meta in metas)
    assert {item.outcome for meta in metas for item in meta.considered} == {"taken-up", "partly", "not"}
    assert answered_contributions(papeteries, datetime.date(2017, 1, 20))
    assert papeteries.moderation is not None
    assert papeteries.moderation.withdrawn
    assert papeteries.moderation.erased


def test_what_is_open_says_what_is_not_published(site: Site) -> None:
    """Whoever refuses needs a reason that was announced."""
    today = datetime.date(2017, 1, 20)
    opened = [item for item in site.microsites if campaign_state(item.campaign.meta, today) == "open"]
    assert opened
    assert all(item.moderation and item.moderation.reasons for item in opened)


@pytest.mark.parametrize("lock", ["package-lock.json", "tests/browser/package-lock.json"])
def test_lock_files_name_no_download_address(lock: str) -> None:
    packages = json.loads((ROOT / lock).read_text("utf-8"))["packages"]
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_every_method_of_debate_and_every_kind_of_ballot_is_shown(site: Site) -> None:
    debates = [debate.meta for microsite in site.microsites for debate in microsite.debates]
    assert {debate.method for debate in debates} == {"arguments", "statements", "priorities", "referendum", "budget"}
    assert {debate.ballot.kind for debate in debates if debate.ballot} == {"points", "ranking", "yes-no", "approval"}


def test_the_agenda_of_the_city_leads_to_the_form_of_each_open_consultation(site: Site) -> None:
    today = datetime.date(2017, 1, 20)
    (agenda,) = agenda_pages.city_outputs(site, today)
    page = agenda.bytes(Theme((base_theme(),), Frame(site.config, (), True, True, today))).decode()
    running = [item.slug for item in site.microsites if campaign_state(item.campaign.meta, today) == "open"]
    assert running
    assert all(f"../{Urls('fr').form(slug, 'workshop')}".removesuffix("index.html") in page for slug in running)
