"""What staff do at the inbox: see without being fooled, refuse with a reason, erase everywhere, forget in time."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agora_build.cli import main
from agora_build.config import Intake
from agora_build.content.config_file import read_config
from agora_build.content.hints import hints
from agora_build.content.models import Reason
from agora_build.intake import settling
from agora_build.intake.accept import accept
from agora_build.intake.journal import Contact, Sent
from agora_build.intake.local import LocalForge
from agora_build.intake.moderation import shown, with_line
from agora_build.intake.pages import Pages
from agora_build.intake.proposal import UnfitError
from agora_build.intake.standing import standing_of
from agora_build.rendering.theme import Frame, Theme, theme_folders
from agora_build.urls import Urls
from tests.inboxes import DAY, Inbox, contribution, git, inbox

LOG = """# Notre politique.
reasons:
  - id: injure
    title: Injure
    text: Dites-le sans viser quelqu’un.
withdrawn:  # par date
- id: 20160401-gnebxw22
  date: 2016-04-02
  reason: Le texte nommait un voisin.

# fin
"""
NOBODY = "n0b0dy"


def run(box: Inbox, *arguments: str) -> Result:
    """Run `agora inbox` in a city, on its day."""
    noon = int(datetime.datetime.combine(DAY, datetime.time(12), datetime.UTC).timestamp())
    runner = CliRunner(env={"SOURCE_DATE_EPOCH": str(noon)})
    return runner.invoke(main, ["inbox", *arguments, "--city", os.fspath(box.city)], catch_exceptions=False)


def written(tmp_path: Path, *texts: str, log: str = LOG) -> tuple[Inbox, list[str]]:
    """Make a city with a policy, where these texts wait."""
    entries = [contribution(text) for text in texts]
    box = inbox(tmp_path)
    (box.city / "content/campaigns/les-quais/moderation.yml").write_text(log, "utf-8")
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Politique")
    contact = Contact("canari@example.org", DAY + datetime.timedelta(days=30))
    box.journal.accept([Sent(entry.id, entry, contact) for entry in entries])
    return box, [entry.id for entry in entries]


def published_log(box: Inbox) -> str:
    return (box.repository.read("main", "content/campaigns/les-quais/moderation.yml") or b"").decode()


def test_a_text_cannot_take_hold_of_the_screen_of_who_reads_it(tmp_path: Path) -> None:
    evil = "Bonjour \x1b]0;pwn\x07\x1b[2J\u202egnp.exe\u2066 \r\n \u009b31m suite"
    box, (name,) = written(tmp_path, evil.replace("\r\n", " "))
    for output in (run(box, "list").output, run(box, "show", name).output, run(box, "list", "--format", "json").output):
        assert not any(ord(sign) < 32 and sign != "\n" for sign in output)
        assert not any(sign in output for sign in "\x9b\x1b\u202e\u2066")
        assert "Bonjour" in output
    assert r"\u202e" in run(box, "show", name).output


def test_the_list_is_sorted_by_state_and_read_by_machines(tmp_path: Path) -> None:
    box, (first, second) = written(tmp_path, "Un premier banc.", "Un second " + "banc " * 40)
    box.relay()
    assert "À examiner (2)" in run(box, "list").output
    found = json.loads(run(box, "list", "--state", "proposed", "--format", "json").output)
    assert [item["id"] for item in found] == [first, second]
    assert found[1]["first"].endswith("…")
    assert "Rien dans cet état." in run(box, "list", "--state", "refused").output
    assert "Rien" in run(box, "list", "--campaign", "ailleurs").output


def test_a_sheet_shows_all_and_says_what_to_look_at(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Appelez Mme Martin au 06 12 34 56 78, 12 rue des Acacias, ou a.b@example.org.")
    output = run(box, "show", name).output
    for said in ("un numéro de téléphone : 06 12 34 56 78", "une personne nommée : Mme Martin", "une adresse : 12 rue",
                 "une adresse électronique : a.b@example.org", "gardées jusqu’au 2016-05-20", "injure"):  # fmt: skip
        assert said in output, said
    assert "canari@example.org" not in output, "the address itself is for the office that writes, not for the screen"
    assert f"agora inbox show {name} --contact" in output
    assert "canari@example.org" in run(box, "show", name, "--contact").output
    assert "contribution" in output
    assert "reçue le" in output
    assert run(box, "show", NOBODY).exit_code == 1


def test_a_report_is_read_in_words_and_says_what_to_do(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Un banc.")
    told = {"about": name, "reason": "personal-data", "text": "C’est \x1b[2Jma rue."}
    report = replace(contribution(), kind="report", target=name, path="", content=json.dumps(told))
    asked = replace(contribution(), kind="erasure", campaign="", target=name, path="", content='{"receipt": "x"}')
    box.journal.accept([Sent(report.id, report), Sent(asked.id, asked)])
    listed = run(box, "list", "--kind", "report").output
    assert "C’est" in listed
    assert "{" not in listed
    output = run(box, "show", report.id).output
    for said in ("reçu le", f"Texte en cause : {name}", "Problème : il dit des choses personnelles", "ma rue.",
                 f"agora inbox show {name}", f"agora inbox settle {report.id}"):  # fmt: skip
        assert said in output, said
    assert "{" not in output
    assert "personal-data" not in output
    assert f"agora inbox erase {name}" in run(box, "show", asked.id).output


def test_a_batch_is_told_by_its_size_and_cannot_be_refused(tmp_path: Path) -> None:
    box, _ = written(tmp_path)
    lines = json.dumps({"content/campaigns/les-quais/votes/a/votes.csv": ["x,y,agree,2016-04-20"] * 3})
    batch = replace(contribution(), kind="votes", path="content/campaigns/les-quais/votes/a", content=lines)
    box.journal.accept([Sent(batch.id, batch)])
    output = run(box, "show", batch.id).output
    assert "votes.csv : 3 lignes" in output
    assert f"agora inbox accept {batch.id}" in output
    assert "refuse" not in output


def test_a_number_that_was_not_given_is_asked_for(tmp_path: Path) -> None:
    box, _ = written(tmp_path)
    assert "il manque NUMERO" in run(box, "accept").output
    assert "il manque --reason" in run(box, "refuse", "20160405-aaaabbbb").output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_of_another_user_is_told(tmp_path: Path) -> None:
    box, _ = written(tmp_path)
    for path in (box.city, box.city / ".git"):
        os.chown(path, 65534, 65534)
    done = run(box, "status")
    assert (done.exit_code, "sudo -u" in done.output, "dubious" in done.output) == (1, True, False)


def test_every_label_is_said_in_words(tmp_path: Path) -> None:
    labels = ("no-token", "fast", "honeypot", "links", "duplicate", "other-origin", "no-captcha")
    box = inbox(tmp_path, replace(contribution(), labels=labels))
    output = run(box, "list").output
    assert not [label for label in labels if label in output]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", ["iban"]),
        ("FR76 3000 6000 0112 3456 7890 188", []),
        ("1 85 05 78 006 084 91", ["nir"]),
        ("1 85 05 78 006 084 92", []),
        ("+33 6 12 34 56 78 et 0146251234", ["phone", "phone"]),
        ("1er étage, 3 bancs, 2016-04-20, article 12, la rue est belle, M'enfin <3", []),
        ("bât. C, appartement 12", ["address", "address"]),
        ("Monsieur Dupont-Durand dit", ["person"]),
    ],
)
def test_hints_find_what_may_be_private_and_little_else(text: str, kinds: list[str]) -> None:
    assert [hint.kind for hint in hints(text)] == kinds


def test_a_refusal_is_published_without_a_word_and_told_to_its_author(tmp_path: Path) -> None:
    box, (name, other) = written(tmp_path, "Vous êtes des nuls.", "Un banc.")
    box.relay()
    done = run(box, "refuse", name, "--reason", "injure", "--message", "Dites-le autrement.")
    assert done.exit_code == 0, done.output
    assert box.states() == {name: "refused", other: "proposed"}
    assert list(box.branches()) == [other]
    assert f"  - id: {name}\n    kind: contribution\n    date: {DAY}\n    reason: injure\n" in published_log(box)
    assert published_log(box).startswith(LOG.rstrip("# fin\n").rstrip()), "what was typed there stays"
    assert (box.city / "content/campaigns/les-quais/moderation.yml").read_text("utf-8") == published_log(box)
    page = (box.city / "output/campagnes/les-quais/moderation/index.html").read_text("utf-8")
    assert name in page
    assert "nuls" not in page
    entry = box.journal.entry(name)
    assert entry is not None
    policy = (Reason(id="injure", title="Injure", text="Sans viser."),)
    standing = standing_of(entry, "code", None, policy, Urls("fr"))
    assert (standing.reason, standing.explained, standing.message) == ("Injure", "Sans viser.", "Dites-le autrement.")
    config, _ = read_config(box.city)
    assert config is not None
    config = config.model_copy(update={"intake": Intake()})
    theme = Theme(theme_folders(box.city, config.publication.theme), Frame(config, (), False, False, None))
    answer = Pages(theme).standing(standing).decode()
    for said in ("Injure", "Sans viser.", "Dites-le autrement."):
        assert said in answer
    assert "nuls" not in answer


def test_a_refusal_needs_a_reason_that_was_announced(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Un banc.")
    done = run(box, "refuse", name, "--reason", "humeur")
    assert (done.exit_code, "injure" in done.output) == (1, True)
    assert box.states() == {name: "waiting"}
    assert run(box, "refuse", name).exit_code == 2
    bare, (alone,) = written(tmp_path / "bare", "Un banc.", log="withdrawn: []\n")
    assert "n’a annoncé aucune raison" in run(bare, "refuse", alone, "--reason", "injure").output


def test_a_refusal_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Un banc.")
    assert run(box, "refuse", name, "--reason", "injure", "--no-build").exit_code == 0
    assert box.journal.move(name, "refused", "waiting", reason="", message=""), "as if killed before the journal"
    before = published_log(box)
    assert run(box, "refuse", name, "--reason", "injure", "--no-build").exit_code == 0
    assert published_log(box) == before
    assert box.states() == {name: "refused"}
    assert run(box, "refuse", name, "--reason", "injure").exit_code == 1


@pytest.mark.parametrize(
    "log",
    [
        "", "refused: []\n", "refused: []  # rien\nerased: []\n", LOG, "intro: Bonjour\nrefused:\n",
        "refused:\n    - {id: 20160401-gnebxw22, date: 2016-04-02, reason: a}\nreasons:\n- {id: a, title: a, text: b}",
    ],
)  # fmt: skip
def test_a_line_goes_into_any_log(log: str, tmp_path: Path) -> None:
    box, _ = written(tmp_path, log=log)
    line = {"id": "20160419-aaaaaaaa", "date": "2016-04-20", "reason": "injure"}
    (after,) = with_line(box.repository, "main", "les-quais", "refused", line).values()
    for said in log.splitlines():
        assert said.partition(" [")[0].partition("  #")[0] in after.decode()
    assert b"20160419-aaaaaaaa" in after


def test_a_log_that_cannot_be_completed_is_left_alone(tmp_path: Path) -> None:
    box, _ = written(tmp_path, log="refused: [{id: 20160401-gnebxw22, date: 2016-04-02, reason: a}]\n")
    with pytest.raises(UnfitError, match="bad-log"):
        with_line(box.repository, "main", "les-quais", "refused", {"id": "20160419-aaaaaaaa", "date": "2016-04-20"})
    assert shown("refused", {"id": "a", "date": "b"}) == "refused:\n  - id: a\n    date: b\n"


@pytest.mark.parametrize("state", ["waiting", "proposed", "refused", "merged"])
def test_an_erasure_works_in_every_state_and_again(state: str, tmp_path: Path) -> None:
    box, (name, other) = written(tmp_path, "Le canari chante ici.", "Un banc.")
    if state != "waiting":
        box.relay()
    if state == "merged":
        assert run(box, "accept", name, "--no-build").exit_code == 0
    if state == "refused":
        assert run(box, "refuse", name, "--reason", "injure", "--no-build").exit_code == 0
    report = replace(contribution(), kind="report", target=name, path="", content=json.dumps({"text": "ma rue"}))
    box.journal.accept([Sent(report.id, report)])
    for _ in range(2):
        done = run(box, "erase", name, "--no-build")
        assert done.exit_code == 0, done.output
        entry = box.journal.entry(name)
        assert entry is not None
        assert (entry.state, entry.content, box.journal.contact(name)) == ("erased", "", None)
        path = box.city / entry.path
        assert path.exists() == (state == "merged")
        if state == "merged":
            assert path.read_text("utf-8").endswith(f"erased: {DAY}\n---\n")
            assert published_log(box).count(name) == 1
    assert box.states()[report.id] == "erased"
    assert box.states()[other] == ("waiting" if state == "waiting" else "proposed")


def test_what_is_sent_anew_after_an_erasure_is_new(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Un banc.")
    run(box, "erase", name, "--no-build")
    again = contribution("Un banc.")
    (outcome,) = box.journal.accept([Sent(name, again)])  # with the key it had
    assert (outcome.verdict, outcome.id) == ("stored", again.id)


def test_what_came_on_paper_can_be_erased_too(tmp_path: Path) -> None:
    box, _ = written(tmp_path)
    assert run(box, "erase", "20160405-aaaabbbb", "--no-build").exit_code == 0
    path = box.city / "content/campaigns/les-quais/contributions/20160405-aaaabbbb.md"
    assert "pêcheurs" not in path.read_text("utf-8")
    assert run(box, "erase", NOBODY).exit_code == 1


def test_an_erasure_reaches_a_folder_where_somebody_works(tmp_path: Path) -> None:
    """The tombstone is written over the text that was published; the rest of the folder is left alone."""
    box, (name,) = written(tmp_path, "Le canari chante ici.")
    box.relay()
    run(box, "accept", name, "--no-build")
    page = box.city / "content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8") + "\nEncore.\n", "utf-8")
    done = run(box, "erase", name, "--no-build")
    assert done.exit_code == 0, done.output
    assert "canari" not in (box.city / f"content/campaigns/les-quais/contributions/{name}.md").read_text("utf-8")
    assert "Encore." in page.read_text("utf-8")


@pytest.mark.parametrize("command", [("refuse", "--reason", "injure"), ("erase",)])
def test_a_log_that_somebody_is_writing_is_committed_first(command: tuple[str, ...], tmp_path: Path) -> None:
    """Both would add lines to it: what git cannot merge would keep the relay from working."""
    box, (name,) = written(tmp_path, "Le canari chante ici.")
    box.relay()
    if command[0] == "erase":
        assert run(box, "accept", name, "--no-build").exit_code == 0
    log, state = box.city / "content/campaigns/les-quais/moderation.yml", box.states()
    log.write_text(log.read_text("utf-8") + "# en cours\n", "utf-8")
    done = run(box, command[0], name, *command[1:], "--no-build")
    assert (done.exit_code, "git commit" in done.output, "moderation.yml" in done.output) == (1, True, True)
    assert (box.states(), name in published_log(box)) == (state, False), "nothing was done"
    git(box.city, "commit", "--quiet", "--all", "--message=Politique")
    done = run(box, command[0], name, *command[1:], "--no-build")
    assert done.exit_code == 0, done.output
    assert name in published_log(box)
    assert log.read_text("utf-8") == published_log(box)


def test_an_erasure_that_was_cut_short_reaches_the_folder_when_asked_again(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Le canari chante ici.")
    box.relay()
    run(box, "accept", name, "--no-build")
    settling.erase(settling.Desk(box.journal, box.repository, LocalForge(box.repository), DAY), name)
    path = box.city / f"content/campaigns/les-quais/contributions/{name}.md"
    assert "canari" in path.read_text("utf-8"), "as if killed before the folder"
    page = box.city / "content/pages/a-propos.md"
    page.write_text(page.read_text("utf-8") + "\nEncore.\n", "utf-8")
    done = run(box, "erase", name, "--no-build")
    assert done.exit_code == 0, done.output
    assert "canari" not in path.read_text("utf-8")
    assert "Encore." in page.read_text("utf-8")


def test_a_restored_backup_forgets_again(tmp_path: Path) -> None:
    box, (name, other) = written(tmp_path, "Le canari chante ici.", "Un banc.")
    journal = box.city / ".agora/intake/journal.sqlite"
    copy = tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    run(box, "erase", name, "--no-build")
    for suffix in ("", "-wal", "-shm"):
        journal.with_name(journal.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(copy, journal)
    assert box.states() == {name: "waiting", other: "waiting"}
    done = run(box, "erase", "--again", "--no-build")
    assert "1 effacement rejoué" in done.output
    assert box.states() == {name: "erased", other: "waiting"}
    assert b"canari chante" not in journal.read_bytes()


def test_what_was_kept_long_enough_goes(tmp_path: Path) -> None:
    box, (old, kept) = written(tmp_path, "Vous êtes des nuls.", "Un banc.")
    run(box, "refuse", old, "--reason", "injure", "--no-build")
    noon = int(datetime.datetime(2016, 10, 17, 12, tzinfo=datetime.UTC).timestamp())
    for day, said in ((noon, "0 texte refusé"), (noon + 86400, "1 texte refusé"), (noon + 86400, "0 texte refusé")):
        done = CliRunner(env={"SOURCE_DATE_EPOCH": str(day)}).invoke(main, ["inbox", "purge", "--city", str(box.city)])
        assert said in done.output
    assert box.states() == {old: "refused", kept: "waiting"}
    assert box.journal.contact(kept) is None
    assert b"nuls" not in (box.city / ".agora/intake/journal.sqlite").read_bytes()


def test_what_the_city_would_refuse_today_is_not_published(tmp_path: Path) -> None:
    """A city that changed since a text was sent would have a site that no longer builds."""
    box, (name,) = written(tmp_path, "Un banc.")
    box.relay()
    debate = box.city / "content/campaigns/les-quais/debates/usages.md"
    debate.rename(debate.with_name("autres-usages.md"))
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Un autre nom")
    done = run(box, "accept", name, "--no-build")
    assert (done.exit_code, "[unknown-debate]" in done.output, "agora inbox refuse" in done.output) == (1, True, True)
    assert (box.states(), name in git(box.city, "ls-files")) == ({name: "proposed"}, False)
    debate.with_name("autres-usages.md").rename(debate)
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Son nom")
    assert run(box, "accept", name, "--no-build").exit_code == 0


def test_what_its_author_wants_erased_is_not_published(tmp_path: Path) -> None:
    box, (name,) = written(tmp_path, "Un banc.")
    box.relay()
    asked = replace(contribution(), kind="erasure", campaign="", target=name, path="", content='{"receipt": "x"}')
    box.journal.accept([Sent(asked.id, asked)])
    done = run(box, "accept", name, "--no-build")
    assert (done.exit_code, f"agora inbox erase {name}" in done.output) == (1, True), done.output
    assert box.states()[name] == "proposed"
    assert run(box, "settle", asked.id).exit_code == 0
    assert run(box, "accept", name, "--no-build").exit_code == 0


def test_the_status_says_what_to_do(tmp_path: Path) -> None:
    box, (name, *_) = written(tmp_path, "Un banc.", "Deux bancs.")
    assert "À faire : agora relay --once" in run(box, "status").output
    box.relay()
    accept(box.journal, box.repository, name, DAY)
    output = run(box, "status").output
    assert "À examiner : 1." in output
    assert "Publiées : 1." in output
    report = replace(contribution(), kind="report", target=name, path="", content="{}")
    box.journal.accept([Sent(report.id, report)])
    assert "Signalements et demandes : 1." in run(box, "status").output
    assert run(box, "settle", report.id).exit_code == 0
    assert run(box, "settle", name).exit_code == 1
    assert "Signalements et demandes : 0." in run(box, "status").output
