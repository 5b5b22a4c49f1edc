"""The open data: made from the models, only what is published, read back by others, never empty when pages are not."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from cities import minimal_city, sample, speak
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sites import built

from agora_build.content import models
from agora_build.content.columns import Part, columns_of, parts_of
from agora_build.content.config_file import read_config
from agora_build.content.datasets import TITLES, tables_of
from agora_build.content.tree import KINDS, VOTE_FILES
from agora_build.rendering.csv_file import as_it_was, csv_of, inert
from agora_build.rendering.theme import base_theme

QUAIS = "campagnes/les-quais"
CAMPAIGNS = ("les-groues", "papeteries-de-la-seine", "plan-de-formation-associatif")
DAY = datetime.date(2016, 6, 15)
# What the Data Package standard asks of datapackage.json, as far as we use it.
_NAME, _TEXT = {"type": "string", "pattern": r"^[-a-z0-9._/]+$"}, {"type": "string", "minLength": 1}
_FIELD = {
    "type": "object",
    "required": ["name", "type", "description"],
    "properties": {
        "name": _TEXT,
        "type": {"enum": ["string", "integer", "number", "boolean", "date", "time"]},
        "description": _TEXT,
        "constraints": {"type": "object", "minProperties": 1},
    },
}
_RESOURCE = {
    "type": "object",
    "required": ["name", "path", "title", "format", "mediatype", "licenses"],
    "properties": {
        "name": _NAME,
        "path": {"type": "string", "pattern": r"^(?!/|\.|.*\.\./|[a-z]+:).+"},
        "schema": {"type": "object", "properties": {"fields": {"type": "array", "minItems": 1, "items": _FIELD}}},
    },
}
PACKAGE = Draft202012Validator({
    "type": "object",
    "required": ["name", "title", "licenses", "resources"],
    "properties": {
        "name": _NAME,
        "licenses": {"type": "array", "minItems": 1, "items": {"required": ["name", "title"]}},
        "resources": {"type": "array", "minItems": 1, "items": _RESOURCE},
    },
})  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a part of the sample once, in French: what was erased, paper, sentences, ballots, a jury."""
    folder = tmp_path_factory.mktemp("data")
    for campaign in sample(folder).glob("content/campaigns/*"):
        if campaign.name not in CAMPAIGNS:
            shutil.rmtree(campaign)
    shutil.rmtree(folder / "content/pages")  # they lead to the other campaigns
    report = built(folder, folder / "output", search=False)
    assert report.problems == []
    return folder / "output"


