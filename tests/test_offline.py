"""The archives of campaigns: what is in them, where their links lead, when they are made again."""

from __future__ import annotations

import datetime
import hashlib
import json
import posixpath
import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from cities import minimal_city
from sites import built

from agora_build.build import packer
from agora_build.rendering.detached import detached

DAY = datetime.date(2017, 1, 20)
LINK = re.compile(r'<[a-z]+\s[^<>]*?(?:href|src|data|poster|action)="([^"]*)"')


def archives(output: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted((output / "hors-reseau").glob("*.zip"))}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A city of two campaigns, and its site with their archives."""
    folder = tmp_path_factory.mktemp("offline")
    city = minimal_city(folder)
    first = next((city / "content" / "campaigns").iterdir())
    other = Path(shutil.copytree(first, first.with_name("une-autre")))
    for said in [*other.glob("*/20*.md"), *other.glob("decisions/*.md")]:
        said.unlink()
    report = built(city, folder / "output", DAY, offline=True)
    assert report.problems == []
    return city, folder / "output"


def test_every_link_of_an_archive_leads_inside_it_or_to_the_site(packed: tuple[Path, Path]) -> None:
    for path in (packed[1] / "hors-reseau").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            assert all(name.startswith(f"{path.stem}/") for name in names)
            pages = [name for name in names if name.endswith(".html")]
            assert f"{path.stem}/index.html" in pages
            for page in pages:
                for link in LINK.findall(archive.read(page).decode()):
                    if not link or link.startswith("#") or re.match(r"[a-z]+:", link):
                        continue
                    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link.split("#")[0])))
                    assert target in names, f"{page} leads to {link}"


def test_archive_holds_its_campaign_and_neither_forms_nor_other_campaigns(packed: tuple[Path, Path]) -> None:
    path = next((packed[1] / "hors-reseau").glob("une-autre.zip"))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        note = archive.read("une-autre/LISEZ-MOI.txt").decode("utf-8-sig")
        page = archive.read("une-autre/campagnes/une-autre/index.html").decode()
    folders = {name.split("/")[2] for name in names if name.startswith("une-autre/campagnes/")}
    assert folders == {"une-autre"}
    assert not [name for name in names if "/participer/" in name]
    assert "20 janvier 2017" in note
    assert "Copie à lire sans réseau" in page
    base = json.dumps(page)
    assert "/participer/" in base.replace("../", "")  # its forms are still linked, at their public address


def test_site_offers_the_archives_with_their_size_and_day(packed: tuple[Path, Path]) -> None:
    page = (packed[1] / "hors-reseau" / "index.html").read_text("utf-8")
    assert 'href="une-autre.zip"' in page
    assert re.search(r"ZIP, \d+[\s\u00a0\u202f]*(k|M)o", page)
    assert "20\N{NO-BREAK SPACE}janvier" in page or "20 janvier" in page
    front = (packed[1] / "campagnes" / "une-autre" / "index.html").read_text("utf-8")
    assert "hors-reseau/index.html#pack-une-autre" in front
    assert json.loads((packed[1] / "build.json").read_text())["offline"] == packer.NAME


def test_archives_are_the_same_bytes_and_made_again_when_they_must(packed: tuple[Path, Path], tmp_path: Path) -> None:
    city, output = packed
    before = archives(output)
    built(city, tmp_path / "again", DAY, offline=True, full=True)
    assert archives(tmp_path / "again") == before
    built(city, output, DAY, offline=True)  # the day's work has begun again from what was just made
    campaign = city / "content" / "campaigns" / "une-autre" / "campaign.md"
    campaign.write_text(campaign.read_text("utf-8") + "\nUn mot de plus.\n", "utf-8")
    report = built(city, output, DAY, offline=True)
    after = archives(output)
    assert {name for name in after if after[name] != before[name]} == {"une-autre"}
    assert report.written < report.files
    built(city, tmp_path / "full", DAY, offline=True, full=True)
    assert archives(tmp_path / "full") == after
    assert built(city, output, DAY).problems == []
    assert not (output / "hors-reseau").exists()
    assert "offline" not in json.loads((output / "build.json").read_text())


def test_archive_says_nothing_of_who_made_it(packed: tuple[Path, Path]) -> None:
    for data in archives(packed[1]).values() or [b""]:
        assert str(packed[0]).encode() not in data


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("../b/index.html", "../b/index.html"),
        ("../c/index.html#x", "https://ville.example/c/#x"),
        ("../c/f.pdf", "https://ville.example/c/f.pdf"),
        ("#x", "#x"),
        ("https://autre.example/", "https://autre.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("../envoi/?a=1&amp;b", "https://ville.example/envoi/?a=1&amp;b"),
    ],
)
def test_links_that_leave_become_addresses(value: str, kept: str) -> None:
    page = f'<p>href="../c/" <a class="x" href="{value}">y</a>'
    assert detached(page, "a/index.html", {"b/index.html"}, "https://ville.example") == page.replace(value, kept)


def test_archive_of_the_same_files_has_the_same_hash(tmp_path: Path) -> None:
    files = [("a/index.html", b"<p>" * 500), ("a/son.mp3", b"\0" * 500)]
    sizes = {packer.pack(files, DAY, tmp_path / name) for name in ("one", "two")}
    hashes = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("one", "two")}
    assert (len(sizes), len(hashes)) == (1, 1)
    with zipfile.ZipFile(tmp_path / "one") as archive:
        assert archive.getinfo("a/son.mp3").compress_type == zipfile.ZIP_STORED
        assert archive.getinfo("a/index.html").date_time == (2017, 1, 20, 0, 0, 0)
