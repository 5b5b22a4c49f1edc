"""`agora new`: a valid file of each kind, with options or by questions; a mistake writes nothing."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml
from cities import MINIMAL
from typed import run

from agora_build.commands import new
from agora_build.content.schemas import schema_of
from agora_build.content.source import read_source
from agora_build.content.tree import found_at
from agora_build.content.validate import validated
from agora_build.starting.kinds import KINDS

NOW = ("--now", "2026-09-21")
MUSIC = MINIMAL / "content/campaigns/les-quais/episodes/premiere.mp3"
DEBATE = ("debate", "--title", "Les bancs", "--question", "Où ?", "--opens", "2026-10-05")
MAP = ("map", "--title", "La carte", "--layers-title", "Bancs", "--layers-question", "Où manque-t-il un banc ?")
QUESTION = ("question", "--to", "conseil-municipal", "--text", "Quand ?")
# What each kind is told, and what must be there before.
OPTIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "campaign": (("campaign", "--title", "Les quais", "--summary", "Deux phrases.", "--question", "Que faire ?"),),
    "debate": (DEBATE,),
    "timeline": (("timeline", "--steps-title", "Ouverture"),),
    "workshop": (("workshop", "--title", "Atelier", "--location-address", "1 rue du Port", "--host", "La Ville"),),
    "map": (MAP,),
    "resource": (("resource", "--title", "Le dossier"),),
    "kit": (("kit", "--title", "Chez soi", "--summary", "Tout pour débattre."),),
    "episode": (("episode", "--title", "La première", "--summary", "On y parle.", "--audio", "premiere.mp3"),),
    "contribution": (DEBATE, ("contribution", "--text", "Un banc, à l’ombre.")),
    "place": (MAP, ("place", "--title", "Ici", "--location-address", "2 rue du Port", "--text", "On attend debout.")),
    "question": (QUESTION,),
    "answer": (QUESTION, ("answer", "--name", "?", "--by", "conseil-municipal", "--text", "En mai.")),
    "decision": (("decision", "--title", "Des bancs", "--by", "conseil-municipal", "--summary", "Vingt bancs."),),
    "jury": (("jury", "--title", "Le jury", "--summary", "Quinze voisins.", "--mandate", "Dire où mettre les bancs."),),
    "moderation": (("moderation",),),
    "page": (("page", "--title", "La régie"),),
}


class AsEditors(yaml.SafeLoader):
    """Reads YAML as editors do, who know its version 1.2: a day and an hour are texts."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


AsEditors.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[0-9]+$"), list("0123456789"))
AsEditors.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


