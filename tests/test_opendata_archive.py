"""A closed campaign in one file: what is in it, that it is the same on any day, and when it comes and goes."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

CLOSED = datetime.date(2017, 7, 1)
QUAIS = "content/campaigns/les-quais"
ARCHIVE = "campagnes/les-quais/donnees/archive.zip"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_closed_campaign_is_in_one_file_data_and_texts_the_same_on_any_day(city: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert built(city, output, CLOSED, search=False).problems == []
    data = (output / ARCHIVE).read_bytes()
    inside = opened(data)
    assert all(name.startswith("les-quais/") for name in inside)
    package = json.loads(inside["les-quais/datapackage.json"])
    assert {f"les-quais/{item['path']}" for item in package["resources"]} <= inside.keys()
    assert inside["les-quais/donnees/debates.csv"] == (output / "campagnes/les-quais/donnees/debates.csv").read_bytes()
    for source in (city / QUAIS).rglob("*.md"):
        assert inside[f"les-quais/{source.relative_to(city).as_posix()}"] == source.read_bytes()
    assert "les-quais/LISEZ-MOI.txt" in inside
    page = (output / "campagnes/les-quais/donnees/index.html").read_text("utf-8")
    assert 'href="archive.zip"' in page
    assert built(city, tmp_path / "again", CLOSED + datetime.timedelta(days=9), search=False, full=True).problems == []
    assert (tmp_path / "again" / ARCHIVE).read_bytes() == data


def test_an_archive_follows_what_changes_and_goes_when_the_campaign_opens_again(city: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert built(city, output, CLOSED, search=False).problems == []
    said = city / QUAIS / "contributions/20160405-aaaabbbb.md"
    said.write_text(said.read_text("utf-8").rstrip("\n") + " Merci.\n", "utf-8")
    assert built(city, output, CLOSED, search=False).problems == []
    inside = opened((output / ARCHIVE).read_bytes())
    assert inside[f"les-quais/{said.relative_to(city).as_posix()}"] == said.read_bytes()
    assert "Merci." in inside["les-quais/donnees/contributions-usages.json"].decode()
    campaign = city / QUAIS / "campaign.md"
    campaign.write_text(campaign.read_text("utf-8").replace("closes: 2017-06-30\n", ""), "utf-8")
    assert built(city, output, CLOSED, search=False).problems == []
    assert not (output / ARCHIVE).exists()
    assert "archive.zip" not in (output / "campagnes/les-quais/donnees/index.html").read_text("utf-8")
