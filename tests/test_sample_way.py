"""The whole way on one computer: a form of the site, a receipt, a proposal, a page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest
from inboxes import committed_city, git

EPOCH = os.environ | {"SOURCE_DATE_EPOCH": "1461153600"}
TEXT = "Un banc « face au fleuve », à l’ombre <3."


class Actions(HTMLParser):
    """Finds where the forms of a page are sent."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of a form."""
        if tag == "form":
            self.found.append(dict(attrs).get("action") or "")


def run(*arguments: str) -> str:
    """Run the program."""
    done = subprocess.run(
        [sys.executable, "-m", "agora_build", *arguments], env=EPOCH, capture_output=True, check=False
    )
    assert not done.returncode, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def fetched(address: str, data: dict[str, str] | None = None) -> tuple[int, str]:
    """Ask as a browser without JavaScript would."""
    body = urlencode(data).encode() if data else None
    with urllib.request.urlopen(address, body, timeout=20) as answer:  # noqa: S310 - our own server
        return answer.status, answer.read().decode("utf-8")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A city whose site is built and served with its forms."""
    city = committed_city(tmp_path_factory.mktemp("served"))
    settings = (city / "agora.toml").read_text("utf-8")
    (city / "agora.toml").write_text(f'{settings}\n[intake]\nurl = "envoi/"\n', "utf-8")
    git(city, "commit", "--quiet", "--all", "--message=Des formulaires")
    run("build", "--city", str(city))
    command = ["intake", "--city", str(city), "--site", str(city / "output"), "--port", "0"]
    with subprocess.Popen([sys.executable, "-m", "agora_build", *command], env=EPOCH, stderr=subprocess.PIPE) as server:
        assert server.stderr
        said = server.stderr.readline().decode()
        found = re.search(r"http://[^ ]*/", said)
        assert found, said
        try:
            yield city, found[0]
        finally:
            server.terminate()
            server.wait(timeout=20)
            server.stderr.close()


def test_what_is_sent_by_a_form_of_the_served_site_is_published_on_it(served: tuple[Path, str]) -> None:
    city, site = served
    assert fetched(site)[0] == 200
    (page,) = form_pages(city)
    address = urljoin(site, page)
    action = Actions()
    action.feed(fetched(address)[1])
    sends = [urljoin(address, found) for found in action.found if "envoi/" in found]
    status, receipt = fetched(sends[0], {"voice": "individual", "text": TEXT})
    assert status == 201
    identity = re.search(r"20160420-[0-9a-z]{8}", receipt)
    assert identity
    run("relay", "--once", "--city", str(city))
    run("inbox", "accept", identity[0], "--city", str(city))
    status, published = fetched(f"{site}campagnes/les-quais/contributions/{identity[0]}/")
    assert status == 200
    assert "face au fleuve" in published
    assert "rien n’est perdu" in run("verify", "inbox", "--city", str(city))
    assert json.loads(fetched(f"{site}ready")[1])


def form_pages(city: Path) -> list[str]:
    """Give the pages of the site that have a form for contributions to the debate."""
    pages = (city / "output").glob("**/*.html")
    return [
        page.relative_to(city / "output").as_posix()
        for page in pages
        if "envoi/les-quais/contribution/usages" in page.read_text("utf-8")
    ][:1]


def test_nothing_but_the_site_is_served(served: tuple[Path, str]) -> None:
    for path in (
        "..%2f..%2fetc/passwd",
        "%2e%2e/agora.toml",
        ".agora/intake/key",
        "assets/%00",
        "a%5c..%5cb",
        "assets/",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetched(f"{served[1]}{path}")
        assert refused.value.code == 404, path
        refused.value.close()
