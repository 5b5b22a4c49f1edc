"""The page that tells outsiders how to verify: each of its recipes is taken from the page as built, and run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from cities import LANGUAGES, minimal_city, sample, speak
from outsiders import CONSENSUS, DRAW, VOTE, published, serving
from repositories import commit, git
from sites import built

PAGE = "verifier/index.html"
CODE = re.compile(r'<code data-runs="([a-z]+)">(.*?)</code>', re.DOTALL)
REPOSITORY = "https://depot.example/villeneuve"
SETTINGS = {"[publication]\n": f'[publication]\nrepository = "{REPOSITORY}"\n'}
RECIPES = 14
Recipe = tuple[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A site on a server of this computer, at the very address that its pages give, and its public repository."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "site").mkdir()
    with serving(folder / "site") as address:
        published(folder, {**SETTINGS, "https://agora.villeneuve.example": address.rstrip("/")})
        yield folder


def recipes(page: Path) -> list[Recipe]:
    """Take the recipes from a page: what runs each, and its text."""
    return [(runs, unescape(text)) for runs, text in CODE.findall(page.read_text("utf-8"))]


def run(recipe: Recipe, folder: Path, repository: Path, typed: str = "receipt") -> str:
    """Run a recipe in a folder as it is written; give all that it says, and its exit code when it is not 0."""
    runs, text = recipe
    bin_ = Path(sys.executable).parent
    own = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "no_proxy": "*", "GIT_CONFIG_COUNT": "1"}
    own |= {"GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf", "GIT_CONFIG_VALUE_0": REPOSITORY}
    (folder / "programme.py").write_text(text, "utf-8")
    command = ["bash", "-e", "-c", text] if runs == "sh" else [sys.executable, "programme.py"]
    done = subprocess.run(command, cwd=folder, env=own, input=f"{typed}\n", capture_output=True, text=True, check=False)
    return done.stdout + done.stderr + (f"[{done.returncode}]" if done.returncode else "")


def test_every_recipe_of_the_page_runs_as_it_is_written(world: Path, tmp_path: Path) -> None:
    found = recipes(world / "site" / PAGE)
    said = [run(recipe, tmp_path, world / "repository") for recipe in found]
    copied, cloned, sums, site, vote, receipt, votes, draw, drawn, consensus, opinions, history, rules, sent = said
    assert (copied, cloned, sums) == ("", "", "")
    assert (vote, draw, consensus) == (f"site/{VOTE} OK\n", f"site/{DRAW} OK\n", f"site/{CONSENSUS} OK\n")
    assert re.fullmatch(r"\? [0-9a-f]{64},arbres\n", receipt)
    assert "exactement celui que donne le commit" in site
    for verdict in (votes, drawn, opinions, rules):
        assert "Trouvé : rien qui diffère." in verdict
    assert [line.partition(" ")[0] for line in history.splitlines() if line[:2] == "20"] == ["2016-05-03", "2016-02-20"]
    assert sent == "? "
    published = next(tmp_path.glob("depot/content/campaigns/*/contributions/*.md"))
    mark = hashlib.sha256(published.read_bytes()).hexdigest()
    assert run(found[-1], tmp_path, world / "repository", mark) == f"? {published.relative_to(tmp_path)}\n"
    assert "[" not in "".join(said).replace("? [", "")


@pytest.mark.soak
def test_every_recipe_runs_on_the_sample(tmp_path: Path) -> None:
    (tmp_path / "depot").mkdir()
    city = sample(tmp_path / "depot")
    (city / ".gitignore").write_text(".agora/\n")
    git(city, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "published").mkdir()
    with serving(tmp_path / "published") as address:
        config = (city / "agora.toml").read_text("utf-8")
        config = re.sub(r'(?m)^base_url = ".*"', f'base_url = "{address}"', config)
        (city / "agora.toml").write_text(
            re.sub(r'(?m)^repository = ".*"', f'repository = "{REPOSITORY}"', config), "utf-8"
        )
        commit(city, "Tout")
        assert built(city, tmp_path / "published").problems == []
        folder = tmp_path / "outside"
        folder.mkdir()
        said = [run(recipe, folder, city) for recipe in recipes(tmp_path / "published" / PAGE)]
    assert len(said) == RECIPES
    assert not re.search(r"DIFFERENT|FAILED|ne se vérifie pas|ne sont PAS|\[[0-9]+\]", "".join(said))
    assert "".join(said).count(" OK\n") >= len(("a vote", "two draws", "two", "a consensus"))


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        (f"{VOTE}/tally.json", '["arbres",2', '["arbres",3', [2, 4, 6]),
        (f"{VOTE}/ballots.csv", ",arbres\n", ",bancs\n", [2, 4, 6]),
        (f"{DRAW}/draw.json", "05 11 23", "05 11 24", [2, 7, 8]),
        (f"{CONSENSUS}/opinions.json", '"tally":{"agree":10', '"tally":{"agree":9', [2, 9, 10]),
        (f"{CONSENSUS}/votes.csv", ",agree,", ",pass,", [2, 9, 10]),
        ("index.html", "</h1>", " </h1>", [2]),
    ],
)
def test_every_recipe_finds_what_was_forged(
    file: str, old: str, new: str, found: list[int], world: Path, tmp_path: Path
) -> None:
    """On a copy that was forged after it was taken; `agora verify site` builds again, and has its own tests."""
    told = recipes(world / "site" / PAGE)
    shutil.copytree(world / "site", tmp_path / "site", symlinks=True)
    (tmp_path / "depot").symlink_to(world / "repository")
    text = (tmp_path / "site" / file).read_text("utf-8")
    assert old in text
    (tmp_path / "site" / file).write_text(text.replace(old, new), "utf-8")
    for number in found:
        said = run(told[number], tmp_path, world / "repository")
        assert re.search(r"DIFFERENT|FAILED|ne se vérifie pas|ne sont PAS|\[1\]", said), (number, said)


def test_a_copy_of_a_site_that_was_changed_says_which_file(world: Path, tmp_path: Path) -> None:
    (copy, *_) = recipes(world / "site" / PAGE)
    page = world / "site" / VOTE / "index.html"
    before = page.read_bytes()
    page.write_bytes(before + b" ")
    try:
        assert run(copy, tmp_path, world / "repository") == f"{VOTE}/index.html DIFFERENT\n"
    finally:
        page.write_bytes(before)


def test_a_list_that_leads_out_of_the_folder_writes_nothing_there(world: Path, tmp_path: Path) -> None:
    (copy, *_) = recipes(world / "site" / PAGE)
    sums = world / "site" / "SHA256SUMS"
    before = sums.read_bytes()
    line = next(line for line in before.splitlines() if line.endswith(b"  robots.txt"))
    sums.write_bytes(line.replace(b"robots.txt", b"a/../../robots.txt") + b"\n")
    try:
        said = run(copy, tmp_path, world / "repository")
    finally:
        sums.write_bytes(before)
    assert "DIFFERENT" in said or "404" in said
    assert not (tmp_path / "robots.txt").exists()


def test_the_page_is_there_in_each_language_and_every_page_leads_to_it(tmp_path: Path) -> None:
    city = speak(minimal_city(tmp_path))
    assert built(city, tmp_path / "site").problems == []
    titles = {"fr": "Vérifiez vous-même", "en": "Check for yourself", "ar": "تحققوا بأنفسكم"}
    for language in LANGUAGES:
        folder = tmp_path / "site" / ("" if language == "fr" else language)
        page = (folder / PAGE).read_text("utf-8")
        assert titles[language] in page.partition("<h1>")[2].partition("</h1>")[0]
        assert recipes(folder / PAGE) == recipes(tmp_path / "site" / PAGE)
        assert 'href="verifier/index.html"' in (folder / "index.html").read_text("utf-8")
        assert '/regles/history.json"' in page


def test_a_city_without_public_repository_is_not_told_to_clone_one(world: Path, tmp_path: Path) -> None:
    assert built(minimal_city(tmp_path), tmp_path / "site").problems == []
    text = "".join(text for _, text in recipes(tmp_path / "site" / PAGE))
    assert "depot" not in text
    assert "depot" in "".join(text for _, text in recipes(world / "site" / PAGE))
