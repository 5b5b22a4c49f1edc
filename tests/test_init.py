"""`agora init`: one command makes a city that is right, builds, and whose forge knows what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typed import run

from agora_build import __version__
from agora_build.content.schemas import schema_of
from agora_build.starting.founding import of_city

NOW = ("--now", "2026-09-21")
TOLD = ("--name", "Villeneuve", "--url", "https://agora.villeneuve.example", "--email", "agora@villeneuve.example")
WORKFLOWS = (
    ".github/workflows/agora.yml", ".github/workflows/garde.yml",
    ".forgejo/workflows/agora.yml", ".forgejo/workflows/garde.yml",
)  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "ville"
    assert run("init", str(folder), *TOLD, *NOW) == 0
    return folder


def test_a_new_city_is_right_and_builds(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(city), *NOW) == 0, capsys.readouterr().out
    assert run("build", "--city", str(city), *NOW, "--jobs", "1", "--no-search") == 0, capsys.readouterr()
    home = (city / "output/index.html").read_text("utf-8")
    assert "L’Agora de Villeneuve" in home
    assert 'href="assets/css/ville.css"' in home, "with its own colours"
    assert (city / "output/assets/css/ville.css").is_file()
    assert (city / "output/campagnes/premiere-concertation/index.html").is_file()


def test_its_history_begins_with_it(city: Path) -> None:
    said = subprocess.run(["git", "log", "--format=%s"], cwd=city, capture_output=True, text=True, check=True).stdout
    assert said == "Un site pour les concertations de Villeneuve\n"
    said = subprocess.run(["git", "status", "--porcelain"], cwd=city, capture_output=True, text=True, check=True).stdout
    assert said == "", "and what is built stays out of it"


def test_the_end_says_what_to_do_in_three_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", str(tmp_path / "ville"), *TOLD, "--no-git") == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert "Ensuite" in first
    assert len(rest) == 3
    assert len({len(re.match(r" +\S+( \S+)* {2,}", line)[0]) for line in rest}) == 1, "in two columns"  # type: ignore[index]
    assert not (tmp_path / "ville/.git").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("à moi", "utf-8")
    assert run("init", str(tmp_path), *TOLD) == 2
    assert "n’est pas vide" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--url", "agora.ville.example"),
        ("--email", "mairie"),
        ("--name", ""),
        ("--name", "x" * 200),
        ("--url", "https://"),
        ("--url", "https://agora.ville.example/?page=1"),
        ("--url", "https://agora.ville.example/#accueil"),
    ],
)
def test_a_mistake_writes_nothing(option: str, value: str, tmp_path: Path) -> None:
    told = dict(zip(TOLD[::2], TOLD[1::2], strict=True)) | {option: value}
    assert run("init", str(tmp_path / "ville"), *(word for pair in told.items() for word in pair)) in (1, 2)
    assert not (tmp_path / "ville").exists()


@pytest.mark.parametrize("name", ['Saint-"Ouen"', "Ville \\ Neuve", "L’Haÿ-les-Roses", "#1", "@email@", "]]>", "<b>"])
def test_a_city_may_have_any_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ("--name", name, *TOLD[2:], "--no-git")
    assert run("init", str(tmp_path / "ville"), *told, *NOW) == 0
    assert run("check", str(tmp_path / "ville"), *NOW) == 0, capsys.readouterr().out


def test_a_city_is_named_in_french() -> None:
    names = ["Nanterre", "Arles", "Évreux", "Le Mans", "Les Ulis", "La Rochelle"]
    assert [of_city(name) for name in names] == [
        "de Nanterre", "d’Arles", "d’Évreux", "du Mans", "des Ulis", "de La Rochelle",
    ]  # fmt: skip


def test_forms_are_asked_for(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "ville"), *TOLD, "--forms", "--no-git", *NOW) == 0
    assert "\n[intake]\n" in (tmp_path / "ville/agora.toml").read_text("utf-8")
    assert run("check", str(tmp_path / "ville"), *NOW) == 0


def published(name: str) -> dict[str, Any]:
    """Give the JSON Schema that a forge's workflows follow."""
    vendored = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{name}.json"
    schema: dict[str, Any] = json.loads(vendored.read_text("utf-8"))
    return schema


def parsed(path: Path) -> Any:
    read = yaml.safe_load(path.read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in read.items()}  # YAML 1.1 reads `on` as a truth


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_is_one_for_its_forge(path: str, city: Path) -> None:
    """Forgejo’s are those of GitHub, with actions that have an address."""
    text = (city / path).read_text("utf-8").replace("uses: https://data.forgejo.org/", "uses: ")
    read = yaml.safe_load(text)
    jsonschema.validate(
        {("on" if key is True else key): value for key, value in read.items()}, published("github-workflows")
    )


