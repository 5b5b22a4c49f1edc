"""The staff editor: its fields are those of the models; a save is one commit of that edit; nothing else is reached."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from cities import minimal_city
from hypothesis import given
from hypothesis import strategies as st
from repositories import commit, git, repository
from starlette.requests import Request
from starlette.responses import Response

from agora_build.build.checking import check
from agora_build.commands.serve_editor import clone_of
from agora_build.content.columns import inside
from agora_build.content.fields import Model
from agora_build.content.strict_yaml import read_yaml
from agora_build.content.tree import CAMPAIGN_FILES, KINDS, scan
from agora_build.editing import places, saving
from agora_build.editing.clone import Clone, RefusedError, opened
from agora_build.editing.desk import Desk
from agora_build.editing.merging import merged
from agora_build.editing.settings import SITE, settings
from agora_build.editing.shown import BODY, OWN, is_optional_table, is_table, same
from agora_build.editing.words import VALUES, word_for
from agora_build.problems import wording
from agora_build.serving.editor import Editor

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "scripts"))
import vendor_assets  # noqa: E402

CAMPAIGN = "content/campaigns/les-quais/campaign.md"
WORDS = wording("fr")
MODELS: dict[str, type[Model]] = {**KINDS, **{name.partition(".")[0]: it for name, it in CAMPAIGN_FILES.items()}}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = repository(tmp_path)
    for key, value in (("user.name", "Agent de la Ville"), ("user.email", "agent@ville.example")):
        git(folder, "config", key, value)
    return folder


@pytest.fixture
def desk(city: Path) -> Desk:
    return Desk(opened(city), WORDS, threading.Lock(), lambda *_: None)


def shown(desk: Desk, path: str) -> dict[str, Any]:
    return dict(json.loads(desk.answer("getEntry", {"path": path})["data"]))


def save(desk: Desk, path: str, sent: dict[str, Any], assets: tuple[dict[str, str], ...] = ()) -> None:
    files = [{"slug": "x", "path": path, "raw": json.dumps(sent)}]
    desk.answer("persistEntry", {"dataFiles": files, "assets": list(assets), "options": {"commitMessage": "Modifier"}})


def commits(city: Path) -> list[str]:
    return git(city, "log", "--format=%h", "--reverse").splitlines()


def lines(city: Path) -> list[str]:
    """Give the lines that the last commit took away and put in."""
    told = git(city, "show", "--unified=0", "--format=").splitlines()
    return [line for line in told if line[:1] in "+-" and not line.startswith(("+++", "---"))]


def refused(desk: Desk, action: str, params: dict[str, Any]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        desk.answer(action, params)
    return caught.value


# The fields.


def folders(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Give the fields of each kind of file, by the folder or the file it is in."""
    found = {}
    for collection in told["collections"]:
        for file in collection.get("files", ()):
            found[file["name"]] = file["fields"]
        if "folder" in collection:
            found[collection["folder"].rpartition("/")[2]] = collection["fields"]
    return found


