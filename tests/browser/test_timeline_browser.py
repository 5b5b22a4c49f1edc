"""The drawn timeline in the real Chromium, on a page of its own: French, accessible, and nobody else's server."""

from __future__ import annotations

import datetime
import functools
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agora_build.config import Config
from agora_build.content.models import Campaign, Debate, Decision, Timeline, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.content.steps import merged_steps
from agora_build.outputs import timelines
from agora_build.rendering.theme import Frame, Theme, base_theme, static_files
from agora_build.urls import Urls

pytestmark = pytest.mark.browser

TODAY = datetime.date(2016, 6, 15)
AXE = Path(__file__).parent / "node_modules" / "axe-core"
PLACE = {"name": "Maison du parc", "lat": 48.89, "lon": 2.2}
STEPS = [
    {"start": "2016-01", "end": "2016-03", "title": "Étude du sol", "kind": "study",
     "text": "Voir [ici](campaign.md)."},
    {"start": "2016-04-02", "title": "Réunion de quartier", "kind": "meeting", "illustrative": True},
    {"start": "2016-06-10", "end": "2016-06-20", "title": "Exposition au pied des tours",
     "text": "Trois panneaux, un banc, et de quoi écrire. Chacun peut passer sans rendez-vous, du matin au soir.",
     "picture": {"file": "media/plan.svg", "alt": "Le plan du parc", "credit": "La Ville"}},
    {"start": "2018", "title": "Début des travaux", "kind": "works"},
]  # fmt: skip
WORDS = {
    "Milestone": "Étape", "Meeting": "Réunion", "Study": "Étude", "Works": "Travaux", "Walk": "Balade",
    "Opening of the consultation": "Ouverture de la concertation", "Opening of the vote": "Ouverture du vote",
    "Closing of the consultation": "Clôture de la concertation", "Closing of the vote": "Clôture du vote",
    "Announcement of the rules": "Annonce des règles", "Decision": "Décision", "Cancelled": "Annulé",
    "Follow-up of the decision": "Suivi de la décision", "Advancing": "En bonne voie", "Campaign": "Concertation",
    "Meetings": "Rencontres", "Decisions": "Décisions", "Debates and votes": "Débats et votes", "Past": "Passé",
    "Under way": "En cours", "To come": "À venir", "Illustrative content": "Contenu d’exemple",
    "Interactive timeline": "Frise interactive",
    "Draw the interactive timeline": "Dessiner la frise", "Timeline navigation": "Navigation dans la frise",
    "Selected step": "Étape choisie", "Previous step": "Étape précédente", "Next step": "Étape suivante",
    "shown": "affichée", "press space to show": "espace pour l’afficher", "First step": "Première étape",
    "Last step": "Dernière étape", "Zoom in": "Zoom avant", "Zoom out": "Zoom arrière",
    "new window": "nouvelle fenêtre",
    "Show less than {start} to {end}": "Montrer moins que de {start} à {end}",
    "Show more than {start} to {end}": "Montrer plus que de {start} à {end}",
    "Loading the timeline": "Chargement de la frise", "Swipe to go from step to step": "Faites glisser",
    "Arrow keys go from step to step; Home and End lead to the first and the last one.":
    "Les flèches changent d’étape.",
}  # fmt: skip
PAGE = """<!doctype html>
<html lang="fr" class="accent-parc"><head><meta charset="utf-8"><title>Frise</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'self';
 script-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'">
<link rel="icon" href="{{ link('assets/img/favicon.svg') }}">
<link rel="stylesheet" href="{{ link('assets/css/agora.css') }}">
<script src="{{ link('assets/js/timeline.js') }}" defer></script></head>
<body><main class="wrap"><h1>La frise du parc</h1>
<form><label for="champ">Chercher</label> <input id="champ" value="abc"></form>
{% from "macros/timeline.html" import timeline, timeline_view with context %}
<section><h2>Les étapes</h2>
{{ timeline_view("campagnes/parc/frise/donnees.js") }}
{{ timeline(steps) }}</section></main></body></html>
"""
ENGLISH = ("press space", "shown", "previous,", "next,", "Timeline", "Zoom in", "January", "March", "Show less")


def _entry(kind: type, name: str, meta: dict[str, object]) -> Entry:
    slug = name.rpartition("/")[2] if "/" in name else "parc"
    return Entry(slug, "parc", f"content/campaigns/parc/{name}.md", kind.model_validate(meta), "")


