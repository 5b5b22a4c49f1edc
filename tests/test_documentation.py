"""What the documentation says is what the program does: commands, keys, codes, pictures, links; and it is a site."""

from __future__ import annotations

import datetime
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import click
import pytest
import yaml
from pydantic import TypeAdapter, ValidationError
from sites import built

from agora_build import cli
from agora_build.content.loader import load
from agora_build.content.markdown_scan import links, without_code
from agora_build.content.picture_sizes import picture_size
from agora_build.content.schemas import SCHEMAS, schema_of
from agora_build.problems import MESSAGES

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "scripts"))
import documentation  # noqa: E402
import reference  # noqa: E402

PAGES = [ROOT / "README.md", *(path for name, path in documentation.files().items() if name.endswith(".md"))]
FENCE = re.compile(r"^ *```([\w-]*)\n(.*?)^ *``` *$", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"(?:^|[ /(`$])agora( +(?:--)?[a-z][^`\n;|&>]*)")
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
CODE = re.compile(r"\[([a-z]+(?:-[a-z0-9]+)*)\]$", re.MULTILINE)
KEY = re.compile(r"^ *(?:- +)?([a-z_]+):(?: |$)", re.MULTILINE)
DAY = datetime.date(2026, 11, 28)
HEAVIEST = 120_000  # bytes of a picture of a guide: a page is read on a phone too


def each(pages: list[Path]) -> Any:
    return pytest.mark.parametrize("page", pages, ids=lambda page: page.relative_to(ROOT).as_posix())


def fences(page: Path, language: str = "") -> Iterator[str]:
    """Give the texts between fences, of a language if one is asked for."""
    for name, text in FENCE.findall(page.read_text("utf-8")):
        if not language or name == language:
            yield text


def commands(page: Path) -> Iterator[list[str]]:
    """Give the words that follow `agora` wherever the page shows a command."""
    text = page.read_text("utf-8")
    shown = [line for fence in fences(page) for line in fence.replace("\\\n", " ").splitlines()]
    shown += [" ".join(span.split()) for span in SPAN.findall(FENCE.sub("", text))]
    for line in shown:
        if not re.match(r"(\$ |[\w./-]*/)?agora |.*\b(runuser|sudo|ExecStart=|run:)", line):
            continue
        for typed in TYPED.findall(re.sub(r"\s#.*", "", line)):
            yield shlex.split(typed.replace("’", " "))


def called(words: list[str]) -> tuple[click.Command, list[str]]:
    """Follow the words of a command down to the command they call; give what is left of them."""
    command: click.Command = cli.main
    while isinstance(command, click.Group) and words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"agora … {words[0]}: there is no such command"
        command, words = found, words[1:]
    return command, words


def options_of(command: click.Command) -> set[str]:
    """Give the options of a command; of a group, those of its commands too: `agora import SYSTEME --dry-run`."""
    found = {name for it in command.params for name in (*it.opts, *it.secondary_opts)} | {"-h", "--help"}
    if isinstance(command, click.Group) and command is not cli.main:
        for name in command.list_commands(click.Context(command)):
            inside = command.get_command(click.Context(command), name)
            found |= options_of(inside) if inside else set()
    return found


def every_command(group: click.Group, before: str = "agora") -> Iterator[str]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def fields(kind: str) -> set[str]:
    """Give the keys that a kind of file may have, at any depth."""
    schema = schema_of(kind)
    return {key for part in (schema, *schema.get("$defs", {}).values()) for key in part.get("properties", ())}


@each(PAGES)
def test_the_commands_that_are_shown_exist_with_their_options(page: Path) -> None:
    for words in commands(page):
        command, rest = called(words)
        options = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert options <= options_of(command), f"agora {' '.join(words)}"


def test_a_command_that_does_not_exist_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Tapez `agora\nchekc`.\n\n```\n.venv/bin/agora build --ful  # tout\n```\n", "utf-8")
    assert list(commands(page)) == [["build", "--ful"], ["chekc"]]
    assert "--ful" not in options_of(called(["build"])[0])
    with pytest.raises(AssertionError, match="no such command"):
        called(["chekc"])


