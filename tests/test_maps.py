"""Maps: which points they show, in what order, and the GeoJSON, picture and script made from them."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from sites import declared

from agora_build.config import CityMap, Config
from agora_build.content.map_points import campaign_points, city_points
from agora_build.content.models import Campaign, Map, Place, Workshop
from agora_build.content.site import Entry, Microsite, Site
from agora_build.outputs import maps
from agora_build.rendering import leaflet, map_picture
from agora_build.rendering.theme import Frame, Theme, base_theme
from agora_build.urls import Urls

ROOT = Path(__file__).parent.parent
SCHEMA = Path(__file__).parent / "schemas" / "geojson.schema.json"
BASEMAP = (ROOT / "content" / "map" / "nanterre.geojson").read_text("utf-8")
TODAY = datetime.date(2016, 6, 15)
URLS = Urls("fr")
HOSTILE = "</script><script>alert(1)</script> ${window.__pwn=1} `x` \"'\u2028<img src=x onerror=alert(1)>"
CITY = {"lat": 48.896, "lon": 2.204, "south": 48.8715, "west": 2.164, "north": 48.9215, "east": 2.242}
LAYERS = [
    {"id": "debit", "title": "Débit trop lent", "question": "Où ?"},
    {"id": "armoire", "title": "Armoire de rue", "question": "Où encore ?"},
]


def entry(kind: type, campaign: str, slug: str, meta: dict[str, object], body: str = "") -> Entry:
    return Entry(slug, campaign, f"content/campaigns/{campaign}/{slug}.md", kind.model_validate(meta), body)


def place(slug: str, layer: str, title: str = "Ici", **more: object) -> Entry:
    location = {"address": "1 rue du Port", "lat": 48.9, "lon": 2.2}
    meta = {"layer": layer, "title": title, "date": "2016-03-12", "location": location, **more}
    return entry(Place, "fibre", slug, meta, f"Le texte de **{title}**")


def workshop(campaign: str, slug: str, status: str, date: str) -> Entry:
    location = {"name": "École", "lat": 48.89, "lon": 2.21}
    meta = {"title": f"Rencontre {slug}", "kind": "walk", "status": status, "date": date, "host": "La Ville"}
    return entry(Workshop, campaign, slug, {**meta, "location": location})


def microsite(slug: str = "fibre", opens: str = "2016-05-01", **parts: object) -> Microsite:
    campaign = {
        "title": f"Campagne {slug}", "summary": "s", "question": "q", "opens": opens, "level": "consult",
        "location": parts.pop("location", {"name": "Mairie", "lat": 48.8915, "lon": 2.2065}),
    }  # fmt: skip
    empty = dict.fromkeys(("debates", "workshops", "places", "resources", "kits", "episodes"), ())
    rest = {"timeline": None, "map": None, **empty, "decisions": (), **parts}
    return Microsite(campaign=entry(Campaign, slug, slug, campaign), **rest)


def fibre(title: str = "Ici") -> Microsite:
    return microsite(
        map=Map.model_validate({"title": "La carte", "layers": LAYERS}),
        places=(place("20160312-aaaaaaa1", "armoire", title), place("20160312-aaaaaaa2", "debit", voice="collective",
                group="Un conseil de quartier", people=12, channel="workshop")),
        workshops=(workshop("fibre", "annulee", "cancelled", "2016-07-01"),
                   workshop("fibre", "tenue", "held", "2016-06-01"),
                   workshop("fibre", "promise", "confirmed", "2016-07-02")),
    )  # fmt: skip


def site_of(*microsites: Microsite, city: dict[str, object] | None = CITY) -> Site:
    config = Config.model_validate({
        "city": {"name": "Ville", "site": "Agora", "tagline": "t", "description": "d"},
        "publication": {"base_url": "https://agora.example/nanterre"}, **({"map": city} if city else {}),
    })  # fmt: skip
    return Site(config, (), microsites, (), {}, basemap=BASEMAP)


def files_of(site: Site) -> dict[str, bytes]:
    theme = Theme((base_theme(),), Frame(site.config, (), True, False, None))
    return {item.path: item.bytes(theme) for item in declared([maps], site, TODAY)}


def data_of(script: bytes) -> dict[str, object]:
    return json.loads(script.decode().rpartition("\ndata: ")[2].removesuffix("\n};\n"))


def test_a_campaigns_map_numbers_its_project_places_by_layer_and_meetings() -> None:
    """Numbers follow the list; layers keep the order of map.yml; a cancelled meeting is not on the map."""
    points = campaign_points(fibre(), URLS)
    assert [(p.number, p.layer, p.mark) for p in points] == [
        (1, "project", "circle"), (2, "debit", "square"), (3, "armoire", "diamond"),
        (4, "workshops", "hexagon"), (5, "workshops", "hexagon"),
    ]  # fmt: skip
    assert points[1].target == "campagnes/fibre/carte/index.html#lieu-20160312-aaaaaaa2"
    assert (points[1].group, points[1].people, points[1].question) == ("Un conseil de quartier", 12, "Où ?")
    assert [p.title for p in points[3:]] == ["Rencontre tenue", "Rencontre promise"]
    assert len({p.id for p in points}) == len(points)


def test_the_citys_map_shows_consultations_by_state_and_meetings_to_come() -> None:
    """What is open comes first; past, held and cancelled meetings are left to their campaign."""
    past = microsite("avant", "2015-01-01", workshops=(workshop("avant", "oubliee", "confirmed", "2016-06-01"),))
    later = microsite("apres", "2017-01-01", workshops=(workshop("apres", "tot", "proposed", "2016-06-20"),))
    nowhere = microsite("partout", location=None)
    points = city_points(site_of(later, nowhere, fibre(), past), URLS, TODAY)
    assert [(p.layer, p.title) for p in points] == [
        ("open", "Campagne fibre"), ("open", "Campagne avant"), ("upcoming", "Campagne apres"),
        ("workshops", "Rencontre tot"), ("workshops", "Rencontre promise"),
    ]  # fmt: skip


def test_geojson_follows_the_standard_and_explains_its_properties() -> None:
    """Longitude first, no coordinate system, every property used is described."""
    files = files_of(site_of(fibre()))
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for path in ("campagnes/fibre/carte/carte.geojson", "carte/carte.geojson"):
        document = json.loads(files[path])
        jsonschema.Draft202012Validator(schema).validate(document)
        used = {name for feature in document["features"] for name in feature["properties"]}
        assert used <= set(document["fields"])
    feature = json.loads(files["campagnes/fibre/carte/carte.geojson"])["features"][1]
    assert feature["geometry"]["coordinates"] == [2.2, 48.9]
    assert (
        feature["properties"]["url"] == "https://agora.example/nanterre/campagnes/fibre/carte/#lieu-20160312-aaaaaaa2"
    )
    swapped = {"type": "Point", "coordinates": [48.9, 200]}
    broken = {"type": "FeatureCollection", "features": [{**feature, "geometry": swapped}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(broken)


def test_hostile_texts_stay_data() -> None:
    """No text of anyone ends a script, opens a tag in the picture, or is lost on the way."""
    files = files_of(site_of(fibre(HOSTILE)))
    script = files["campagnes/fibre/carte/carte.js"].decode()
    assert "</" not in script
    assert "\u2028" not in script
    assert "window.__pwn" not in script.partition("\ndata: ")[0]
    assert data_of(script.encode())["points"][2]["title"] == HOSTILE
    picture = ET.fromstring(files["campagnes/fibre/carte/carte.svg"])  # noqa: S314 - we wrote it
    titles = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert f"3. {HOSTILE}" in titles
    assert not {"script", "img"} & {element.tag.rpartition("}")[2] for element in picture.iter()}


def test_a_tile_credit_is_text() -> None:
    """The credit a city writes for its tiles cannot bring a tag into Leaflet's own HTML."""
    tiles = {"url": "https://tuiles.example/{z}/{x}/{y}.png", "attribution": "© <img src=x onerror=alert(1)> `${1}`"}
    shell = leaflet.shell(CityMap.model_validate({**CITY, "tiles": tiles}))
    assert "tuiles.example" in shell
    assert "<img" not in shell
    assert "\\u003cimg" not in shell
    assert "L.tileLayer" not in leaflet.shell(CityMap.model_validate(CITY))


