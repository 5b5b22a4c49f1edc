"""Pictures for social networks: words that fit whatever they are, the same bytes, made again only when they must."""

from __future__ import annotations

import datetime
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from cities import minimal_city
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import built

from agora_build.build.fingerprints import Fingerprints
from agora_build.content.loader import load
from agora_build.content.models import Campaign
from agora_build.outputs import social_pictures
from agora_build.rendering import social_picture
from agora_build.rendering.colours import FILLS, READABLE, contrast
from agora_build.rendering.fonts import fonts_of, width_of
from agora_build.rendering.social_picture import Card, draw, fitted, svg
from agora_build.rendering.theme import base_theme

FONTS = fonts_of(base_theme() / "fonts")
CARD = Card("L’Agora", "Les quais", "Que faire des quais ?", "du 9 au 15 mars 2017", "#7b2a6d")
DAY = datetime.date(2016, 6, 1)
PICTURE = "campagnes/les-quais/partage.png"
PAGE = "output/campagnes/les-quais/index.html"
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@settings(max_examples=150, deadline=None)
@given(TEXT, st.sampled_from([300, 616, 900]))
def test_no_line_is_wider_than_its_room_nor_the_lines_higher(text: str, room: int) -> None:
    """Whatever is written: long words, no spaces, emoji, Arabic."""
    size, lines = fitted(text, room, FONTS)
    assert len(lines) * size * 1.1 <= 316
    for line in lines:
        assert len(line) == 1 or width_of(line, size, 700, FONTS) <= room


def test_a_short_question_is_written_large_and_a_long_one_whole() -> None:
    question = "Qu’est-ce qui doit guider la naissance du onzième quartier de Nanterre ?"
    assert fitted("Quel parc ?", 616, FONTS)[0] == 84
    size, lines = fitted(question, 616, FONTS)
    assert size >= 54
    assert " ".join(lines) == question


def test_what_cannot_be_written_whole_says_so() -> None:
    _, lines = fitted("mot " * 200, 616, FONTS)
    assert lines[-1].endswith("…")


def test_a_card_is_a_picture_of_the_size_that_networks_ask_for_and_always_the_same() -> None:
    first = draw(CARD)
    assert size_of(first) == (1200, 630)
    assert draw(CARD) == first


def test_what_is_written_is_data() -> None:
    drawn = svg(Card("<script>", "&", '"><image href="file:///etc/passwd"/>', "x", "#000000"), FONTS)
    assert "<script>" not in drawn
    assert "<image" not in drawn


def test_a_title_from_right_to_left_starts_at_the_right() -> None:
    card = Card("أغورا", "الحي", "ما الذي يجب أن يقود الحي (2017)؟", "من 9 إلى 15 مارس", "#00666b", rtl=True)
    drawn = svg(card, FONTS)
    assert 'direction="rtl"' in drawn
    assert 'x="1128"' in drawn
    assert size_of(draw(card)) == (1200, 630)


def test_every_accent_has_its_colour_on_which_white_is_read() -> None:
    css = (base_theme() / "static/css/agora.css").read_text("utf-8").partition("@media screen and (prefers-color")[0]
    named = set(Campaign.model_json_schema()["properties"]["accent"]["enum"])
    assert set(FILLS) == named | {"city"}
    for name, fill in FILLS.items():
        assert f"--fill: {fill}" in css.partition(f".accent-{name} ")[2].partition("}")[0], name
        assert contrast(fill, "#ffffff") >= READABLE


def city_with_pictures(tmp_path: Path) -> Path:
    city = minimal_city(tmp_path)
    toml = city / "agora.toml"
    toml.write_text(toml.read_text("utf-8").replace("[publication]", "[publication]\nsocial_pictures = true"), "utf-8")
    return city


def test_pages_name_their_picture_which_is_drawn_again_only_when_what_it_says_changes(tmp_path: Path) -> None:
    city, output = city_with_pictures(tmp_path), tmp_path / "output"
    assert built(city, output).problems == []
    first = (output / PICTURE).read_bytes()
    assert size_of(first) == size_of((output / "partage.png").read_bytes()) == (1200, 630)
    assert f'/{PICTURE}"' in (tmp_path / PAGE).read_text("utf-8")
    assert '/partage.png"' in (output / "index.html").read_text("utf-8")
    before = (output / PICTURE).stat().st_mtime_ns
    campaign = city / "content/campaigns/les-quais/campaign.md"
    text = campaign.read_text("utf-8")
    campaign.write_text(f"{text}\nUne phrase de plus.\n", "utf-8")
    assert built(city, output).problems == []
    assert (output / PICTURE).stat().st_mtime_ns == before
    campaign.write_text(text.replace("question: ", "question: Et si ? ", 1), "utf-8")
    assert built(city, output).problems == []
    assert (output / PICTURE).read_bytes() != first
    assert built(city, tmp_path / "anew", full=True).problems == []
    assert (tmp_path / "anew" / PICTURE).read_bytes() == (output / PICTURE).read_bytes()


def test_another_version_of_what_draws_draws_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = city_with_pictures(tmp_path)
    site = load(str(city), DAY).site
    assert site is not None

    def prints() -> list[str]:
        return [Fingerprints("").of(output) for output in social_pictures.outputs(site, DAY)]

    before = prints()
    assert before == prints()
    monkeypatch.setattr(social_picture, "versions", lambda: "resvg-py 99")
    assert before != prints()


def test_a_city_that_does_not_ask_has_none(tmp_path: Path) -> None:
    assert built(minimal_city(tmp_path), tmp_path / "output").problems == []
    assert not (tmp_path / "output" / PICTURE).exists()
    page = (tmp_path / PAGE).read_text("utf-8")
    assert "og:image" not in page
    assert 'property="og:title"' in page


def test_without_the_libraries_the_site_is_built_and_it_is_told(tmp_path: Path) -> None:
    """As on a computer where the extra was never installed."""
    city = city_with_pictures(tmp_path)
    program = (
        "import sys; sys.modules['resvg_py'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'resvg_py' else real(name, *a)\n"
        "from agora_build.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "build", "--output", str(tmp_path / "output")]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(command, cwd=city, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "agora-build[social]" in done.stdout
    assert "og:image" not in (tmp_path / PAGE).read_text("utf-8")
