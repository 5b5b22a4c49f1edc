"""The index of the site and its search engine, from the files that are written; a browser searches in tests/browser."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
from pathlib import Path

import pytest
from cities import minimal_city, speak
from hypothesis import given
from hypothesis import strategies as st
from sites import built

from agora_build.build import engine, engine_bytes, searched
from agora_build.build.engine import Text
from agora_build.content.listed import Listed
from agora_build.content.loader import load
from agora_build.outputs import index_pages

DAY = datetime.date(2017, 1, 20)
FOLDER = "content/campaigns/les-groues"


def files_of(output: Path) -> dict[str, str]:
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in output.rglob("*")
        if path.is_file() and not path.name.startswith(".agora")
    }


def fragments(output: Path, language: str = "") -> list[dict[str, object]]:
    """Give what the engine keeps of each page, or of those in a language."""
    found = sorted((output / "recherche" / "pagefind" / "fragment").glob(f"{language}*"))
    return [json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")) for path in found]


def campaign_of(city: Path) -> Path:
    return next((city / "content" / "campaigns").iterdir())


def say(city: Path, name: str, body: str, more: str = "") -> Path:
    """Write a contribution to the only debate of the small city."""
    campaign = campaign_of(city)
    debate = next((campaign / "debates").iterdir()).stem
    path = campaign / "contributions" / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    date = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
    head = f"debate: {debate}\ndate: {date}\nvoice: individual\nchannel: web\n{more}"
    path.write_text(f"---\n{head}---\n{body}\n", "utf-8")
    return path


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A small city where three things were said."""
    city = minimal_city(tmp_path)
    say(city, "20161205-aaaaaaaa", "Il faut des bancs devant l’école.", "name: Un prénom choisi\n")
    say(city, "20161206-bbbbbbbb", "Une fontaine, et de l’ombre.", "title: Boire\n")
    say(city, "20170107-cccccccc", "Rien à ajouter.")
    return city


def test_same_content_gives_the_same_engine(city: Path, tmp_path: Path) -> None:
    assert built(city, tmp_path / "one", DAY, search=True).problems == []
    assert built(city, tmp_path / "two", DAY, search=True, full=True).problems == []
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert "pagefind" in json.loads((tmp_path / "one" / "build.json").read_text())["search"]