def every(fields: list[dict[str, Any]], model: type[Model]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Pair each field of a model, at any depth, with the field of the editor."""
    by_name = {field["name"]: field for field in fields}
    assert [name for name in by_name if name not in OWN] == list(model.model_fields)
    for name, info in model.model_fields.items():
        yield info, by_name[name]
        inner, _, _ = inside(info.annotation, list(info.metadata))
        if is_table(inner):
            yield from every(by_name[name]["fields"], inner)


def test_every_kind_has_its_fields_and_each_that_is_needed_is_asked_for() -> None:
    kinds = folders(settings(ROOT, "les-groues", "http://localhost/", "/api", "main"))
    assert set(kinds) == set(MODELS)
    for name, fields in kinds.items():
        for info, field in every(fields, MODELS[name]):
            assert field["required"] == info.is_required(), (name, field)
            assert field["label"]
            assert info.description.startswith(field["label"])


def test_a_widget_writes_what_the_strict_yaml_takes() -> None:
    kinds = folders(settings(ROOT, "les-groues", "http://localhost/", "/api", "main"))
    fields = {(kind, field["name"]): field for kind, found in kinds.items() for field in found}
    assert fields["campaign", "opens"]["format"] == "YYYY-MM-DD"
    assert fields["workshops", "starts"]["format"] == "HH:mm"
    assert fields["debates", "budget"]["widget"] == "string"  # 40000.50 is written as it was typed
    assert (fields["workshops", "capacity"]["min"], fields["workshops", "capacity"]["max"]) == (1, 100_000)
    assert fields["campaign", "picture"]["max"] == 1
    assert fields["workshops", "kind"]["options"][0] == {"value": "workshop", "label": "atelier"}
    there = {file.stem for file in (ROOT / "content/campaigns/les-groues/debates").glob("*.md") if "." not in file.stem}
    assert {item["value"] for item in fields["workshops", "debate"]["options"]} == there
    assert {field["widget"] for (_, name), field in fields.items() if name == BODY} == {"text"}  # letter for letter


def test_the_site_has_its_pages_and_a_new_campaign() -> None:
    assert set(folders(settings(ROOT, SITE, "http://localhost/", "/api", "main"))) == {"pages", "campaigns"}


def choices(model: type[Model], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, info in model.model_fields.items():
        inner, _, _ = inside(info.annotation, list(info.metadata))
        if get_origin(inner) is Literal:
            yield from (((*above, name), value) for value in get_args(inner))
        elif is_table(inner):
            yield from choices(inner, (*above, name))


def test_each_value_that_one_chooses_has_a_word() -> None:
    found = [pair for model in MODELS.values() for pair in choices(model)]
    assert len(found) > 50
    assert [pair for pair in found if not {pair[1], f"{pair[0][-1]}.{pair[1]}"} & VALUES.keys()] == []
    assert word_for("communication", "purpose") == "faire savoir"


# What is kept.


def real_files() -> list[str]:
    return [it.path for it in scan(str(ROOT)).found if _is_edited(it.path)]


def _is_edited(path: str) -> bool:
    try:
        places.entry_at(ROOT, path)
    except RefusedError:
        return False
    return True


def test_each_real_file_opened_and_saved_is_the_same_to_the_letter() -> None:
    paths = real_files()
    assert len(paths) > 150
    for path in paths:
        raw, found = (ROOT / path).read_bytes(), places.entry_at(ROOT, path)
        sent = json.loads(saving.opened(found, raw, "base"))
        assert saving.saved(found, sent, raw) == raw, path
        for info in found.model.model_fields:  # what Decap adds by itself, of fields that nobody touched
            if info not in sent:
                sent[info] = found.model.model_fields[info].default if not is_optional(found.model, info) else []
        sent = {key: value for key, value in sent.items() if isinstance(value, str | int | float | list | dict)}
        assert saving.saved(found, sent, raw) == raw, path


def is_optional(model: type[Model], name: str) -> bool:
    return is_optional_table(model.model_fields[name])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blank_lines_and_the_ends_of_lines_stay(end: str) -> None:
    raw = end.join(("---", "title: A", "", "# fin", "---", "", "", "Un.", "", "", "")).encode()
    found = places.entry_at(ROOT, "content/pages/essai.md")
    sent = json.loads(saving.opened(found, raw, ""))
    assert sent[BODY] == "Un."
    assert saving.saved(found, sent, raw) == raw
    assert saving.saved(found, {**sent, "title": "B"}, raw) == raw.replace(b": A", b": B")
    assert saving.saved(found, {**sent, BODY: "Deux."}, raw).startswith(raw[: raw.index(b"Un.")])


def test_a_save_is_one_commit_of_the_line_that_changed(city: Path, desk: Desk) -> None:
    before, sent = commits(city), shown(desk, CAMPAIGN)
    save(desk, CAMPAIGN, {**sent, "title": "Les quais, autrement"})
    assert len(commits(city)) == len(before) + 1
    assert lines(city)[1:] == ["+title: Les quais, autrement"]
    assert len(lines(city)) == 2
    assert git(city, "log", "-1", "--format=%an <%ae>") == "Agent de la Ville <agent@ville.example>"
    assert git(city, "show", "--name-only", "--format=") == CAMPAIGN
    assert git(city, "status", "--porcelain") == ""


def test_nothing_is_committed_when_nothing_changed(city: Path, desk: Desk) -> None:
    before = commits(city)
    save(desk, CAMPAIGN, shown(desk, CAMPAIGN))
    assert commits(city) == before


def test_one_goes_on_from_what_one_saved(city: Path, desk: Desk) -> None:
    """Decap sends the same file again, as it was first opened, with what was changed since."""
    sent = shown(desk, CAMPAIGN)
    for title in ("Un", "Deux", str(sent["title"])):
        save(desk, CAMPAIGN, {**sent, "title": title})
    assert len(commits(city)) == 4
    assert shown(desk, CAMPAIGN)["title"] == sent["title"]


def test_what_is_staged_besides_stays_out_of_the_commit(city: Path, desk: Desk) -> None:
    (city / "note.txt").write_text("à part")
    git(city, "add", "note.txt")
    save(desk, CAMPAIGN, {**shown(desk, CAMPAIGN), "title": "Autre"})
    assert git(city, "show", "--name-only", "--format=") == CAMPAIGN
    assert git(city, "status", "--porcelain") == "A  note.txt"


def test_what_another_changed_since_is_not_written_over(desk: Desk) -> None:
    sent = shown(desk, CAMPAIGN)
    save(desk, CAMPAIGN, {**shown(desk, CAMPAIGN), "title": "Première"})
    with pytest.raises(RefusedError, match="editor-changed"):
        save(desk, CAMPAIGN, {**sent, "title": "Seconde"})
    assert shown(desk, CAMPAIGN)["title"] == "Première"


def test_a_file_that_another_program_is_changing_is_left_alone(city: Path, desk: Desk) -> None:
    file = city / CAMPAIGN
    file.write_text(file.read_text("utf-8") + "\nEn cours.\n", "utf-8")
    sent = shown(desk, CAMPAIGN)
    with pytest.raises(RefusedError, match="editor-not-committed"):
        save(desk, CAMPAIGN, {**sent, "title": "Autre"})
    assert "En cours." in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "title"),
        ({"opens": "2016-13-45"}, "opens"),
        ({"level": "sometimes"}, "level"),
        ({"quarters": ["nowhere"]}, "nowhere"),
        ({"unheard": "of"}, "unheard"),
        ({BODY: "[là](debates/nulle-part.md)"}, "nulle-part"),
    ],
)
def test_what_the_models_refuse_is_refused_with_its_field(
    city: Path, desk: Desk, changed: dict[str, Any], said: str
) -> None:
    before, raw = commits(city), (city / CAMPAIGN).read_bytes()
    with pytest.raises(RefusedError) as caught:
        save(desk, CAMPAIGN, {**shown(desk, CAMPAIGN), **changed})
    assert caught.value.name == "editor-refused"
    assert said in caught.value.values["problems"]
    assert (commits(city), (city / CAMPAIGN).read_bytes()) == (before, raw)
    assert git(city, "status", "--porcelain") == ""


def test_a_new_file_has_what_was_written_and_nothing_by_itself(city: Path, desk: Desk) -> None:
    path = "content/campaigns/les-quais/workshops/reunion-publique.md"
    sent = {
        "title": "Réunion publique", "kind": "public-hearing", "status": "held", "date": "2016-04-02",
        "attendance": 12, "starts": "18:30", "end_date": "", "host": "La Ville : vie citoyenne", BODY: "Venez.",
        "location": {"name": "Halle", "address": "1, quai de Seine", "lat": ""}, "minutes": "Un\n\nDeux",
        "illustrative": False, "draft": False,
    }  # fmt: skip
    save(desk, path, sent)
    assert (city / path).read_text("utf-8") == (
        "---\ntitle: Réunion publique\nkind: public-hearing\nstatus: held\ndate: 2016-04-02\nstarts: 18:30\n"
        'location:\n  name: Halle\n  address: 1, quai de Seine\nhost: "La Ville : vie citoyenne"\n'
        "attendance: 12\nminutes: |\n  Un\n\n  Deux\n---\nVenez.\n"
    )  # fmt: skip
    assert check(str(city), None).problems == []
    assert git(city, "show", "--name-only", "--format=") == path


def test_the_words_of_an_inhabitant_stay_as_they_are(desk: Desk) -> None:
    path = "content/campaigns/les-quais/contributions/20160312-k7m2q9xw.md"
    with pytest.raises(RefusedError, match="editor-verbatim"):
        save(desk, path, {**shown(desk, path), BODY: "Autre chose."})
    assert refused(desk, "deleteFiles", {"paths": [path]}).name == "editor-not-removed"


def test_a_new_contribution_gets_an_id_and_is_found_again_under_its_first_name(city: Path, desk: Desk) -> None:
    first = "content/campaigns/les-quais/contributions/2016-03-20.md"
    sent = {"debate": "usages", "date": "2016-03-20", "voice": "individual", "channel": "paper", BODY: "Un banc."}
    save(desk, first, sent)
    (made,) = git(city, "show", "--name-only", "--format=").splitlines()
    assert made != first
    again = shown(desk, first)
    save(desk, first, {**again, "title": "Un banc"})
    assert git(city, "show", "--name-only", "--format=") == made
    assert check(str(city), None).problems == []


def test_what_was_wrong_elsewhere_before_is_not_held_against_an_edit(city: Path, desk: Desk) -> None:
    (city / "content/pages/fausse.md").write_text("---\ntitel: X\n---\n")
    commit(city, "Une faute")
    save(desk, CAMPAIGN, {**shown(desk, CAMPAIGN), "title": "Autre"})
    assert git(city, "show", "--name-only", "--format=") == CAMPAIGN
    before = commits(city)
    debate = "content/campaigns/les-quais/debates/usages.md"
    assert "usages" in refused(desk, "deleteFiles", {"paths": [debate], "options": {}}).values["problems"]
    assert (commits(city), git(city, "status", "--porcelain")) == (before, "")


def test_a_reply_takes_the_name_of_what_it_answers_once(city: Path, desk: Desk) -> None:
    folder, name = "content/campaigns/les-quais/answers", "20160405-aaaabbbb"
    sent = {"agora_id": name, "by": "conseil-municipal", "date": "2016-04-10", BODY: "Oui."}
    save(desk, f"{folder}/{name}.md", sent)
    assert git(city, "show", "--name-only", "--format=") == f"{folder}/{name}.md"
    assert shown(desk, f"{folder}/{name}.md")["agora_id"] == name
    with pytest.raises(RefusedError, match="editor-answered"):
        save(desk, f"{folder}/{name}-1.md", sent)  # the name that Decap gives when there is one


def test_what_is_not_begun_is_empty_and_a_new_campaign_is_free(desk: Desk) -> None:
    """Decap looks whether a new campaign's name is taken; and opens a map that nobody drew yet."""
    assert desk.answer("getEntry", {"path": "content/campaigns/nouvelle/campaign.md"})["data"] is None
    assert desk.answer("getEntry", {"path": "content/campaigns/nouvelle/map.yml"})["data"] == "{}"


def test_what_others_rely_on_is_not_removed(city: Path, desk: Desk) -> None:
    before = commits(city)
    caught = refused(desk, "deleteFiles", {"paths": ["content/campaigns/les-quais/debates/usages.md"]})
    assert caught.name == "editor-refused"
    assert commits(city) == before
    assert check(str(city), None).problems == []


def test_a_file_that_is_removed_is_one_commit(city: Path, desk: Desk) -> None:
    path = "content/pages/de-trop.md"
    save(desk, path, {"title": "De trop", BODY: "Rien."})
    desk.answer("deleteFiles", {"paths": [path], "options": {}})
    assert git(city, "show", "--name-status", "--format=") == f"D\t{path}"


def test_a_picture_goes_with_the_text_that_names_it(city: Path, desk: Desk) -> None:
    asset = {"path": "content/campaigns/les-quais/media/plan.svg", "encoding": "base64", "content": "PHN2Zy8+"}
    sent = {**shown(desk, CAMPAIGN), "picture": [{"file": "media/plan.svg", "alt": "Un plan"}]}
    save(desk, CAMPAIGN, sent, (asset,))
    assert git(city, "show", "--name-only", "--format=").splitlines() == [CAMPAIGN, asset["path"]]


def test_the_files_of_a_folder_are_listed_without_the_heavy_ones_bytes(
    city: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = "content/campaigns/les-quais/episodes"
    (city / folder / "note.txt").write_text("court")
    monkeypatch.setattr("agora_build.editing.desk._SMALL", 100)
    told = {file["name"]: file["content"] for file in desk.answer("getMedia", {"mediaFolder": folder})}
    assert told["note.txt"] == "Y291cnQ="
    assert [content for name, content in told.items() if name.endswith(".mp3")] == [""]
    assert desk.answer("getMedia", {"mediaFolder": "content/campaigns/les-quais/absent"}) == []


# Only what changed.


TEACHING = """\
# La concertation
title: "Les quais"   # le nom
summary: >
  Deux phrases
  sur trois lignes.

# quand
opens: '2016-03-01'
closes:
quarters: [ parc-nord,  parc-sud ]
contacts:
- office: Mission   # d'abord
  email: a@b.example

- {office: Mairie, hours: "9 h"}
rules:
    announced: 2016-02-01
    who: tous
"""


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (("title",), "Les bords", ['title: "Les quais"   # le nom'], ['title: "Les bords"   # le nom']),
        (("opens",), "2016-03-02", ["opens: '2016-03-01'"], ['opens: "2016-03-02"']),
        (("closes",), "2016-05-01", ["closes:"], ["closes: 2016-05-01"]),
        (("quarters",), ["parc-sud"], ["quarters: [ parc-nord,  parc-sud ]"], ["quarters: [parc-sud]"]),
        (("rules", "who"), "toutes", ["    who: tous"], ["    who: toutes"]),
        (("rules", "use"), "lues", [], ["    use: lues"]),
        (("contacts", 0, "office"), "Mission : B", ["- office: Mission   # d'abord"],
         ['- office: "Mission : B"   # d\'abord']),
        (("contacts", 1, "hours"), "10 h", ['- {office: Mairie, hours: "9 h"}'], ["- {office: Mairie, hours: 10 h}"]),
        (("question",), "Où ?", [], ["question: Où ?"]),
    ],
)  # fmt: skip
def test_an_edit_touches_its_line_alone(path: tuple[Any, ...], value: Any, gone: list[str], come: list[str]) -> None:
    wanted: Any = read_yaml(TEACHING).data
    inner = wanted
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    after = merged(TEACHING, wanted, ("title", "summary", "question", "opens", "closes"))
    old, new = TEACHING.splitlines(), after.splitlines()
    assert [line for line in old if line not in new] == gone
    assert [line for line in new if line not in old] == come


