"""Runs the real `agora serve` on a city, in a process of its own, and listens to what it tells open pages."""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Preview:
    """A running preview: its port, and what it writes in the terminal."""

    def __init__(self, city: Path, *arguments: str, patience: float = 60) -> None:
        command = [sys.executable, "-m", "agora_build", "serve", "--city", str(city), "--port", "0", *arguments]
        own = {**os.environ, "AGORA_INTAKE_KEY": "k" * 40}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=own)
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        line = waited(lambda: next((line for line in self.said if "localhost:" in line), ""), patience)
        found = re.search(r"localhost:(\d+)/", line)
        assert found, self.said
        self.port = int(found[1])
        self.address = f"http://localhost:{self.port}"

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(self.process.stderr)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Ask for an address; give the status, the headers, the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": f"localhost:{self.port}"}
        sent |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def builds(self) -> list[str]:
        """List the builds since the first that changed something, as the terminal tells them."""
        return [line for line in self.said if " ms" in line][1:]

    @contextmanager
    def listening(self, path: str = "/", seen: str | None = None) -> Iterator[queue.Queue[tuple[str, Any]]]:
        """Listen as the page at a path does; give the events as they come."""
        if seen is None:
            seen = re.findall(r'data-seen="(\w*)"', self.ask(path)[2].decode())[-1]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/_agora/events?page={path}&seen={seen}")
        answer = connection.getresponse()
        events: queue.Queue[tuple[str, Any]] = queue.Queue()

        def told() -> None:
            name = ""
            for raw in iter(answer.readline, b""):
                key, _, value = raw.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    events.put((name, json.loads(value)))

        thread = threading.Thread(target=told, daemon=True)
        thread.start()
        try:
            yield events
        finally:
            if connection.sock:
                connection.sock.close()

    def stop(self) -> int:
        """Stop as Ctrl+C does; give the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self._reader.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        return code


@contextmanager
def preview(city: Path, *arguments: str, patience: float = 60) -> Iterator[Preview]:
    """Run a preview as long as it is needed."""
    running = Preview(city, *arguments, patience=patience)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def waited(look: Any, seconds: float = 15) -> Any:
    """Give the first answer that is not nothing."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := look():
            return found
        time.sleep(0.01)
    return look()
