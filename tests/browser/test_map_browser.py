"""The drawn map in the real Chromium, on a page of its own: hostile texts, keyboard, and nobody else's server."""

from __future__ import annotations

import datetime
import functools
import http.server
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sites import declared

from agora_build.config import Config
from agora_build.content.map_points import campaign_files, campaign_points
from agora_build.content.models import Campaign, Map, Place, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.outputs import maps
from agora_build.rendering.theme import Frame, Theme, base_theme, static_files
from agora_build.urls import Urls

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
AXE = Path(__file__).parent / "node_modules" / "axe-core"
PAGE = "campagnes/fibre/carte/index.html"
TODAY = datetime.date(2016, 6, 15)
HOSTILE = (
    "${window.__pwn=1} `${window.__pwn=1}`", "</script><script>window.__pwn=1</script>",
    "<img src=x onerror=window.__pwn=1>", "' onfocus='window.__pwn=1' \" autofocus {{ 7*7 }} \\u003cb\\u003e",
)  # fmt: skip
WORDS = {
    "Zoom in": "Zoom avant", "Zoom out": "Zoom arrière", "Close": "Fermer", "Read more": "En savoir plus",
    "See the whole map": "Revenir à la vue d’ensemble", "The project": "Le projet", "Meetings": "Rencontres",
    "{count} points here: zoom in": "{count} points ici : zoomer",
    "{count} points here: choose one": "{count} points ici : choisir", "Interactive map": "Carte interactive",
    "Map of the consultation: {title}": "Carte de la concertation : {title}",
    "Schematic basemap: {site}": "Fond de carte schématique : {site}",
}  # fmt: skip
TEMPLATE = """{% extends "base.html" %}
{% from "macros/map.html" import map, map_head with context %}
{% block title %}Carte{% endblock %}
{% block head %}{{ map_head() }}{% endblock %}
{% block masthead %}<div class="wrap"><h1>La carte de la fibre</h1></div>{% endblock %}
{% block content %}{{ map(points, files) }}{% endblock %}
"""
STATION = {"name": "Gare", "lat": 48.8953, "lon": 2.1957}
LAYERS = [
    {"id": "debit", "title": "Débit trop lent", "question": "Où la connexion ne suffit-elle pas ?"},
    {"id": "armoire", "title": "Armoire de rue", "question": "Où une armoire gêne-t-elle le passage ?"},
]
SPOTS = (
    ("Rue du Vieux-Pont", 48.8905, 2.1950, "debit"), ("Cité du Parc", 48.8928, 2.2241, "debit"),
    ("Berges de Seine", 48.9015, 2.1815, "debit"), ("Les Pâquerettes", 48.9118, 2.2105, "debit"),
    ("Place de la Boule", 48.8860, 2.1975, "armoire"), ("Rue de la République", 48.8975, 2.2060, "armoire"),
    ("Devant l’école", 48.8977, 2.2064, "armoire"), ("À la même porte", 48.8977, 2.2064, "armoire"),
)  # fmt: skip


