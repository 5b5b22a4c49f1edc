"""A clock that jumps, and two relays at once, make nothing twice; days are those of the city's zone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.client import contribution
from faults.endpoints import Endpoint
from faults.towns import Town

pytestmark = pytest.mark.slow
needs_faketime = pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")


def test_two_relays_at_once_propose_each_contribution_once(tmp_path: Path) -> None:
    town = Town(tmp_path)
    ids = town.receive(8, "t")
    command = [sys.executable, "-m", "agora_build", "relay", "--once", "--city", town.city]
    for _ in range(2):
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
        assert {relay.wait(120) for relay in both} <= {0, 1}
    assert town.states() == dict.fromkeys(ids, "proposed")
    assert town.broken() == []


# When it is in UTC, and the day it is in Paris: hours that do not exist or come twice, one day on and back, 2038.
MOMENTS = [
    ("2016-04-20 21:59:59", "20160420"),
    ("2016-04-20 22:00:01", "20160421"),
    ("2016-04-19 22:30:00", "20160420"),
    ("2016-10-30 00:59:59", "20161030"),
    ("2016-10-30 01:00:01", "20161030"),
    ("2017-03-26 00:59:59", "20170326"),
    ("2017-03-25 23:00:01", "20170326"),
    ("2038-01-19 03:14:08", "20380119"),
]


@needs_faketime
def test_the_clock_may_jump_and_nothing_is_there_twice(tmp_path: Path) -> None:
    town = Town(tmp_path)
    toml = town.city / "agora.toml"
    toml.write_text(re.sub(r"as_of = .*\n", "", toml.read_text("utf-8")), "utf-8")
    for path in town.city.rglob("*.md"):  # open, whatever the day
        path.write_text(re.sub(r"(?m)^closes: .*$", "closes: 2039-12-31", path.read_text("utf-8")), "utf-8")
    town.git("commit", "--quiet", "--all", "-m", "Prolonger")
    library = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))))
    clock = tmp_path / "clock"
    clock.write_text(MOMENTS[0][0])
    environment = {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "TZ": "UTC",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    with Endpoint(town.city, tmp_path / "log", environment) as endpoint:
        for number, (moment, day) in enumerate(MOMENTS):
            clock.write_text(moment)
            wait_for_the_day(endpoint)
            said = contribution("clock", number)
            town.ledger.texts[said.mark], town.ledger.keys[said.mark] = said.text, said.key
            for _ in range(2):  # the same button, twice
                status, answer = endpoint.post(said.body)
                assert status in (200, 201), (moment, answer)
                receipt = json.loads(answer)
                assert receipt["id"].startswith(f"{day}-"), moment
                town.ledger.receipts.setdefault(said.mark, set()).add((receipt["id"], receipt["sha256"]))
        assert endpoint.stop() == 0
    for moment in ("2016-04-21 12:00:00", "2016-04-19 12:00:00", "2038-01-20 12:00:00"):
        clock.write_text(moment)
        done = town.agora("relay", "--once", **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert town.broken() == []
    assert set(town.states().values()) == {"proposed"}


def wait_for_the_day(endpoint: Endpoint) -> None:
    """Let the endpoint look at the day again: it does so once a second."""
    time.sleep(1.2)
    assert endpoint.get("/health")[0] == 200
