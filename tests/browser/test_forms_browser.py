"""Forms in a real browser: by keyboard, without JavaScript, on the map; and the pages with which the intake answers."""

from __future__ import annotations

import datetime
import gzip
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from test_pages import VNU
from windows import axe, opened

from agora_build.content.forms import FieldError, Filled, Form, Ground, forms_of
from agora_build.content.loader import load
from agora_build.content.models import Campaign
from agora_build.content.site import Entry, Microsite
from agora_build.intake.pages import Pages, Receipt, Standing
from agora_build.rendering.form_page import point_clicked
from agora_build.rendering.theme import Frame, Theme, base_theme

ROOT = Path(__file__).parent.parent.parent
DAY = datetime.date(2017, 1, 20)
GROUES = "campagnes/les-groues/participer"
SPEAK, PLACE = f"{GROUES}/dire/un-quartier-sans-voiture/index.html", f"{GROUES}/carte/garder/index.html"
LONG = "Je traverse ici chaque jour avec deux enfants. " * 4
pytestmark = pytest.mark.browser


class Intake:
    """The pages with which the intake of the sample answers, and the forms it knows."""

    def __init__(self) -> None:
        """Read the sample."""
        loaded = load(ROOT, DAY)
        assert loaded.site is not None
        self.config = loaded.site.config
        self.microsite: Microsite = next(item for item in loaded.site.microsites if item.slug == "les-groues")
        ground = Ground(
            self.config, self.campaign, self.microsite.debates, self.microsite.workshops, self.microsite.map
        )
        self.forms = {form.address: form for form in forms_of(ground, {}, DAY)}
        self.pages = Pages(Theme((base_theme(),), Frame(self.config, (), True, True, DAY)))

    @property
    def campaign(self) -> Entry[Campaign]:
        """The campaign whose forms they are."""
        return self.microsite.campaign

    def form(self, address: str) -> Form:
        """Give a form by its address in the campaign."""
        return self.forms[f"les-groues/{address}"]

    def answers(self) -> dict[str, bytes]:
        """Give a page of each kind of answer."""
        speak, place = self.form("contribution/un-quartier-sans-voiture"), self.form("place/garder")
        errors = (
            FieldError("text", "too-long", {"length": "8100", "limit": "8000"}),
            FieldError("voice", "missing"),
            FieldError("email", "bad-email"),
        )
        typed = {"text": (LONG,), "email": ("moi@",), "title": ("Sans <b>rien</b> ?",)}
        point = {"voice": ("individual",), "location.lat": ("48.8981",), "location.lon": ("2.2279",)}
        given = ("20170120-4wq8m2td", "ab" * 32, "0HAV-FY2E-G59W-H75M9", DAY)
        refusal = Standing(
            "contribution", self.campaign, given[0], given[2], "refused", DAY, "Injure", message="Sans le nom."
        )
        return {
            "errors": self.pages.form(speak, self.campaign, Filled(typed, errors, {"token": "t", "key": "k"})),
            "point": self.pages.form(place, self.campaign, Filled(point, (FieldError("location", "outside-city"),))),
            "receipt": self.pages.receipt(Receipt(speak, self.campaign, *given)),
            "standing": self.pages.standing(refusal),
            "refused": self.pages.refused(413),
        }


@pytest.fixture(scope="session")
def intake() -> Intake:
    """The intake of the sample."""
    return Intake()


def answering(page: Page, body: bytes | Callable[[Route], bytes]) -> list[list[tuple[str, str]]]:
    """Answer whatever is sent to the intake; give the fields that are posted, as they come."""
    posted: list[list[tuple[str, str]]] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        if route.request.url.endswith("/jeton"):
            route.fulfill(json={"token": "T", "key": "K"})
        else:
            route.fulfill(body=body(route) if callable(body) else body, content_type="text/html; charset=utf-8")

    page.route("**/envoi/**", answer)
    return posted


def without_javascript(browser: Browser, address: str, path: str) -> Page:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{address}/{path}")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", ["errors", "point", "receipt", "standing", "refused"])
def test_answer_is_clean(chromium: Browser, address: str, intake: Intake, name: str, width: int, scheme: Any) -> None:
    """What the intake answers is accessible, allowed by its policy, and not cut off with text twice as large."""
    body = intake.answers()[name]
    options: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with opened(chromium, address, "404.html", **options) as watched:
        page = watched.page
        answering(page, body)
        page.goto(f"{address}/envoi/les-groues/contribution/un-quartier-sans-voiture")
        assert watched.verdict() == []
        assert axe(page) == []
        widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        scroll, client = page.evaluate(widths)
        assert scroll <= client
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        scroll, client = page.evaluate(widths)
        assert scroll <= client