def test_the_shell_asks_no_other_host_and_has_no_random_name() -> None:
    """Folium's page, its hosts and its random names are left behind."""
    shell = leaflet.shell(CityMap.model_validate(CITY))
    assert "http" not in shell
    assert not re.search(r"[0-9a-f]{32}", shell)
    assert "L.map(element" in shell
    assert "jquery" not in shell.lower()


def test_two_processes_write_the_same_bytes() -> None:
    """Neither the hash seed nor folium's random names reach the files."""
    code = (
        "import hashlib, test_maps as t\n"
        "files = t.files_of(t.site_of(t.fibre()))\n"
        "print(hashlib.sha256(b''.join(files[name] for name in sorted(files))).hexdigest())"
    )
    seen = set()
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PATH": ""}
        run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        seen.add(run.stdout)
    assert len(seen) == 1


def test_nothing_to_show_makes_no_map() -> None:
    """No points, no files; a city that has no [map] keeps the list alone."""
    assert files_of(site_of(microsite(location=None))) == {}
    assert files_of(site_of(fibre(), city=None)) == {}


def test_a_map_without_basemap_still_shows_its_points() -> None:
    """The basemap is an extra: marks and list are there without it."""
    picture = map_picture.picture(campaign_points(fibre(), URLS), "", map_picture.View(2.1, 56, 5000), "t", "d")
    assert picture.count("<g ") == 5


