"""What staff type: `agora relay`, `agora inbox accept`, `agora verify inbox`, with a real program and real git."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cities import minimal_city
from inboxes import DAY, Inbox, contribution, git, inbox, sent

from agora_build.intake.journal import sha256_of

EPOCH = {"SOURCE_DATE_EPOCH": "1461153600"}  # the day of the tests


def agora(box: Inbox, *arguments: str) -> tuple[int, str]:
    """Run the program; give how it ended and all it printed."""
    command = [sys.executable, "-m", "agora_build", *arguments, "--city", str(box.city)]
    done = subprocess.run(command, env=os.environ | EPOCH, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_a_contribution_is_proposed_accepted_built_and_found(tmp_path: Path) -> None:
    entry = contribution("Un banc « face au fleuve ».")
    box = inbox(tmp_path, entry)
    code, said = agora(box, "relay", "--once")
    assert (code, "1 proposition faite" in said) == (0, True), said
    code, said = agora(box, "inbox", "accept", entry.id)
    assert code == 0, said
    page = box.city / "output/campagnes/les-quais/contributions" / entry.id / "index.html"
    assert str(page) in said
    assert "Un banc « face au fleuve »." in page.read_text("utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    assert git(box.city, "status", "--porcelain") == ""
    assert (box.city / entry.path).read_text("utf-8") == entry.content
    code, said = agora(box, "verify", "inbox")
    assert (code, "1 publié," in said) == (0, True), said
    code, said = agora(box, "inbox", "accept", entry.id, "--no-build")
    assert code == 0, said


def test_a_folder_with_changes_under_way_is_not_touched_but_for_the_new_file(tmp_path: Path) -> None:
    entry, other = contribution(), contribution("Un arbre.")
    box = inbox(tmp_path, entry, other)
    agora(box, "relay", "--once")
    mine = box.city / "content/pages/a-propos.md"
    mine.write_text(mine.read_text("utf-8") + "\nEn cours.\n", "utf-8")
    code, said = agora(box, "inbox", "accept", entry.id, "--no-build")
    assert (code, "le fichier y est écrit" in said) == (0, True), said
    assert (box.city / entry.path).read_text("utf-8") == entry.content
    git(box.city, "commit", "--quiet", "--all", "--message=Une page")
    code, said = agora(box, "inbox", "accept", other.id, "--no-build")
    assert (code, "à jour (git)" in said) == (0, True), said
    assert git(box.city, "status", "--porcelain") == ""
    assert "En cours." in mine.read_text("utf-8")
    assert (box.city / entry.path).exists()
    assert (box.city / other.path).exists()
    assert agora(box, "verify", "inbox")[0] == 0


def test_both_changing_the_same_lines_is_told_and_loses_nothing(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    agora(box, "relay", "--once")
    mine = box.city / "content/pages/a-propos.md"
    mine.write_text(mine.read_text("utf-8") + "\nEn cours.\n", "utf-8")
    agora(box, "inbox", "accept", entry.id, "--no-build")
    (box.city / entry.path).write_text(entry.content.replace("Un banc", "Deux bancs"), "utf-8")
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Autrement")
    code, said = agora(box, "relay", "--once")
    assert (code, entry.path in said) == (1, True), said
    pull = re.search(r"« git (pull [^»]+) »", said)
    assert pull, "what to type is said"
    with pytest.raises(subprocess.CalledProcessError):
        git(box.city, *pull[1].split())
    git(box.city, "checkout", "--ours", "--", entry.path)
    git(box.city, "commit", "--quiet", "--all", "--message=Ensemble")
    code, said = agora(box, "relay", "--once")
    assert code == 0, said
    assert "Deux bancs" in (box.repository.read("main", entry.path) or b"").decode()


def test_a_folder_on_another_branch_is_told_apart_from_one_with_changes(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    agora(box, "relay", "--once")
    git(box.city, "switch", "--quiet", "--create", "travail")
    code, said = agora(box, "inbox", "accept", entry.id, "--no-build")
    assert (code, "« travail »" in said, "changements en cours" in said) == (0, True, False), said
    git(box.city, "switch", "--quiet", "main")
    code, said = agora(box, "inbox", "accept", entry.id, "--no-build")
    assert (code, "à jour (git)" in said) == (0, True), said
    assert git(box.city, "status", "--porcelain") == ""


def test_what_the_city_took_back_of_its_history_stays_away(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    (box.city / "content/pages/a-effacer.md").write_text("---\ntitle: Une erreur\n---\nÀ ne pas publier.\n", "utf-8")
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Une erreur")
    agora(box, "relay", "--once")
    git(box.city, "reset", "--quiet", "--hard", "HEAD^")
    git(box.city, "commit", "--quiet", "--allow-empty", "--message=Autre chose")
    code, said = agora(box, "relay", "--once")
    assert code == 0, said
    assert box.repository.head() == git(box.city, "rev-parse", "HEAD")
    code, said = agora(box, "inbox", "accept", entry.id, "--no-build")
    assert (code, "à jour (git)" in said) == (0, True), said
    assert "Une erreur" not in git(box.city, "log", "--format=%s")


@pytest.mark.parametrize("cloned", [True, False])
def test_a_folder_without_git_is_served_too(tmp_path: Path, cloned: bool) -> None:  # noqa: FBT001
    entry = contribution()
    if cloned:  # a plain copy of a repository, on no branch
        box = inbox(tmp_path, entry)
        git(box.city, "checkout", "--quiet", "--detach")
        git(box.city, "branch", "--quiet", "-D", "main")
    else:
        box = Inbox(minimal_city(tmp_path))
        sent(box.journal, [entry])
    assert agora(box, "relay", "--once")[0] == 0
    code, said = agora(box, "inbox", "accept", entry.id)
    assert (code, "le fichier y est écrit" in said) == (0, True), said
    assert (box.city / entry.path).read_text("utf-8") == entry.content
    assert agora(box, "verify", "inbox")[0] == 0
    git(box.repository.path, "fsck", "--strict")


def test_a_campaign_may_ask_for_digests(tmp_path: Path) -> None:
    entries = [contribution(f"Numéro {rank}.") for rank in range(3)]
    box = inbox(tmp_path, *entries)
    campaign = box.city / "content/campaigns/les-quais/campaign.md"
    campaign.write_text(
        campaign.read_text("utf-8").replace("level: consult", "level: consult\nproposals: digest"), "utf-8"
    )
    git(box.city, "commit", "--quiet", "--all", "--message=Groupées")
    code, said = agora(box, "relay", "--once")
    assert (code, len(box.branches())) == (0, 1), said
    (digest,) = box.branches()
    code, said = agora(box, "inbox", "accept", digest, "--no-build")
    assert code == 0, said
    assert all((box.city / entry.path).read_text("utf-8") == entry.content for entry in entries)


def test_what_cannot_be_accepted_is_told(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    code, said = agora(box, "inbox", "accept", entry.id)
    assert (code, "relay --once" in said) == (1, True), said
    assert agora(box, "inbox", "accept", "20160420-nothere")[0] == 1


def test_a_second_relay_leaves_the_first_alone(tmp_path: Path) -> None:
    box = inbox(tmp_path, contribution())
    with box.journal.alone("relay") as alone:
        assert alone
        code, said = agora(box, "relay", "--once")
    assert (code, "Un autre relais" in said) == (0, True), said
    assert set(box.states().values()) == {"waiting"}


def test_a_relay_without_end_stops_when_asked(tmp_path: Path) -> None:
    box = inbox(tmp_path, contribution())
    command = [sys.executable, "-m", "agora_build", "relay", "--city", str(box.city)]
    with subprocess.Popen(command, env=os.environ | EPOCH, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert b"1 proposition" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "arrêté" in said.decode()


def test_every_disagreement_is_named_with_its_number(tmp_path: Path) -> None:
    entries = {
        name: contribution(f"Un banc, {name}.") for name in ("damaged", "gone", "refused", "other", "erased", "ok")
    }
    box = inbox(tmp_path, *entries.values())
    assert agora(box, "relay", "--once")[0] == 0
    agora(box, "inbox", "accept", entries["gone"].id, "--no-build")
    agora(box, "inbox", "accept", entries["erased"].id, "--no-build")
    git(box.city, "rm", "--quiet", entries["gone"].path)
    git(box.city, "commit", "--quiet", "--message=Retrait")
    box.journal.move(entries["damaged"].id, "proposed", "proposed", content="autre")
    box.journal.move(entries["refused"].id, "proposed", "refused")
    box.journal.move(entries["other"].id, "proposed", "proposed", content="autre", sha256=sha256_of("autre"))
    box.journal.erase(entries["erased"].id)
    code, said = agora(box, "verify", "inbox")
    assert code == 1
    for name, words in (
        ("damaged", "n’a plus l’empreinte"),
        ("gone", "n’est plus dans la branche"),
        ("refused", "sans motif"),
        ("refused", "encore proposé"),
        ("other", "ne porte pas le texte reçu"),
        ("erased", "est encore publié"),
    ):
        assert any(line.startswith(entries[name].id) and words in line for line in said.splitlines()), (name, said)
    assert entries["ok"].id not in said
    shutil.rmtree(box.repository.path)
    code, said = agora(box, "verify", "inbox")
    assert (code, "sa branche a disparu" in said) == (1, True), said
    assert DAY
