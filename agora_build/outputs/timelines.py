"""Turns a microsite's steps into the data of its drawn timeline: a script for the page, and JSON for reuse."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from agora_build import urls
from agora_build.content.fields import PartialDate
from agora_build.content.site import Site
from agora_build.content.steps import TimelineStep, current_step, merged_steps
from agora_build.record import Record
from agora_build.rendering import typography
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme

SCRIPT, DATA = "donnees.js", "frise.json"
# What the drawn timeline says by itself -> msgid; the browser fills {start} and {end} in.
WORDS = {
    "timeline": "Interactive timeline",
    "navigation": "Timeline navigation",
    "content": "Selected step",
    "hint": "Arrow keys go from step to step; Home and End lead to the first and the last one.",
    "previous": "Previous step",
    "next": "Next step",
    "shown": "shown",
    "show": "press space to show",
    "first": "First step",
    "last": "Last step",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "zoom_in_hint": "Show less than {start} to {end}",
    "zoom_out_hint": "Show more than {start} to {end}",
    "loading": "Loading the timeline",
    "error": "The timeline cannot be drawn; its steps are in the list.",
    "swipe": "Swipe to go from step to step",
    "close": "OK",
    "new_window": "new window",
}


class TimelineData(Record, frozen=True):
    """The steps of one timeline, and the page that shows them, from which links start."""

    page: str
    steps: tuple[TimelineStep, ...]


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the two data files of each microsite that has a step."""
    paths = urls.Urls(site.config.city.language)
    for microsite in site.microsites:
        steps = merged_steps(microsite, paths, today)
        if steps:
            data = TimelineData(paths.part(microsite.slug, "timeline"), steps)
            yield Output(paths.part_file(microsite.slug, "timeline", SCRIPT), data, render_script)
            yield Output(paths.part_file(microsite.slug, "timeline", DATA), data, render_json)


def render_script(inputs: TimelineData, theme: Theme) -> bytes:
    """Write the classic script that hands data and words to timeline.js; it works from file:// too."""
    words = {name: theme.text(msgid, start="${start}", end="${end}") for name, msgid in WORDS.items()}
    value = {"data": timeline_json(inputs, theme), "words": words, "start": current_step(inputs.steps)}
    value["tenses"] = {step.id: step.tense for step in inputs.steps}
    return f"(window.agora=window.agora||{{}}).timeline={_for_script(_compact(value))};\n".encode()


def render_json(inputs: TimelineData, theme: Theme) -> bytes:
    """Write the same steps as TimelineJS JSON."""
    return (_compact(timeline_json(inputs, theme)) + "\n").encode()


def timeline_json(inputs: TimelineData, theme: Theme) -> dict[str, Any]:
    """Give the steps in the format of TimelineJS."""
    data: dict[str, Any] = {"events": [_event(step, inputs.page, theme) for step in inputs.steps]}
    coming = [step for step in inputs.steps if step.tense == "coming"]
    if coming and (end := max(step.last for step in coming)) > coming[0].first:
        era = {"start_date": _day(coming[0].first), "end_date": _day(end)}
        data["eras"] = [{**era, "text": {"headline": theme.text("To come")}}]
    return data


def written_date(step: TimelineStep, theme: Theme) -> str:
    """Write the date of a step as exactly as it is known: '7 mars 2016, 18 h 30', 'septembre 2016 – juin 2017'."""
    if step.end and step.date.day and step.end.day:
        return theme.period(step.first, step.last)
    if step.end:
        return f"{theme.partial(step.date)} – {theme.partial(step.end)}"
    day = theme.partial(step.date)
    return theme.text(", ").join((day, theme.time(step.time))) if step.time else day


def _event(step: TimelineStep, page: str, theme: Theme) -> dict[str, Any]:
    event: dict[str, Any] = {
        "unique_id": step.id,
        "start_date": _date(step.date, step.time),
        "display_date": written_date(step, theme),
        "text": {"headline": str(_headline(step, page, theme)), "text": str(_text(step, page, theme))},
        "group": theme.text(step.row),
        "autolink": False,
    }
    if step.end:
        event["end_date"] = _date(step.end, None)
    if media := _media(step, page, theme):
        event["media"] = media
    return event


def _headline(step: TimelineStep, page: str, theme: Theme) -> Markup:
    title = theme.said(step.title or theme.text(step.label))
    if not step.target:
        return title
    return Markup('<a href="{}">{}</a>').format(theme.way(step.target, page), title)


def _text(step: TimelineStep, page: str, theme: Theme) -> Markup:
    facts = [theme.text(step.label)] if step.title else []
    facts += [theme.text(step.status_label)] if step.status_label else []
    facts += [theme.text(step.tense_label)]
    facts += [theme.text("Illustrative content")] if step.illustrative else []
    items = Markup("").join(Markup("<li>{}</li>").format(fact) for fact in facts)
    if not step.text:
        body = Markup("")
    elif step.markdown:
        body = theme.prose(step.text, step.source, page)
    else:
        body = Markup("<p>{}</p>").format(theme.said(step.text))
    return Markup('<ul class="step-facts">{}</ul>{}').format(items, body)


def _media(step: TimelineStep, page: str, theme: Theme) -> dict[str, str]:
    if step.picture:
        credit = {"credit": str(escape(step.picture.credit))} if step.picture.credit else {}
        alt = typography.text(step.picture.alt, theme.language)
        return {"url": theme.way(step.picture_target, page), "alt": alt, **credit}
    return {"url": theme.way(step.audio, page)} if step.audio else {}


def _date(date: PartialDate, time: datetime.time | None) -> dict[str, int]:
    parts = {"year": date.year, "month": date.month, "day": date.day}
    known = {name: value for name, value in parts.items() if value is not None}
    return {**known, "hour": time.hour, "minute": time.minute} if time else known


def _day(day: datetime.date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _for_script(text: str) -> str:
    """Keep a JSON text whole inside any script: no end tag, no comment, no line separator of JavaScript."""
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
