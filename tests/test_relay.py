"""The relay makes one branch of each contribution, whatever happens, and notes what became of it."""

from __future__ import annotations

from pathlib import Path

from agora_build.intake.accept import accept
from tests.inboxes import DAY, contribution, git, inbox


def test_what_waits_becomes_a_branch_of_one_file_on_top_of_what_is_published(tmp_path: Path) -> None:
    entry = contribution("Un banc « face au fleuve », <3.")
    box = inbox(tmp_path, entry)
    assert box.relay().proposed == [entry.id]
    head = box.branches()[entry.id]
    assert box.repository.changed(box.repository.head(), head).keys() == {entry.path}
    assert box.repository.read(head, entry.path) == entry.content.encode()
    stored = box.journal.entry(entry.id)
    assert stored
    assert (stored.state, stored.request, stored.commit) == ("proposed", entry.id, head)
    git(box.repository.path, "fsck", "--strict")


def test_accepting_publishes_the_file_as_it_was_received(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    box.relay()
    accept(box.journal, box.repository, entry.id, DAY)
    assert box.states() == {entry.id: "merged"}
    assert box.repository.read("main", entry.path) == entry.content.encode()
    assert not box.branches()
