"""Gives tests an intake of their own: a small city with open debates, its endpoint, and an HTTP client."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from cities import minimal_city

from agora_build.civic import codes
from agora_build.intake.app import app_of
from agora_build.intake.city import Cities
from agora_build.intake.endpoint import Endpoint
from agora_build.intake.store import Journal, address_in
from agora_build.intake.tokens import Signer
from agora_build.intake.writer import Writer

T = TypeVar("T")
KEY = b"a key that is long enough for the tests"
DEBATE = "les-quais/contribution/usages"


COMPILED: dict[bytes, bytes] = {}  # templates, compiled once for all the intakes of a run
VOTE = "les-quais/premier-banc"
CODES = [codes.code_of(bytes([number]) * 10) for number in range(40)]
_DEBATES = {
    "phrases": "title: Phrases\nquestion: Que dire ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: statements\n",
    "premier-banc": "title: Le banc\nquestion: Où ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: priorities\n"
    "options:\n  - {id: nord, title: Au nord}\n  - {id: sud, title: Au sud}\n  - {id: port, title: Au port}\n"
    "ballot: {kind: approval, choices: 2}\n",
    "points": "title: Points\nquestion: Combien ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: priorities\n"
    "options:\n  - {id: nord, title: Au nord}\n  - {id: sud, title: Au sud}\n"
    "ballot: {kind: points, points: 10, most: 8}\n",
    "rangs": "title: Rangs\nquestion: Dans quel ordre ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: priorities\n"
    "options:\n  - {id: nord, title: Au nord}\n  - {id: sud, title: Au sud}\nballot: {kind: ranking}\n",
    "oui-ou-non": "title: Oui ou non\nquestion: Oui ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: referendum\n"
    "ballot: {kind: yes-no}\n",
    "sommes": "title: Sommes\nquestion: Quoi ?\nopens: 2016-03-07\ncloses: 2016-12-31\nmethod: budget\nbudget: 900\n"
    "rule: equal-shares\nprojects:\n  - {id: nord, title: Au nord, cost: 300.50}\n"
    "  - {id: sud, title: Au sud, cost: 400}\n  - {id: port, title: Au port, cost: 200}\n"
    "ballot: {kind: approval, within: 600}\n",
}


def with_votes(city: Path, codes_of: Iterable[str] = CODES, statements: int = 23) -> Path:
    """Add to the small city debates where one votes: on sentences, by approval, points, ranks, yes or no."""
    home = city / "content/campaigns/les-quais"
    for slug, head in _DEBATES.items():
        (home / "debates" / f"{slug}.md").write_text(f"---\n{head}---\nVotons.\n", "utf-8")
        folder = home / "votes" / slug
        marks = sorted(codes.mark_of(f"les-quais/{slug}", code) for code in codes_of)
        if slug != "phrases":
            folder.mkdir(parents=True)
            (folder / "codes.csv").write_text("code\n" + "".join(f"{mark}\n" for mark in marks), "utf-8")
    void = codes.mark_of(VOTE, CODES[-1])
    (home / "votes/premier-banc/void.csv").write_text(f"code\n{void}\n", "utf-8")
    for number in range(statements):
        path = home / "contributions" / f"20160401-{number:08}.md"
        head = "debate: phrases\ndate: 2016-04-01\nvoice: individual\nchannel: paper\n"
        path.write_text(f"---\n{head}---\nPhrase numéro {number}.\n", "utf-8")
    return city


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 1_490_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something in a loop of its own, in a thread of its own: a browser that tests drive has one in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Client:
    """Asks an application as a server would, one request at a time."""

    def __init__(self, app: Any) -> None:
        self._carrier = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 50_000))

    def get(self, path: str, **said: Any) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", path, **said)

    def post(self, path: str, **said: Any) -> httpx.Response:
        """Post a form."""
        return self.ask("POST", path, **said)

    def ask(self, method: str, path: str, **said: Any) -> httpx.Response:
        """Ask in any way."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._carrier, base_url="http://localhost") as client:
                return await client.request(method, path, **said)

        return run(asked())


class Intake:
    """An intake that runs inside the test, on the journal at an address."""

    def __init__(self, root: Path, address: str = "", settings: str = "", day: str = "2016-04-20") -> None:
        self.root = minimal_city(root) if not (root / "agora.toml").exists() else root
        toml = self.root / "agora.toml"
        text = toml.read_text("utf-8").replace("demonstration = true", f"as_of = {day}\ndemonstration = true")
        toml.write_text(f"{text}\n[intake]\n{settings}\n", "utf-8")
        self.address = address or address_in(self.root, "sqlite:///.agora/intake/journal.sqlite")
        self.clock, self.signer, self.log = Clock(), Signer(KEY), io.StringIO()
        self.cities, self.writer = Cities(self.root, COMPILED), Writer(self.address)
        self.endpoint = Endpoint(self.cities, self.writer, self.signer, self.clock)
        app = app_of(self.endpoint, self.cities, self.log)
        self.client = Client(app)
        self.journal = Journal(self.address)

    def post(
        self, address: str = DEBATE, *pairs: tuple[str, str], json: bool = True, folder: str = "", **fields: str
    ) -> Any:
        """Post a form as a browser does, from a page of the folder of a language: `en/`."""
        body = urlencode([*fields.items(), *pairs])
        headers = {"Accept": "application/json" if json else "text/html", "Origin": "https://agora.villeneuve.example"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.client.post(f"/{folder}envoi/{address}", content=body, headers=headers)

    def close(self) -> None:
        """Store what waits and give the connections back."""
        self.writer.close()
        self.journal.close()
