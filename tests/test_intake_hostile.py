"""Whatever people send, through every field, to the file and to the page: nothing acts, and ordinary words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from cities import minimal_city
from hostile import HOSTILE, ORDINARY
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from intakes import DEBATE, Intake, with_votes

from agora_build import pipeline
from agora_build.content.cleaning import cleaned, is_blank
from agora_build.content.source import read_source
from agora_build.rendering import citizen

LINES = ("title", "name")
HARMLESS = {"http", "https", "mailto", "tel", ""}


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    limits = "address_minute = 100000\ncampaign_minute = 100000\ntotal_minute = 100000"
    made = Intake(with_votes(minimal_city(tmp_path_factory.mktemp("hostile"))), settings=limits)
    yield made
    made.close()


def active(page: str) -> list[str]:
    """List what of a page acts, or asks for something elsewhere."""
    found = []
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        tag, attributes = str(element.tag), dict(element.attrib)
        if tag in ("iframe", "object", "embed", "base", "math", "style", "frame", "applet"):
            found.append(tag)
        if tag == "script" and not re.fullmatch(r"(\.\./)*assets/[\w./-]+", attributes.get("src", "inline")):
            found.append(f"script {attributes}")
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            found.append("refresh")
        found += [f"{tag} {name}" for name in attributes if name.lower().startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction", "data", "poster"):
            target = re.sub(r"[\x00-\x20]", "", attributes.get(name, ""))
            scheme = target.partition(":")[0].lower() if re.match(r"[a-zA-Z][\w+.-]*:", target) else ""
            loaded = tag in ("img", "script") or (tag == "link" and attributes.get("rel") != "canonical")
            if scheme not in HARMLESS or (loaded and (scheme or target.startswith("//"))):
                found.append(f"{tag} {name}={target[:40]}")
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_of_any_form_breaks_the_intake(intake: Intake, text: str) -> None:
    """What is accepted is in the file letter for letter; what is refused comes back; nothing acts; never a 500."""
    forms = intake.cities.now().first.forms
    for address, form in {form.kind: item for item in forms.items() for form in item[1:]}.values():
        names = [name for field in form.fields for name in (
            [f"{field.name}.lat", f"{field.name}.lon"] if field.kind == "point" else [field.name]
        )]  # fmt: skip
        said = intake.post(address, json=False, **dict.fromkeys(names, text), token=text, key=text, voter=text)
        assert said.status_code in (200, 201, 202, 409, 422), (address, said.status_code)
        assert not active(said.text), address


MALFORMED = (
    "", "x", "-1", "0", "1e9", "9" * 20, "91", "48.9", "2016-12-31", "31/12/2016", "99999-01-01", "1800-01-01", "25:61",
    "18h30", "a\nb", "@", "a@b", "nord", "20160401-00000000", "20160401-zzzzzzzz", ">" * 600 + "a", "[" * 3000,
    "*" * 3000 + "a", "- " * 200 + "a", "x" * 9000, "[a](" * 500, "http://a.example " * 40, "---\nx: y\n---",
)  # fmt: skip


def test_every_error_of_a_form_is_told_in_its_own_words(intake: Intake) -> None:
    """Whatever is wrong with a field, whoever filled it in is told what; the set shows that the test finds errors."""
    told: dict[str, str] = {}
    forms = intake.cities.now().first.forms
    for address, form in {item[1].kind + item[1].target: item for item in forms.items()}.values():
        right = {"line": "Un mot", "text": "Un mot", "day": "2016-05-05", "time": "18:30", "number": "5"}
        base = {
            field.name: field.choices[-1].value if field.choices else right.get(field.kind, "")
            for field in form.fields
            if field.required
        }
        for field in form.fields:
            names = [f"{field.name}.lat", f"{field.name}.lon"] if field.kind == "point" else [field.name]
            for value in MALFORMED:
                said = intake.post(address, **{**base, **dict.fromkeys(names, value)}).json()
                told |= {error["code"]: error["message"] for error in said.get("errors", ())}
    assert [code for code, words in told.items() if words.startswith("Cela ne peut pas être accepté")] == []
    assert {"bad-code", "bad-date", "bad-email", "bad-number", "bad-time", "collective-needs", "line-break"} <= set(
        told
    )
    assert {"missing", "not-one-of", "nowhere", "out-of-range", "past-day", "too-long", "too-nested"} <= set(told)


@pytest.mark.parametrize("text", [*HOSTILE, *ORDINARY])
def test_what_is_accepted_is_kept_letter_for_letter(intake: Intake, text: str) -> None:
    line = cleaned(text).strip()
    fields = dict.fromkeys(LINES, line) if "\n" not in line and len(line) <= 160 else {}
    said = intake.post(DEBATE, voice="individual", text=text, **fields)
    if is_blank(cleaned(text)):
        assert said.status_code == 422
        return
    assert said.status_code in (200, 201), said.json()
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    source = read_source(entry.path, entry.content.encode())
    assert source.problems == []
    assert source.body == cleaned(text)
    if text in ORDINARY:
        assert source.body == text
    assert source.data is not None
    assert {name: source.data[name] for name in fields if line} == (dict.fromkeys(fields, line) if line else {})
    assert source.data["voice"] == "individual"
    assert set(source.data) <= {"debate", "date", "voice", "channel", *LINES}


@pytest.mark.slow
def test_the_site_that_publishes_it_all_holds_nothing_active(intake: Intake) -> None:
    """Every accepted entry is written where its path says, and the city is built: no problem, no active content."""
    here = {"voice": "individual", "location.address": "12 rue du Port", "title": "Ici"}
    for text in HOSTILE:
        intake.post(DEBATE, **{**here, "name": cleaned(text)[:160]}, text=text)
        intake.post("les-quais/place/bancs", **{**here, "title": f"a{cleaned(text)[:150]}"}, text=text)
        intake.post("les-quais/question", to="conseil-municipal", voice="individual", text=text)
    for entry in intake.journal.entries("waiting"):
        if entry.path:
            path = intake.root / entry.path
            assert path.resolve().is_relative_to(intake.root / "content/campaigns/les-quais")
            path.parent.mkdir(exist_ok=True)
            path.write_text(entry.content, "utf-8")
    output = intake.root / "output"
    report = pipeline.build(pipeline.Order(str(intake.root), output, jobs=2))
    assert report.problems == []
    pages = sorted(output.rglob("*.html"))
    assert len(pages) > len(HOSTILE)
    for page in pages:
        assert not active(page.read_text("utf-8")), page
    for feed in output.rglob("*.atom"):
        assert "<script" not in feed.read_text("utf-8")


PROSE = st.text(
    st.characters(categories=["L", "N", "Sc", "Sm", "So", "Mn"], include_characters=" \n,.;:!?'\"()<>&{}%/@«»’…—"),
    min_size=1,
    max_size=200,
).map(lambda text: "\n".join(f"x{line.strip()}" for line in text.split("\n")))  # no list, no heading, no code


@settings(max_examples=300, deadline=None)
@given(PROSE)
@example("x<script>a</script>")
@example("x&amp; &lt;")
def test_prose_comes_out_of_the_page_the_same(text: str) -> None:
    text = re.sub(r"[=~^|$]", "", cleaned(text))
    page = html5lib.parseFragment(str(citizen.fragment(text)), namespaceHTMLElements=False)
    assert "".join(page.itertext()).split() == text.split()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=60))
@example("\n\na", "b")
@example("</textarea>", '">')
@example("\n", " ")
@example("a\u0085b\x0bc", "\u2028")
def test_a_form_that_comes_back_holds_what_was_written(intake: Intake, text: str, line: str) -> None:
    text, line = (
        cleaned(text.encode("utf-8", "ignore").decode()),
        cleaned(line.encode("utf-8", "ignore").decode()).strip(),
    )
    page = intake.post(DEBATE, json=False, text=text, title=line).text
    tree: Any = html5lib.parse(page, namespaceHTMLElements=False)
    area = tree.find(".//textarea[@name='text']")
    title = tree.find(".//*[@name='title']")
    assert (area.text or "") == text
    if "\n" not in line:
        assert title.get("value", title.text or "") == line


def test_a_city_that_is_edited_is_read_again(tmp_path: Path) -> None:
    intake = Intake(with_votes(minimal_city(tmp_path)))
    debate = intake.root / "content/campaigns/les-quais/debates/usages.md"
    debate.write_text("---\ntitle: [\n---\n", "utf-8")
    intake.cities.read_again()
    assert DEBATE not in intake.cities.now().first.forms
    assert intake.cities.now().skipped == ("content/campaigns/les-quais/debates/usages.md",)
    (intake.root / "agora.toml").write_text("[city", "utf-8")
    intake.cities.read_again()
    assert "les-quais/question" in intake.cities.now().first.forms, "what was right serves until it is mended"
    intake.close()