def test_the_marks_of_a_picture_do_not_cover_each_other() -> None:
    """Five people at one door are five numbers in the picture, all inside it."""
    point = campaign_points(fibre(), URLS)[0]
    city = CityMap.model_validate(CITY)
    picture = map_picture.picture((point,) * 5, "", map_picture.view_of((point,), city), "t", "d")
    found = re.findall(r'<g transform="translate\(([\d.-]+) ([\d.-]+)\)"', picture)
    places = [(float(x), float(y)) for x, y in found]
    assert len(places) == 5
    for (ax, ay), (bx, by) in itertools.combinations(places, 2):
        assert (ax - bx) ** 2 + (ay - by) ** 2 > 24**2
    assert all(0 <= x <= map_picture.WIDTH - 28 and 0 <= y <= map_picture.HEIGHT - 28 for x, y in places)


def test_the_quarters_of_the_basemap_tile_the_city() -> None:
    """The ten quarters of agora.toml are there, cover the outline exactly, and the file stays small."""
    features = json.loads(BASEMAP)["features"]

    def area(feature: dict[str, dict[str, list[list[list[float]]]]]) -> float:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        return sum(ax * by - bx * ay for (ax, ay), (bx, by) in itertools.pairwise(ring)) / 2

    quarters = [feature for feature in features if feature["properties"]["kind"] == "quarter"]
    outline = next(feature for feature in features if feature["properties"]["kind"] == "outline")
    assert len({feature["properties"]["id"] for feature in quarters}) == 10
    assert all(area(feature) > 0 for feature in quarters)  # counter-clockwise, as RFC 7946 asks
    assert sum(map(area, quarters)) == pytest.approx(area(outline), rel=1e-6)
    assert len(BASEMAP.encode()) < 12_000


def test_picture_list_and_map_draw_the_same_marks() -> None:
    """The outlines and colours of the theme are those of the picture."""
    macro = (base_theme() / "templates" / "macros" / "map.html").read_text("utf-8")
    css = (base_theme() / "static" / "css" / "map.css").read_text("utf-8")
    for mark, path in map_picture.MARK_PATHS.items():
        assert f'"{mark}": "{path}"' in macro
        assert f"--mark: {map_picture.MARK_COLOURS[mark]}" in css
