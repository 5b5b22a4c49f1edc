"""agora.json, by which a site announces its campaigns to others: what it says, what it never says, who can read it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cities import minimal_city
from pydantic import ValidationError
from sites import built

from agora_build.content.announcement import Announcement

DAY = datetime.date(2017, 1, 20)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("announced")
    assert built(minimal_city(folder), folder / "site", DAY).problems == []
    return folder / "site"


def said(output: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((output / "agora.json").read_bytes())
    return read


def test_a_site_announces_who_speaks_and_its_campaigns(output: Path) -> None:
    told = said(output)
    assert (told["version"], told["city"], told["licence"]) == (1, "Villeneuve", "CC BY-SA 4.0")
    assert told["address"] == "https://agora.villeneuve.example"
    (campaign,) = told["campaigns"]
    assert (campaign["id"], campaign["page"]) == ("les-quais", "campagnes/les-quais/")
    assert campaign["opens"] == "2016-03-07"
    assert campaign["question"]


def test_every_address_leads_to_a_file_of_the_site(output: Path) -> None:
    told = said(output)
    feeds = [feed["path"] for item in (told, *told["campaigns"]) for feed in item["feeds"]]
    assert len(feeds) > 5
    assert [path for path in feeds if not (output / path).is_file()] == []
    assert all((output / item["page"] / "index.html").is_file() for item in told["campaigns"])


def test_its_schema_is_published_beside_it(output: Path) -> None:
    """Whoever reads it with another program is told of the same mistakes."""
    told = said(output)
    schema = json.loads((output / told["$schema"]).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(told, schema)
    told["campaigns"][0]["page"] = "javascript:alert(1)"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)


def test_it_says_the_same_on_any_day(output: Path, tmp_path: Path) -> None:
    later = DAY + datetime.timedelta(days=400)
    assert built(minimal_city(tmp_path), tmp_path / "site", later).problems == []
    there = said(tmp_path / "site")["campaigns"]
    assert there == said(output)["campaigns"]


def test_the_last_campaign_to_open_comes_first(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    for slug, opens in (("aval", "2015-01-10"), ("zone", "2016-03-08")):
        file = city / f"content/campaigns/{slug}/campaign.md"
        file.parent.mkdir()
        meta = f"title: {slug}\nsummary: Ici.\nquestion: Quoi ?\nopens: {opens}\ncloses: {opens}\nlevel: consult\n"
        rules = "rules:\n  announced: 2015-01-01\n  who: Tous.\n  how: Ici.\n  use: Un bilan.\n  decides: Le conseil.\n"
        file.write_text(f"---\n{meta}{rules}---\nLe projet.\n", "utf-8")
    assert built(city, tmp_path / "site", DAY).problems == []
    assert [item["id"] for item in said(tmp_path / "site")["campaigns"]] == ["zone", "les-quais", "aval"]


def test_what_a_later_version_adds_is_left_out(output: Path) -> None:
    told = said(output) | {"mood": "good"}
    assert "mood" not in Announcement.model_validate(told).model_dump()


@pytest.mark.parametrize(
    "page",
    ["javascript:alert(1)", "//evil.example/", "/etc/passwd", "../up/", "a/%2e%2e/b", "https://evil.example/", "a b",
     "a\\b", "a/%2f/b", "a?b", "a#b", "é/", "", "a//b", "x" * 301],
)  # fmt: skip
def test_an_address_never_leaves_the_site(output: Path, page: str) -> None:
    told = said(output)
    told["campaigns"][0]["page"] = page
    with pytest.raises(ValidationError):
        Announcement.model_validate(told)


@pytest.mark.parametrize(
    ("key", "value"),
    [("opens", 0), ("opens", True), ("opens", "2016-13-45"), ("opens", "9999-01-01"), ("title", 5), ("title", None),
     ("title", "a\nb"), ("title", "x" * 161), ("summary", "x" * 601), ("level", "rule"), ("illustrative", "yes"),
     ("place", {"lat": "48.8"}), ("place", {"lat": 1e300}), ("place", {"lat": float("nan")}), ("quarters", "Centre"),
     ("feeds", [{"kind": "news", "path": "a"}] * 11), ("feeds", [{"kind": "malware", "path": "a"}]), ("id", "../x")],
)  # fmt: skip
def test_values_out_of_bounds_are_refused(output: Path, key: str, value: object) -> None:
    told = said(output)
    told["campaigns"][0][key] = value
    with pytest.raises(ValidationError):
        Announcement.model_validate(told)
