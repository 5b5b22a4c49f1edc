"""Relays on several machines share the journal of PostgreSQL."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from inboxes import Inbox, committed_city, contribution, sent
from postgres import cluster, emptied
from test_relay import begun

from agora_build.intake.audit import audit
from agora_build.intake.local import LocalForge
from agora_build.intake.store import Journal

pytestmark = pytest.mark.slow


@dataclass
class Shared(Inbox):
    """An inbox whose journal is in PostgreSQL."""

    address: str = ""
    opened: list[Journal] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        """The journal, opened anew: a connection is not for two processes."""
        self.opened.append(Journal(self.address))
        return self.opened[-1]

    def close(self) -> None:
        """Give all the connections back."""
        for journal in self.opened:
            journal.close()


@pytest.fixture
def box(tmp_path: Path, address: str) -> Iterator[Shared]:
    """A city that shares its journal."""
    made = Shared(committed_city(tmp_path), address=emptied(address))
    yield made
    made.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of Debian's PostgreSQL."""
    with cluster() as found:
        yield found


def test_relays_that_share_postgresql_make_one_branch_of_each(box: Shared) -> None:
    sent(box.journal, [contribution(f"Numéro {rank}.") for rank in range(50)])
    children = [begun(box.relay) for _ in range(2)]
    for child in children:
        os.waitpid(child, 0)
    box.relay()
    assert set(box.states().values()) == {"proposed"}
    assert len(box.branches()) == 50
    assert not audit(box.journal, box.repository, LocalForge(box.repository)).disagreements


def test_the_right_to_relay_is_one_and_goes_with_who_has_it(box: Shared) -> None:
    here, ready = os.pipe()

    def hold() -> None:
        with box.journal.alone("relay") as alone:
            os.write(ready, b"1" if alone else b"0")
            signal.pause()

    child = begun(hold)
    assert os.read(here, 1) == b"1"
    with box.journal.alone("relay") as alone:
        assert not alone
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for _ in range(50):
        with box.journal.alone("relay") as alone:
            if alone:
                break
    assert alone