def _microsite(title: str) -> Microsite:
    def entry(kind: type, slug: str, meta: dict[str, object], body: str = "") -> Entry:
        return Entry(slug, "fibre", f"content/campaigns/fibre/{slug}.md", kind.model_validate(meta), body)

    campaign = {
        "title": "La fibre pour tous", "summary": "Deux phrases.", "question": "Par où commencer ?",
        "opens": "2016-05-01", "level": "consult",
        "location": {"name": "Hôtel de ville", "lat": 48.8915, "lon": 2.2065},
    }  # fmt: skip
    named = [*SPOTS, *((text, 48.9030 + rank / 1000, 2.2140, "debit") for rank, text in enumerate(HOSTILE))]
    places = (
        entry(
            Place, f"20160312-aaaaaaa{rank:x}",
            {"layer": layer, "title": name, "date": "2016-03-12", "location": {"address": name, "lat": lat, "lon": lon},
             "channel": "paper" if rank % 3 else "web"}
            | ({"voice": "collective", "group": name, "people": 12} if rank % 4 == 1 else {}),
            f"Ici, c’est lent. {name}",
        )
        for rank, (name, lat, lon, layer) in enumerate(named)
    )  # fmt: skip
    meeting = {"title": "Balade des armoires", "kind": "walk", "status": "confirmed", "date": "2016-06-18",
               "starts": "10:00", "host": "La Ville", "location": STATION}  # fmt: skip
    return Microsite(
        campaign=entry(Campaign, "fibre", campaign), timeline=None,
        map=Map.model_validate({"title": title, "layers": LAYERS}), debates=(),
        workshops=(entry(Workshop, "balade", meeting),), places=tuple(places), resources=(), kits=(), episodes=(),
        decisions=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one map page, with the theme's own files, under the policy of every page."""
    own, folder = tmp_path_factory.mktemp("theme"), tmp_path_factory.mktemp("carte")
    (own / "translations").mkdir()
    (own / "templates").mkdir()
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    messages = "\n".join(f'msgid "{msgid}"\nmsgstr "{text}"\n' for msgid, text in WORDS.items())
    (own / "translations" / "fr.po").write_text(header + messages, "utf-8")
    (own / "templates" / "harness.html").write_text(TEMPLATE, "utf-8")
    config = Config.model_validate({
        "city": {"name": "Nanterre", "site": "Agora", "tagline": "t", "description": "d"},
        "publication": {"base_url": "https://agora.example"},
        "map": {"lat": 48.896, "lon": 2.204, "south": 48.8715, "west": 2.164, "north": 48.9215, "east": 2.242},
    })  # fmt: skip
    theme, microsite = Theme((own, base_theme()), Frame(config, (), True, False, None)), _microsite("La fibre")
    basemap = (ROOT / "content" / "map" / "nanterre.geojson").read_text("utf-8")
    site = Site(config, (), (microsite,), (), {}, basemap=basemap)
    files = {item.path: item.bytes(theme) for item in declared([maps], site, TODAY)}
    points, where = campaign_points(microsite, Urls("fr")), campaign_files("fibre", Urls("fr"))
    files[PAGE] = theme.page("harness.html", PAGE, points=points, files=where)
    files |= {f"assets/{name}": source.read_bytes() for name, source in static_files((base_theme(),)).items()}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(harness: Path) -> Iterator[str]:
    """The address of the page over http."""
    handler = functools.partial(_Quiet, directory=str(harness))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{PAGE}"
        server.shutdown()


@dataclass
class Opened:
    """A page with its map drawn, and what went wrong on the way."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, served: str, harness: Path) -> Iterator[Opener]:
    """Opens the page in a context of its own and waits for the map."""
    contexts = []

    def opener(scheme: str = "http", width: int = 1280, colours: str = "light", **options: object) -> Opened:
        size = {"width": width, "height": 900}
        options = {"reduced_motion": "reduce", **options}
        context = chromium.new_context(viewport=size, color_scheme=colours, locale="en-US", **options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.set_default_timeout(10_000)
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
        )
        opened.page.goto(served if scheme == "http" else (harness / PAGE).as_uri())
        if options.get("java_script_enabled", True):
            opened.page.locator(".map__frame").scroll_into_view_if_needed()
            opened.page.wait_for_selector(".map-view .map-pin")
        return opened

    yield opener
    for context in contexts:
        context.close()


def _violations(page: Page) -> list[str]:
    page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
    page.evaluate("locale => axe.configure({locale})", json.loads((AXE / "locales" / "fr.json").read_text("utf-8")))
    rules = {rule: {"enabled": True} for rule in ("label-content-name-mismatch", "target-size")}
    found = page.evaluate("rules => axe.run(document, {rules})", rules)["violations"]
    return [f"{v['id']}: {node['html'][:150]} {node['failureSummary']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_map_is_drawn_without_any_other_host(open_page: Opener, scheme: str) -> None:
    """The map shows the city over http and from a disk, asks nobody else, and breaks no policy."""
    opened = open_page(scheme)
    assert opened.complaints == []
    origin = opened.page.evaluate("location.protocol === 'file:' ? 'file://' : location.origin")
    assert [url for url in opened.requests if not url.startswith(origin)] == []
    assert opened.page.locator(".map-view path.map-quarter").count() == 10
    assert opened.page.locator(".map-view path.map-water").is_visible()
    assert not opened.page.locator(".map__picture").is_visible()
    assert (
        "Fond de carte schématique\N{NO-BREAK SPACE}: Agora"
        in opened.page.locator(".leaflet-control-attribution").inner_text()
    )


def test_the_map_loads_only_when_it_is_reached(chromium: Browser, served: str) -> None:
    """A reader who does not come to the map does not pay for it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 700})
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    css = (base_theme() / "static" / "css" / "map.css").read_text("utf-8") + ".map { margin-block-start: 4000px }"
    page.route("**/css/map.css", lambda route: route.fulfill(body=css, content_type="text/css"))
    page.goto(served)
    page.wait_for_timeout(300)
    before = [url for url in requests if "leaflet" in url or url.endswith("carte.js")]
    page.locator(".map__frame").scroll_into_view_if_needed()
    page.wait_for_selector(".map-view .map-pin", state="attached")
    context.close()
    assert before == []
    assert any(url.endswith("leaflet.js") for url in requests)


