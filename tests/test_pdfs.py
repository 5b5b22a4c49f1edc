"""The PDF files of a campaign: tagged for those who do not see them, right to the letter, the same bytes each time."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import outloud
import pymupdf
import pytest
import zxingcpp
from cities import speak
from sites import booklet_in, built, campaign_of, sample_on, theme_of

from agora_build.content.languages import in_language
from agora_build.content.loader import Loaded
from agora_build.content.sheets import sheets
from agora_build.content.site import Site, ThreadSummary, Voices
from agora_build.outputs import booklets, sheet_pdfs
from agora_build.record import replace
from agora_build.rendering import pdf
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme, base_theme
from agora_build.urls import Urls

DAY = datetime.date(2017, 1, 20)
URLS = Urls("fr")
OPEN, CLOSED, COMING = "les-groues", "parc-logement", "la-boule"
ADDRESS = "https://participez.nanterre.example/campagnes/les-groues/"
A4, A5 = (210, 297), (148, 210)
PAPER = {"poster": (A4, 1), "flyer": (A5, 2), "ballot": (A5, 1), "sign-up": (A4, 1), "home-debate": (A4, 2)}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return sample_on(DAY)


@pytest.fixture(scope="module")
def site(loaded: Loaded) -> Site:
    assert loaded.site is not None
    return loaded.site


@pytest.fixture(scope="module")
def theme(site: Site) -> Theme:
    return theme_of(site)


def declared(site: Site, slug: str, language: str = "fr") -> list[Output[Any]]:
    alone = in_language(replace(site, microsites=(campaign_of(site, slug),)), language)
    return list(sheet_pdfs.outputs(alone, DAY, (base_theme(),), pdf.engine()))


@pytest.fixture(scope="module")
def made(site: Site, theme: Theme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One PDF of each kind of sheet, and of each variant of a form."""
    folder, found = tmp_path_factory.mktemp("pdf"), {}
    for output in declared(site, OPEN):
        sheet = output.inputs.page.sheet
        name = f"{sheet.kind}{sheet.variant and '-' + sheet.variant}"
        if name not in found:
            found[name] = folder / f"{name}.pdf"
            found[name].write_bytes(output.bytes(theme))
    return found


def text(path: Path) -> str:
    with pymupdf.open(path) as document:
        return "\n".join(page.get_text(flags=pymupdf.TEXT_PRESERVE_WHITESPACE) for page in document)


def errors(path: Path) -> list[str]:
    result = outloud.check(str(path))
    assert not result.error
    return [f"{path.name}: {item}" for item in result.findings if item.severity == "error"]


def test_each_kind_of_sheet_is_pdf_ua(made: dict[str, Path]) -> None:
    assert {name.partition("-")[0] for name in made} == {
        "poster",
        "flyer",
        "guide",
        "home",
        "sign",
        "form",
        "ballot",
        "count",
    }
    assert [error for path in made.values() for error in errors(path)] == []


def test_the_checker_would_see_a_fault(made: dict[str, Path], tmp_path: Path) -> None:
    with pymupdf.open(made["poster"]) as document:
        catalogue = document.pdf_catalog()
        document.xref_set_key(catalogue, "StructTreeRoot", "null")
        document.save(tmp_path / "untagged.pdf")
    assert errors(tmp_path / "untagged.pdf")


@pytest.mark.parametrize("kind", PAPER)
def test_a_sheet_has_the_size_and_the_pages_it_says(made: dict[str, Path], kind: str) -> None:
    paper, count = PAPER[kind]
    with pymupdf.open(made[kind]) as document:
        sizes = [tuple(round(side / 72 * 25.4) for side in page.rect[2:]) for page in document]
    assert sizes == [paper] * count


def code_of(path: Path) -> list[str]:
    """Read the QR code of a first page."""
    with pymupdf.open(path) as document:
        shot = document[0].get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
    return [code.text for code in zxingcpp.read_barcodes(memoryview(shot.samples).cast("B", (shot.height, shot.width)))]


def test_the_code_leads_to_the_public_page(made: dict[str, Path]) -> None:
    assert code_of(made["poster"]) == [ADDRESS]
    assert code_of(made["form"]) == [f"{ADDRESS}debats/principes-du-quartier/"]


