"""Starts and ends endpoints as an administrator does, for a small city that receives contributions."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

CITY = Path(__file__).parent.parent / "golden" / "minimal" / "site"
DAY = "2016-04-20"
FORM = "envoi/les-quais/contribution/usages"
JOURNAL = ".agora/intake/journal.sqlite"
FORGE = ".agora/intake/forge.git"
_LIMITS = "proxies = 1\naddress_minute = 1000000\ncampaign_minute = 1000000\ntotal_minute = 1000000\n"


def open_city(folder: Path, settings: str = "") -> Path:
    """Make a city whose debate is open, and whose limits are those of a test."""
    city = Path(shutil.copytree(CITY, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".agora", "output")))
    toml = city / "agora.toml"
    text = toml.read_text("utf-8").replace("demonstration = true", f"as_of = {DAY}\ndemonstration = true")
    toml.write_text(f"{text}\n[intake]\n{_LIMITS}{settings}", "utf-8")
    return city


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Endpoint:
    """An endpoint of a city, in a process of its own, always on the same port."""

    def __init__(self, city: Path, log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.city = city
        self.log = log
        self.port = free_port()
        self.environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the form is sent."""
        return f"http://127.0.0.1:{self.port}/{FORM}"

    def start(self, patience: float = 30.0) -> float:
        """Start it; give the seconds of work it took until it was ready, whatever else the computer was doing."""
        began = time.monotonic()
        command = [sys.executable, "-m", "agora_build", "intake", "--city", self.city, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - began > patience:
                msg = f"it does not start: {self.log.read_text()[-2000:]}"
                raise RuntimeError(msg)
            time.sleep(0.02)
        spent = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(int(ticks) for ticks in spent) / os.sysconf("SC_CLK_TCK")

    def ready(self) -> bool:
        """Ask it whether it is ready."""
        try:
            return self.get("/ready")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str) -> tuple[int, bytes]:
        """Get a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, body: bytes, accept: str = "application/json", form: str = FORM) -> tuple[int, bytes]:
        """Send a form."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", f"/{form}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def kill(self) -> None:
        """End it at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def memory(self) -> int:
        """Give the most memory it ever held, in kB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()


class Client:
    """The load client, in a process of its own."""

    def __init__(self, address: str, ledger: Path, *options: str) -> None:
        command = [sys.executable, Path(__file__).with_name("client.py"), address, ledger, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def running(self) -> bool:
        """Tell whether it still sends."""
        return self.process.poll() is None

    def figures(self) -> dict[str, object]:
        """Wait for its end; give its figures."""
        said, _ = self.process.communicate(timeout=1800)
        assert self.process.returncode == 0
        return dict(json.loads(said))
