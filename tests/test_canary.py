"""One person in a thousand asks to be forgotten: then every byte that Agora keeps is searched for what they wrote.

What git's history keeps of a text that was published is said, not hidden: the test finds it there, and there alone,
until the history is written again.
"""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from agora_build import pipeline
from agora_build.cli import main
from agora_build.intake.journal import Contact, Sent, sha256_of
from tests.inboxes import DAY, Inbox, contribution, inbox

TEXT, NAME, EMAIL = "Ma serinette est canarie au troisième", "Zéphyrine Canaribus", "zephyrine.canaribus@example.org"
CANARIES = tuple(said.encode() for said in (TEXT, "Canaribus", "serinette", EMAIL))
MANY = 40  # in `make test`; a thousand in `make soak`


def run(box: Inbox, *arguments: str) -> str:
    noon = int(datetime.datetime.combine(DAY, datetime.time(12), datetime.UTC).timestamp())
    done = CliRunner(env={"SOURCE_DATE_EPOCH": str(noon)}).invoke(main, [*arguments, "--city", os.fspath(box.city)])
    assert done.exit_code == 0, done.output
    return done.output


def crowd(tmp_path: Path, many: int) -> tuple[Inbox, str]:
    """Make a city where many wait, and one of them, the middle one, will ask to be forgotten."""
    box = inbox(tmp_path)
    until = DAY + datetime.timedelta(days=30)
    sent = []
    for number in range(many):
        one = contribution(f"Le banc numéro {number} face au fleuve.\n\n" + "Il y fait bon. " * (number % 90))
        sent.append(Sent(one.id, one, Contact(f"personne.{number}@example.org", until)))
    name = sent[many // 2].entry.id
    person = contribution(f"{TEXT}.\n" * 190, name)  # several pages of the database
    content = person.content.replace("channel: web\n", f"channel: web\nname: {NAME}\n")
    sent[many // 2] = Sent(name, replace(person, content=content, sha256=sha256_of(content)), Contact(EMAIL, until))
    box.journal.accept(sent)
    return box, name


def places(box: Inbox) -> Iterator[str]:
    """Give every place where a canary sings: files, beside the city too, and git objects, unpacked."""
    for folder in (box.city, box.city.parent):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and any(said in path.read_bytes() for said in CANARIES):
                yield str(path.relative_to(box.city.parent))
    for repository in (box.city / ".git", box.city / ".agora/intake/forge.git"):
        if not repository.exists():
            continue
        command = ["git", f"--git-dir={repository}", "cat-file", "--batch", "--batch-all-objects", "--unordered"]
        objects = subprocess.run(command, capture_output=True, check=True).stdout
        if any(said in objects for said in CANARIES):
            yield f"objects of {repository.relative_to(box.city)}"


@pytest.mark.parametrize("state", ["waiting", "proposed", "refused"])
def test_what_was_never_published_is_nowhere(state: str, tmp_path: Path) -> None:
    box, name = crowd(tmp_path, MANY)
    if state != "waiting":
        box.relay()
    if state == "refused":
        (box.city / "content/campaigns/les-quais/moderation.yml").write_text(
            "reasons:\n  - {id: injure, title: Injure, text: Non.}\n", "utf-8"
        )
        subprocess.run(["git", "add", "-A"], cwd=box.city, check=True)
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "Politique"],
            cwd=box.city, check=True,
        )  # fmt: skip
        run(box, "inbox", "refuse", name, "--reason", "injure", "--message", f"Non, {NAME}.", "--no-build")
    assert list(places(box)), "it is there before"
    run(box, "inbox", "erase", name, "--no-build")
    assert list(places(box)) == []
    assert len(list(box.journal.entries("waiting" if state == "waiting" else "proposed"))) == MANY - 1


@pytest.mark.parametrize("many", [MANY, pytest.param(1000, marks=pytest.mark.slow)])
def test_what_was_published_is_in_the_history_of_git_alone(many: int, tmp_path: Path) -> None:
    box, name = crowd(tmp_path, many)
    box.relay()
    output = box.city / "output"
    assert not pipeline.build(pipeline.Order(os.fspath(box.city), output, DAY)).problems
    run(box, "inbox", "accept", name)
    report = pipeline.build(pipeline.Order(os.fspath(box.city), output, DAY))
    assert not report.problems
    before = list(places(box))
    assert any(place.startswith("city/output/") for place in before)
    assert any("cache.sqlite" in place for place in before)
    assert "historique" in run(box, "inbox", "erase", name)
    assert "Effacé" in (output / f"campagnes/les-quais/contributions/{name}/index.html").read_text("utf-8")
    assert sorted(places(box)) == ["objects of .agora/intake/forge.git", "objects of .git"]
