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

import psycopg
import pytest
from click.testing import CliRunner

from agora_build import pipeline
from agora_build.cli import main
from agora_build.intake.journal import Contact, Sent, sha256_of
from agora_build.intake.store import Journal
from tests.inboxes import DAY, Inbox, contribution, git, inbox
from tests.postgres import cluster

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
    before = list(places(box))
    assert any(place.startswith("city/output/") for place in before)
    assert any("cache.sqlite" in place for place in before)
    assert "historique" in run(box, "inbox", "erase", name)
    assert "Effacé" in (output / f"campagnes/les-quais/contributions/{name}/index.html").read_text("utf-8")
    assert sorted(places(box)) == ["objects of .agora/intake/forge.git", "objects of .git"]


def test_the_history_can_be_written_again(tmp_path: Path) -> None:
    """Nothing is left then, the folder where somebody works is untouched, and all that was decided still holds."""
    box, name = crowd(tmp_path, 4)
    box.relay()
    others = [entry.id for entry in box.journal.entries("proposed") if entry.id != name]
    for each in (name, others[0]):
        run(box, "inbox", "accept", each, "--no-build")
    page = box.city / "content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8") + "\nUn brouillon.\n", "utf-8")
    before = git(box.city, "log", "--format=%s %an %ad", "main")
    said = run(box, "inbox", "erase", name, "--rewrite-history", "--no-build")
    assert "Historique réécrit" in said
    git(box.city, "fsck", "--strict")
    assert list(places(box)) == []
    assert before.splitlines()[-1] in git(box.city, "log", "--format=%s %an %ad", "main")
    waiting = git(box.city, "status", "--porcelain", "--untracked-files=no")
    assert "a-propos.md" in waiting
    assert name not in waiting, "the checkout's own history has the tombstone"
    assert "Un brouillon." in page.read_text("utf-8")
    assert box.states() == {name: "erased", others[0]: "merged", others[1]: "proposed", others[2]: "proposed"}
    box.relay()
    assert box.states()[others[1]] == "proposed"
    run(box, "inbox", "accept", others[1], "--no-build")
    assert (box.city / f"content/campaigns/les-quais/contributions/{others[0]}.md").exists()


def test_postgresql_forgets_too(tmp_path: Path) -> None:
    """Its tables are searched, byte for byte; its log is a matter of backups, which the documentation speaks of."""
    with cluster() as address:
        box, name = crowd(tmp_path, 12)
        journal = Journal(address)
        for entry in box.journal.entries():
            contact = Contact(EMAIL, DAY) if entry.id == name else None
            journal.accept([Sent(entry.id, entry, contact)])
        toml = box.city / "agora.toml"
        toml.write_text(f'{toml.read_text("utf-8")}\n[intake]\nstore = "{address}"\n', "utf-8")
        git(box.city, "commit", "--all", "--quiet", "--message=PostgreSQL")
        tables = Path(address.partition("host=")[2]) / "data/base"
        checkpoint(address)
        assert sings(tables)
        assert name in run(box, "inbox", "list")
        run(box, "inbox", "erase", name, "--no-build")
        checkpoint(address)
        assert not sings(tables)
        assert name in run(box, "inbox", "list", "--state", "erased")
        journal.close()


def checkpoint(address: str) -> None:
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def sings(folder: Path) -> bool:
    files = (path for path in folder.rglob("*") if path.is_file())
    return any(said in path.read_bytes() for path in files for said in CANARIES)
