"""Gives tests a small city under git, a journal of what people sent, and what a relay works with."""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cities import minimal_city

from agora_build.content.ids import new_id
from agora_build.intake.checkout import founded
from agora_build.intake.forge import BRANCHES
from agora_build.intake.journal import Entry, Sent, sha256_of
from agora_build.intake.local import LocalForge
from agora_build.intake.relay import Passed, Policy, Relay, on, relay
from agora_build.intake.repository import Repository
from agora_build.intake.store import Journal

DAY = datetime.date(2016, 4, 20)
ONE = {"GIT_AUTHOR_NAME": "Ville", "GIT_AUTHOR_EMAIL": "ville@localhost", "GIT_COMMITTER_NAME": "Ville"}
WHO = os.environ | ONE | {"GIT_COMMITTER_EMAIL": "ville@localhost", "GIT_CONFIG_GLOBAL": os.devnull}


def git(folder: Path, *arguments: str) -> str:
    """Run git as the city would, and give what it prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=WHO, capture_output=True, check=True)
    return done.stdout.decode().strip()


def committed_city(tmp_path: Path, inside: str = "") -> Path:
    """Make a city under git, at the top of a checkout or in a folder of it."""
    city = minimal_city(tmp_path)
    top = city
    if inside:
        top = tmp_path / "depot"
        (top / inside).parent.mkdir(parents=True)
        city.rename(top / inside)
        city = top / inside
    (top / ".gitignore").write_text(".agora/\noutput/\n.output.*\n")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=Contenu")
    return city


def contribution(text: str = "Un banc face au fleuve.", identity: str = "", campaign: str = "les-quais") -> Entry:
    """Make an entry as the form endpoint would."""
    identity = identity or new_id(DAY)
    meta = f"debate: usages\ndate: {DAY}\nvoice: individual\nchannel: web"
    content = f"---\n{meta}\n---\n{text}\n"
    path = f"content/campaigns/{campaign}/contributions/{identity}.md"
    return Entry(identity, "contribution", campaign, "usages", path, content, sha256_of(content), DAY)


def sent(journal: Journal, entries: Sequence[Entry]) -> list[str]:
    """Store entries; give their ids."""
    return [outcome.id for outcome in journal.accept([Sent(entry.id, entry) for entry in entries])]


@dataclass
class Inbox:
    """A city, its journal and its repository, ready to be relayed."""

    city: Path
    inside: str = ""
    policy: Policy = "each"
    day: datetime.date = DAY
    steps: list[str] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        """The journal, opened anew."""
        return Journal(f"sqlite:///{self.city}/.agora/intake/journal.sqlite")

    @property
    def repository(self) -> Repository:
        """The bare repository, made if it must be."""
        return founded(self.city, self.city / ".agora/intake/forge.git", "main", DAY)

    def work(self, step: Callable[[str], None] = on) -> Relay:
        """Give what the relay works with."""
        repository = self.repository
        return Relay(self.journal, repository, LocalForge(repository), lambda _campaign: self.policy, self.day, step)

    def relay(self, step: Callable[[str], None] = on) -> Passed:
        """Make a pass."""
        return relay(self.work(step))

    def branches(self) -> dict[str, str]:
        """Give the heads of the contributions' branches, by id."""
        return {name.removeprefix(BRANCHES): head for name, head in self.repository.below(BRANCHES).items()}

    def states(self) -> dict[str, str]:
        """Give the state of each entry."""
        return {entry.id: entry.state for entry in self.journal.entries()}


def inbox(tmp_path: Path, *entries: Entry, inside: str = "", policy: Policy = "each") -> Inbox:
    """Make a city where these entries wait."""
    made = Inbox(committed_city(tmp_path, inside), inside, policy)
    sent(made.journal, entries)
    return made
