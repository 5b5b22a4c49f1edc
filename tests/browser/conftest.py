"""Builds the sample and a long debate once, serves them on loopback, and opens them in the real Chromium."""

from __future__ import annotations

import fcntl
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cities import sample
from every_vote import add_every_vote
from long_debate import add_long_debate
from neighbours import SAID, follow, keep
from playwright.sync_api import Browser, sync_playwright
from sites import add_booklet, built
from windows import Watched, opened

FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The sample, with a debate long enough to be read in lists, built into a folder of its own, once for a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "site"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "output").exists():
            made(folder)
    return folder / "output"


def made(folder: Path) -> None:
    """Build the site that every worker reads."""
    city = folder / "city"
    sample(city)
    add_long_debate(city)
    add_every_vote(city)
    follow(city, voisine="https://participe.voisine.example/", autre="https://participe.autre.example/")
    keep(city, "voisine", SAID)
    assert built(city, folder / "output", search=True, offline=True).problems == []
    add_booklet(folder / "output", "parc-logement")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address at which the built sample is served."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one Playwright installed."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, "--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(chromium: Browser, address: str) -> Iterator[Watched]:
    """One window for all the pages visited one after the other."""
    with opened(chromium, address) as watched:
        yield watched


@pytest.fixture(scope="session")
def plain(chromium: Browser, address: str) -> Iterator[Watched]:
    """The same, without JavaScript."""
    with opened(chromium, address, java_script_enabled=False) as watched:
        yield watched