def test_answers_have_no_error_of_html(intake: Intake, tmp_path: Path) -> None:
    """The Nu HTML checker finds nothing in what the intake answers."""
    for name, body in intake.answers().items():
        (tmp_path / f"{name}.html").write_bytes(body)
    command = ["java", "-jar", str(VNU), "--errors-only", "--format", "gnu", str(tmp_path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stderr.replace(str(tmp_path), "") == ""


def test_one_speaks_without_javascript_by_keyboard_alone(chromium: Browser, address: str, intake: Intake) -> None:
    """Enter in a line sends the form; its fields come as typed, none that is not needed."""
    page = without_javascript(chromium, address, SPEAK)
    posted = answering(page, intake.answers()["receipt"])
    page.locator("#c-text").focus()
    page.keyboard.type("Pourquoi pas ?")
    page.keyboard.press("Enter")
    page.keyboard.type("É <3")
    page.keyboard.press("Tab")
    page.keyboard.type("Un titre")
    page.keyboard.press("Enter")
    page.wait_for_selector(".receipt")
    sent = dict(posted[0])
    assert sent["text"] == "Pourquoi pas ?\r\nÉ <3"
    assert sent["title"] == "Un titre"
    assert (sent["voice"], sent["website"]) == ("individual", "")
    assert "token" not in sent
    assert len(posted[0]) <= 30
    page.context.close()


def test_what_groups_are_asked_shows_for_groups(chromium: Browser, address: str) -> None:
    """Without JavaScript too, whoever speaks alone is not asked how many they are."""
    page = without_javascript(chromium, address, SPEAK)
    assert not page.locator("#c-group").is_visible()
    page.get_by_label("Pour un groupe").check()
    assert page.locator("#c-group").is_visible()
    page.context.close()


def test_one_points_on_the_map_without_javascript(chromium: Browser, address: str, intake: Intake) -> None:
    """A click sends where it was, with what was typed; the form comes back with the point; Enter is no click."""
    page = without_javascript(chromium, address, PLACE)
    form = intake.form("place/garder")

    def shown(route: Route) -> bytes:
        sent = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        if "location.x" not in sent:
            return intake.answers()["receipt"]
        point = point_clicked(intake.config, int(sent["location.x"]), int(sent["location.y"]))
        assert point is not None
        values = {**sent, "location.lat": str(point[0]), "location.lon": str(point[1])}
        return intake.pages.form(form, intake.campaign, Filled({name: (value,) for name, value in values.items()}))

    posted = answering(page, shown)
    page.locator("#c-title").fill("Le grand tilleul")
    page.locator(".plan__map").click(position={"x": 200, "y": 150})
    page.wait_for_selector(".plan__spot")
    assert (dict(posted[0])["location.x"], dict(posted[0])["location.y"]) == ("200", "150")
    assert page.url.endswith("#c-location")
    assert page.locator("#c-title").input_value() == "Le grand tilleul"
    assert page.locator(".plan__spot circle").first.get_attribute("cx") == "200"
    page.locator("#c-text").fill("Il a cent ans.")
    page.locator("#c-title").press("Enter")
    page.wait_for_selector(".receipt")
    assert "location.x" not in dict(posted[1])
    assert dict(posted[1])["location.lat"]
    page.context.close()


def test_one_points_on_the_map_with_leaflet(chromium: Browser, address: str) -> None:
    """The map comes when it is reached; a click, or a button from the keyboard, fills the two boxes."""
    with opened(chromium, address, PLACE, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.page
        answering(page, b"")
        page.wait_for_selector(".plan__centre")
        page.locator(".plan__centre").focus()
        page.keyboard.press("Enter")
        lat, lon = (page.locator(f"#c-location-{name}") for name in ("lat", "lon"))
        assert float(lat.input_value()) == pytest.approx(48.896, abs=0.005)
        page.locator(".map-view").click(position={"x": 300, "y": 120})
        assert float(lon.input_value()) != pytest.approx(2.203, abs=0.0005)
        assert page.locator(".plan__said").inner_text().startswith("Un point est choisi.")
        assert page.locator(".map-view path[stroke='#b3271e']").count() == 1
        lat.fill("")
        lat.blur()
        assert page.locator(".map-view path[stroke='#b3271e']").count() == 0
        assert axe(page) == []
        assert watched.verdict() == []


def test_a_form_gets_its_token_when_it_is_reached_and_is_sent_once(
    chromium: Browser, address: str, intake: Intake
) -> None:
    """The token is asked for at the first field; two clicks on the button are one message."""
    with opened(chromium, address, SPEAK) as watched:
        page = watched.page
        posted = answering(page, intake.answers()["receipt"])
        assert page.locator("input[name=token]").count() == 0
        page.locator("#c-text").fill("Une raison.")
        page.wait_for_selector("input[name=token]", state="attached")
        button = page.get_by_role("button", name="Envoyer ma contribution")
        button.evaluate("e => { e.click(); e.click(); }")
        page.wait_for_selector(".receipt")
        assert [(dict(sent)["token"], dict(sent)["key"]) for sent in posted] == [("T", "K")]


def test_a_report_knows_which_text_it_is_about(chromium: Browser, address: str, site: Path) -> None:
    """The link on a published text fills in its number."""
    pages = sorted((site / "campagnes/les-groues/contributions").iterdir())
    with opened(chromium, address, pages[0].relative_to(site).as_posix() + "/index.html") as watched:
        watched.page.locator("a.report").click()
        expect(watched.page.locator("#c-about")).to_have_value(pages[0].name)  # once its script has run


def test_errors_are_where_one_stands(chromium: Browser, address: str, intake: Intake) -> None:
    """With JavaScript the summary has the focus; its links lead to the fields."""
    with opened(chromium, address, "404.html") as watched:
        page = watched.page
        answering(page, intake.answers()["errors"])
        page.goto(f"{address}/envoi/les-groues/contribution/un-quartier-sans-voiture")
        assert page.evaluate("document.activeElement.id") == "erreurs"
        page.locator("#erreurs a").first.press("Enter")
        assert page.evaluate("document.activeElement.id") == "c-text"
        assert page.locator("#c-text").input_value() == LONG


def test_forms_are_light(site: Path) -> None:
    """What a form adds to a page, gzipped: 4 kB of style, 1.5 kB of script; the longest form is under 10 kB."""
    assert len(gzip.compress((site / "assets/css/forms.css").read_bytes(), 9)) <= 4_000
    assert len(gzip.compress((site / "assets/js/forms.js").read_bytes(), 9)) <= 1_500
    for page in (site / "campagnes").glob("*/participer/**/index.html"):
        assert len(gzip.compress(page.read_bytes(), 9)) <= 10_000, page
