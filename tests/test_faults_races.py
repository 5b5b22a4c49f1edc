"""One code, sent eight times at once, counts once: to one endpoint, and to two that share PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from faults import racing
from faults.endpoints import JOURNAL, Endpoint, open_city
from faults.ledger import Ledger, broken, kept_in, marks_of
from intakes import with_votes
from postgres import cluster

pytestmark = pytest.mark.slow
BALLOT = "envoi/les-quais/ballot/premier-banc"
soak = pytest.mark.soak


@contextmanager
def endpoints(tmp_path: Path, count: int, codes: int) -> Iterator[tuple[list[Endpoint], str]]:
    """Start endpoints of a city where one votes by code; give the address of their journal too."""
    with ExitStack() as stack:
        store = stack.enter_context(cluster()) if count > 1 else ""
        city = open_city(tmp_path / "city", f'store = "{store}"\n' if store else "")
        with_votes(city, [racing.code_number(number) for number in range(codes)])
        (city / "content/campaigns/les-quais/votes/premier-banc/void.csv").unlink()
        started = [stack.enter_context(Endpoint(city, tmp_path / f"log-{number}")) for number in range(count)]
        yield started, store or os.fspath(city / JOURNAL)


@pytest.mark.parametrize(
    ("processes", "count"),
    [(1, 200), (2, 40), pytest.param(1, 100_000, marks=soak), pytest.param(2, 20_000, marks=soak)],
)
def test_a_code_sent_eight_times_at_once_counts_once(processes: int, count: int, tmp_path: Path) -> None:
    with endpoints(tmp_path, processes, count) as (started, journal):
        addresses = [f"http://127.0.0.1:{endpoint.port}/{BALLOT}" for endpoint in started]
        command = [sys.executable, Path(racing.__file__), "0", str(count), *addresses]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == {"201 409 409 409 409 409 409 409": count}
        assert [endpoint.stop() for endpoint in started] == [0] * processes
        marks = marks_of(journal)
    assert len(marks) == len(set(marks)) == count


def test_two_endpoints_on_one_database_lose_nothing_when_they_are_killed(tmp_path: Path) -> None:
    from faults.endpoints import Client

    with endpoints(tmp_path, 2, 1) as (started, journal):
        ledgers = [tmp_path / f"ledger-{number}" for number in range(2)]
        clients = [
            Client(endpoint.address, ledger, "--count", "150", "--prefix", f"p{number}")
            for number, (endpoint, ledger) in enumerate(zip(started, ledgers, strict=True))
        ]
        for _ in range(2):
            for endpoint in started:
                endpoint.kill()
                endpoint.start()
        figures = [client.figures() for client in clients]
        book = Ledger()
        for ledger in ledgers:
            book.read(ledger)
        assert broken(book, kept_in(journal)) == []
    assert len(book.receipts) >= 250, figures