def test_the_file_for_gitlab_is_one(city: Path) -> None:
    jsonschema.validate(parsed(city / ".gitlab-ci.yml"), published("gitlab-ci"))


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_may_do_the_least(path: str, city: Path) -> None:
    read = parsed(city / path)
    assert read["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in read["on"]
    for name, job in read["jobs"].items():
        rights = job.get("permissions", {})
        assert rights in ({}, {"pages": "write", "id-token": "write"})
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "an expression in a command is run as one"
            assert re.search(r"@v\d", step.get("uses", "@v1")), "by version"
        if name in ("pages", "rsync", "s3"):
            assert f"vars.AGORA_PUBLICATION == '{name}'" in job["if"]
            assert "github.event_name != 'pull_request'" in job["if"]


def test_nothing_is_published_unless_one_asks(city: Path) -> None:
    jobs = parsed(city / ".gitlab-ci.yml")
    for name in ("pages", "rsync", "s3"):
        (rule,) = jobs[name]["rules"]
        assert f'$AGORA_PUBLICATION == "{name}"' in rule["if"]


def test_no_secret_is_written(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "ville"), *TOLD, "--no-git", *NOW) == 0
    for path in (tmp_path / "ville").rglob("*"):
        text = path.read_text("utf-8") if path.is_file() else ""
        assert not re.search(r"-----BEGIN|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}", text), path
        assert not re.search(r"@[a-z_]+@", text), f"{path}: a word that was not filled in"


def test_the_version_is_that_of_the_program(city: Path) -> None:
    assert f"agora-build[search,serve]=={__version__}\n" in (city / "requirements.txt").read_text("utf-8")


def test_editors_know_the_schemas(city: Path) -> None:
    settings = json.loads((city / ".vscode/settings.json").read_text("utf-8"))
    for schema, pattern in settings["yaml.schemas"].items():
        assert (city / schema).is_file()
        assert pattern.endswith(".yml")
    for schema in settings["evenBetterToml.schema.associations"].values():
        assert (city / schema).is_file()
    campaign = json.loads((city / ".vscode/schemas/campaign.json").read_text("utf-8"))
    assert {**campaign, "$schema": ""} == {**schema_of("campaign"), "$schema": ""}
    front = yaml.safe_load((city / ".remarkrc.yml").read_text("utf-8"))
    schemas = front["plugins"][1][1]["schemas"]
    assert all((city / path).is_file() for path in schemas)
    assert schemas["./.vscode/schemas/debate.json"] == ["./content/campaigns/*/debates/*.md"]


def test_an_editor_puts_each_mistake_on_its_line(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (task, _) = json.loads((city / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    told = ("--name", "Villeneuve", *TOLD[2:], "--no-git", *NOW)
    assert run("init", str(tmp_path / "ville"), *told) == 0
    page = tmp_path / "ville/content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8").replace("menu: footer", "menu: pied"), "utf-8")
    capsys.readouterr()
    assert run("check", str(tmp_path / "ville"), *NOW) == 1
    (found,) = filter(None, (re.match(pattern["regexp"], line) for line in capsys.readouterr().out.splitlines()))
    assert (found[pattern["file"]], found[pattern["line"]], found[pattern["code"]]) == (
        "content/pages/a-propos.md", "4", "not-one-of",
    )  # fmt: skip


def test_gitlab_gets_a_report_of_quality(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", str(tmp_path / "ville"), *TOLD, "--no-git", *NOW) == 0
    page = tmp_path / "ville/content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8").replace("menu: footer", "menu: pied\nmenus: x"), "utf-8")
    capsys.readouterr()
    assert run("check", str(tmp_path / "ville"), *NOW, "--format", "gitlab") == 1
    report = json.loads(capsys.readouterr().out)
    assert [item["location"] for item in report] == [
        {"path": "content/pages/a-propos.md", "lines": {"begin": line}} for line in (4, 5)
    ]
    assert len({item["fingerprint"] for item in report}) == 2
    assert run("check", str(city), *NOW, "--format", "gitlab") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    """Three questions, and one about forms; a wrong address is told and asked again."""
    from test_new import on_a_terminal

    typed = ["Villeneuve", "agora@villeneuve.example", "villeneuve", "https://villeneuve.example", "peut-être", "oui"]
    code, said = on_a_terminal(typed, "init", str(tmp_path / "ville"), "--no-git")
    assert code == 0, said
    assert said.count("Adresse publique du site (") == 2
    assert "remède" in said
    settings = (tmp_path / "ville/agora.toml").read_text("utf-8")
    assert 'base_url = "https://villeneuve.example"' in settings
    assert "\n[intake]\n" in settings


def test_without_git_there_is_a_city_all_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agora_build", "init", str(tmp_path / "ville"), *TOLD]
    done = subprocess.run(
        command,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ville/agora.toml").is_file()
    assert "commit" not in done.stdout.splitlines()[0]


def test_the_guide_names_commands_that_are_there(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (city / "README.md").read_text("utf-8")
    named = set(re.findall(r"agora ([a-z]+)(?: ([a-z]+))?", guide))
    assert len(named) > 10
    assert "serve" in {command for command, _ in named}, "what one writes is seen as one writes it"
    for command, kind in named:
        words = (command, kind) if command in ("new", "inbox") and kind else (command,)
        assert run(*words, "--help") == 0, words
    capsys.readouterr()
