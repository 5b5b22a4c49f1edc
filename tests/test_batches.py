"""Votes and ballots travel in batches that say nothing of who came when, and what is merged verifies."""

from __future__ import annotations

import datetime
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from inboxes import DAY, Inbox, committed_city, git, inbox

from agora_build.civic.codes import mark_of, normal
from agora_build.intake.accept import accept
from agora_build.intake.audit import audit
from agora_build.intake.checkout import bring, follow
from agora_build.intake.journal import Cast, Entry, Sent, sha256_of
from agora_build.intake.local import LocalForge
from agora_build.intake.store import TakenError

VOTE = "les-quais/choix"
FOLDER = "content/campaigns/les-quais/votes/choix"
AFTER = datetime.date(2016, 7, 1)  # the vote closes on the day before
_CHOICE = """---
title: Le choix
question: Que choisir ?
opens: 2016-04-01
closes: 2016-06-30
method: referendum
ballot: {kind: yes-no}
---
Votons.
"""
_STATEMENTS = """---
title: Des phrases
question: Que dites-vous de ces phrases ?
opens: 2016-03-07
closes: 2016-06-30
method: statements
---
Votons.
"""


def agora(city: Path, *arguments: str) -> str:
    """Run the program; fail when it fails."""
    command = [sys.executable, "-m", "agora_build", *arguments, "--city", str(city)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert not done.returncode, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def voting(tmp_path: Path, ballots: int, inside: str = "") -> tuple[Inbox, list[str]]:
    """Make a city with a vote whose codes were made before it opened; give some of the codes."""
    city = committed_city(tmp_path, inside)
    (city / "content/campaigns/les-quais/debates/choix.md").write_text(_CHOICE, "utf-8")
    agora(city, "codes", VOTE, "--number", "60", "--out", str(tmp_path / "letters"), "--now", "2016-03-20")
    (letters,) = (tmp_path / "letters").glob("*.html")
    found = dict.fromkeys(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}-[0-9A-Z]{5}", letters.read_text("utf-8")))
    git(city, "add", "--all")
    git(city, "commit", "--quiet", "--message=Vote")
    codes = [mark_of(VOTE, normal(code)) for code in found]
    assert len(codes) == 60
    box = Inbox(city, inside)
    cast(box, codes[:ballots])
    return box, codes


def cast(box: Inbox, codes: list[str]) -> None:
    """Vote with some codes."""
    ballots = [
        Cast(
            hashlib.sha256(f"receipt of {code}".encode()).hexdigest(),
            VOTE,
            ("yes", "no", "abstain")[rank % 3],
            DAY,
            code,
        )
        for rank, code in enumerate(codes)
    ]
    assert all(outcome.verdict == "stored" for outcome in box.journal.cast(ballots))


def published(box: Inbox, name: str, at: str = "main") -> list[str]:
    """Give the lines of a table of the vote in a branch."""
    raw = box.repository.read(at, f"{FOLDER}/{name}")
    return raw.decode().splitlines()[1:] if raw else []


def merge_all(box: Inbox) -> None:
    """Accept what is proposed, and bring it to the city."""
    for entry in list(box.journal.entries("proposed")):
        accept(box.journal, box.repository, entry.id, box.day)
    assert bring(box.city, box.repository, []) == "forwarded"
    assert not audit(box.journal, box.repository, LocalForge(box.repository)).disagreements


@pytest.mark.parametrize("inside", ["", "ville"])
def test_ballots_wait_until_they_are_many_then_travel_together_and_verify(tmp_path: Path, inside: str) -> None:
    box, codes = voting(tmp_path, 19, inside)
    assert not box.relay().batches
    cast(box, codes[19:45])
    done = box.relay()
    assert len(done.batches) == len(done.proposed) == 1
    branch = f"contribution/{done.batches[0]}"
    ballots = published(box, "ballots.csv", branch)
    assert len(ballots) == 45
    assert ballots == sorted(ballots)
    assert published(box, "spent.csv", branch) == sorted(codes[:45])
    merge_all(box)
    agora(box.city, "check", "--now", str(DAY))
    assert "45 bulletins" in agora(box.city, "verify", "votes", VOTE)
    cast(box, codes[45:])
    assert not box.relay().batches, "at most once a day while people vote"
    box.day = AFTER
    assert len(box.relay().batches) == 1, "15 that are left when the vote is closed"
    merge_all(box)
    assert len(published(box, "ballots.csv")) == 60
    assert "60 bulletins" in agora(box.city, "verify", "votes", VOTE)
    agora(box.city, "seal", VOTE, "--now", str(AFTER))
    agora(box.city, "check", "--now", str(AFTER))


def test_a_batch_is_made_again_on_what_was_published_meanwhile(tmp_path: Path) -> None:
    box, codes = voting(tmp_path, 20)
    box.relay()
    git(box.city, "checkout", "--quiet", "-b", "main-aside")
    (box.city / FOLDER / "void.csv").write_text(f"code\n{codes[59]}\n", "utf-8")
    agora(box.city, "seal", VOTE, "--event", "day", "--now", "2016-04-22")
    git(box.city, "add", "--all")
    git(box.city, "commit", "--quiet", "--message=Une lettre perdue")
    git(box.city, "checkout", "--quiet", "main")
    git(box.city, "merge", "--quiet", "--ff-only", "main-aside")
    follow(box.city, box.repository, DAY)
    assert box.relay().remade
    merge_all(box)
    assert "20 bulletins" in agora(box.city, "verify", "votes", VOTE)
    agora(box.city, "check", "--now", "2016-04-22")


def test_a_batch_that_was_cut_short_carries_each_ballot_once(tmp_path: Path) -> None:
    box, codes = voting(tmp_path, 30)

    def stop(name: str) -> None:
        if name == "branch":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        box.relay(stop)
    cast(box, codes[30:55])
    assert not box.relay().batches, "one batch of a vote at a time"
    assert len(box.branches()) == 1
    merge_all(box)
    box.day = DAY + datetime.timedelta(days=1)
    box.relay()
    merge_all(box)
    assert published(box, "spent.csv") == sorted(codes[:55])
    assert "55 bulletins" in agora(box.city, "verify", "votes", VOTE)


def test_votes_on_sentences_are_shuffled_and_wait_for_several_people(tmp_path: Path) -> None:
    city = committed_city(tmp_path)
    said = "content/campaigns/les-quais/contributions/20160405-ccccdddd.md"
    (city / "content/campaigns/les-quais/debates/phrases.md").write_text(_STATEMENTS, "utf-8")
    meta = "debate: phrases\ndate: 2016-04-05\nvoice: individual\nchannel: web"
    (city / said).write_text(f"---\n{meta}\n---\nDes bancs.\n", "utf-8")
    git(city, "add", "--all")
    git(city, "commit", "--quiet", "--message=Des phrases")
    box = Inbox(city)

    def vote(voters: range) -> None:
        rows = [f'[["v{voter:02}", "20160405-ccccdddd", "agree", "{DAY}"]]' for voter in voters]
        box.journal.cast(
            [Cast(f"mark{voter}", "les-quais/phrases", row, DAY) for voter, row in zip(voters, rows, strict=True)]
        )

    vote(range(4))
    assert not box.relay().batches
    vote(range(4, 30))
    done = box.relay()
    lines = box.repository.read(
        f"contribution/{done.batches[0]}", "content/campaigns/les-quais/votes/phrases/votes.csv"
    )
    assert lines
    voters = [line.split(",")[0] for line in lines.decode().splitlines()[1:]]
    assert sorted(voters) == [f"v{voter:02}" for voter in range(30)] != voters
    merge_all(box)
    agora(city, "check", "--now", str(DAY))


def test_a_vote_that_is_nowhere_is_told_and_keeps_nothing_else(tmp_path: Path) -> None:
    box = inbox(tmp_path)
    box.journal.cast([Cast(f"m{rank}", "les-quais/nulle-part", "yes", DAY, f"c{rank}") for rank in range(20)])
    assert [(item.code, item.about) for item in box.relay().troubles] == [("no-debate", "les-quais/nulle-part")]
    assert box.journal.counts().ballots == 20


def test_a_ballot_is_in_one_batch_alone_whoever_gathers(tmp_path: Path) -> None:
    box, codes = voting(tmp_path, 30)
    marks = [item.mark for item in box.journal.cast_of(VOTE, secret=True)[0]]
    one, other = batch("20160420-aaaaaaaa"), batch("20160420-bbbbbbbb")
    box.journal.gather(one, marks[:20], sorted(codes[:20]))
    with pytest.raises(TakenError):
        box.journal.gather(other, marks[19:], sorted(codes[19:30]))
    assert box.journal.counts().ballots == 10
    assert box.journal.entry(other.entry.id) is None


def batch(identity: str) -> Sent:
    """Make a batch that carries nothing yet."""
    return Sent(identity, Entry(identity, "ballots", "les-quais", "choix", FOLDER, "{}", sha256_of("{}"), DAY))
