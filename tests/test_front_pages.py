"""Home, list of campaigns, campaign fronts, 404; the theme's colours and words."""

from __future__ import annotations

import datetime
import gettext
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sites import built, copied, declared, with_threads

from agora_build.config import City, Config, Publication
from agora_build.content.highlights import action, around
from agora_build.content.models import Campaign, Contribution, Debate, Decision, Page, Rules, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.steps import merged_steps
from agora_build.outputs import assets, front_pages
from agora_build.pipeline import frame_of
from agora_build.record import replace
from agora_build.rendering.theme import Theme, base_theme
from agora_build.urls import Urls

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
THEME = base_theme()
URLS = Urls("fr")
DAY = datetime.date(2017, 1, 20)
CONFIG = Config(
    city=City(name="Ville", site="L’Agora", tagline="Parlons.", description="Un site."),
    publication=Publication(base_url="https://ville.example/agora/", as_of=DAY),
)


def campaign(slug: str, opens: str, closes: str | None, **more: object) -> Entry[Campaign]:
    values = {"title": slug.title(), "summary": "S.", "question": f"{slug} ?", "opens": opens, "closes": closes}
    meta = Campaign.model_validate({**values, "level": "consult", **more})
    return Entry(slug, slug, f"content/campaigns/{slug}/campaign.md", meta, "")


def microsite(entry: Entry[Campaign], **parts: tuple[Entry[Any], ...]) -> Microsite:
    empty: dict[str, Any] = dict.fromkeys(
        ("debates", "workshops", "places", "resources", "kits", "episodes", "decisions"), ()
    )
    return Microsite(entry, None, None, **{**empty, **parts})


def debate(slug: str, opens: str, closes: str | None) -> Entry[Debate]:
    meta = Debate.model_validate({"title": slug, "question": "Q ?", "opens": opens, "closes": closes})
    return Entry(slug, "rue", f"content/campaigns/rue/debates/{slug}.md", meta, "")


def workshop(slug: str, date: str, status: str = "confirmed") -> Entry[Workshop]:
    where = {"name": "Salle", "lat": 48.9, "lon": 2.2}
    values = {"title": slug, "kind": "forum", "status": status, "date": date, "location": where, "host": "Un groupe"}
    return Entry(slug, "rue", f"content/campaigns/rue/workshops/{slug}.md", Workshop.model_validate(values), "")


def said(slug: str, voice: str, people: int | None = None) -> Entry[Contribution]:
    values = {"debate": "place", "date": "2017-01-10", "voice": voice, "channel": "paper", "people": people}
    values["group"] = "Des voisins" if voice == "collective" else None
    path = f"content/campaigns/rue/contributions/{slug}.md"
    return Entry(slug, "rue", path, Contribution.model_validate(values), f"Texte {slug}.")


def decision(slug: str) -> Entry[Decision]:
    values = {"title": slug, "date": "2016-12-01", "by": "conseil", "summary": "S."}
    return Entry(slug, "rue", f"content/campaigns/rue/decisions/{slug}.md", Decision.model_validate(values), "")


def page(slug: str, values: dict[str, str]) -> Entry[Page]:
    return Entry(slug, "", f"content/pages/{slug}.md", Page.model_validate(values), "Texte.")


def site(*microsites: Microsite) -> Site:
    return Site(CONFIG, (), microsites, (), {})


def pages(city: Site) -> dict[str, str]:
    theme = Theme((THEME,), frame_of(city))
    return {output.path: output.bytes(theme).decode() for output in declared([front_pages], city, DAY)}


OPEN = campaign("rue", "2017-01-02", "2017-03-15")


def test_home_of_a_city_without_campaign_says_what_will_come() -> None:
    html = pages(site())["index.html"]
    assert html.count('class="empty"') == 5
    assert "Aucune concertation n’est ouverte" in html


def test_a_site_of_pages_alone_shows_its_pages_and_promises_no_consultation() -> None:
    """A documentation, the site of a town that has not begun: nothing empty, no menu that leads to nothing."""
    guide = page("guide", {"title": "Guide des agents", "summary": "Ouvrir, tenir, clore.", "menu": "main"})
    other = page("reference", {"title": "Référence", "summary": "Toutes les clés."})
    legal = page("mentions", {"title": "Mentions légales", "menu": "footer"})
    html = pages(replace(site(), pages=(guide, other, legal)))["index.html"]
    assert "Ouvrir, tenir, clore." in html
    assert 'href="reference/index.html"' in html
    assert html.count("mentions/index.html") == 1, "what is at the foot of every page is not listed again"
    assert 'class="empty"' not in html
    for path in ("campagnes/", "agenda/", "suivi/", "donnees/"):
        assert path not in html