CAMPAIGN = ("campaign", "--title", "L’école, demain", "--summary", "Deux phrases.", "--question", "Que faire ?")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A fresh city with one campaign."""
    told = ("--name", "Villeneuve", "--url", "https://agora.villeneuve.example", "--email", "agora@villeneuve.example")
    assert run("init", str(tmp_path / "ville"), *told, "--no-forms", "--no-git", *NOW) == 0
    shutil.rmtree(tmp_path / "ville/content/campaigns/premiere-concertation")
    assert make(tmp_path / "ville", *CAMPAIGN) == 0
    return tmp_path / "ville"


def make(city: Path, *arguments: str) -> int:
    if arguments[0] == "episode":
        folder = city / "content/campaigns/l-ecole-demain/episodes"
        folder.mkdir(exist_ok=True)
        shutil.copy(MUSIC, folder)
    if "?" in arguments:
        (asked,) = (city / "content/campaigns/l-ecole-demain/questions").iterdir()
        arguments = tuple(asked.stem if word == "?" else word for word in arguments)
    return run("new", *arguments, "--city", str(city), *NOW)


def written(capsys: pytest.CaptureFixture[str]) -> Path:
    return Path(re.findall(r"Écrit : (.+)", capsys.readouterr().out)[-1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_made_with_options_is_right_as_it_is(
    kind: str, city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new, "on_terminal", lambda: False)
    for arguments in OPTIONS[kind]:
        assert make(city, *arguments) == 0, capsys.readouterr()
    path = written(capsys)
    assert run("check", str(city), *NOW) == 0, capsys.readouterr().out
    assert run("check", str(city), "--now", "2026-12-01") == 0, "right on the day it opens too"
    text = path.read_text("utf-8")
    model = KINDS[kind].model
    read = yaml.load(text.removeprefix("---\n").partition("\n---\n")[0], Loader=AsEditors)  # noqa: S506 - it is safe
    jsonschema.validate(read, schema_of(kind))
    missing = [name for name in model.model_fields if not re.search(rf"^(# )?{name}:", text, re.MULTILINE)]
    assert missing == [], "each key is taught, whether it is used or not"


@pytest.mark.parametrize("kind", KINDS)
def test_each_commented_key_shows_a_right_value(
    kind: str, city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taking the mark away is enough: what was a comment is what one may write."""
    monkeypatch.setattr(new, "on_terminal", lambda: False)
    for arguments in OPTIONS[kind]:
        assert make(city, *arguments) == 0
    path = written(capsys)
    used = re.sub(r"^( *)# ( *- |\s*)([a-z_]+:( |$)|\")", r"\1\2\3", path.read_text("utf-8"), flags=re.MULTILINE)
    found = found_at(path.relative_to(city).as_posix())
    assert found
    source = read_source(found.path, used.encode())
    assert source.problems == []
    assert set(source.data or {}) == set(found.model.model_fields)
    assert validated(found.model, source.data or {}, source)[1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_made_by_answering_is_the_same(
    kind: str, city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question takes the value that an option gave, or what is proposed when one types Enter."""
    *before, asked = OPTIONS[kind]
    monkeypatch.setattr(new, "on_terminal", lambda: False)
    for arguments in before:
        assert make(city, *arguments) == 0
    assert make(city, *asked) == 0
    first = written(capsys)
    text = first.read_text("utf-8")
    first.unlink()
    given = dict(zip(asked[1::2], asked[2::2], strict=True))
    monkeypatch.setattr(new, "on_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in answers(kind, given))))
    assert make(city, kind, *(("--name", given["--name"]) if kind == "answer" else ())) == 0, capsys.readouterr()
    path = written(capsys)
    assert run("check", str(city), *NOW) == 0, capsys.readouterr().out
    assert path.read_text("utf-8") == text


def answers(kind: str, given: dict[str, str]) -> list[str]:
    """Answer each question that is asked of a kind, in order."""
    asked = [key for key in KINDS[kind].asked if key not in KINDS[kind].when]
    lines = [given.get(new._option(key), "") for key in asked]
    return [*lines, ""] if KINDS[kind].named == "title" else lines


def test_a_wrong_answer_is_told_as_the_checks_do_and_asked_again(city: Path) -> None:
    """On a real terminal: the message of the checks, then the same question; the file has the right answer."""
    typed = ["Les bancs", "Où ?", "13/10/2026", "2026-10-13", "2026-01-01", "", "", ""]
    code, said = on_a_terminal(typed, "new", "debate", "--city", str(city), *NOW)
    assert code == 0, said
    assert "Ouverture (année-mois-jour, comme 2026-09-21) [2026-10-05] : " in said
    assert "« opens » n’est pas une date : « 13/10/2026 »" in said
    assert "2026-10-13" in said.partition("remède")[2], "and what was probably meant"
    assert said.count("Ouverture (") == 2
    assert said.count("Clôture (") == 2, "a day that exists, before the opening"
    assert "opens: 2026-10-13\n" in (city / "content/campaigns/l-ecole-demain/debates/les-bancs.md").read_text("utf-8")


def on_a_terminal(typed: list[str], *arguments: str) -> tuple[int, str]:
    """Run the program with a terminal in front, on which somebody types."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "agora_build", *arguments]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, close_fds=True) as process:
        os.close(its)
        os.write(ours, "".join(f"{line}\n" for line in typed).encode())
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            said += part
    os.close(ours)
    return process.returncode, said.decode().replace("\r\n", "\n").replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("opens", "closes", "proposed"), [("2026-10-05", "", "2026-10-05"), ("2026-09-01", "2026-09-10", "2026-09-10")]
)
def test_the_day_proposed_for_a_debate_is_one_of_its_campaign(
    opens: str, closes: str, proposed: str, city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = ("campaign", "--title", "Les quais", "--summary", "Deux.", "--question", "Que faire ?", "--opens", opens)
    assert make(city, *campaign, *(("--closes", closes) if closes else ())) == 0
    assert make(city, *DEBATE[:5], "--campaign", "les-quais") == 0, capsys.readouterr().out
    assert f"\nopens: {proposed}\n" in written(capsys).read_text("utf-8")


def test_a_number_that_nothing_has_is_told_before_the_rest_is_asked(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(city, *QUESTION) == 0
    number = written(capsys).stem
    assert make(city, "answer", "--name", f"{number}.md", "--by", "conseil-municipal", "--text", "En mai.") == 1
    assert f"vouliez-vous dire « {number}.md »" in capsys.readouterr().err
    code, said = on_a_terminal(["zzz", number, "", "", "En mai."], "new", "answer", "--city", str(city), *NOW)
    assert code == 0, said
    assert said.count("Numéro de la question") == 2
    assert (city / f"content/campaigns/l-ecole-demain/answers/{number}.md").is_file()


def test_how_a_value_is_written_is_said_once(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make(city, *OPTIONS["workshop"][0]) == 0
    (line,) = (line for line in written(capsys).read_text("utf-8").splitlines() if "Heure de début" in line)
    assert line.count("18:30") == 1


def test_what_a_campaign_has_but_once_is_to_be_opened_not_renamed(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(city, "moderation") == 0
    assert make(city, "moderation") == 2
    said = capsys.readouterr().err
    assert "ouvrez-le" in said
    assert "un autre nom" not in said


def test_a_wrong_option_writes_nothing(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make(city, *DEBATE, "--closes", "2026-10-01") == 1
    assert "closes" in capsys.readouterr().out
    assert not (city / "content/campaigns/l-ecole-demain/debates").exists()


def test_what_is_there_is_not_touched(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = city / "content/campaigns/l-ecole-demain/campaign.md"
    before = path.read_text("utf-8")
    assert make(city, *CAMPAIGN) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert path.read_text("utf-8") == before


@pytest.mark.parametrize("name", ["../dehors", "A", "a/b", "", "con_tour", "x" * 80])
def test_a_file_goes_nowhere_but_to_its_place(name: str, city: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert make(city, *DEBATE, "--name", name) in (0, 1, 2)
    beside = [path for path in tmp_path.rglob("*") if path not in before]
    assert all(path.parent.name == "debates" or path.name == "debates" for path in beside), beside


def test_a_title_in_other_letters_gives_a_name_too(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make(city, "debate", "--title", "أين المقاعد", "--question", "أين؟", "--opens", "2026-10-05") == 0
    assert written(capsys).name == "debate.md"


def test_what_is_missing_is_named_in_one_go(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make(city, "kit") == 2
    said = capsys.readouterr().err
    assert "--title (Titre du kit)" in said
    assert "--summary (À quoi il sert)" in said


@pytest.mark.parametrize(
    ("kind", "said"), [("debat", "essayez « debate »"), ("draw", "agora draw"), ("zzz", "il y a : campaign, debate")]
)
def test_a_kind_that_is_not_one_is_told(kind: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", kind) == 2
    assert said in capsys.readouterr().err