def test_an_item_comes_and_goes_without_touching_the_others() -> None:
    wanted: Any = read_yaml(TEACHING).data
    wanted["contacts"].insert(1, {"office": "Accueil", "hours": "midi"})
    after = merged(TEACHING, wanted, ())
    assert "- office: Accueil\n  hours: midi\n" in after
    assert merged(after, read_yaml(TEACHING).data, ()) == TEACHING  # type: ignore[arg-type]


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn")), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and "\ufeff" not in text
)
LONG = st.lists(TEXT, min_size=1, max_size=3).map("\n".join)
LEAF = st.one_of(TEXT, LONG, st.lists(TEXT, min_size=1, max_size=3))
TABLE = st.dictionaries(st.sampled_from("abcdef"), LEAF, min_size=1, max_size=4)
VALUE = st.one_of(LEAF, TABLE, st.lists(TABLE, min_size=1, max_size=3))
WHOLE = st.dictionaries(st.sampled_from(["title", "opens", "rules", "steps", "more"]), VALUE, min_size=1)


@given(WHOLE, WHOLE, st.integers(0, 2**32))
def test_whatever_is_written_becomes_what_is_wanted_and_what_is_the_same_stays(
    old: dict[str, Any], new: dict[str, Any], kept: int
) -> None:
    """Comments between keys are kept too, as long as the key before them is."""
    new |= {key: value for rank, (key, value) in enumerate(old.items()) if kept >> rank & 1}
    text = "".join(merged("", {key: value}, ()) + f"# après {key}\n" for key, value in old.items())
    after = merged(text, new, ("title", "opens"))
    assert same(read_yaml(after).data, new)
    for key, value in old.items():
        if new.get(key) == value:
            assert merged("", {key: value}, ()) in after
        assert f"# après {key}\n" in after


