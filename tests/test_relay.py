"""The relay makes one branch of each contribution, whatever happens, and notes what became of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from inbox_forge import FarForge, far_forge
from inboxes import DAY, Inbox, contribution, git, inbox, sent

from agora_build import git as asked
from agora_build.intake import settling
from agora_build.intake.accept import accept
from agora_build.intake.audit import audit
from agora_build.intake.forge import BRANCHES, ForgeError
from agora_build.intake.journal import sha256_of
from agora_build.intake.local import LocalForge
from agora_build.intake.relay import Relay, relay
from agora_build.intake.repository import Commit, Move


def check_all_is_well(box: Inbox) -> None:
    """Each entry has one branch, or is published; its file is what was received; git finds nothing wrong."""
    found = audit(box.journal, box.repository, LocalForge(box.repository))
    assert not found.disagreements
    git(box.repository.path, "fsck", "--strict", "--no-dangling")
    for entry in box.journal.entries("proposed"):
        assert box.repository.read(entry.branch, entry.path) == entry.content.encode()
    assert box.branches().keys() == {entry.branch.removeprefix(BRANCHES) for entry in box.journal.entries("proposed")}


def add_by_hand(box: Inbox, branch: str, path: str, content: str, on: str = "main") -> str:
    """Commit a file to a branch as somebody else would."""
    repository = box.repository
    old = repository.branches(branch).get(branch, "")
    parent = old or repository.branches(on)[on]
    commit = repository.write([Commit(parent, {path: content.encode()}, "À la main", DAY)])[0]
    assert not repository.move([Move(branch, commit, old)])
    return commit


def test_what_moves_together_moves_whole_or_not_at_all(tmp_path: Path) -> None:
    repository = inbox(tmp_path, contribution()).repository
    head = repository.head()
    other = repository.write([Commit(head, {"a.md": b"a"}, "Un", DAY)])[0]
    moves = [Move("un", other, ""), Move("deux", other, head)]  # the second is not where it is thought to be
    assert repository.move(moves, together=True) == {"un", "deux"}
    assert repository.branches("un", "deux") == {}
    assert repository.move(moves) == {"deux"}
    assert repository.branches("un")["un"] == other


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
    assert "banc" not in git(box.repository.path, "log", "-1", "--format=%B%an%ae", head)
    assert git(box.repository.path, "log", "-1", "--format=%ad %cd", "--date=short", head) == f"{DAY} {DAY}"
    check_all_is_well(box)


def test_accepting_publishes_the_file_as_it_was_received(tmp_path: Path) -> None:
    entry, other = contribution(), contribution("Un arbre.")
    box = inbox(tmp_path, entry, other)
    box.relay()
    accept(box.journal, box.repository, entry.id, DAY)
    assert box.states() == {entry.id: "merged", other.id: "proposed"}
    assert box.repository.read("main", entry.path) == entry.content.encode()
    assert box.branches().keys() == {other.id}
    check_all_is_well(box)


def test_a_relay_with_nothing_to_do_changes_nothing(tmp_path: Path) -> None:
    box = inbox(tmp_path, contribution(), contribution("Un arbre."))
    box.relay()
    before = box.branches()
    done = box.relay()
    assert [done.proposed, done.again, done.removed, done.troubles] == [[], [], [], []]
    assert box.branches() == before


def begun(act: Callable[[], object]) -> int:
    """Begin to do something in another process; give its number."""
    child = os.fork()
    if not child:
        code = 70
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return child


def killed_at(number: int, box: Inbox) -> int:
    """Make a pass in a process that is killed before or after its nth call of git, or at its nth step."""
    count = 0

    def reached(_name: object = None) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def act() -> None:
        real = asked.run

        def run(*arguments: object, **options: object) -> object:
            reached()
            try:
                return real(*arguments, **options)  # type: ignore[arg-type]
            finally:
                reached()

        asked.run = run  # type: ignore[assignment]
        box.relay(reached)

    return os.waitstatus_to_exitcode(os.waitpid(begun(act), 0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["each", "digest"])
@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_a_relay_killed_anywhere_is_taken_up_again(tmp_path: Path, policy: str, stride: int) -> None:
    """From the making of the repository on: exactly one branch, one request, the same content."""
    number, killed = 1 - stride, 0
    while True:
        number += stride
        entries = [contribution(f"Un banc, numéro {rank}.") for rank in range(2)]
        folder = tmp_path / str(number)
        folder.mkdir()
        box = inbox(folder, *entries, policy=policy)  # type: ignore[arg-type]
        ended = killed_at(number, box)
        assert ended in (-signal.SIGKILL, 0)
        box.relay()
        assert set(box.states().values()) == {"proposed"}
        assert len(box.branches()) == (2 if policy == "each" else 1)
        check_all_is_well(box)
        if not ended:
            break
        killed += 1
    assert killed > 40 // stride


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["each", "digest"])
def test_two_relays_at_once_make_one_branch_of_each(tmp_path: Path, policy: str) -> None:
    """They do not wait for each other here: references move by compare-and-swap, and so do states."""
    box = inbox(tmp_path, *(contribution(f"Un banc, numéro {rank}.") for rank in range(100)), policy=policy)  # type: ignore[arg-type]
    children = [begun(box.relay) for _ in range(2)]
    for child in children:
        os.waitpid(child, 0)  # the slower of two may well stop on what the other did
    box.relay()
    assert set(box.states().values()) == {"proposed"}
    assert len(box.branches()) == (100 if policy == "each" else 1)
    check_all_is_well(box)


def test_what_is_published_may_move_or_be_put_back(tmp_path: Path) -> None:
    first, second = contribution(), contribution("Un arbre.")
    box = inbox(tmp_path, first)
    box.relay()
    before = box.repository.head()
    add_by_hand(box, "main", "LISEZ-MOI.md", "Bonjour.\n")
    sent(box.journal, [second])
    box.relay()
    check_all_is_well(box)
    git(box.repository.path, "update-ref", "refs/heads/main", before)
    box.relay()
    for entry in (first, second):
        assert box.repository.changed(before, box.branches()[entry.id]).keys() == {entry.path}
    assert set(box.states().values()) == {"proposed"}
    for entry in (first, second):
        accept(box.journal, box.repository, entry.id, DAY)
    check_all_is_well(box)


def test_a_branch_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    entry, other = contribution(), contribution("Un arbre.")
    box = inbox(tmp_path, entry, other)
    theirs = add_by_hand(box, f"{BRANCHES}{entry.id}", "LISEZ-MOI.md", "À moi.\n")
    done = box.relay()
    assert [(item.code, item.about) for item in done.troubles] == [("taken", f"{BRANCHES}{entry.id}")]
    assert box.branches()[entry.id] == theirs
    assert box.states() == {entry.id: "waiting", other.id: "proposed"}


def test_a_lock_that_a_power_cut_left_is_told_then_taken_away(tmp_path: Path) -> None:
    entry, other = contribution(), contribution("Un arbre.")
    box = inbox(tmp_path, entry, other)
    lock = box.repository.path / f"refs/heads/{BRANCHES}{entry.id}.lock"
    lock.parent.mkdir()
    lock.touch()
    assert [(item.code, item.about) for item in box.relay().troubles] == [("stuck", f"{BRANCHES}{entry.id}")]
    assert box.states() == {entry.id: "waiting", other.id: "proposed"}
    os.utime(lock, (0, 0))
    assert box.relay().proposed == [entry.id]
    check_all_is_well(box)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"id": "../../main"}, "bad-name"),
        ({"id": "-rf"}, "bad-name"),
        ({"id": "a..b"}, "bad-name"),
        ({"id": "a.lock"}, "bad-name"),
        ({"id": "a@{1}"}, "bad-name"),
        ({"campaign": "les-quais/.."}, "bad-name"),
        ({"path": "content/campaigns/les-quais/contributions/../../../agora.toml"}, "bad-path"),
        ({"path": "content/campaigns/les-quais/campaign.md"}, "bad-path"),
        ({"path": ".github/workflows/x.yml"}, "bad-path"),
        ({"path": "content/campaigns/les-quais/contributions/x\nM 100644.md"}, "bad-path"),
        ({"content": "---\nvoice: nobody\n---\nUn banc.\n"}, "not-readable"),
        ({"sha256": "0" * 64}, "other-content"),
    ],
)
def test_nothing_unfit_leaves_the_journal(tmp_path: Path, facts: dict[str, str], code: str) -> None:
    entry, good = replace(contribution(), **facts), contribution("Un arbre.")  # type: ignore[arg-type]
    if "content" in facts:
        entry = replace(entry, sha256=sha256_of(entry.content))
    box = inbox(tmp_path, entry, good)
    done = box.relay()
    assert [item.code for item in done.troubles] == [code]
    assert box.branches().keys() == {good.id}
    assert box.states() == {entry.id: "waiting", good.id: "proposed"}


def test_what_was_done_by_hand_in_the_repository_is_noted(tmp_path: Path) -> None:
    merged, copied, lost = contribution("Un."), contribution("Deux."), contribution("Trois.")
    box = inbox(tmp_path, merged, copied, lost)
    box.relay()
    repository, heads = box.repository, box.branches()
    repository.move([Move("main", heads[merged.id], repository.head())])
    add_by_hand(box, "main", copied.path, copied.content)
    repository.move([Move(f"{BRANCHES}{lost.id}", "", heads[lost.id])])
    box.relay()
    assert box.states() == {merged.id: "merged", copied.id: "merged", lost.id: "proposed"}
    check_all_is_well(box)


def test_what_is_refused_or_erased_leaves_no_branch(tmp_path: Path) -> None:
    refused, erased, kept = contribution("Un."), contribution("Deux."), contribution("Trois.")
    box = inbox(tmp_path, refused, erased, kept)
    box.relay()
    box.journal.move(refused.id, "proposed", "refused", reason="hors-sujet")
    box.journal.erase(erased.id)
    box.relay()
    assert box.branches().keys() == {kept.id}
    check_all_is_well(box)


def test_a_digest_carries_a_commit_a_contribution_and_grows_in_the_day(tmp_path: Path) -> None:
    entries = [contribution(f"Numéro {rank}.") for rank in range(3)]
    box = inbox(tmp_path, *entries[:2], policy="digest")
    box.relay()
    sent(box.journal, entries[2:])
    box.relay()
    (branch,) = box.branches()
    log = git(box.repository.path, "log", "--reverse", "--format=%s", f"main..{BRANCHES}{branch}").splitlines()
    assert [line.split()[1] for line in log] == [entry.id for entry in entries]
    assert {entry.request for entry in box.journal.entries()} == {branch}
    check_all_is_well(box)


def test_one_refused_of_a_digest_leaves_the_others_and_no_trace(tmp_path: Path) -> None:
    entries = [contribution(f"Numéro {rank}.") for rank in range(4)]
    box = inbox(tmp_path, *entries, policy="digest")
    box.relay()
    (branch,) = box.branches()
    box.journal.move(entries[1].id, "proposed", "refused", reason="hors-sujet")
    box.journal.erase(entries[2].id)
    box.relay()
    paths = git(box.repository.path, "log", "--format=", "--name-only", f"main..{BRANCHES}{branch}").split()
    assert sorted(paths) == sorted([entries[0].path, entries[3].path])
    check_all_is_well(box)
    accept(box.journal, box.repository, entries[0].id, DAY)
    assert box.states()[entries[3].id] == "proposed"
    accept(box.journal, box.repository, branch, DAY)
    assert box.states()[entries[3].id] == "merged"
    late = contribution("Le lendemain.")
    sent(box.journal, [late])
    box.relay()
    assert box.branches().keys() != {branch}
    check_all_is_well(box)


def test_one_erased_of_a_digest_leaves_the_others_waiting(tmp_path: Path) -> None:
    entries = [contribution(f"Un banc numéro {number}.") for number in range(3)]
    box = inbox(tmp_path, *entries, policy="digest")
    box.relay()
    desk = settling.Desk(box.journal, box.repository, LocalForge(box.repository), DAY)
    settling.erase(desk, entries[0].id)
    assert [box.states()[entry.id] for entry in entries] == ["erased", "waiting", "waiting"]
    check_all_is_well(box)
    box.relay()
    assert [box.states()[entry.id] for entry in entries] == ["erased", "proposed", "proposed"]
    check_all_is_well(box)


@pytest.mark.parametrize("inside", ["", "villes/villeneuve"])
def test_the_city_may_be_a_folder_of_its_repository(tmp_path: Path, inside: str) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry, inside=inside)
    box.relay()
    tree = git(box.repository.path, "diff", "--name-only", "main", box.branches()[entry.id])
    assert tree == f"{inside}/{entry.path}".lstrip("/")
    accept(box.journal, box.repository, entry.id, DAY)
    check_all_is_well(box)


def far(box: Inbox, forge: FarForge) -> Relay:
    """Give what a relay works with when the forge is elsewhere."""
    return Relay(box.journal, box.repository, forge, lambda _campaign: "each", DAY)


def test_on_a_forge_that_is_elsewhere_each_contribution_has_one_request(tmp_path: Path) -> None:
    entries = [contribution(f"Un banc, numéro {rank}.") for rank in range(4)]
    box = inbox(tmp_path, *entries)
    forge = far_forge(box.city, tmp_path / "forge.git")
    forge.broken = 2  # it opens the request, and then the answer is lost
    for _ in range(2):
        with pytest.raises(ForgeError):
            relay(far(box, forge))
    relay(far(box, forge))
    assert [one.branch for one in forge.made] == [f"{BRANCHES}{entry.id}" for entry in entries]
    assert {entry.request for entry in box.journal.entries("proposed")} == {"1", "2", "3", "4"}
    forge.settle(f"{BRANCHES}{entries[0].id}", "merged")
    forge.settle(f"{BRANCHES}{entries[1].id}", "closed")
    git(forge.folder, "update-ref", "-d", f"refs/heads/{BRANCHES}{entries[1].id}")
    box.journal.move(entries[2].id, "proposed", "refused", reason="hors-sujet")
    done = relay(far(box, forge))
    assert done.closed == [entries[1].id]
    assert list(box.states().values()) == ["merged", "refused", "refused", "proposed"]
    assert [one.state for one in forge.made] == ["merged", "closed", "closed", "open"]
    assert {item.code for item in audit(box.journal, box.repository, forge).disagreements} == {"no-reason"}
    relay(far(box, forge))
    assert len(forge.made) == 4


def test_a_forge_whose_branch_moved_under_our_hands_is_not_written_over(tmp_path: Path) -> None:
    entry = contribution()
    box = inbox(tmp_path, entry)
    forge = far_forge(box.city, tmp_path / "forge.git")
    theirs = git(forge.folder, "rev-parse", "main")

    def step(name: str) -> None:
        if name == "push":
            git(forge.folder, "update-ref", f"refs/heads/{BRANCHES}{entry.id}", theirs)

    relay(replace(far(box, forge), step=step))
    assert git(forge.folder, "rev-parse", f"{BRANCHES}{entry.id}") == theirs
    assert box.states() == {entry.id: "waiting"}
    relay(far(box, forge))
    assert box.states() == {entry.id: "proposed"}


def drained(tmp_path: Path, number: int) -> float:
    """Drain entries; give how many a second."""
    import time

    box = inbox(tmp_path)
    for start in range(0, number, 500):
        sent(box.journal, [contribution(f"Numéro {rank}.") for rank in range(start, min(start + 500, number))])
    work = box.work()
    began = time.perf_counter()
    done = relay(work)
    rate = number / (time.perf_counter() - began)
    assert len(set(done.proposed)) == number == len(box.branches())
    assert not audit(box.journal, box.repository, LocalForge(box.repository)).disagreements
    return rate


@pytest.mark.parametrize(("number", "least"), [(200, 10), pytest.param(10_000, 50, marks=pytest.mark.soak)])
def test_a_queue_drains_many_at_once(tmp_path: Path, number: int, least: float) -> None:
    assert drained(tmp_path, number) > least