def rows(path: Path, delimiter: str = ";") -> list[dict[str, str]]:
    """Read a CSV file as anybody's program does."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def packages(site: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in [site / "datapackage.json", *sorted(site.glob("campagnes/*/datapackage.json"))]:
        yield path, json.loads(path.read_text("utf-8"))


def test_every_package_is_as_the_standard_says_and_every_file_it_names_is_there(site: Path) -> None:
    found = [*packages(site)]
    assert len(found) == 1 + len(CAMPAIGNS)
    for path, package in found:
        assert [error.message for error in PACKAGE.iter_errors(package)] == []
        names = [resource["name"] for resource in package["resources"]]
        assert len(names) == len(set(names))
        assert [r["path"] for r in package["resources"] if not (path.parent / r["path"]).is_file()] == []


def test_every_table_has_the_columns_the_types_and_the_keys_that_are_said_of_it(site: Path) -> None:
    """An independent reader (csv, json, datetime) finds what datapackage.json announces."""
    for path, package in packages(site):
        tables = {item["name"]: item for item in package["resources"] if "schema" in item}
        read = {n: rows(path.parent / t["path"], t["dialect"]["delimiter"]) for n, t in tables.items()}
        for name, table in tables.items():
            schema = table["schema"]
            assert read[name], f"{name} is empty"
            assert list(read[name][0]) == [field["name"] for field in schema["fields"]]
            for field in schema["fields"]:
                for row in read[name]:
                    _said_as_announced(row[field["name"]], field)
            keys = [tuple(row[key] for key in schema.get("primaryKey", [])) for row in read[name]]
            assert not schema.get("primaryKey") or len(keys) == len(set(keys))
            for link in schema.get("foreignKeys", []):
                there = {
                    tuple(row[key] for key in link["reference"]["fields"])
                    for row in read[link["reference"]["resource"]]
                }
                named = {tuple(row[key] for key in link["fields"]) for row in read[name]}
                assert {key for key in named if all(key)} <= there, (name, link)


def _said_as_announced(value: str, field: dict[str, Any]) -> None:
    limits = field.get("constraints", {})
    if not value:
        assert not limits.get("required"), field["name"]
        return
    assert value in limits.get("enum", [value])
    assert re.fullmatch(limits.get("pattern", ".*"), value, re.DOTALL)
    read: dict[str, Any] = {
        "integer": int,
        "number": float,
        "date": datetime.date.fromisoformat,
        "time": datetime.time.fromisoformat,
    }
    read |= {"boolean": ["true", "false"].index, "string": str}
    read[field["type"]](value)


def test_data_is_never_empty_when_the_pages_are_not(site: Path) -> None:
    """Each kind has as many rows as there are files of it in the sample, and as many items in JSON."""
    content = Path(__file__).parent.parent / "content" / "campaigns"
    for campaign in CAMPAIGNS:
        data = site / "campagnes" / campaign / "donnees"
        for kind in KINDS:
            files = [path for path in (content / campaign / kind).glob("*.md") if path.name.count(".") == 1]
            tables = [*data.glob(f"{kind}-*.csv")] if kind == "contributions" else [*data.glob(f"{kind}.csv")]
            assert sum(len(rows(table)) for table in tables) == len(files), (campaign, kind)
            assert sum(len(json.loads(table.with_suffix(".json").read_text("utf-8"))) for table in tables) == len(files)


def test_json_has_the_text_letter_for_letter_and_the_city_has_the_rows_of_its_campaigns(site: Path) -> None:
    said = json.loads(
        (site / "campagnes/les-groues/donnees/contributions-un-quartier-sans-voiture.json").read_text("utf-8")
    )
    source = Path(__file__).parent.parent / "content/campaigns/les-groues/contributions" / f"{said[0]['id']}.md"
    assert said[0]["text"] == source.read_text("utf-8").split("---\n", 2)[2].strip("\n")
    assert said[0]["url"].endswith(f"/contributions/{said[0]['id']}/")
    for kind in ("debates", "workshops", "decisions", "places"):
        each = [row for path in sorted(site.glob(f"campagnes/*/donnees/{kind}.csv")) for row in rows(path)]
        key = lambda row: (row["campaign"], row["id"])  # noqa: E731
        assert sorted(rows(site / f"donnees/{kind}.csv"), key=key) == sorted(each, key=key)


def test_of_what_was_erased_a_row_remains_without_a_word(site: Path) -> None:
    data = site / "campagnes/papeteries-de-la-seine/donnees"
    erased = [row for path in data.glob("contributions-*.csv") for row in rows(path) if row["erased"]]
    assert [row["id"] for row in erased] == ["20160621-w4k8t2mn"]
    kept = {"id", "campaign", "debate", "date", "voice", "channel", "erased", "url"}
    assert {name for name, value in erased[0].items() if value} == kept


def test_what_is_not_public_yet_is_not_in_the_data(tmp_path: Path) -> None:
    """An answer of tomorrow, an episode to come, the ballots of an open vote."""
    city = minimal_city(tmp_path)
    question = city / "content/campaigns/les-quais/questions/20160420-q2stnnab.md"
    question.parent.mkdir(exist_ok=True)
    question.write_text(
        "---\nto: conseil-municipal\ndate: 2016-04-20\nvoice: individual\nchannel: web\n---\nQuand ?\n", "utf-8"
    )
    answer = city / "content/campaigns/les-quais/answers/20160420-q2stnnab.md"
    answer.parent.mkdir(exist_ok=True)
    answer.write_text("---\nby: conseil-municipal\ndate: 2016-06-16\n---\nBientôt.\n", "utf-8")
    for day, there in ((DAY, False), (DAY + datetime.timedelta(days=1), True)):
        report = built(city, tmp_path / "output", day, search=False)
        assert report.problems == []
        assert (tmp_path / "output" / QUAIS / "donnees/answers.csv").exists() is there
        listed = (tmp_path / "output" / QUAIS / "datapackage.json").read_text("utf-8")
        assert ("donnees/answers.csv" in listed) is there


def test_formulas_are_defused_and_can_be_had_back() -> None:
    dangerous = ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", "＝1", "＠A"]
    assert [as_it_was(inert(text)) for text in dangerous] == dangerous
    assert all(inert(text).startswith("'") for text in dangerous)
    assert [inert(text) for text in ("'tis", "", "1 + 1", "Non")] == ["'tis", "", "1 + 1", "Non"]
    assert csv_of([["a"], [-1.5], ["-1,5"]], ",", bom=False) == b'a\r\n-1.5\r\n"\'-1,5"\r\n'


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=3)))
def test_any_text_survives_a_csv(table: list[list[str]]) -> None:
    for delimiter in ";,":
        read = csv.reader(io.StringIO(csv_of(table, delimiter).decode("utf-8-sig"), newline=""), delimiter=delimiter)
        assert [[as_it_was(cell) for cell in row] for row in read] == table


def test_a_city_chooses_how_its_data_is_written(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with (city / "agora.toml").open("a", encoding="utf-8") as file:
        file.write('\n[opendata]\ndelimiter = ","\nbom = false\nlicence = "ODbL 1.0"\n')
    assert built(city, tmp_path / "output", DAY, search=False).problems == []
    table = (tmp_path / "output" / QUAIS / "donnees/debates.csv").read_bytes()
    assert table.startswith(b"id,campaign,title,")
    package = json.loads((tmp_path / "output" / QUAIS / "datapackage.json").read_text("utf-8"))
    assert package["licenses"][0]["name"] == "ODbL-1.0"
    assert {r["dialect"]["delimiter"] for r in package["resources"] if "dialect" in r} == {","}


@pytest.mark.parametrize("line", ['delimiter = "|"', 'bom = "peut-être"', 'licence = ""', "separator = ';'"])
def test_a_bad_choice_is_a_problem_at_its_line(tmp_path: Path, line: str) -> None:
    city = minimal_city(tmp_path)
    text = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(f"{text}\n[opendata]\n{line}\n", "utf-8")
    _, problems = read_config(city)
    assert [(problem.path, problem.span.line) for problem in problems] == [("agora.toml", text.count("\n") + 3)]


def test_every_field_of_every_model_has_its_column() -> None:
    """A field that somebody adds is in the open data the same day."""
    for kind, model in KINDS.items():
        tables = {table.name: {column.path for column in table.columns} for table in tables_of(kind)}
        lists = {part.path[0] for part in parts_of(model)}
        for name in model.model_fields:
            assert name in lists or any(path and path[0] == name for path in tables[kind]), (kind, name)


def _descriptions() -> set[str]:
    def within(parts: tuple[Part, ...]) -> Iterator[str]:
        for part in parts:
            yield part.description
            yield from (column.description for column in part.columns)
            yield from within(part.parts)

    tables = [table for kind in (*TITLES, "quarters", "offices") for table in tables_of(kind)]
    said = {column.description for table in tables for column in table.columns}
    for model in (*KINDS.values(), models.Campaign, models.Timeline, models.Map, models.Moderation, models.Batch):
        said |= {column.description for column in columns_of(model)} | {*within(parts_of(model))}
    return said


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_what_a_column_means_is_said_in_every_language(language: str) -> None:
    with (base_theme() / "translations" / f"{language}.po").open("rb") as file:
        known = {message.id for message in pofile.read_po(file)}
    assert sorted(text for text in _descriptions() if not text) == []
    assert sorted(_descriptions() - known) == []


def test_every_public_file_of_a_vote_has_a_name_for_people() -> None:
    from agora_build.content.opendata import VOTE_TITLES

    assert set(VOTE_FILES) <= set(VOTE_TITLES)


# --- What is said in other languages


def test_what_is_translated_is_a_table_as_soon_as_its_original_is_public(tmp_path: Path) -> None:
    city = speak(minimal_city(tmp_path), languages=("fr", "en"))
    files = {
        "questions/20160420-q2stnnab.md": "---\nto: conseil-municipal\ndate: 2016-04-20\nvoice: individual\n"
        "channel: web\n---\nQuand ?\n",
        "answers/20160420-q2stnnab.md": "---\nby: conseil-municipal\ndate: 2016-06-16\n---\nBientôt.\n",
        "answers/20160420-q2stnnab.en.md": "---\n---\nSoon.\n",
        "campaign.en.md": "---\ntitle: The quays\nrules:\n  who: =Everybody\n---\n## Welcome\n",
        "debates/usages.en.md": "---\nthemes:\n  - id: nature\n    title: Nature, in English\n---\n",
        "timeline.en.yml": "steps:\n  - title: Opening\n  - title: Works\n",
    }
    for name, text in files.items():
        path = city / "content/campaigns/les-quais" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    said = {
        ("campaigns", "les-quais", "title", "The quays"),
        ("campaigns", "les-quais", "rules.who", "'=Everybody"),
        ("campaigns", "les-quais", "text", "## Welcome"),
        ("debates", "usages", "themes.nature.title", "Nature, in English"),
        ("timeline", "les-quais", "steps.1.title", "Opening"),
        ("timeline", "les-quais", "steps.2.title", "Works"),
    }
    answer = ("answers", "20160420-q2stnnab", "text", "Soon.")
    for day, more in ((DAY, set()), (DAY + datetime.timedelta(days=1), {answer})):
        assert built(city, tmp_path / "output", day, search=False).problems == []
        for folder in (f"{QUAIS}/donnees", "donnees"):
            found = rows(tmp_path / "output" / folder / "translations.csv")
            assert {(row["kind"], row["of"], row["key"], row["words"]) for row in found} == said | more
            assert len({row["id"] for row in found}) == len(found)
            assert {row["language"] for row in found} == {"en"}
        for page in ("donnees", f"{QUAIS}/donnees", "en/donnees", f"en/{QUAIS}/donnees"):
            assert "translations.csv" in (tmp_path / "output" / page / "index.html").read_text("utf-8")
    written = json.loads((tmp_path / "output" / QUAIS / "donnees/translations.json").read_bytes())
    urls = {item["kind"]: item["url"] for item in written}
    assert urls["answers"].endswith(f"/{QUAIS}/questions/20160420-q2stnnab/")
    assert urls["timeline"].endswith(f"/{QUAIS}/frise/")
    assert urls["campaigns"].endswith(f"/{QUAIS}/")
