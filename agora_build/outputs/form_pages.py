"""Turns the open forms of a campaign into their pages, and the list of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from agora_build.config import Config
from agora_build.content.forms import (
    EMPTY,
    Form,
    FormKind,
    Ground,
    campaign_forms,
    city_forms,
    debate_forms,
    ground_of,
    is_offered,
    ways,
)
from agora_build.content.models import Debate, Kit, Layer
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread
from agora_build.record import Record, replace
from agora_build.rendering import form_page
from agora_build.rendering.form_page import FormPage
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

_DAY = "2017-02-11"
_NUMBER = "4wq8m2td"
# A file of each kind, as a neighbour would add it; the questions of a debate or of a map are put in.
_EXAMPLES: dict[FormKind, str] = {
    "contribution": "---\ndebate: {target}\ndate: {day}\nvoice: individual\nchannel: pull-request\n---\n{text}\n",
    "workshop": "---\ntitle: {title}\nkind: home-debate\nstatus: proposed\ndate: {day}\nstarts: 18:30\nlocation:\n"
    "  address: {address}\nhost: {host}\n---\n{text}\n",
    "place": "---\nlayer: {target}\ntitle: {title}\ndate: {day}\nlocation:\n  address: {address}\nvoice: individual\n"
    "channel: pull-request\n---\n{text}\n",
    "question": "---\nto: {office}\ndate: {day}\nvoice: individual\nchannel: pull-request\n---\n{text}\n",
}


class DebateWays(Record, frozen=True):
    """A debate in which one may take part, and by which forms."""

    debate: Entry[Debate]
    kinds: tuple[FormKind, ...]


class TakePart(Record, frozen=True):
    """The list of a campaign's forms; `others` are those of no debate and no layer."""

    path: str
    masthead: Masthead
    debates: tuple[DebateWays, ...]
    layers: tuple[Layer, ...]
    others: tuple[FormKind, ...]
    kits: tuple[Entry[Kit], ...]


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the pages of the forms of a debate."""
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    for form in debate_forms(ground_of(site.config, microsite), debate, thread.contributions, today):
        yield _page(site.config, form, microsite)


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare, for each campaign, the list of its forms, and the pages of those that are of no debate."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        ground = ground_of(site.config, microsite)
        forms = [form for form in campaign_forms(ground, today) if is_offered(site.config, form.kind)]
        for form in forms:
            yield _page(site.config, form, microsite)
        page = TakePart(
            path=urls.take_part(microsite.slug),
            masthead=masthead(microsite, urls, today),
            debates=_debates(ground, microsite, today),
            layers=microsite.map.layers if microsite.map and any(form.kind == "place" for form in forms) else (),
            others=tuple(form.kind for form in forms if not form.target),
            kits=tuple(kit for kit in microsite.kits if kit.meta.purpose == "participation"),
        )
        yield Output(page.path, page, render_list)


def city_outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the forms of the whole city."""
    for form in city_forms():
        if is_offered(site.config, form.kind):
            yield _page(site.config, form, None)


def render(page: FormPage, theme: Theme) -> bytes:
    """Write the page of a form that nobody has filled in."""
    if not page.sent and page.folder:
        page = replace(page, example_name=f"{_DAY.replace('-', '')}-{_NUMBER}.md", example=example(page.form, theme))
    return form_page.render(page, EMPTY, theme)


def render_list(page: TakePart, theme: Theme) -> bytes:
    """Write the list of a campaign's forms."""
    return theme.page("take_part.html", page.path, masthead=page.masthead, page=page)


def example(form: Form, theme: Theme) -> str:
    """Write a file as a neighbour would add it to the repository."""
    words = {
        "title": theme.text("A bench under the lime trees"),
        "address": theme.text("12 rue de la Mairie"),
        "host": theme.text("The neighbours of the second floor"),
        "text": theme.text("I would come more often if there was a place to sit in the shade."),
    }
    office = theme.config.offices[0].id if theme.config.offices else ""
    return _EXAMPLES[form.kind].format(target=form.target, day=_DAY, office=office, **words)


def _page(config: Config, form: Form, microsite: Microsite | None) -> Output[Any]:
    page = form_page.form_page(form, microsite.campaign if microsite else None, config)
    return Output(page.path, page, render)


def _debates(ground: Ground, microsite: Microsite, today: datetime.date) -> tuple[DebateWays, ...]:
    said = {summary.debate: summary.voices.any for summary in microsite.threads}
    found = (DebateWays(item, ways(ground, item, today, said=said.get(item.slug, False))) for item in ground.debates)
    return tuple(item for item in found if item.kinds)