# Who may ask, and for what.


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Desk]:
    """A city in which nothing is ever written, since all is refused."""
    folder = repository(tmp_path_factory.mktemp("still"))
    return folder, Desk(Clone(folder), WORDS, threading.Lock(), lambda *_: None)


@pytest.mark.parametrize(
    "path",
    [
        "agora.toml", "../agora.toml", "content/../agora.toml", "/etc/passwd", "content//pages/a.md", "content/./a.md",
        "content/pages/../../agora.toml", "content/.git/config", ".git/config", "content\\pages\\a.md",
        "content/pages/a\0.md",
        "content/pages/a\n.md", "content", "", "content/pages/.cache.md", "CONTENT/pages/a.md", "content/pages/a.html",
        "content/campaigns/les-quais/votes/usages/ballots.csv", "content/campaigns/les-quais/batches/1.yml",
        "content/pages/a-propos.en.md", "themes/agora/static/js/a.js", None, 3, ["content"],
        f"content/pages/{'a' * 400}.md",
    ],
)  # fmt: skip
def test_nothing_but_content_that_people_write_is_reached(still: tuple[Path, Desk], path: Any) -> None:
    city, desk = still
    state = git(city, "rev-parse", "HEAD")
    for action, params in (
        ("getEntry", {"path": path}),
        ("persistEntry", {"dataFiles": [{"path": path, "raw": '{"title": "x"}'}], "options": {"commitMessage": "x"}}),
        ("deleteFiles", {"paths": [path], "options": {}}),
        ("persistMedia", {"asset": {"path": path, "content": ""}, "options": {"commitMessage": "x"}}),
        ("getMediaFile", {"path": path}),
    ):
        refused(desk, action, params)
    assert (git(city, "rev-parse", "HEAD"), git(city, "status", "--porcelain")) == (state, "")


