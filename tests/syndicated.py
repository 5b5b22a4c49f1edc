"""A small city of models (no files) whose calendars, feeds and podcast the tests read back."""

from __future__ import annotations

import datetime
import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sites import declared as outputs_of

from agora_build.config import Config
from agora_build.content import models
from agora_build.content.site import AudioFacts, Entry, Microsite, Site
from agora_build.outputs import calendars, feeds, podcast, sitemap
from agora_build.rendering.theme import Frame, Theme

DAY = datetime.date(2016, 6, 15)
BASE = "https://agora.example/ville"
HOSTILE = "A,b;c\\n <b>&amp;</b> ]]> \u202e \x0b\x00é\r\nBEGIN:VEVENT\r\nUID:faux\nEND:VCALENDAR"
PLACE = {"name": "Maison, de; quartier", "address": "1 rue de l’Essai", "lat": "48.8924", "lon": "2.2071"}
CONFIG = {
    "city": {"name": "Ville", "site": "L’Agora", "tagline": "t", "description": "d"},
    "publication": {"base_url": BASE},
    "podcast": {
        "title": "Radio & Agora",
        "description": "La radio <des> habitants.",
        "author": "Ville",
        "email": "radio@agora.example",
        "image": "content/radio/agora.png",
    },
    "offices": [{"id": "conseil", "name": "Conseil"}],
}


def entry(model: type[Any], folder: str, slug: str, body: str = "", /, **meta: object) -> Entry[Any]:
    """Make the entry of a content file of the campaign `parc`."""
    path = f"content/campaigns/parc/{folder}/{slug}.md"
    return Entry(slug, "parc", path, model.model_validate(meta), body)


def workshop(slug: str, date: str, /, **meta: object) -> Entry[models.Workshop]:
    """Make a workshop; what is not said is usual."""
    usual = {"title": "Atelier", "kind": "workshop", "status": "confirmed", "location": PLACE, "host": "Un groupe"}
    return entry(models.Workshop, "workshops", slug, str(meta.pop("body", "Venez.")), **{**usual, "date": date, **meta})


WORKSHOPS = (
    workshop("avant", "2016-03-26", starts="18:30", ends="20:00"),
    workshop("apres", "2016-03-27", starts="03:30", ends="05:00"),
    workshop("ete", "2016-10-29", starts="18:30", ends="20:00", kind="walk"),
    workshop("hiver", "2016-10-30", starts="18:30", ends="20:00"),
    workshop("nuit", "2016-06-20", starts="21:00", ends="00:30", status="proposed", capacity="40"),
    workshop("sans-heure", "2016-06-01", status="held", minutes="Nous étions **vingt** <3.\n\nFin."),
    workshop("deux-jours", "2016-07-16", end_date="2016-07-17", status="cancelled", cancelled_because="Pluie."),
    workshop("hostile", "2016-06-10", title=HOSTILE.replace("\n", " ").replace("\r", " ")[:160], body=HOSTILE),
)


def site(**replaced: Any) -> Site:
    """Make the city."""
    campaign = Entry(
        "parc",
        "parc",
        "content/campaigns/parc/campaign.md",
        models.Campaign.model_validate(
            {"title": "Le <parc>", "summary": "s & t", "question": "q ?", "opens": "2016-03-07", "level": "consult"}
        ),
        "",
    )
    common: dict[str, Any] = {
        "campaign": campaign,
        "timeline": None,
        "map": None,
        "places": (),
        "kits": (),
        "workshops": WORKSHOPS,
        "debates": (
            entry(models.Debate, "debates", "eau", title="L’eau", question="Où ?", opens="2016-04-01"),
            entry(models.Debate, "debates", "plus-tard", title="Plus tard", question="Où ?", opens="2016-09-01"),
        ),
        "resources": (
            entry(models.Resource, "resources", "plan", title="Plan", kind="plan", date="2016-03-08", summary=HOSTILE),
        ),
        "episodes": (
            entry(
                models.Episode,
                "episodes",
                "un",
                "## Début\nBonjour <à> tous.\n\n**Une voix.** Oui.",
                title="Un & deux",
                date="2016-05-02",
                summary="Résumé <b>.",
                audio="un.mp3",
                number="3",
                chapters=[{"start": "0:12", "title": "Suite & <fin>"}, {"start": "0:00", "title": "Début"}],
                people=[{"role": "host", "name": "L’équipe"}, {"role": "producer", "name": "La Ville"}],
                location=PLACE,
            ),
            entry(
                models.Episode,
                "episodes",
                "futur",
                title="Plus tard",
                date="2016-12-01",
                summary="s",
                audio="futur.mp3",
                number="4",
            ),
        ),
        "decisions": (
            entry(
                models.Decision,
                "decisions",
                "bancs",
                title="Des bancs",
                date="2016-05-20",
                by="conseil",
                summary="Oui.",
                progress=[
                    {"date": "2016-06-02", "text": "Commandés.", "status": "started"},
                    {"date": "2016-09-02", "text": "Posés.", "status": "done"},
                ],
            ),
        ),
    }
    audio = {f"content/campaigns/parc/episodes/{name}.mp3": AudioFacts(145_497, 24.24) for name in ("un", "futur")}
    config = Config.model_validate({**CONFIG, **replaced.pop("config", {})})
    return Site(config, (), (Microsite(**{**common, **replaced}),), (), audio)


@cache
def _theme(config: Config) -> Theme:
    with tempfile.TemporaryDirectory() as folder:
        translations = Path(folder, "translations")
        translations.mkdir()
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        translations.joinpath("fr.po").write_text(head + 'msgid "Walk"\nmsgstr "Promenade"\n', "utf-8")
        return Theme((Path(folder),), Frame(config, (), has_map=False, has_radio=True, as_of=None))


def rendered(city: Site | None = None, today: datetime.date = DAY) -> dict[str, bytes]:
    """Render the calendars, feeds, podcast and sitemap of a city, by path."""
    city = city or site()
    theme = _theme(city.config)
    declared = outputs_of((calendars, feeds, podcast), city, today)
    declared += sitemap.outputs(["index.html", "404.html", "campagnes/parc/index.html"], BASE)
    files = {output.path: output.bytes(theme) for output in declared}
    assert len(files) == len(declared), "two outputs at one path"
    return files


if __name__ == "__main__":
    print(json.dumps({path: hashlib.sha256(data).hexdigest() for path, data in rendered().items()}))  # noqa: T201