def test_engine_is_made_again_when_a_text_changed_and_only_then(city: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    built(city, output, DAY, search=True)
    before = (output / "recherche" / "pagefind" / "pagefind-entry.json").read_bytes()
    assert built(city, output, DAY, search=True).written == 0
    say(city, "20170108-dddddddd", "Un kiosque à musique.")
    built(city, output, DAY, search=True)
    assert (output / "recherche" / "pagefind" / "pagefind-entry.json").read_bytes() != before
    built(city, tmp_path / "anew", DAY, search=True, full=True)
    assert files_of(output) == files_of(tmp_path / "anew")


def test_engine_comes_and_goes_with_the_option(city: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    built(city, output, DAY)
    without = files_of(output)
    assert not (output / "recherche" / "pagefind").exists()
    assert "search" not in json.loads((output / "build.json").read_text())
    built(city, output, DAY, search=True)
    assert (output / "recherche" / "pagefind" / "LICENSE.txt").exists()
    built(city, output, DAY)
    assert files_of(output) == without


def test_without_the_library_the_index_is_what_is_left(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LIBRARY", "no_such_library")
    report = built(city, tmp_path / "output", DAY, search=True)
    assert (report.problems, report.engine) == ([], "")
    page = (tmp_path / "output" / "recherche" / "index.html").read_text("utf-8")
    assert "construit sans sa recherche" in page
    assert "<form" not in page
    assert "wasm-unsafe-eval" not in page


def test_only_the_search_page_may_run_webassembly(city: Path, tmp_path: Path) -> None:
    built(city, tmp_path / "output", DAY, search=True)
    pages = [path for path in (tmp_path / "output").rglob("*.html") if "wasm-unsafe-eval" in path.read_text("utf-8")]
    assert pages == [tmp_path / "output" / "recherche" / "index.html"]


def test_engine_knows_words_and_not_who_said_them(city: Path, tmp_path: Path) -> None:
    built(city, tmp_path / "output", DAY, search=True)
    said = json.dumps(fragments(tmp_path / "output"), ensure_ascii=False)
    assert "des bancs devant l’ école" in said
    assert "Un prénom choisi" not in said


def test_each_language_has_its_own_pages_in_the_engine(city: Path, tmp_path: Path) -> None:
    speak(city)
    assert built(city, tmp_path / "output", DAY, search=True).problems == []
    entry = json.loads((tmp_path / "output" / "recherche" / "pagefind" / "pagefind-entry.json").read_text())
    assert {"fr", "en"} <= set(entry["languages"])
    english = [str(page["url"]) for page in fragments(tmp_path / "output", "en")]
    assert english
    assert all(url.startswith("en/") for url in english)
    assert not [page for page in fragments(tmp_path / "output", "fr") if str(page["url"]).startswith(("en/", "ar/"))]
    assert any("bancs" in str(page["content"]) for page in fragments(tmp_path / "output", "en"))


def test_erased_text_leaves_the_engine_and_the_index(city: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    built(city, output, DAY, search=True)
    assert "fontaine" in json.dumps(fragments(output), ensure_ascii=False)
    path = campaign_of(city) / "contributions" / "20161206-bbbbbbbb.md"
    text = path.read_text("utf-8").partition("title:")[0]
    path.write_text(f"{text}erased: 2017-01-10\n---\n", "utf-8")
    log = campaign_of(city) / "moderation.yml"
    log.write_text("erased:\n  - id: 20161206-bbbbbbbb\n    date: 2017-01-10\n", "utf-8")
    assert built(city, output, DAY, search=True).problems == []
    assert "fontaine" not in json.dumps(fragments(output), ensure_ascii=False)
    assert "Boire" not in (output / "recherche" / "mois" / "2016-12-1" / "index.html").read_text("utf-8")


def test_index_lists_every_contribution_by_date_and_quarter(city: Path, tmp_path: Path) -> None:
    built(city, tmp_path / "output", DAY)
    index = tmp_path / "output" / "recherche"
    december = (index / "mois" / "2016-12-1" / "index.html").read_text("utf-8")
    assert december.index("20161205-aaaaaaaa") < december.index("20161206-bbbbbbbb")
    assert "20170107-cccccccc" in (index / "mois" / "2017-01-1" / "index.html").read_text("utf-8")
    assert "20161205-aaaaaaaa" in (index / "sans-quartier-1" / "index.html").read_text("utf-8")
    assert 'href="mois/2016-12-1/index.html"' in (index / "index.html").read_text("utf-8")


def test_one_more_contribution_rewrites_few_pages_of_a_long_index() -> None:
    site = load(Path(__file__).parent.parent, DAY).site
    assert site is not None
    quarters = [quarter.id for quarter in site.config.quarters]
    lines = [_line(number, quarters[number % len(quarters)]) for number in range(5_000)]
    before = {out.path: out.inputs for out in index_pages.outputs(site, lines, engine=True)}
    after = {out.path: out.inputs for out in index_pages.outputs(site, [*lines, _line(5_000, "")], engine=True)}
    changed = {path for path in after if before.get(path) != after[path]}
    assert len(changed) <= 4
    assert all(len(page.lines) <= index_pages.PAGE for page in after.values() if hasattr(page, "lines"))
    shared = [path for shard in range(4) for path in _paths(site, lines, shard)]
    assert sorted(shared) == sorted(before)


def _paths(site: object, lines: list[Listed], shard: int) -> list[str]:
    return [out.path for out in index_pages.outputs(site, lines, engine=True, shard=shard, shards=4)]  # type: ignore[arg-type]


def _line(number: int, quarter: str) -> Listed:
    day = datetime.date(2016, 1, 1) + datetime.timedelta(days=number // 20)
    path = f"campagnes/x/contributions/{number:06}/index.html"
    return Listed("contribution", path, f"Titre {number}", "", "x", "X", day, quarter)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("l’école", "l’ école"),
        ("L'eau qu’on boit", "L' eau qu’ on boit"),
        ("aujourd’hui", "aujourd’hui"),
        ("rock’n’roll", "rock’n’roll"),
        ("d’", "d’"),
    ],
)
def test_an_article_is_told_apart_from_its_word(typed: str, kept: str) -> None:
    assert searched._apart(typed) == kept


VALUES = st.recursive(st.integers(0, 2**63) | st.text(), lambda inner: st.lists(inner, max_size=30), max_leaves=60)


@given(VALUES)
def test_what_is_written_for_the_engine_is_read_back(value: object) -> None:
    assert engine_bytes.decoded(engine_bytes.encoded(value)) == value


@pytest.mark.parametrize("data", [b"\xa0", b"\x1f", b"\x40", b"\x00\x00"])
def test_an_unknown_form_of_the_engine_is_not_guessed(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a number|more than one"):
        engine_bytes.decoded(data)


def test_an_engine_that_refuses_a_text_stops_the_build(tmp_path: Path) -> None:
    text = Text("a/index.html", "fr", "mots", {}, {"title": 3})  # type: ignore[dict-item]
    with pytest.raises(engine.EngineError):
        list(engine.index([text], tmp_path / "engine"))
