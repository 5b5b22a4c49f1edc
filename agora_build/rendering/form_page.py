"""Turns a form, and what somebody wrote in it, into its page: the same on the site and in the intake's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora_build.config import Config
from agora_build.content.forms import EMPTY, Filled, Form, FormKind
from agora_build.content.models import Campaign
from agora_build.content.site import Entry
from agora_build.record import Record
from agora_build.rendering.map_picture import WIDTH, city_view
from agora_build.urls import Urls

if TYPE_CHECKING:
    from agora_build.rendering.theme import Theme

PLAN, PLAN_SCRIPT = "plan.svg", "plan.js"  # the map one points on, beside the page of the city's map
PLAN_WIDTH, PLAN_HEIGHT = 640, 480  # the size at which it is shown, in pixels: what a click is measured in
_FOLDERS: dict[FormKind, str] = {
    "contribution": "contributions",
    "workshop": "workshops",
    "place": "places",
    "question": "questions",
}


class Plan(Record, frozen=True):
    """The map one points on: its file, its size in pixels, and where the chosen point is on it."""

    picture: str
    script: str  # what map.js draws in its place
    width: int = PLAN_WIDTH
    height: int = PLAN_HEIGHT
    spot: tuple[int, int] | None = None


class FormPage(Record, frozen=True):
    """What the page of a form shows, besides what somebody filled in.

    `path` is where it stands, `canonical` the page of the site that is the same form. It is `sent` when the city has an
    intake, with a solved challenge when it is `guarded`; otherwise `folder` is where one adds `example`, a file of that
    name, in the repository.
    """

    path: str
    form: Form
    campaign: Entry[Campaign] | None
    canonical: str
    back: str
    sent: bool = False
    guarded: bool = False
    map: Plan | None = None
    folder: str = ""
    example_name: str = ""
    example: str = ""


def form_page(
    form: Form, campaign: Entry[Campaign] | None, config: Config, path: str = "", filled: Filled = EMPTY
) -> FormPage:
    """Gather what the page of a form shows; `path` is that of the intake's answer, '' for the page of the site."""
    urls = Urls(config.city.language)
    own = urls.form(form.campaign, form.kind, form.target, form.page)
    folder = _FOLDERS.get(form.kind)
    return FormPage(
        path=path or own,
        form=form,
        campaign=campaign,
        canonical=own,
        back=_back(form, urls),
        sent=config.intake is not None,
        guarded=config.intake is not None and config.intake.captcha,
        map=_plan(config, urls, filled) if any(field.kind == "point" for field in form.fields) else None,
        folder=f"content/campaigns/{form.campaign}/{folder}/" if folder else "",
    )


def render(page: FormPage, filled: Filled, theme: Theme) -> bytes:
    """Write the page of a form, with the links to the intake."""
    addresses = (page.form.address, theme.urls.token(), theme.urls.challenge() if page.guarded else "")
    action, token, challenge = (theme.to_intake(at, page.path) if page.sent and at else "" for at in addresses)
    links = {"action": action, "token": token, "challenge": challenge}
    return theme.page("form.html", page.path, page=page, filled=filled, **links)


def point_clicked(config: Config, x: int, y: int) -> tuple[float, float] | None:
    """Turn a click on the map, in pixels from its top left, into latitude and longitude in degrees.

    None when it is no click: a keyboard sends 0, 0. Five decimals are one metre.
    """
    if config.map is None or (x, y) == (0, 0) or not (0 <= x <= PLAN_WIDTH and 0 <= y <= PLAN_HEIGHT):
        return None
    scale = WIDTH / PLAN_WIDTH
    lon, lat = city_view(config.map).of(x * scale, y * scale)
    return round(lat, 5), round(lon, 5)


def _back(form: Form, urls: Urls) -> str:
    parts = {"workshop": "agenda", "place": "map", "question": "questions"}
    if form.kind in parts:
        return urls.part(form.campaign, parts[form.kind])
    if form.target:
        return urls.item(form.campaign, "debates", form.target)
    return urls.campaign(form.campaign) if form.campaign else urls.home()


def _plan(config: Config, urls: Urls, filled: Filled) -> Plan | None:
    if config.map is None:
        return None
    return Plan(urls.section_file("map", PLAN), urls.section_file("map", PLAN_SCRIPT), spot=_spot(config, filled))


def _spot(config: Config, filled: Filled) -> tuple[int, int] | None:
    """Find where the point that was chosen is on the map, if it is there."""
    try:
        lat, lon = float(filled.value("location.lat")), float(filled.value("location.lon"))
    except ValueError:
        return None
    if config.map is None or not (
        config.map.south <= lat <= config.map.north and config.map.west <= lon <= config.map.east
    ):
        return None
    x, y = city_view(config.map).at(lon, lat)
    return round(x * PLAN_WIDTH / WIDTH), round(y * PLAN_WIDTH / WIDTH)
