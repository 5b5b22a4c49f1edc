"""Too many people at once, and connections that dawdle: each is answered in words, nobody who has a receipt is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from faults.endpoints import JOURNAL, Client, Endpoint, open_city
from faults.ledger import Ledger, broken, kept_in

pytestmark = pytest.mark.slow
MEMORY = 200_000  # kB


@pytest.mark.parametrize(
    ("connections", "count"), [(300, 1_500), pytest.param(1_900, 20_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_far_more_people_than_can_be_served_are_told_so_and_lose_nothing(
    connections: int, count: int, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    city, ledger = open_city(tmp_path / "city"), tmp_path / "ledger"
    try:
        with Endpoint(city, tmp_path / "log") as endpoint:
            crowd = Client(
                endpoint.address, ledger, "--count", str(count), "--connections", str(connections), "--no-retry"
            )
            figures = crowd.figures()
            later = Client(endpoint.address, ledger, "--count", "100", "--connections", "4", "--prefix", "calm")
            calm = later.figures()
            print(figures, calm, f"{endpoint.memory()} kB at most")
            assert set(figures["statuses"]) <= {"201", "429", "503"}
            assert calm["statuses"] == {"201": 100}
            assert endpoint.memory() <= MEMORY
            assert endpoint.stop() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert broken(Ledger().read(ledger), kept_in(os.fspath(city / JOURNAL))) == []


@pytest.mark.skipif(not shutil.which("slowhttptest"), reason="slowhttptest is not installed")
@pytest.mark.parametrize("kind", ["-H", "-B", "-X"], ids=["headers", "body", "reading"])
def test_connections_that_dawdle_keep_nobody_from_sending(kind: str, tmp_path: Path) -> None:
    city, ledger = open_city(tmp_path / "city"), tmp_path / "ledger"
    with Endpoint(city, tmp_path / "log") as endpoint:
        command = ["slowhttptest", "-c", "400", "-r", "400", "-i", "3", "-l", "60", kind, "-u", endpoint.address]
        dawdling = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        time.sleep(2)
        figures = Client(endpoint.address, ledger, "--count", "100", "--connections", "4").figures()
        print(kind, figures)
        assert dawdling.poll() is None, "everybody was served while they dawdled"
        dawdling.terminate()
        dawdling.wait()
        assert figures["statuses"] == {"201": 100}
        assert endpoint.stop() == 0
    assert broken(Ledger().read(ledger), kept_in(os.fspath(city / JOURNAL))) == []
