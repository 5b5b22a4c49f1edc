"""Radio Agora as a podcast: feed read back by feedparser and as XML, chapters checked by a JSON Schema."""

from __future__ import annotations

import datetime
import json
import struct
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
from syndicated import BASE, CONFIG, rendered, site

from agora_build.rendering import syndication

FEED = "radio-agora/podcast.xml"
FOLDER = "campagnes/parc/radio/un"
ITUNES, PODCAST = "{http://www.itunes.com/dtds/podcast-1.0.dtd}", "{https://podcastindex.org/namespace/1.0}"
ROOT = Path(__file__).parent.parent
CHAPTERS_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["version", "chapters"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.2.0"},
        "title": {"type": "string", "minLength": 1},
        "podcastName": {"type": "string", "minLength": 1},
        "chapters": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["startTime", "title"],
                "additionalProperties": False,
                "properties": {"startTime": {"type": "number", "minimum": 0}, "title": {"type": "string"}},
            },
        },
    },
}


@pytest.fixture
def channel() -> ET.Element:
    found = ET.fromstring(rendered()[FEED]).find("channel")  # noqa: S314
    assert found is not None
    return found


@pytest.fixture
def item(channel: ET.Element) -> ET.Element:
    found = channel.findall("item")
    assert len(found) == 1, "an episode to come is in the feed"
    return found[0]


def text(parent: ET.Element, name: str) -> str | None:
    return parent.findtext(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Radio & Agora"),
        ("link", f"{BASE}/radio-agora/"),
        ("description", "La radio <des> habitants."),
        ("language", "fr"),
        (f"{ITUNES}author", "Ville"),
        (f"{ITUNES}explicit", "false"),
        (f"{ITUNES}type", "episodic"),
        (f"{ITUNES}owner/{ITUNES}name", "Ville"),
        (f"{ITUNES}owner/{ITUNES}email", "radio@agora.example"),
        ("lastBuildDate", "Mon, 02 May 2016 12:00:00 +0200"),
        (f"{PODCAST}locked", "yes"),
        (f"{PODCAST}medium", "podcast"),
    ],
)
def test_the_show_has_what_directories_require(channel: ET.Element, name: str, value: str) -> None:
    """Each tag is there, once, with its value."""
    assert [found.text for found in channel.findall(name)] == [value]


def test_the_show_has_a_category_and_a_square_picture(channel: ET.Element) -> None:
    categories = [found.get("text") for found in channel.findall(f"{ITUNES}category")]
    assert categories == ["Government"]
    image = channel.find(f"{ITUNES}image")
    assert image is not None
    assert image.get("href") == f"{BASE}/radio/agora.png"


def test_the_sample_s_picture_is_one_that_directories_accept() -> None:
    """A square PNG from 1400 to 3000 pixels, without transparency, light to load."""
    data = (ROOT / "content/radio/agora.png").read_bytes()
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert 1400 <= width == height <= 3000
    assert (depth, colour in {2, 3}) == (8, True)
    assert len(data) < 150_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Un & deux"),
        ("link", f"{BASE}/{FOLDER}/"),
        ("guid", "tag:agora.example,2026:campaigns/parc/episodes/un"),
        ("pubDate", "Mon, 02 May 2016 12:00:00 +0200"),
        ("description", "Résumé <b>."),
        (f"{ITUNES}duration", "24"),
        (f"{ITUNES}episode", "3"),
        (f"{ITUNES}episodeType", "full"),
        (f"{ITUNES}explicit", "false"),
        (f"{ITUNES}summary", "Résumé <b>."),
    ],
)
def test_an_episode_has_what_directories_require(item: ET.Element, name: str, value: str) -> None:
    assert [found.text for found in item.findall(name)] == [value]


def test_the_enclosure_tells_the_true_address_size_and_type(item: ET.Element) -> None:
    """The size is the one read from the file, in octets."""
    enclosure = item.find("enclosure")
    assert enclosure is not None
    url = f"{BASE}/campagnes/parc/radio/un.mp3"
    assert enclosure.attrib == {"url": url, "length": "145497", "type": "audio/mpeg"}