@each(sorted((ROOT / "docs/serveur").glob("*.service")))
def test_a_unit_of_systemd_calls_a_command_that_exists_and_may_do_little(page: Path) -> None:
    unit = page.read_text("utf-8")
    (started,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    for typed in TYPED.findall(started):
        command, rest = called(shlex.split(typed))
        assert {word for word in rest if word.startswith("--")} <= options_of(command)
    script = re.search(r"/usr/local/lib/agora/(\S+)", started)
    assert TYPED.search(started) or (script and (page.parent / script[1]).exists())
    for held in (
        "User=agora",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
    ):
        assert held in unit.splitlines(), held


def test_every_command_is_told_of() -> None:
    told = {" ".join(["agora", *words]) for page in PAGES for words in commands(page)}
    named = {re.sub(r" [A-Z]+\b.*", " SORTE", line) for line in told}  # `agora new SORTE` tells of all of them
    silent = {
        name
        for name in every_command(cli.main)
        if not any(line.startswith(name) for line in told) and f"{name.rpartition(' ')[0]} SORTE" not in named
    }
    assert not silent


@each(PAGES)
def test_the_keys_that_are_shown_are_those_of_the_models(page: Path) -> None:
    known = {key for kind in SCHEMAS for key in fields(kind)}
    for text in fences(page, "yaml"):
        assert set(KEY.findall(text)) <= known | {"erased"}
    for text in fences(page, "toml"):
        settings = tomllib.loads(text)
        assert settings.keys() <= {"schema", *fields("agora.toml")}
        for section in settings.values():
            for table in section if isinstance(section, list) else [section]:
                keys = table.keys() if isinstance(table, dict) else set()
                assert {key for key in keys if len(key) > 2} <= fields("agora.toml"), "but for languages"


def accepted(kind: str, values: dict[str, Any], *, whole: bool) -> bool:
    """Tell whether a kind of file accepts what an example shows of it."""
    model = SCHEMAS[kind]
    try:
        if whole:
            model.model_validate(values)
        for key, value in values.items():
            shown = model.model_fields[key]
            TypeAdapter(Annotated[shown.annotation, shown]).validate_python(value)
    except (ValidationError, KeyError):
        return False
    return True


@each(PAGES)
def test_the_examples_that_are_shown_are_accepted(page: Path) -> None:
    for text in fences(page, "yaml"):
        whole = text.startswith("---\n")
        values = yaml.load(text.split("---\n")[1] if whole else text, yaml.BaseLoader)  # noqa: S506 - it makes text alone
        kinds = [kind for kind in SCHEMAS if accepted(kind, values, whole=whole)]
        assert kinds or "erased" in values, text


def test_the_reference_is_that_of_the_models() -> None:
    """To write it again: python scripts/reference.py."""
    assert reference.PAGE.read_text("utf-8") == reference.reference()
    assert reference.KINDS.keys() == SCHEMAS.keys()


@each(PAGES)
def test_the_codes_that_are_shown_are_those_of_problems(page: Path) -> None:
    known = tomllib.loads((MESSAGES / "fr.toml").read_text("utf-8"))
    for text in fences(page):
        assert {code for code in CODE.findall(text) if "erreur" in text} <= known.keys()


@each([ROOT / "README.md"])
def test_what_a_page_outside_of_docs_links_to_is_there(page: Path) -> None:
    for link in links(without_code(page.read_text("utf-8"))):
        assert ":" in link.target or (page.parent / link.target.partition("#")[0]).exists(), link.target
        assert not link.picture or link.text


def test_every_page_and_picture_has_its_place() -> None:
    listed = [item.path for item in documentation.contents((ROOT / "docs/README.md").read_text("utf-8"))]
    files = documentation.files()
    pages = {name for name in files if name.endswith(".md") and name != documentation.CONTENTS}
    assert sorted(listed) == sorted(pages), "docs/README.md lists every page, once"
    shown = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name, path in files.items():
        if picture_size(path) is not None:
            assert name.removeprefix("images/") in shown, f"no page shows docs/{name}"
        if name.startswith("images/guides/"):
            assert path.stat().st_size <= HEAVIEST, name


def test_the_documentation_is_a_site_without_a_problem(tmp_path: Path) -> None:
    """Its links, anchors and pictures are checked as those of any city are."""
    documentation.lay(tmp_path / "docs")
    report = built(tmp_path / "docs", tmp_path / "site")
    assert report.problems == []
    home = (tmp_path / "site/index.html").read_text("utf-8")
    assert 'href="sommaire/index.html"' in home
    budget = (tmp_path / "site/methodes-budget/index.html").read_text("utf-8")
    assert "```" not in budget, "code in a list is code"
    assert "../methodes-votes/index.html" in budget or "../methodes/index.html" in budget
    server = (tmp_path / "site/serveur/index.html").read_text("utf-8")
    assert "proxy_pass" in server, "files to copy are shown whole"
    assert 'href="#texte-nginx-conf"' in server or "serveur/index.html#texte-nginx-conf" in server
    guide = (tmp_path / "site/guide-agents/index.html").read_text("utf-8")
    assert "rules:\n  announced: 2026-11-20\n" in guide, "code is as it was written"


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    documentation.lay(tmp_path)
    page = tmp_path / "content/pages/apercu.md"
    page.write_text(
        page.read_text("utf-8") + "\n[x](absent.md) [y](guide-exploitants.md#rien) ![](../media/performance.svg)\n",
        "utf-8",
    )
    codes = [problem.code for problem in load(tmp_path, DAY).problems]
    assert codes == ["broken-internal-link", "unknown-anchor", "missing-alt"]
