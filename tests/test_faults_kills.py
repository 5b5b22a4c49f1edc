"""The endpoint is killed at random, hard, while people send: every receipt is kept, once, and it is back at once."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from faults.endpoints import JOURNAL, Client, Endpoint, open_city
from faults.ledger import Ledger, broken, kept_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("kills", "receipts"), [(10, 3_000), pytest.param(200, 100_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_an_endpoint_killed_while_people_send_loses_no_receipt(kills: int, receipts: int, tmp_path: Path) -> None:
    city, ledger = open_city(tmp_path / "city"), tmp_path / "ledger"
    endpoint, chance = Endpoint(city, tmp_path / "log"), random.Random(kills)  # noqa: S311 - not a secret
    with endpoint:
        client = Client(endpoint.address, ledger, "--count", str(receipts + kills * 16), "--connections", "16")
        slowest, every = 0.0, receipts // kills
        for number in range(kills):
            wait_for(ledger, number * every + chance.randrange(every), client)
            endpoint.kill()
            slowest = max(slowest, endpoint.start())
        figures = client.figures()
        assert endpoint.stop() == 0
    book = Ledger().read(ledger)
    assert broken(book, kept_in(os.fspath(city / JOURNAL))) == []
    assert len(book.receipts) >= receipts
    assert slowest <= 2.0
    print(f"{kills} kills, {len(book.receipts)} receipts, slowest restart {slowest:.2f} s, {figures}")


def wait_for(ledger: Path, receipts: int, client: Client) -> None:
    """Wait until so many receipts were read."""
    size = 0
    while client.running():
        if ledger.exists() and ledger.stat().st_size != size:
            size = ledger.stat().st_size
            if ledger.read_bytes().count(b'{"receipt"') >= receipts:
                return
        time.sleep(0.05)