def test_hostile_texts_never_run_and_are_read_as_typed(open_page: Opener) -> None:
    """Templates, tags and quotes in a title are letters on the list, the marker and the popup."""
    opened = open_page()
    for text in HOSTILE:
        number = opened.page.locator(".map-point", has_text=text).locator(".map-mark__number").first.inner_text()
        opened.page.locator(".map-home").click()
        _spread_to(opened.page, number)
        opened.page.wait_for_selector(".leaflet-popup")
        assert opened.page.locator(".map-popup__title").inner_text() == text
        assert text in opened.page.locator(".map-popup").inner_text()
        opened.page.keyboard.press("Escape")
    assert opened.page.evaluate("window.__pwn") is None
    assert opened.complaints == []


def _spread_to(page: Page, number: str) -> None:
    """Zoom in, as a reader would, until the marker of a number is on its own, and open it."""
    for _ in range(10):
        own = page.locator(f'.map-view .map-pin[aria-label^="{number}. "]')
        if own.count():
            own.focus()
            page.keyboard.press("Enter")
            return
        page.locator(".map-view .map-pin--many").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(80)
    pytest.fail(f"no marker of number {number}")


def test_the_keyboard_does_everything(open_page: Opener) -> None:
    """Tab reaches the map, arrows move it, + and - zoom, Enter opens a point, Escape closes it and gives focus back."""
    opened = open_page()
    page = opened.page
    page.locator(".crumbs a, .menu a, main").last.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.map-view')"):
            break
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')")
        == "Carte de la concertation\N{NO-BREAK SPACE}: La fibre pour tous"
    )
    moved = (
        "document.querySelector('.leaflet-map-pane').style.transform +"
        " document.querySelector('.map-water').getAttribute('d')"
    )
    for key in ("ArrowRight", "+", "-"):
        before = page.evaluate(moved)
        page.keyboard.press(key)
        page.wait_for_timeout(150)
        assert page.evaluate(moved) != before, key
    pin = page.locator(".map-view .map-pin").first
    pin.focus()
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup")
    assert page.evaluate("document.activeElement.closest('.map-popup') !== null")
    assert page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Fermer"
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    assert page.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == "Zoom avant"
    assert opened.complaints == []


def test_a_popup_leads_to_the_list(open_page: Opener) -> None:
    """The popup of a place leads to what was said of it, on the same page; that of a meeting leads to its page."""
    page = open_page().page
    _spread_to(page, "2")
    page.wait_for_selector(".map-popup")
    page.locator(".map-popup a").click()
    assert page.evaluate("location.hash") == "#lieu-20160312-aaaaaaa0"
    assert page.locator(".map-point:target .map-point__title").inner_text() == "Rue du Vieux-Pont"
    page.locator(".map-home").click()
    _spread_to(page, "14")
    page.wait_for_selector(".map-popup")
    assert page.locator(".map-popup a").get_attribute("href").endswith("/campagnes/fibre/agenda/balade/index.html")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_map_is_accessible_at_every_size(open_page: Opener, width: int, colours: str, tmp_path: Path) -> None:
    """No axe violation and no sideways scroll, closed or with a popup open, and text stays French."""
    opened = open_page(width=width, colours=colours, bypass_csp=True)
    page = opened.page
    page.screenshot(path=tmp_path / f"map-{width}-{colours}.png", full_page=True)
    assert _violations(page) == []
    page.locator(".map-view .map-pin").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".map-popup")
    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


