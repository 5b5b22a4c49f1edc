"""Sizes of pictures: read from every format, told to the pages that show them, and to those alone when they change."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from cities import minimal_city, sample
from sites import built

from agora_build.content.picture_sizes import picture_size, picture_sizes

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}/>'
PAGE = "output/campagnes/les-quais/index.html"


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, orientation: int) -> bytes:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HHI", orientation, 0, 0)
    app1 = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8" + app1 + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("a.svg", SVG.format('width="400" height="300"').encode(), (400, 300)),
        ("a.svg", SVG.format('viewBox="0 0 40.4 30"').encode(), (40, 30)),
        ("a.svg", SVG.format('width="100%" height="100%" viewBox="-5,-5,40,30"').encode(), (40, 30)),
        ("a.svg", b'<?xml version="1.0"?><!-- a -->' + SVG.format('viewBox="0 0 0.2 7"').encode(), (1, 7)),
        ("a.svg", SVG.format("").encode(), None),
        ("a.svg", SVG.format('viewBox="0 0 a b"').encode(), None),
        ("a.svg", SVG.format('viewBox="0 0 1e999 3"').encode(), None),
        ("a.svg", SVG.format('viewBox="0 0 nan 3"').encode(), None),
        ("a.svg", b"\xff\xfe<svg", None),
        ("a.png", png(12, 7), (12, 7)),
        ("a.png", b"", None),
        ("a.jpg", jpeg(40, 30, 1), (40, 30)),
        ("a.jpg", jpeg(40, 30, 6), (30, 40)),
    ],
)
def test_the_size_of_a_picture_is_the_one_it_is_shown_at(
    tmp_path: Path, name: str, content: bytes, size: tuple[int, int] | None
) -> None:
    (tmp_path / name).write_bytes(content)
    assert picture_size(tmp_path / name) == size


def test_what_is_no_picture_or_is_not_there_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(png(3, 3))
    (tmp_path / "plan.PNG").write_bytes(png(3, 4))
    assert picture_sizes(str(tmp_path), ["plan.pdf", "plan.PNG", "absent.png"]) == {"plan.PNG": (3, 4)}


def shown(page: Path) -> set[str]:
    """Give the size that a page tells of its plan."""
    tags = [part.partition(">")[0] for part in page.read_text("utf-8").split("<img ")[1:]]
    tag = next(tag for tag in tags if 'src="media/plan.png"' in tag)
    return {word for word in tag.split() if word.startswith(("width", "height"))}


def test_a_picture_that_changes_size_changes_the_pages_that_show_it_and_no_other(tmp_path: Path) -> None:
    """The site brought up to date is the one built from nothing."""
    city = minimal_city(tmp_path)
    campaign = city / "content/campaigns/les-quais/campaign.md"
    plan = city / "content/campaigns/les-quais/media/plan.png"
    plan.parent.mkdir(exist_ok=True)
    plan.write_bytes(png(60, 40))
    campaign.write_text(campaign.read_text("utf-8") + "\n![Le plan du quai](media/plan.png)\n", "utf-8")
    assert built(city, tmp_path / "output").problems == []
    assert shown(tmp_path / PAGE) == {'width="60"', 'height="40"'}
    plan.write_bytes(png(60, 80))
    again = built(city, tmp_path / "output")
    assert shown(tmp_path / PAGE) == {'width="60"', 'height="80"'}
    assert again.written == 3 + 1  # the page, the picture, the archive that has both, the record of the build
    built(city, tmp_path / "anew", full=True)
    assert (tmp_path / PAGE).read_bytes() == (tmp_path / "anew/campagnes/les-quais/index.html").read_bytes()


def test_every_picture_of_the_sample_has_its_place(tmp_path: Path) -> None:
    """No page moves under the reader's eyes when a picture comes."""
    assert built(sample(tmp_path / "city"), tmp_path / "output").problems == []
    pages = [path.read_text("utf-8") for path in (tmp_path / "output").rglob("*.html")]
    tags = [part.partition(">")[0] for page in pages for part in page.split("<img ")[1:]]
    assert tags
    assert [tag for tag in tags if ' width="' not in tag or ' height="' not in tag] == []