def test_pages_beside_a_consultation_are_not_listed_on_the_home_page() -> None:
    other = page("reference", {"title": "Référence", "summary": "Toutes les clés."})
    html = pages(replace(site(microsite(OPEN)), pages=(other,)))["index.html"]
    assert "reference/index.html" not in html
    assert "campagnes/rue/index.html" in html


def test_home_asks_for_one_thing_first() -> None:
    """Of several open campaigns, the one that closes first has the page's one primary button."""
    late = campaign("parc", "2017-01-02", None)
    html = pages(site(microsite(late), microsite(OPEN, debates=(debate("place", "2017-01-02", None),))))["index.html"]
    assert html.count("button--primary") == 1
    assert html.index("Rue") < html.index("button--primary") < html.index("Parc")
    assert "jusqu’au 15\u00a0mars 2017" in html.replace("15 mars", "15\u00a0mars")
    assert "campagnes/rue/debats/place/index.html" in html


def test_campaigns_are_listed_by_state_in_the_order_of_what_happens_next() -> None:
    entries = [
        campaign("ancienne", "2015-01-01", "2015-02-01"),
        campaign("recente", "2016-01-01", "2016-12-01"),
        campaign("permanente", "2016-01-01", None),
        campaign("demain", "2017-01-21", None),
        campaign("apres", "2017-02-21", None),
        OPEN,
    ]
    lists = front_pages.campaigns(site(*map(microsite, entries)), URLS, DAY)
    assert [line.entry.slug for line in lists.open] == ["rue", "permanente"]
    assert [line.entry.slug for line in lists.coming] == ["demain", "apres"]
    assert [line.entry.slug for line in lists.closed] == ["recente", "ancienne"]


@pytest.mark.parametrize(
    ("entry", "parts", "kind"),
    [
        (
            OPEN,
            {"debates": (debate("clos", "2017-01-02", "2017-01-03"), debate("place", "2017-01-02", None))},
            "debate",
        ),
        (OPEN, {"workshops": (workshop("hier", "2017-01-19"), workshop("demain", "2017-01-21"))}, "meeting"),
        (OPEN, {"workshops": (workshop("demain", "2017-01-21", "cancelled"),)}, "agenda"),
        (campaign("rue", "2016-01-01", "2016-02-01"), {"decisions": (decision("banc"),)}, "decisions"),
        (campaign("rue", "2016-01-01", "2016-02-01"), {}, "debates"),
        (campaign("rue", "2018-01-01", None), {}, "agenda"),
        (
            campaign(
                "rue", "2018-01-01", None,
                rules=Rules(announced=DAY, who="Tous", how="Ici", use="Lu", decides="Le conseil"),
            ),
            {},
            "rules",
        ),
    ],
)  # fmt: skip
def test_a_campaign_asks_first_for_what_can_be_done_that_day(
    entry: Entry[Campaign], parts: dict[str, tuple[Entry[Any], ...]], kind: str
) -> None:
    chosen = action(microsite(entry, **parts), URLS, DAY)
    assert chosen.kind == kind
    assert "clos" not in chosen.target
    assert "hier" not in chosen.target


def test_front_page_never_adds_individual_and_collective_voices() -> None:
    heard = (said("a", "individual"), said("b", "individual"), said("c", "collective", 40))
    rue, _ = with_threads(microsite(OPEN, debates=(debate("place", "2017-01-02", None),)), heard)
    built = pages(site(rue))
    html = re.sub(r"\s+", " ", built["campagnes/rue/index.html"])
    assert "<strong>2</strong> voix individuelles" in html
    assert "<strong>1</strong> voix collective " in html
    assert "40 personnes" in html
    assert "<strong>42</strong>" not in html
    assert "<strong>3</strong>" not in html


def test_front_page_says_state_level_and_dates_in_words() -> None:
    html = pages(site(microsite(OPEN)))["campagnes/rue/index.html"]
    assert re.search(r"Vous avez jusqu’au 15.mars 2017 inclus", html)
    assert "Recueil des avis" in html
    assert "la Ville décide, puis dit ce qu’elle a retenu" in html
    assert html.count("<h1") == 1
    assert html.count("button--primary") == 1


