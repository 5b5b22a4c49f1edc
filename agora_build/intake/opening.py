"""Turns the settings of a city into what its intake works with: its journal, its repository, its forge, its day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agora_build.config import Config, Intake
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.draft import document_of
from agora_build.content.tree import found_at
from agora_build.intake.checkout import follow, founded
from agora_build.intake.forge import Forge
from agora_build.intake.forges import forge_of
from agora_build.intake.local import LocalForge
from agora_build.intake.relay import Policy, Relay, Step, on
from agora_build.intake.repository import Repository
from agora_build.intake.store import Journal, address_in
from agora_build.problems import Problem


class NoIntakeError(Exception):
    """Says why a city has no intake: its settings have problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Opened:
    """The intake of a city, open."""

    city: Path
    config: Config
    settings: Intake
    day: datetime.date
    journal: Journal
    repository: Repository
    forge: Forge

    def relay(self, step: Step = on) -> Relay:
        """Give what a relay works with."""
        return Relay(self.journal, self.repository, self.forge, self.policy, self.day, step)

    def policy(self, campaign: str) -> Policy:
        """Say how a campaign wants its proposals, as the published branch has it; each alone when it cannot be read."""
        path = f"content/campaigns/{campaign}/campaign.md"
        found, raw = found_at(path), self.repository.read(self.repository.head(), path)
        if found is None or raw is None:
            return "each"
        return "digest" if document_of(found, raw).values.get("proposals") == "digest" else "each"


@contextmanager
def opened(city: Path, day: datetime.date | None = None) -> Iterator[Opened]:
    """Open the intake of a city, and bring its repository up to what the city committed.

    Raises NoIntakeError, RepositoryError, ForgeError and JournalError.
    """
    config, problems = read_config(city)
    if config is None:
        raise NoIntakeError(problems)
    settings, today = config.intake or Intake(), day or day_of_build(config)
    journal = Journal(address_in(city, settings.store))
    try:
        repository = repository_of(city, settings, today)
        yield Opened(city, config, settings, today, journal, repository, forge_of(config, city, LocalForge(repository)))
    finally:
        journal.close()


def repository_of(city: Path, settings: Intake, day: datetime.date) -> Repository:
    """Give the bare repository of the intake: the forge itself, or our copy of what is on the forge."""
    own = settings.repository if settings.forge == "git" else Intake.model_fields["repository"].default
    repository = founded(city, city.resolve() / own, settings.base, day)
    if settings.forge == "git":
        follow(city, repository, day)
    return repository
