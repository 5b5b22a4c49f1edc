"""What a web server sends through a hundred publications: whole pages, none missing, never an older one after a newer."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from publishing import FILLING, publish, read, site

SCRIPT = Path(__file__).with_name("reading.py")
PAGES = ("index.html", "pages/1/1/index.html", "")  # in every release; "" is what a server makes of it
RATE, SWAPS, SECONDS, READERS = 1_100, 100, 12, 2  # a little more than a thousand: the machine has other things to do


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def nginx(root: Path, folder: Path) -> Iterator[int]:
    """Serve a folder with nginx as Debian sets it up, on this computer alone."""
    program, port = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"), _free_port()
    if program is None:
        pytest.skip("nginx is not installed")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the folders of a test are for one user
    (folder / "nginx.conf").write_text(
        f"""{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;
        events {{}}
        http {{ access_log off; sendfile on; keepalive_requests 1000000; {temporary}
        server {{ listen 127.0.0.1:{port}; root {root}; index index.html; }} }}""",
        "utf-8",
    )
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")])
    try:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.slow
def test_nginx_serves_whole_sites_through_a_hundred_publications(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, known = tmp_path / "output", site(0, FILLING)
    publish(output, known)
    with nginx(output, tmp_path) as port:
        command = [sys.executable, str(SCRIPT), str(port), "4", str(RATE / READERS), str(SECONDS), *PAGES]
        readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
        began = time.perf_counter()
        for number in range(1, SWAPS + 1):
            time.sleep(max(0.0, began + number * (SECONDS - 1) / SWAPS - time.perf_counter()))
            publish(output, site(number, FILLING), known)
            known = site(number, FILLING)
        swapping = time.perf_counter() - began
        found = [json.loads(reader.communicate(timeout=SECONDS + 20)[0]) for reader in readers]
    pages, rate = sum(one["pages"] for one in found), sum(one["pages"] / one["seconds"] for one in found)
    with capsys.disabled():
        said = f"{pages} pages read from nginx, {rate:.0f} a second, through {SWAPS} publications in {swapping:.1f} s"
        sys.stdout.write(f"\n{said}\n")
    assert [fault for one in found for fault in one["faults"]] == []
    assert read(output) == site(SWAPS, FILLING)
    assert min(one["releases"] for one in found) > SWAPS * 0.8
    assert swapping < SECONDS  # all publications while pages were read
    assert rate >= 1_000