def test_podcasting_2_tags_lead_to_published_files(item: ET.Element) -> None:
    """Transcript as page and as text, chapters, people by role, and where it was recorded."""
    files = rendered()
    transcripts = {found.get("type"): found.get("url", "") for found in item.findall(f"{PODCAST}transcript")}
    assert transcripts == {"text/html": f"{BASE}/{FOLDER}/", "text/plain": f"{BASE}/{FOLDER}/transcription.txt"}
    chapters = item.find(f"{PODCAST}chapters")
    assert chapters is not None
    assert chapters.get("type") == "application/json+chapters"
    for url in (transcripts["text/plain"], chapters.get("url", "")):
        assert url.removeprefix(f"{BASE}/") in files
    people = [(found.get("role"), found.get("group"), found.text) for found in item.findall(f"{PODCAST}person")]
    assert people == [("host", "cast", "L’équipe"), ("producer", "creative direction", "La Ville")]
    location = item.find(f"{PODCAST}location")
    assert location is not None
    assert (location.get("geo"), location.text) == ("geo:48.8924,2.2071", "Maison, de; quartier")


def test_the_show_s_id_comes_from_the_feed_s_address(channel: ET.Element) -> None:
    """UUIDv5, scheme and closing slash left out; two shows of the world give the ids that they bear."""
    assert (
        syndication.podcast_guid("https://mp3s.nashownotes.com/pc20rss.xml") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    )
    assert syndication.podcast_guid("https://podnews.net/rss/") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert text(channel, f"{PODCAST}guid") == syndication.podcast_guid(f"{BASE}/{FEED}")


def test_feed_readers_read_it() -> None:
    parsed = feedparser.parse(rendered()[FEED])
    assert not parsed.bozo
    assert parsed.feed.link == f"{BASE}/radio-agora/"
    notes = parsed.entries[0].content[-1].value
    assert "<li>0:00 Début</li><li>0:12 Suite &amp; &lt;fin&gt;</li>" in notes


def test_chapters_are_valid_and_in_order() -> None:
    chapters = json.loads(rendered()[f"{FOLDER}/chapitres.json"])
    jsonschema.validate(chapters, CHAPTERS_SCHEMA)
    assert chapters["chapters"] == [{"startTime": 0, "title": "Début"}, {"startTime": 12, "title": "Suite & <fin>"}]


def test_the_transcript_is_the_text_and_nothing_else() -> None:
    transcript = rendered()[f"{FOLDER}/transcription.txt"].decode()
    assert transcript == "Un & deux\n2 mai 2016\n\nDébut\n\nBonjour <à> tous.\n\nUne voix. Oui.\n"


def test_an_episode_without_transcript_or_chapters_promises_none() -> None:
    files = rendered(today=datetime.date(2017, 1, 1))
    first = ET.fromstring(files[FEED]).find("channel/item")  # noqa: S314
    assert first is not None
    assert text(first, "title") == "Plus tard"
    assert first.findall(f"{PODCAST}transcript") == first.findall(f"{PODCAST}chapters") == []
    assert "campagnes/parc/radio/futur/chapitres.json" not in files


def test_a_city_without_a_show_has_no_podcast() -> None:
    without: dict[str, Any] = {**CONFIG, "podcast": None}
    assert FEED not in rendered(site(config=without))


def test_the_script_of_an_episode_is_read_or_refused_with_its_line() -> None:
    """The tool that makes the sample's sound says which line it cannot speak."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from make_episode_audio import ScriptError, read_script
    finally:
        sys.path.pop(0)
    assert read_script("# note\nvoix1: Bonjour : oui\npause: 0,8\n") == [("voix1", "Bonjour : oui"), ("pause", "0.8")]
    for wrong in ("voix9: a", "voix1:", "pause: longtemps", "bonjour"):
        with pytest.raises(ScriptError, match="ligne 2"):
            read_script(f"titre: T\n{wrong}\n")
