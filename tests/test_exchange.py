"""What is exported comes back: the same bytes, or what says the same; and no hostile file writes anything."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cities import minimal_city, sample
from hypothesis import given, settings
from hypothesis import strategies as st

from agora_build.cli import main
from agora_build.content.loader import load
from agora_build.content.places import CONTROL
from agora_build.content.source import read_source
from agora_build.content.tree import found_at
from agora_build.exchange.bundle import CONTENT, MANIFEST, Bundle, BundleError
from agora_build.exchange.records import file_of, line_of, record_of

DAY = datetime.date(2017, 1, 20)
SAID = "content/campaigns/les-quais/contributions/20160312-k7m2q9xw.md"


def run(*arguments: str | os.PathLike[str]) -> tuple[int, str]:
    """Call the command as one types it."""
    with pytest.raises(SystemExit) as end:  # noqa: PT012 - every way of ending is one
        main([os.fspath(argument) for argument in arguments])
        raise SystemExit(0)
    return int(end.value.code or 0), ""


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".agora" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(files)}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def exported(city: Path, target: Path, *more: str) -> Path:
    assert run("export", target, "--city", city, *more)[0] == 0
    return target


@pytest.mark.parametrize("name", ["export.zip", "export"])
def test_the_whole_sample_comes_back_byte_for_byte(tmp_path: Path, name: str) -> None:
    city = sample(tmp_path / "city", languages=True) if name == "export" else minimal_city(tmp_path)
    target = exported(city, tmp_path / name)
    assert run("import", "agora", target, "--into", tmp_path / "again")[0] == 0
    before, after = tree(city), tree(tmp_path / "again")
    left = before.keys() - after.keys()
    assert {path for path in left if not path.endswith(("README.md", "LICENSE.md"))} <= unnamed(city)
    assert {path: before[path] for path in after} == after


def unnamed(city: Path) -> set[str]:
    """Media that no page names: they are not published, and stay."""
    site = load(city, DAY).site
    assert site is not None
    kept = {*site.media, site.config.map.basemap if site.config.map else None}
    return {path for path in tree(city) if path.startswith("content/") and found_at(path) is None} - kept  # type: ignore[operator]


def test_the_same_content_gives_the_same_file(city: Path, tmp_path: Path) -> None:
    first, second = exported(city, tmp_path / "a.zip"), exported(city, tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()


def test_without_the_text_of_its_front_matter_every_file_says_the_same(tmp_path: Path) -> None:
    """The metadata alone, as a machine would give it, makes files that are read as equal models."""
    city = sample(tmp_path / "city", languages=True)
    for path in sorted(city.glob("content/**/*")):
        name = path.relative_to(city).as_posix()
        found = found_at(name)
        if path.suffix in (".md", ".yml") and found is not None:
            record = record_of(found, path.read_bytes())
            where, data = file_of(line_of({**record, "front": ""}))
            again, before = read_source(where, data), read_source(name, path.read_bytes())
            assert (again.data, again.body, again.problems) == (before.data, before.body, []), name


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).filter(lambda text: not CONTROL.search(text))
KEYS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
VALUES: Any = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), TEXTS.filter(lambda text: "\r" not in text))
def test_any_metadata_and_any_body_come_back(meta: dict[str, Any], body: str) -> None:
    path, data = file_of(line_of({"path": SAID, "meta": meta, "body": body}))
    read = read_source(path, data)
    assert read.problems == []
    assert (read.data, read.body) == (meta, body.rstrip("\n"))


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(["", "# un commentaire\n"]), st.sampled_from(["\n", "\r\n"]))
def test_any_file_comes_back_byte_for_byte(title: str, body: str, comment: str, end: str) -> None:
    text = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{comment}voice:   individual\n---\n{body}"
    raw = text.replace("\r\n", "\n").replace("\n", end).encode()
    found = found_at(SAID)
    assert found is not None
    if not read_source(SAID, raw).problems:
        assert file_of(line_of(record_of(found, raw))) == (SAID, raw)


def test_a_tool_may_change_a_record_and_what_it_changed_is_taken(city: Path, tmp_path: Path) -> None:
    source = city / SAID
    source.write_text(source.read_text("utf-8").replace("---\n", "---\n# relu\n", 1), "utf-8")
    target = exported(city, tmp_path / "export")
    lines = (target / CONTENT).read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    said = next(record for record in records if record["path"] == SAID)
    assert "# relu" in said["front"]
    said["meta"]["title"] = "Un autre titre"
    (target / CONTENT).write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert run("import", "agora", target, "--into", tmp_path / "again")[0] == 1  # not as it was exported
    manifest = json.loads((target / MANIFEST).read_text("utf-8"))
    del manifest["sha256"][CONTENT]
    (target / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    assert run("import", "agora", target, "--into", tmp_path / "again")[0] == 0
    assert "Un autre titre" in (tmp_path / "again" / SAID).read_text("utf-8")


def test_a_campaign_joins_another_city_and_a_second_time_changes_nothing(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(city, tmp_path / "other"))
    shutil.rmtree(other / "content/campaigns/les-quais")
    shutil.rmtree(other / "content/pages")
    target = exported(city, tmp_path / "export.zip", "--campaign", "les-quais")
    before = tree(other)
    assert run("import", "agora", target, "--into", other, "--dry-run")[0] == 0
    assert tree(other) == before
    assert run("import", "agora", target, "--into", other)[0] == 0
    assert tree(other / "content/campaigns") == tree(city / "content/campaigns")
    capsys.readouterr()
    assert run("import", "agora", target, "--into", other)[0] == 0
    assert "  0 fichier écrit" in capsys.readouterr().out
    (other / SAID).write_text((other / SAID).read_text("utf-8") + "Et encore.\n", "utf-8")
    assert run("import", "agora", target, "--into", other)[0] == 1
    assert "[exchange-changed]" in capsys.readouterr().out


def test_a_theme_is_not_in_an_export_and_one_is_told_to_copy_it(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, new = city / "agora.toml", tmp_path / "new"
    text = settings.read_text("utf-8").replace("[publication]\n", '[publication]\ntheme = "ville"\n', 1)
    settings.write_text(text, "utf-8")
    (city / "themes/ville").mkdir(parents=True)
    (city / "themes/ville/ours.txt").write_text("À nous.\n", "utf-8")
    target = exported(city, tmp_path / "export.zip")
    for _ in range(2):
        capsys.readouterr()
        assert run("import", "agora", target, "--into", new)[0] == 0, "a second time, nothing is missing but the theme"
        assert "Copiez themes/ville/ à côté d’agora.toml" in capsys.readouterr().out
    shutil.copytree(city / "themes", new / "themes")
    assert run("import", "agora", target, "--into", new)[0] == 0
    assert "Copiez" not in capsys.readouterr().out
    assert run("check", new)[0] == 0


def test_what_the_checks_refuse_is_not_imported(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = exported(city, tmp_path / "export")
    text = (target / CONTENT).read_text("utf-8").replace('"voice": "individual"', '"voice": "loud"')
    (target / CONTENT).write_text(text, "utf-8")
    (target / MANIFEST).write_text('{"format": "agora-export-1", "sha256": {}}', "utf-8")
    assert run("import", "agora", target, "--into", tmp_path / "again")[0] == 1
    assert "[not-one-of]" in capsys.readouterr().out
    assert not (tmp_path / "again").exists()


def test_an_export_is_written_neither_over_something_nor_into_the_content(city: Path, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"kept")
    assert run("export", tmp_path / "there.zip", "--city", city)[0] == 2
    assert (tmp_path / "there.zip").read_bytes() == b"kept"
    assert run("export", city / "content/export", "--city", city)[0] == 2
    assert run("export", tmp_path / "a.zip", "--city", city, "--campaign", "les-quai")[0] == 2
    assert not (city / "content/export").exists()


def test_a_city_that_is_wrong_and_one_with_a_password_are_not_exported(city: Path, tmp_path: Path) -> None:
    config = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(
        config + '\n[intake]\nstore = "postgresql+psycopg://agora:secret@base/agora"\n', "utf-8"
    )
    assert run("export", tmp_path / "a.zip", "--city", city)[0] == 2
    (city / "agora.toml").write_text(config, "utf-8")
    (city / SAID).write_text("---\nvoice: loud\n---\n", "utf-8")
    assert run("export", tmp_path / "a.zip", "--city", city)[0] == 1
    assert not (tmp_path / "a.zip").exists()


GOOD = {MANIFEST: b'{"format": "agora-export-1", "sha256": {}}', CONTENT: b""}


def archive(path: Path, members: dict[str, bytes], mode: int = 0o100644, compress: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in {**GOOD, **members}.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100644 if name in GOOD and name not in members else mode) << 16
            info.compress_type = compress
            made.writestr(info, data)
    return path


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"files/../../evil.txt": b"x"}, "exchange-bad-member"),
        ({"/etc/evil": b"x"}, "exchange-bad-member"),
        ({"files/C:evil": b"x"}, "exchange-bad-member"),
        ({"files\\evil": b"x"}, "exchange-bad-member"),
        ({"files/.git/hooks/post-checkout": b"x"}, "exchange-bad-path"),
        ({"files/content/.hidden/a.png": b"x"}, "exchange-bad-path"),
        ({"files/themes/agora/templates/base.html": b"{{ 1 }}"}, "exchange-bad-path"),
        ({"files/content/campaigns/a/debates/b.md": b"x"}, "exchange-bad-path"),
        ({CONTENT: b"[" * 100_000}, "exchange-not-json"),
        ({CONTENT: b'{"path": "content/../../../x.md", "meta": {}, "body": ""}'}, "exchange-bad-path"),
        ({CONTENT: b'{"path": "content/pages/x.md", "meta": {"a": 1}, "body": ""}'}, "exchange-not-a-record"),
        ({CONTENT: b'{"path": "content/pages/x.md", "meta": {}, "body": "", "run": "rm"}'}, "exchange-not-a-record"),
        ({CONTENT: b'{"path": "content/pages/x.md", "meta": {"title": "X"}, "body": ""}\n' * 2}, "exchange-twice"),
        ({MANIFEST: b"{}"}, "exchange-other-format"),
        ({MANIFEST: b"[" * 100_000}, "exchange-no-manifest"),
        ({MANIFEST: b'{"format": "agora-export-1", "sha256": {"content.jsonl": "0"}}'}, "exchange-damaged"),
    ],
)
def test_a_hostile_file_writes_nothing(
    tmp_path: Path, members: dict[str, bytes], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = archive(tmp_path / "evil.zip", members)
    inside = tmp_path / "inside"
    inside.mkdir()
    assert run("import", "agora", source, "--into", inside / "city")[0] == 1
    assert f"[{code}]" in capsys.readouterr().out
    assert [*inside.iterdir()] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.zip", "inside"]


def read_all(path: Path) -> None:
    bundle = Bundle(path)
    for name in bundle.sizes:
        bundle.read(name)


def test_bombs_links_torn_and_foreign_files_are_refused(tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(BundleError) as error:
            read_all(path)
        return error.value.code

    bomb = archive(
        tmp_path / "bomb.zip", {"files/content/media/a.png": bytes(5_000_000)}, compress=zipfile.ZIP_DEFLATED
    )
    assert refused(bomb) == "exchange-too-big"
    link = archive(tmp_path / "link.zip", {"files/content/media/a.png": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    assert refused(link) == "exchange-bad-member"
    torn = archive(tmp_path / "torn.zip", {"files/content/media/a.png": b"abcdefgh" * 99})
    torn.write_bytes(torn.read_bytes().replace(b"abcdefgh", b"abcdefgX", 1))
    assert refused(torn) == "exchange-damaged"
    foreign = tmp_path / "foreign.zip"
    foreign.write_bytes(b"PK\x03\x04 not at all")
    assert refused(foreign) == "exchange-not-a-zip"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / MANIFEST).write_bytes(GOOD[MANIFEST])
    (folder / CONTENT).symlink_to("/etc/passwd")
    assert refused(folder) == "exchange-bad-member"