def _microsite() -> Microsite:
    campaign = {
        "title": "Un parc", "summary": "Deux phrases.", "question": "Quel parc voulons-nous ?", "opens": "2016-05-01",
        "closes": "2016-07-31", "level": "consult",
        "rules": {"announced": "2016-04-15", "who": "a", "how": "b", "use": "c", "decides": "d"},
    }  # fmt: skip
    vote = {"title": "Les jeux", "question": "Lesquels ?", "opens": "2016-05-05", "closes": "2016-07-01"}
    walk = {"title": "Le tour du parc à pied", "kind": "walk", "status": "cancelled", "date": "2016-05-20",
            "starts": "18:30", "location": PLACE, "host": "La Ville", "cancelled_because": "Orage"}  # fmt: skip
    decision = {"title": "Cent bancs dans le parc", "date": "2016-09-01", "by": "conseil", "summary": "Ils seront là.",
                "progress": [{"date": "2017-01-10", "text": "Posés.", "status": "advancing"}]}  # fmt: skip
    return Microsite(
        campaign=_entry(Campaign, "campaign", campaign),
        timeline=Timeline.model_validate({"steps": STEPS}), map=None,
        debates=(_entry(Debate, "debates/jeux", {**vote, "method": "priorities"}),),
        workshops=(_entry(Workshop, "workshops/tour", walk),), places=(), resources=(), kits=(),
        episodes=(), decisions=(_entry(Decision, "decisions/bancs", decision),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one page: the list, the data, the theme's own files, under the policy of every page."""
    own, site = tmp_path_factory.mktemp("theme"), tmp_path_factory.mktemp("frise")
    (own / "translations").mkdir()
    (own / "templates").mkdir()
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    messages = "\n".join(f'msgid "{msgid}"\nmsgstr "{text}"\n' for msgid, text in WORDS.items())
    (own / "translations" / "fr.po").write_text(header + messages, "utf-8")
    (own / "templates" / "harness.html").write_text(PAGE, "utf-8")
    config = Config.model_validate({
        "city": {"name": "Ville", "site": "Agora", "tagline": "t", "description": "d"},
        "publication": {"base_url": "https://agora.example"},
    })  # fmt: skip
    theme = Theme((own, base_theme()), Frame(config, (), False, False, None))
    microsite, path = _microsite(), "campagnes/parc/frise/index.html"
    files = {item.path: item.bytes(theme) for item in timelines.outputs(Site(config, (), (microsite,), (), {}), TODAY)}
    files[path] = theme.page("harness.html", path, steps=merged_steps(microsite, Urls("fr"), TODAY))
    files["campagnes/parc/media/plan.svg"] = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" width="400" height="300">'
        b'<path fill="#3a7" d="M0 0h40v30H0z"/></svg>'
    )
    files |= {f"assets/{name}": source.read_bytes() for name, source in static_files((base_theme(),)).items()}
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    return site


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(harness: Path) -> Iterator[str]:
    """The address of the page over http."""
    handler = functools.partial(_Quiet, directory=str(harness))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/campagnes/parc/frise/index.html"
        server.shutdown()


@dataclass
class Opened:
    """A page with its timeline drawn, and what went wrong on the way."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, served: str, harness: Path) -> Iterator[Opener]:
    """Opens the page in a context of its own and waits for the drawing."""
    contexts = []

    def opener(scheme: str = "http", width: int = 1280, colours: str = "light", **options: object) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=colours, locale="en-US", **options
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.set_default_timeout(10_000)
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
        )
        url = served if scheme == "http" else (harness / "campagnes/parc/frise/index.html").as_uri()
        opened.page.goto(url)
        if options.get("java_script_enabled", True):
            opened.page.locator("ol.timeline").scroll_into_view_if_needed()
            if width < 640:
                opened.page.get_by_role("button", name="Dessiner la frise").click()
            opened.page.wait_for_selector(".tl-slide-active, .tl-timemarker-active")
            opened.page.wait_for_timeout(900)
        return opened

    yield opener
    for context in contexts:
        context.close()


def _current(page: Page) -> str:
    return page.locator(".tl-timemarker-active").get_attribute("aria-label") or ""


def _violations(page: Page) -> list[str]:
    page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
    page.evaluate("locale => axe.configure({locale})", json.loads((AXE / "locales" / "fr.json").read_text("utf-8")))
    rules = {"label-content-name-mismatch": {"enabled": True}}
    found = page.evaluate("rules => axe.run(document, {rules})", rules)["violations"]
    return [f"{v['id']}: {node['html'][:150]} {node['failureSummary']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_it_is_drawn_without_any_other_server_or_complaint(open_page: Opener, scheme: str) -> None:
    opened = open_page(scheme)
    start = "http://127.0.0.1" if scheme == "http" else "file://"
    assert [url for url in opened.requests if not url.startswith((start, "data:", "blob:"))] == []
    assert opened.complaints == []
    assert opened.page.locator(".tl-timemarker").count() == 12
    assert opened.page.locator("ol.timeline > li").first.is_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_accessible_and_never_wider_than_the_page(open_page: Opener, width: int, colours: str) -> None:
    page = open_page("http", width, colours).page
    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_it_speaks_french_only(open_page: Opener, scheme: str) -> None:
    page = open_page(scheme).page
    said = page.eval_on_selector_all(
        ".timeline-view, .timeline-view *",
        "all => all.flatMap(e => ['aria-label', 'aria-description', 'title', 'alt'].map(a => e.getAttribute(a) || ''))",
    )
    text = " | ".join(filter(None, said)) + " | " + page.locator(".timeline-view").inner_text()
    text = text.replace("TimelineJS", "")
    assert [word for word in ENGLISH if word in text] == []
    assert "Exposition au pied des tours, du 10 au 20 juin 2016, affichée" in text
    assert "Étape suivante, Les jeux" in text
    assert "Navigation dans la frise" in text
    assert "À venir" in text


def test_it_opens_at_the_step_under_way(open_page: Opener) -> None:
    page = open_page().page
    assert _current(page).startswith("Exposition au pied des tours")
    assert page.locator(".tl-timemarker[data-tense=coming]").count() == 5
    assert page.locator(".tl-timemarker[data-tense=past]").count() == 6


def test_the_keyboard_walks_it(open_page: Opener) -> None:
    page = open_page(reduced_motion="reduce").page
    page.locator(".tl-slidenav-next").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.tl-timemarker-active').ariaLabel.startsWith('Les jeux')")
    page.locator(".tl-timenav").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('.tl-timemarker-active').ariaLabel.startsWith('Étude')")
    assert page.locator(".tl-timenav").get_attribute("aria-label") == (
        "Navigation dans la frise, Étude du sol, janvier 2016 – mars 2016"
    )
    page.locator(".tl-timenav").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.tl-timemarker-active').ariaLabel.startsWith('Réunion')")


def test_arrows_in_a_field_of_the_page_do_not_move_it(open_page: Opener) -> None:
    page = open_page(reduced_motion="reduce").page
    before = _current(page)
    page.locator("#champ").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert _current(page) == before
    page.locator(".timeline-view").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert _current(page) != before


def test_links_of_a_step_lead_to_its_page_in_the_same_window(open_page: Opener) -> None:
    page = open_page().page
    links = page.eval_on_selector_all(".tl-slide a", "all => all.map(a => [a.href, a.target])")
    assert any(href.endswith("/campagnes/parc/agenda/tour/index.html") for href, _ in links)
    assert {target for _, target in links} == {""}


def test_nothing_is_loaded_before_it_is_reached(chromium: Browser, served: str) -> None:
    """A reader who stays at the top of a long page pays nothing."""
    page = chromium.new_page(viewport={"width": 1280, "height": 300})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        "const d = document.createElement('div'); document.querySelector('main').prepend(d); d.style.height = '200vh'})"
    )
    page.goto(served)
    page.wait_for_timeout(400)
    assert not [url for url in asked if "vendor/timelinejs" in url or "donnees.js" in url]
    page.locator("ol.timeline").scroll_into_view_if_needed()
    page.wait_for_selector(".tl-timemarker-active")
    page.close()


def test_without_scripts_the_list_is_all_there_is(open_page: Opener) -> None:
    page = open_page(java_script_enabled=False).page
    assert not page.locator(".timeline-view").is_visible()
    assert page.locator("ol.timeline > li").count() == 12


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_phone_draws_it_when_asked_and_its_policy_refuses_nothing(open_page: Opener, scheme: str) -> None:
    """TimelineJS would write handlers into its elements where there is a touch screen."""
    opened = open_page(scheme, 360, is_mobile=True, has_touch=True)
    assert opened.complaints == []
    assert opened.page.locator(".tl-timemarker").count() == 12
    assert not opened.page.locator(".timeline-ask").is_visible()
    assert opened.page.evaluate("document.activeElement.matches('.timeline-view')")


def test_a_phone_loads_nothing_before_it_is_asked(chromium: Browser, served: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served)
    page.locator("ol.timeline").scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    assert not [url for url in asked if "vendor/timelinejs" in url or "donnees.js" in url]
    page.close()