MARKS = """[...document.querySelectorAll('.map-pin, .map-pin--many, .leaflet-bar a')].map(mark => {
  const {left, right, top, bottom} = mark.getBoundingClientRect();
  return [mark.getAttribute('aria-label'), left, right, top, bottom, mark.matches('.leaflet-bar a')];
})"""
Box = tuple[str, float, float, float, float, bool]


def _too_close(page: Page, *, buttons: bool) -> list[str]:
    """List the marks too small for a finger, or that cover one another or, when asked, a button."""
    boxes: list[Box] = [tuple(box) for box in page.evaluate(MARKS)]
    marks = [box for box in boxes if not box[5]]
    pairs = itertools.combinations(boxes if buttons else marks, 2)
    small = [box[0] for box in marks if min(box[2] - box[1], box[4] - box[3]) < 24]
    return small + [
        f"{one[0]} / {other[0]}"
        for one, other in pairs
        if not (one[5] and other[5])
        and max(one[1], other[1]) < min(one[2], other[2])
        and max(one[3], other[3]) < min(one[4], other[4])
    ]


def _points_shown(page: Page) -> int:
    names = [box[0] for box in page.evaluate(MARKS) if not box[5]]
    return sum(int(name.split()[0]) if " points ici" in name else 1 for name in names)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_mark_covers_another_at_any_zoom(open_page: Opener, width: int) -> None:
    """Points that would touch are one bigger mark; the first view shows them all, and none is under a button."""
    page = open_page(width=width).page
    assert _points_shown(page) == 14
    assert _too_close(page, buttons=True) == []
    page.locator(".map-view").focus()
    for key in "++++++----------":
        page.keyboard.press(key)
        assert _too_close(page, buttons=False) == [], key
    assert _points_shown(page) == 14


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_group_opens_from_the_keyboard_and_the_focus_follows(open_page: Opener, key: str) -> None:
    """The mark of several points zooms in to where they part, and the first of them takes the focus."""
    page = open_page(width=320).page
    group = page.locator(".map-pin--many[aria-label$='zoomer']").first
    before, named = page.locator(".map-pin").count(), group.get_attribute("aria-label")
    assert group.inner_text() == str(named).partition(" ")[0]
    group.focus()
    page.keyboard.press(key)
    page.wait_for_function("named => document.activeElement.getAttribute('aria-label') !== named", arg=named)
    assert page.evaluate("document.activeElement.matches('.map-pin, .map-pin--many')")
    assert page.locator(".map-pin").count() > before
    names = [box[0] for box in page.evaluate(MARKS) if re.match(r"\d+\. ", box[0])]
    assert names == sorted(names, key=lambda name: int(name.partition(".")[0]))


def test_points_at_one_door_are_listed(open_page: Opener) -> None:
    """What no zoom parts is a list to choose from, each with the name that it has below."""
    page = open_page().page
    door = page.locator(".map-pin--many[aria-label='2 points ici\N{NO-BREAK SPACE}: choisir']")
    for _ in range(9):
        if door.count():
            break
        page.locator(".map-pin--many").last.focus()
        page.keyboard.press("Enter")
    door.focus()
    page.keyboard.press("Enter")
    links = page.locator(".map-popup a")
    assert links.all_inner_texts() == ["12. Devant l’école", "13. À la même porte"]
    assert page.evaluate("document.activeElement.textContent") == "12. Devant l’école"
    links.last.click()
    assert page.locator(".map-point:target .map-point__title").inner_text() == "À la même porte"


def test_without_javascript_the_picture_and_the_list_say_everything(open_page: Opener) -> None:
    """Every point has its number, title and place in the list, and the picture shows the same numbers."""
    opened = open_page(java_script_enabled=False)
    assert opened.page.locator(".map__picture").is_visible()
    assert not opened.page.locator(".map-view").is_visible()
    numbers = opened.page.locator(".map-point .map-mark__number").all_inner_texts()
    assert numbers == [str(rank) for rank in range(1, 15)]
    assert opened.page.locator(".map-point", has_text="Berges de Seine").is_visible()


def test_motion_is_asked_for_by_nobody(open_page: Opener) -> None:
    """With reduced motion, zooming does not animate; without, it does."""
    animated = "document.querySelector('.map-view').classList.contains('leaflet-fade-anim')"
    assert not open_page().page.evaluate(animated)
    assert open_page(reduced_motion="no-preference").page.evaluate(animated)