@pytest.mark.parametrize(("language", "side"), [("en", "null"), ("ar", "/R2L")])
def test_a_sheet_is_in_the_language_of_its_page(site: Site, tmp_path: Path, language: str, side: str) -> None:
    """Tagged, in its language, read from its side, in its own letters; its code leads to the page in that language."""
    output = next(item for item in declared(site, OPEN, language) if item.inputs.page.sheet.kind == "poster")
    path = tmp_path / "poster.pdf"
    path.write_bytes(output.bytes(theme_of(site, language)))
    assert errors(path) == []
    with pymupdf.open(path) as document:
        catalogue = document.pdf_catalog()
        assert document.xref_get_key(catalogue, "Lang") == ("string", language)
        assert document.xref_get_key(catalogue, "ViewerPreferences/Direction")[1] == side
        fonts = {font[3].partition("+")[2] for page in document for font in page.get_fonts()}
    assert {font.partition("-")[0] for font in fonts} == {"Bricolage", *(["Plex"] if language == "ar" else [])}
    assert code_of(path) == [ADDRESS.replace("/campagnes/", f"/{language}/campagnes/")]


def test_a_booklet_is_in_the_language_of_its_page(loaded: Loaded, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(booklet_in(loaded, COMING, DAY, "ar")[1].bytes(theme_of(site, "ar")))
    assert errors(path) == []
    with pymupdf.open(path) as document:
        assert document.xref_get_key(document.pdf_catalog(), "Lang") == ("string", "ar")
        assert "المحتويات" in [title for _, title, _ in document.get_toc()]


def test_a_text_of_another_language_is_read_from_its_own_side() -> None:
    page = '<div dir="auto"><p>« Bonjour »</p></div><div dir="auto">«<b>سلام</b>»</div>'
    assert re.findall(r' dir="(\w+)"', pdf._readied(page)) == ["ltr", "rtl"]
    assert pdf._readied('<a href="x"><span lang="fr" dir="ltr">Oui</span></a>') == '<a href="x" lang="fr">Oui</a>'


def test_what_one_writes_can_be_typed_and_says_what_it_is(made: dict[str, Path]) -> None:
    with pymupdf.open(made["form"]) as document:
        fields = {field.field_name: field.field_label for page in document for field in page.widgets()}
    assert fields["people"] == "Combien de personnes ont participé"
    assert {"text", "theme-1", "quarter-1", "voice-1", "group"} <= set(fields)
    with pymupdf.open(made["poster"]) as document:
        assert [field for page in document for field in page.widgets()] == []


def test_in_large_print_there_is_room_to_write_and_no_page_for_the_foot_alone(made: dict[str, Path]) -> None:
    with pymupdf.open(made["form-large"]) as document:
        room = {field.field_name: field.rect.height for page in document for field in page.widgets()}
        pages = [page.get_text().split() for page in document]
    assert room["text"] > 4 * room["group"]
    assert all(len(words) > 20 for words in pages), pages


def test_an_address_reads_from_the_left_on_each_of_its_lines(site: Site, tmp_path: Path) -> None:
    output = next(item for item in declared(site, OPEN, "ar") if item.inputs.page.sheet.kind == "form")
    path = tmp_path / "form.pdf"
    path.write_bytes(output.bytes(theme_of(site, "ar")))
    with pymupdf.open(path) as document:
        chars = [
            (char["c"], char["origin"])
            for block in document[0].get_text("rawdict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            for char in span["chars"]
        ]
    by_line: dict[float, list[tuple[float, str]]] = {}
    for sign, (x, y) in chars:
        by_line.setdefault(round(y, 1), []).append((x, sign))
    lines = ["".join(sign for _, sign in sorted(signs)) for signs in by_line.values()]
    assert [line for line in lines if re.search(r"(?:^|\s)[-/]\w", line)] == []
    assert "participez.nanterre.example/" in lines


def test_hours_and_high_punctuation_are_never_cut(made: dict[str, Path]) -> None:
    assert any(re.search(r"13\sh\s30", line) for line in text(made["poster"]).splitlines())
    for path in made.values():
        assert [line for line in text(path).splitlines() if line.strip() in ("?", "!", ";", "»", "h")] == [], path


def test_its_own_letters_draw_it(made: dict[str, Path]) -> None:
    """Fonts of the computer would make other bytes on another one."""
    for path in made.values():
        with pymupdf.open(path) as document:
            fonts = {font[3].partition("+")[2] for page in document for font in page.get_fonts()}
        assert all(font.startswith("Bricolage") for font in fonts), (path, fonts)


def test_the_same_sheet_is_the_same_bytes(site: Site, theme: Theme, made: dict[str, Path]) -> None:
    output = next(item for item in declared(site, OPEN) if item.inputs.page.sheet.kind == "form")
    pdf._styles.cache_clear()
    assert output.bytes(theme) == made["form"].read_bytes()


def test_nothing_but_the_files_of_the_site_is_read(site: Site) -> None:
    files = {path: file.source.read_bytes() for path, file in pdf.theme_files((base_theme(),), URLS)}
    for address in ("file:///etc/hostname", "https://elsewhere.example/x.png", "../../agora.toml"):
        page = (
            f'<!doctype html><html lang="fr"><title>x</title><body class="alone"><img alt="x" src="{address}">'.encode()
        )
        with pytest.raises(pdf.NotShownError):
            pdf.pdf(page, "a/index.html", site.config.publication.base_url, files)


def test_another_engine_is_another_file(site: Site) -> None:
    from agora_build.build.fingerprints import Fingerprints

    output = declared(site, OPEN)[0]
    other = replace(output, inputs=replace(output.inputs, engine="weasyprint 0"))
    assert Fingerprints("").of(output) != Fingerprints("").of(other)
    assert pdf.engine().startswith("weasyprint ")


@pytest.fixture(scope="module")
def book(loaded: Loaded, theme: Theme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The booklet of a campaign that is over, as a page and as a PDF."""
    folder, found = tmp_path_factory.mktemp("book"), {}
    for output in booklet_in(loaded, CLOSED, DAY, "fr"):
        name = output.path.rpartition(".")[2]
        found[name] = folder / f"book.{name}"
        found[name].write_bytes(output.bytes(theme))
    return found


def test_a_booklet_is_pdf_ua(book: dict[str, Path]) -> None:
    assert errors(book["pdf"]) == []


def test_a_booklet_holds_everything_in_reading_order(loaded: Loaded, book: dict[str, Path]) -> None:
    with pymupdf.open(book["pdf"]) as document:
        titles = [title for level, title, _ in document.get_toc() if level <= 2]
    parts = ("Présentation", "Règles", "Frise", "Rencontres", "Décisions", "Ressources")
    places = [titles.index(part) for part in parts]
    assert places == sorted(places)
    page = book["html"].read_text("utf-8")
    for told in booklet_in(loaded, CLOSED, DAY, "fr")[0].inputs.debates:
        assert told.left == 0
        assert all(said.slug in page for said in told.said)


def test_its_contents_and_its_links_say_the_page(book: dict[str, Path]) -> None:
    with pymupdf.open(book["pdf"]) as document:
        starts = {title: page for _, title, page in document.get_toc()}
        for title in ("Présentation", "Décisions", "Ressources"):
            told = re.search(rf"{title}[.\s]*(\d+)", document[1].get_text())
            assert told
            assert int(told[1]) == starts[title]
    assert re.search(r"\(p\.\s\d+\)", text(book["pdf"]))


def test_a_long_debate_is_counted_where_it_is_not_told(loaded: Loaded, site: Site) -> None:
    debate = booklet_in(loaded, CLOSED, DAY, "fr")[0].inputs.debates[0]
    many = tuple(replace(debate.said[0], slug=f"20160601-{number:08}") for number in range(booklets.MOST + 3))
    microsite = campaign_of(site, CLOSED)
    voices = Voices(individual=booklets.MOST + 3)
    microsite = replace(microsite, threads=(ThreadSummary(debate.entry.slug, voices, (), ()),))
    told = booklets.gathered(microsite, {debate.entry.slug: many}, URLS, DAY).debates
    found = next(item for item in told if item.entry.slug == debate.entry.slug)
    assert (len(found.said), found.left) == (booklets.MOST, 3)


def small_city(folder: Path) -> Path:
    """A city of one campaign that is open, with a quarter of its words."""
    city = folder / "city"
    shutil.copytree(Path(__file__).parent / "golden/minimal/site", city)
    return city


@pytest.mark.slow
def test_a_build_makes_them_says_so_and_is_verified(tmp_path: Path) -> None:
    """Pages offer what was made; without --pdf they are gone; the next build makes none again."""
    city, output = small_city(tmp_path), tmp_path / "site"
    speak(city, languages=("fr", "en"))
    debate = next(city.glob("content/campaigns/*/debates/*.md"))  # over: its forms would take long
    debate.write_text(debate.read_text("utf-8").replace("closes: 2016-06-30", "closes: 2016-06-01"), "utf-8")
    assert built(city, output, datetime.date(2016, 6, 15), pdf=True).problems == []
    files = sorted(output.rglob("*.pdf"))
    assert {"-affiche.pdf", "-livret.pdf"} <= {file.name[file.name.rindex("-") :] for file in files}
    assert json.loads((output / "build.json").read_bytes())["pdf"] == pdf.engine()
    listing = next(output.glob("campagnes/*/kits/index.html")).read_text("utf-8")
    assert "-affiche.pdf" in listing
    assert re.search(r"-affiche\.pdf.*PDF.*, <bdi>\d+\u202fko</bdi>, 15 juin 2016", listing)
    offered_in_english = next(output.glob("en/**/kits/index.html"))
    english = offered_in_english.read_text("utf-8")
    assert re.search(
        r'-affiche\.pdf" download="[^"]*-affiche-en\.pdf".*PDF.*, <bdi>\d+\u202fkB</bdi>, 15 June 2016', english
    )
    offered = re.findall(r'href="([^"]*\.pdf)"', english)
    assert all((offered_in_english.parent / link).is_file() for link in offered)
    assert all("/en/" in (Path("/en/campagnes/x/kits") / link).as_posix() for link in offered)
    before = {file: file.stat().st_mtime_ns for file in files}
    (city / "content/pages/x.md").write_text("---\ntitle: Autre\n---\nBonjour.\n", "utf-8")
    assert built(city, output, datetime.date(2016, 6, 15), pdf=True).problems == []
    assert {file: file.stat().st_mtime_ns for file in sorted(output.rglob("*.pdf"))} == before
    full = tmp_path / "again"
    assert built(city, full, datetime.date(2016, 6, 15), full=True, pdf=True).problems == []
    assert (full / "SHA256SUMS").read_bytes() == (output / "SHA256SUMS").read_bytes()
    assert built(city, output, datetime.date(2016, 6, 15), pdf=True, offline=True).problems == []
    booklet = next(output.glob("campagnes/**/*-livret.pdf"))
    assert booklet.name in (output / "hors-reseau/index.html").read_text("utf-8")
    with zipfile.ZipFile(next(output.rglob("*.zip"))) as archive:
        inside = {name.partition("/")[2]: name for name in archive.namelist()}
        for path in (booklet.relative_to(output), Path("en", booklet.relative_to(output))):
            assert archive.read(inside[path.as_posix()]) == (output / path).read_bytes()
    assert built(city, output, datetime.date(2016, 6, 15)).problems == []
    assert list(output.rglob("*-affiche.pdf")) == []
    assert "pdf" not in json.loads((output / "build.json").read_bytes())


def test_without_the_library_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise ImportError\n", "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from agora_build.cli import main; main()"
    command = [sys.executable, "-c", code, "build", "--pdf", "--city", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'agora-build[pdf]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.soak
def test_every_sheet_of_every_campaign_is_pdf_ua(loaded: Loaded, site: Site, tmp_path: Path) -> None:
    for microsite in site.microsites:
        for language in site.config.city.editions:
            found = declared(site, microsite.slug, language)
            for output in (*found, booklet_in(loaded, microsite.slug, DAY, language)[1]):
                path = tmp_path / output.path.rpartition("/")[2]
                path.write_bytes(output.bytes(theme_of(site, language)))
                assert errors(path) == []
            assert len(found) == len(sheets(microsite, URLS, DAY))
