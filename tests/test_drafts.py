"""What is a draft, or appears later, is nowhere in what is built; in a preview it is there, and says so."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cities import minimal_city, speak
from sites import built

from agora_build.content.config_file import read_config_file
from agora_build.content.loader import load
from agora_build.content.models import Page
from agora_build.content.preview import folder_of, hidden, marked
from agora_build.content.site import Entry
from agora_build.record import replace
from agora_build.rendering import labels
from agora_build.rendering.theme import base_theme

DAY = datetime.date(2016, 10, 1)
CLOSED = datetime.date(2019, 10, 1)  # when the consultation is over, and all its data in one file
HOME = "content/campaigns/les-quais"
WORD = "Zanzibar"
RULES = "rules:\n  announced: 2016-01-01\n  who: Tous.\n  how: Ici.\n  use: Un bilan.\n  decides: Le conseil.\n"
FILES = {
    "pages/secrete.md": "title: {w}\nmenu: main\n",
    f"{HOME[8:]}/workshops/secrete.md": "title: {w}\nkind: workshop\nstatus: confirmed\ndate: 2016-11-02\n"
    "host: {w}\nlocation:\n  name: Préau\n  address: 1 rue du Port\n",
    f"{HOME[8:]}/decisions/secrete.md": "title: {w}\ndate: 2016-09-20\nby: conseil-municipal\nsummary: {w}.\n",
    f"{HOME[8:]}/debates/secret.md": "title: {w}\nquestion: {w} ?\nopens: 2016-03-07\n",
    f"{HOME[8:]}/episodes/secrete.md": "title: {w}\ndate: 2016-05-03\nsummary: {w}.\naudio: secret.mp3\nnumber: 7\n",
    "campaigns/secrete/campaign.md": "title: {w}\nsummary: {w}.\nquestion: {w} ?\nopens: 2016-01-10\nlevel: consult\n"
    + RULES,
}
HIDDEN = ("draft: true\n", "appears: 2016-10-02\n")


def write(city: Path, name: str, more: str = "") -> Path:
    path = city / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{FILES[name].format(w=WORD)}{more}---\nLe {WORD} de demain.\n", "utf-8")
    return path


def with_all(city: Path, more: str) -> None:
    for name in FILES:
        write(city, name, more)
    sound = city / HOME / "episodes"
    (sound / "secret.mp3").write_bytes((sound / "premiere.mp3").read_bytes())


def told(output: Path) -> list[str]:
    """List the files of a site that say the word, or are named after what is hidden."""
    files = {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}
    return sorted(name for name, path in files.items() if "secret" in name or WORD.encode() in path.read_bytes())


@pytest.mark.parametrize(
    ("more", "day"),
    [*((more, DAY) for more in HIDDEN), ("draft: true\n", CLOSED), ("appears: 2019-10-02\n", CLOSED)],
)
def test_nothing_of_a_draft_is_in_the_site_its_feeds_its_data(tmp_path: Path, more: str, day: datetime.date) -> None:
    city = minimal_city(tmp_path)
    without = tmp_path / "without"
    assert built(city, without, day).problems == []
    names = {path.relative_to(without) for path in without.rglob("*")}
    with_all(city, more)
    report = built(city, tmp_path / "site", day)
    assert [(item.path, item.code, dict(item.values)) for item in report.problems] == []
    assert told(tmp_path / "site") == []
    found = {path.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("*")}
    assert found ^ names == set()


def test_what_is_published_of_a_draft_is_what_it_would_be_from_nothing(tmp_path: Path) -> None:
    city, site = minimal_city(tmp_path), tmp_path / "site"
    with_all(city, "")
    assert built(city, site, DAY).problems == []
    assert told(site)
    for name in FILES:
        before = told(site)
        write(city, name, "draft: true\n")
        assert built(city, site, DAY).problems == []
        assert len(told(site)) < len(before), name
    assert told(site) == []
    assert built(city, tmp_path / "anew", DAY, full=True).problems == []
    assert digests(site) == digests(tmp_path / "anew")
    write(city, "pages/secrete.md", "appears: 2016-10-02\n")
    assert built(city, site, DAY).problems == []
    assert told(site) == []
    assert built(city, site, DAY + datetime.timedelta(days=1)).problems == []
    assert "secrete/index.html" in told(site)  # its day came


def digests(site: Path) -> str:
    return (site / "SHA256SUMS").read_text("utf-8")


def test_a_preview_shows_it_and_says_what_it_is(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_all(city, "draft: true\n")
    write(city, "pages/secrete.md", "appears: 2016-10-02\n")
    site = folder_of(city) / "site"
    assert built(city, site, DAY, preview=True).problems == []
    assert f"À paraître : {WORD}" in spoken(site / "secrete/index.html")
    pages = [spoken(path) for folder in site.rglob("secret*") for path in folder.glob("index.html")]
    assert len(pages) >= len(FILES)
    assert all(any(f"{label} : {WORD}" in page for label in ("Brouillon", "À paraître")) for page in pages)


def test_a_translation_of_a_draft_says_what_it_is_in_its_language(tmp_path: Path) -> None:
    city = speak(minimal_city(tmp_path))
    original = Entry("a", "", "content/pages/a.md", Page(title="Plan", draft=True), "", "1")
    arabic = replace(original, path="content/pages/a.ar.md", language="ar", of=original.path, meta=Page(title="خطة"))
    config = read_config_file(city).config
    assert config is not None
    titles = [entry.meta.title for entry in marked([original, arabic], DAY, "fr", labels.of((base_theme(),), config))]
    assert titles == ["Brouillon : Plan", "مسودة : خطة"]
    assert hidden([original, arabic], DAY) == {original.path: "draft", arabic.path: "draft"}


def spoken(page: Path) -> str:
    return page.read_text("utf-8").replace("\u202f", " ").replace("\u00a0", " ")


def test_what_is_published_may_not_name_a_draft(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    write(city, "pages/secrete.md", "draft: true\n")
    usages = city / HOME / "debates/usages.md"
    usages.write_text(usages.read_text("utf-8").replace("title:", "draft: true\ntitle:", 1), "utf-8")
    page = city / "content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8") + "\nVoir [la suite](secrete.md).\n", "utf-8")
    problems = [problem for problem in load(city, DAY).problems if problem.code == "names-draft"]
    assert {problem.path for problem in problems} >= {
        "content/pages/a-propos.md",
        f"{HOME}/contributions/20160405-aaaabbbb.md",
    }
    linked = next(problem for problem in problems if problem.path.endswith("a-propos.md"))
    assert "secrete.md" in linked.source_line[linked.span.column - 1 :]
