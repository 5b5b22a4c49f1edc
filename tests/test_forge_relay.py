"""The relay and a forge of another host: whatever happens between them, one contribution has one pull request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_forges import CITY, KINDS, TOKEN, FakeForge, Fault, Reply, serving
from repositories import git

from agora_build.cli import main as cli
from agora_build.intake.description import marked
from agora_build.intake.forge import ForgeError
from agora_build.intake.opening import opened
from agora_build.intake.relay import Passed, Step, on, relay
from agora_build.intake.repository import RepositoryError
from tests.inboxes import DAY, Inbox, contribution, inbox

ENTRY = contribution("Un banc face au fleuve.", "20160420-k7m2q9xw")
BRANCH = "contribution/20160420-k7m2q9xw"


@pytest.fixture(params=KINDS)
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FakeForge]:
    with serving(KINDS[request.param](tmp_path / "forge")) as forge:
        yield forge


@pytest.fixture
def box(fake: FakeForge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """A city on that forge, where a contribution waits."""
    monkeypatch.delenv("AGORA_FORGE_TOKEN", raising=False)
    monkeypatch.setattr("agora_build.intake.github._PACE", 0.0)
    made = inbox(tmp_path, ENTRY)
    kind = next(name for name, kind in KINDS.items() if isinstance(fake, kind))
    settings = f'\n[intake]\nforge = "{kind}"\nrepository = "{CITY}"\napi = "{fake.api}"\n'
    with (made.city / "agora.toml").open("a") as file:
        file.write(settings)
    token = made.city / ".agora/intake/token"
    token.touch(0o600)
    token.write_text(TOKEN)
    git(fake.bare, "fetch", "--quiet", os.fspath(made.city), "main:main")
    return made


def one_pass(box: Inbox, step: Step = on) -> Passed:
    with opened(box.city, DAY) as intake:
        return relay(intake.relay(step))


def state(box: Inbox) -> str:
    return box.states()[ENTRY.id]


def test_from_the_journal_to_the_published_branch(box: Inbox, fake: FakeForge) -> None:
    assert one_pass(box).proposed == [ENTRY.id]
    (pull,) = fake.pulls
    assert (pull.branch, pull.head) == (BRANCH, fake.heads()[BRANCH])
    assert marked(pull.body) == (ENTRY.id,)
    assert "fleuve" not in pull.title + pull.body
    assert git(fake.bare, "show", f"{BRANCH}:{ENTRY.path}") + "\n" == ENTRY.content
    git(fake.bare, "fsck", "--strict")
    assert one_pass(box).proposed == []
    git(fake.bare, "update-ref", "refs/heads/main", pull.head)
    pull.state = "merged"
    assert one_pass(box).merged == [ENTRY.id]
    assert state(box) == "merged"
    assert len(fake.pulls) == 1


def test_a_token_that_expired_is_told_in_words_and_nothing_is_lost(box: Inbox, fake: FakeForge) -> None:
    (box.city / ".agora/intake/token").write_text("anothertokenthatexpired")
    done = CliRunner().invoke(cli, ["relay", "--once", "--city", str(box.city)])
    assert done.exit_code == 1
    assert "la forge ne veut pas du jeton" in done.output
    assert "anothertoken" not in done.output
    assert (state(box), fake.pulls) == ("waiting", [])
    (box.city / ".agora/intake/token").write_text(TOKEN)
    assert one_pass(box).proposed == [ENTRY.id]


def test_one_that_was_closed_by_hand_is_not_opened_again(box: Inbox, fake: FakeForge) -> None:
    one_pass(box)
    fake.pulls[0].state = "closed"
    assert one_pass(box).closed == [ENTRY.id]
    one_pass(box)
    assert state(box) == "refused"
    assert len(fake.pulls) == 1


def test_a_branch_that_was_deleted_by_hand_ends_its_request(box: Inbox, fake: FakeForge) -> None:
    """Forges close the request of a branch that goes."""
    one_pass(box)
    git(fake.bare, "update-ref", "-d", f"refs/heads/{BRANCH}")
    fake.pulls[0].state = "closed"
    one_pass(box)
    one_pass(box)
    assert state(box) == "refused"
    assert len(fake.pulls) == 1


TROUBLES = {
    "429": Fault(lambda: Reply(429, None, {"Retry-After": "120"}), "GET"),
    "500": Fault(lambda: Reply(500), "POST"),
    "502-after": Fault(lambda: Reply(502), "POST", after=True),
    "cut-after": Fault(lambda: Reply(201, None, raw=b"{", cut=99), "POST", after=True),
    "401": Fault(lambda: Reply(401, {"message": "revoked"}), "POST"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_the_next_pass_leaves_one_request(name: str, box: Inbox, fake: FakeForge) -> None:
    trouble = TROUBLES[name]
    fake.faults.append(Fault(trouble.make, " ".join(trouble.methods), after=trouble.after))
    with pytest.raises(ForgeError):
        one_pass(box)
    assert state(box) == "waiting"
    one_pass(box)
    assert state(box) == "proposed"
    assert [(pull.branch, pull.state) for pull in fake.pulls] == [(BRANCH, "open")]


@pytest.mark.parametrize("fake", ["gitlab"], indirect=True)
@pytest.mark.parametrize("where", ["fetch", "write", "branch", "push", "open", "note"])
def test_a_relay_that_is_stopped_between_two_steps_takes_up_where_it_was(
    where: str, box: Inbox, fake: FakeForge
) -> None:
    class StopError(Exception):
        pass

    def step(name: str) -> None:
        if name == where:
            raise StopError

    with pytest.raises(StopError):
        one_pass(box, step)
    one_pass(box)
    assert state(box) == "proposed"
    assert [pull.branch for pull in fake.pulls] == [BRANCH]


@pytest.mark.parametrize("fake", ["forgejo"], indirect=True)
def test_a_token_revoked_before_the_push_is_told_without_it(box: Inbox, fake: FakeForge) -> None:
    fake.tokens = {"another-token-of-the-city"}
    with pytest.raises(RepositoryError) as met:
        one_pass(box)
    assert TOKEN not in str(met.value)
    fake.tokens.add(TOKEN)
    one_pass(box)
    assert state(box) == "proposed"
