"""Makes a city that is kept with git, and does in it what its staff does, by the commands they type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from faults.client import contribution
from faults.endpoints import FORGE, FORM, JOURNAL, Endpoint, open_city
from faults.ledger import Ledger, broken, kept_in, rows_of


class Town:
    """A city in a folder, and the ledger of those who sent something there."""

    def __init__(self, folder: Path) -> None:
        self.city = open_city(folder / "city")
        (self.city / ".gitignore").write_text(".agora/\noutput/\n")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "Ouvrir")
        self.ledger = Ledger()
        self.log = folder / "log"
        self.forge = self.city / FORGE
        self.journal = self.city / JOURNAL

    def git(self, *words: str) -> None:
        """Run git in the city's checkout."""
        own = ("-c", "user.name=Mairie", "-c", "user.email=mairie@ville.example")
        subprocess.run(["git", *own, *words], cwd=self.city, check=True)

    def receive(self, count: int, prefix: str) -> list[str]:
        """Let people send contributions; give their ids."""
        ids = []
        with Endpoint(self.city, self.log) as endpoint:
            for number in range(count):
                said = contribution(prefix, number)
                self.ledger.texts[said.mark], self.ledger.keys[said.mark] = said.text, said.key
                status, answer = endpoint.post(said.body, form=FORM)
                assert status == 201
                receipt = json.loads(answer)
                self.ledger.receipts[said.mark] = {(receipt["id"], receipt["sha256"])}
                ids.append(receipt["id"])
            assert endpoint.stop() == 0
        return ids

    def agora(self, *words: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
        """Type a command."""
        command = [*before, sys.executable, "-m", "agora_build", *words, "--city", os.fspath(self.city)]
        own = {**os.environ, **environment}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=own, timeout=120)

    def states(self) -> dict[str, str]:
        """Give the state of each entry, as the database has it."""
        return {row.id: row.state for row in rows_of(os.fspath(self.journal))}

    def broken(self, *, settled: bool = True) -> list[str]:
        """Say each promise that was broken."""
        return broken(self.ledger, kept_in(os.fspath(self.journal), self.forge), settled=settled)
