"""The picture of opinions: the same bytes, light, legible by day and by night, and whole."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from agora_build.civic.opinions import Group, Opinions, Spot
from agora_build.rendering import opinion_picture
from agora_build.rendering.opinion_picture import HEIGHT, INKS, MARKS, WIDTH, picture

SVG = "{http://www.w3.org/2000/svg}"


def opinions(spots: list[Spot]) -> Opinions:
    letters = sorted({spot.group for spot in spots} - {""})
    return Opinions(
        voters=0,
        votes=0,
        placed=sum(spot.voters for spot in spots),
        votes_to_be_placed=7,
        statements=(),
        groups=tuple(Group(letter, 0, 0, 0, ()) for letter in letters),
        silhouette=0.5,
        reason=None,
        shared=(),
        majority=(),
        divisive=(),
        unclear=(),
        spots=tuple(spots),
    )


def crowd(voters: int, letters: str = "ABCDE", seed: int = 1) -> list[Spot]:
    draw = random.Random(seed)  # noqa: S311
    middles = {"A": (-20, 0), "B": (20, 4), "C": (0, 25), "D": (3, -24), "E": (45, 40), "": (0, 0)}
    counts: dict[tuple[int, int, str], int] = {}
    for _ in range(voters):
        letter = draw.choice(letters) if letters else ""
        x, y = (round(draw.gauss(middle, 6)) for middle in middles[letter])
        counts[x, y, letter] = counts.get((x, y, letter), 0) + 1
    return [Spot(*place, number) for place, number in sorted(counts.items())]


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314


def test_the_picture_says_what_it_is() -> None:
    root = drawn(picture(opinions(crowd(50)), 'Cinq <b>groupes</b> & "un"', "Le groupe A est à gauche"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ('Cinq <b>groupes</b> & "un"', "Le groupe A est à gauche")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_each_group_has_its_letter_shape_and_colour() -> None:
    root = drawn(picture(opinions(crowd(200)), "t", "d"))
    badges = [(text.text, path.get("d"), path.get("fill")) for path, text in root.iterfind(f"{SVG}g[@transform]")]
    assert [letter for letter, *_ in badges] == list("ABCDE")
    for rank in (1, 2):
        assert len({badge[rank] for badge in badges}) == len(badges)
    assert [path for _, path, _ in badges] == [opinion_picture.MARK_PATHS[MARKS[letter]] for letter in "ABCDE"]


@pytest.mark.parametrize("voters", [10, 300, 3_000, 40_000])
def test_the_picture_is_light_and_the_same_each_time(voters: int) -> None:
    spots = crowd(voters)
    svg = picture(opinions(spots), "t", "d")
    assert len(svg.encode()) < 15_000
    assert svg == picture(opinions(spots[::-1]), "t", "d")


def test_marks_stand_in_the_frame_and_eccentrics_do_not_crowd_the_others() -> None:
    svg = picture(opinions([*crowd(300, "AB"), Spot(4_000, -9_000, "A", 1)]), "t", "d")
    places = [(float(x), float(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", svg)]
    assert all(10 < x < WIDTH - 10 and 10 < y < HEIGHT - 10 for x, y in places)
    assert len(places) > 40


def test_up_is_up_and_right_is_right() -> None:
    svg = picture(opinions([Spot(-20, 0, "A", 3), Spot(20, 0, "A", 3), Spot(20, 9, "A", 3)]), "t", "d")
    places = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", svg)}
    (left, low), (right, top) = min(places), min(places, key=lambda place: place[1])
    assert left < WIDTH / 2 < right
    assert low > HEIGHT / 2 > top


def test_the_area_of_a_mark_grows_with_its_voters() -> None:
    svg = picture(opinions([Spot(-20, 0, "A", 25), Spot(20, 0, "A", 100)]), "t", "d")
    small, large = sorted(float(width) for width in re.findall(r'<path stroke-width="([\d.]+)"', svg))
    assert (large / small) ** 2 == pytest.approx(4, rel=0.3)


def test_voters_without_groups_are_drawn_without_letters() -> None:
    svg = picture(opinions(crowd(60, "")), "t", "d")
    assert "M" in svg
    assert "<text" not in svg


def test_nobody_makes_an_empty_picture() -> None:
    assert len(drawn(picture(opinions([]), "t", "d"))) == 2


def test_an_outline_holds_its_places_and_nothing_more() -> None:
    square = [(0, 0), (10, 0), (10, 10), (0, 10)]
    found = opinion_picture._outline([*square, (5, 5), (5, 0), (0, 0)])
    assert sorted(found) == sorted(square)
    assert opinion_picture._outline([(3, 4), (3, 4)]) == [(3, 4)]


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("letter", INKS)
def test_marks_and_letters_are_legible_by_day_and_by_night(letter: str) -> None:
    style = (Path(__file__).parent.parent / "themes/agora/static/css/votes.css").read_text("utf-8")
    found = re.search(rf"\.opinion--{letter.lower() or 'all'} {{ --mark: (\S+); --ground: (\S+); }}", style)
    assert found
    for (mark, ground), paper in ((INKS[letter], "#ffffff"), (found.groups(), "#0f1216")):
        assert contrast(mark, ground) > 4.5
        assert contrast(mark, paper) > 4.5