def test_a_link_leads_nowhere(city: Path, desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("---\ntitle: Secret\n---\n")
    (city / "content/pages/lien.md").symlink_to(outside / "secret.md")
    (city / "content/campaigns/lien").symlink_to(outside)
    for path in ("content/pages/lien.md", "content/campaigns/lien/secret.md", "content/campaigns/lien/campaign.md"):
        assert refused(desk, "getEntry", {"path": path}).name == "editor-not-here"
    told = desk.answer("entriesByFolder", {"folder": "content/pages", "depth": 1})
    assert "Secret" not in json.dumps(told)


def test_a_folder_of_content_that_is_a_link_is_not_followed(city: Path, tmp_path: Path, desk: Desk) -> None:
    (city / "content").rename(tmp_path / "elsewhere")
    (city / "content").symlink_to(tmp_path / "elsewhere")
    assert refused(desk, "getEntry", {"path": CAMPAIGN}).name == "editor-not-here"


@pytest.mark.parametrize(
    ("action", "params"),
    [("push", {}), ("persistEntry", {}), ("persistEntry", {"dataFiles": [{"path": CAMPAIGN, "raw": "[]"}]}),
     ("persistEntry", {"dataFiles": [{"path": CAMPAIGN, "raw": "{"}]}), ("entriesByFolder", {"folder": "content"}),
     ("getEntry", []), ("", {}), ("persistMedia", {"asset": 3})],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(still: tuple[Path, Desk], action: Any, params: Any) -> None:
    assert refused(still[1], action, params).name in ("editor-unknown", "editor-not-here")


HERE = {"host": "localhost:8000", "origin": "http://localhost:8000", "content-type": "application/json"}


def ask(still: tuple[Path, Desk], path: str, body: bytes | None = None, **headers: str) -> Response:
    """Ask the editor for an address, or send something to it; a header '' is not sent."""
    sent = {**HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": "GET" if body is None else "POST", "path": f"/_agora/editor/{path}",
        "query_string": b"", "headers": [(name.encode(), value.encode()) for name, value in sent.items() if value],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    editor = Editor(still[0], still[1], "main", WORDS)
    return asyncio.run(editor.answer(Request(scope, receive)))


INFO = b'{"action": "info", "params": {}}'


@pytest.mark.parametrize(
    "headers",
    [{"origin": ""}, {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://localhost:9000"},
     {"origin": "https://localhost:8000"}, {"content_type": "text/plain"}, {"content_type": ""}],
)  # fmt: skip
def test_another_page_writes_nothing(still: tuple[Path, Desk], headers: dict[str, str]) -> None:
    assert ask(still, "api", INFO).status_code == 200
    assert ask(still, "api", INFO, **headers).status_code == 403


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b'{"action": "push"}', 422), (b"", 400)])
def test_a_call_that_makes_no_sense_has_an_answer(still: tuple[Path, Desk], body: bytes, status: int) -> None:
    answer = ask(still, "api", body)
    assert answer.status_code == status
    assert "error" in json.loads(bytes(answer.body))


def test_too_much_is_not_read(still: tuple[Path, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agora_build.serving.editor._MOST", 10)
    assert ask(still, "api", INFO).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 200), ("site/", 200), ("campaign/les-quais/", 200), ("campaign/les-quais", 301), ("campaign/nowhere/", 404),
     ("campaign/../les-quais/", 404), ("campaign/les-quais/config.json", 200), ("campaign/les-quais/agora.toml", 404),
     ("../../agora.toml", 404), ("campaign/", 404), ("decap-cms.js", 200)],
)  # fmt: skip
def test_it_has_its_pages_alone(still: tuple[Path, Desk], path: str, status: int) -> None:
    answer = ask(still, path)
    assert answer.status_code == status
    page = answer.headers.get("content-type", "").startswith("text/html")
    assert ("content-security-policy" in answer.headers) == page