def test_steps_shown_are_those_around_the_day() -> None:
    """Of a long timeline: two steps before the one to look at, and what follows."""
    held = tuple(workshop(f"mois-{month}", f"2016-{month:02}-10", "held") for month in range(1, 13))
    coming = tuple(workshop(f"apres-{month}", f"2017-{month:02}-10") for month in range(2, 7))
    steps = merged_steps(microsite(campaign("rue", "2016-01-01", None), workshops=(*held, *coming)), URLS, DAY)
    shown = [step.title for step in around(steps)]
    assert shown == ["mois-11", "mois-12", "apres-2", "apres-3", "apres-4", "apres-5"]
    assert around(()) == ()


def test_every_link_of_the_404_page_starts_at_the_root_of_the_site() -> None:
    html = pages(site())["404.html"]
    targets = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert targets
    assert [target for target in targets if not re.match(r"/agora/|#|https?:|mailto:|tel:", target)] == []


def test_no_page_has_inline_style_or_script() -> None:
    for html in pages(site(microsite(OPEN))).values():
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", html)


def test_theme_and_media_are_published_with_their_own_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "content" / "campaigns" / "rue" / "media"
    folder.mkdir(parents=True)
    (folder / "plan.svg").write_bytes(b"<svg/>")
    city = Site(CONFIG, (), (), ("content/campaigns/rue/media/plan.svg",), {})
    theme = Theme((THEME,), frame_of(city))
    found = {output.path: output for output in assets.outputs(city, tmp_path, (THEME,))}
    assert found["campagnes/rue/media/plan.svg"].bytes(theme) == b"<svg/>"
    css = (THEME / "static" / "css" / "agora.css").read_bytes()
    assert found["assets/css/agora.css"].bytes(theme) == css


def test_the_stylesheet_keeps_to_its_budget_and_calls_nobody() -> None:
    css = (THEME / "static" / "css" / "agora.css").read_bytes()
    assert len(gzip.compress(css, 9)) <= 10_000
    assert b"//" not in re.sub(rb"/\*.*?\*/", b"", css, flags=re.DOTALL)
    assert b"@import" not in css


def luminance(colour: str) -> float:
    """Relative luminance of a #rgb or #rrggbb colour, as WCAG defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours() -> Iterator[tuple[str, dict[str, str], dict[str, dict[str, str]]]]:
    """Give the variables of the page and of each accent, in light then in dark."""
    css = (THEME / "static" / "css" / "agora.css").read_text("utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    page: dict[str, str] = {}
    for name, part in (("light", light), ("dark", dark.split("/* The page */")[0])):
        root = re.search(r":root \{(.*?)\}", part, re.DOTALL)
        assert root
        page = {**page, **dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", root[1]))}
        accents = re.findall(r"\.accent-([a-z]+) \{(.*?)\}", part)
        yield name, page, {key: dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", body)) for key, body in accents}


def test_every_accent_can_be_read_in_light_and_in_dark() -> None:
    named = set(Campaign.model_json_schema()["properties"]["accent"]["enum"])
    for mode, page, accents in colours():
        assert set(accents) == named | {"city"}
        for name, values in accents.items():
            assert contrast(values["accent"], page["paper"]) >= 4.5, (mode, name)
            assert contrast(values["accent"], page["soft"]) >= 4.5, (mode, name)
            assert contrast(values["fill"], page["on"]) >= 4.5, (mode, name)
        for name in ("ink", "quiet", "ok", "no", "wait"):
            assert contrast(page[name], page["paper"]) >= 4.5, (mode, name)
            assert contrast(page[name], page["soft"]) >= 4.5, (mode, name)


class Listening(gettext.GNUTranslations):
    """A catalogue that notes what it is asked for and does not know."""

    unknown: ClassVar[set[str]] = set()

    def gettext(self, message: str) -> str:
        """Translate, and remember what could not be."""
        if message not in self._catalog:  # type: ignore[attr-defined]
            self.unknown.add(message)
        return super().gettext(message)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in GOLDEN.glob("*/site")))
def test_building_a_site_never_asks_for_a_message_without_translation(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages whose names are in tables (kinds, layers, words of scripts) are covered too."""
    Listening.unknown.clear()
    monkeypatch.setattr(gettext, "GNUTranslations", Listening)
    assert built(copied(GOLDEN / name / "site", tmp_path), tmp_path / "output", DAY).problems == []
    assert Listening.unknown == set()