def test_its_program_is_outside_of_all_themes_so_that_no_site_has_it() -> None:
    kept = [target for target, source in vendor_assets.COPIES.items() if source.startswith("decap-cms/")]
    assert kept
    assert not any(target.is_relative_to(ROOT / "themes") for target in kept)


# When it does not start.


def test_work_under_way_keeps_the_editor_closed(city: Path) -> None:
    (city / "content/pages/nouvelle.md").write_text("---\ntitle: X\n---\n")
    with pytest.raises(RefusedError, match="editor-not-clean") as caught:
        opened(city)
    assert caught.value.values["files"] == "content/pages/nouvelle.md"


def test_a_preview_under_way_is_no_work_under_way(city: Path) -> None:
    (city / ".gitignore").unlink()
    commit(city, "Sans liste")
    (city / ".agora").mkdir()
    (city / ".agora/x").write_text("x")
    assert opened(city) == Clone(city)


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Ouvrez l’éditeur dans un clone"), ("en", "Open the editor in a git clone")]
)
def test_a_folder_that_is_no_clone_is_told_in_the_language_of_the_city(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    city = minimal_city(tmp_path)
    file = city / "agora.toml"
    told = re.sub(r"(?m)^language = .*\n", "", file.read_text("utf-8"))
    file.write_text(told.replace("[city]\n", f'[city]\nlanguage = "{language}"\n'), "utf-8")
    with pytest.raises(SystemExit) as ended:
        clone_of(city)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_who_saves_must_have_a_name(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(city, "config", "--unset", "user.email")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(RefusedError, match="editor-no-author"):
        opened(city)


def test_a_commit_nowhere_is_not_begun(city: Path) -> None:
    git(city, "checkout", "--quiet", "--detach")
    with pytest.raises(RefusedError, match="editor-no-branch"):
        opened(city)


def test_each_refusal_has_its_sentence_in_both_languages() -> None:
    source = "".join(file.read_text("utf-8") for file in (ROOT / "agora_build/editing").glob("*.py"))
    names = {part.split('"')[0] for part in source.split('RefusedError("')[1:]}
    assert len(names) > 10
    for words in (wording("fr"), wording("en")):
        assert all(words.label(name) for name in names)
