"""Turns a city's checkout into what its intake knows of it on a day, in each of its languages, and reads it again."""

from __future__ import annotations

import datetime
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from agora_build.config import Config, Intake
from agora_build.content.config_file import NAME, read_config_file
from agora_build.content.day import day_of_build
from agora_build.content.draft import Draft
from agora_build.content.languages import NAMES
from agora_build.content.preview import answered_here
from agora_build.intake.reading import Reading, reading_of
from agora_build.intake.spoken import Spoken, spoken_in
from agora_build.problems import Problem
from agora_build.urls import Urls, public

_OFTEN = 1.0  # seconds between two looks at whether something changed


class CityProblemError(Exception):
    """Says that a city cannot be served: these are the problems of its settings."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class City:
    """What the intake knows of a city on a day: `first` is what it says in the first language of the site."""

    root: Path
    config: Config
    intake: Intake
    day: datetime.date
    reading: Reading
    first: Spoken
    urls: Urls
    compiled: dict[bytes, bytes]  # of the theme
    others: dict[str, Spoken] = field(default_factory=dict)  # by language, once somebody asked
    making: threading.Lock = field(default_factory=threading.Lock)

    @property
    def draft(self) -> Draft:
        """What new texts are checked against."""
        return self.reading.draft

    @property
    def skipped(self) -> tuple[str, ...]:
        """The files that could not be read."""
        return self.reading.skipped

    def spoken(self, language: str) -> Spoken:
        """Give what is said in a language, made when it is first asked for; in one that the city has not, the first."""
        if language not in self.config.city.others:
            return self.first
        with self.making:
            if language not in self.others:
                self.others[language] = spoken_in(language, self.reading, self.day, self.compiled)
            return self.others[language]

    def prefixes(self) -> dict[str, str]:
        """Give the path below which each language is asked for, the first one last: those of others may be inside it.

        In the site itself, that is each language known to us: a city may come to speak it while we run.
        """
        city, url, base_url = self.config.city, self.intake.url, self.config.publication.base_url
        others = city.others if "://" in url else [language for language in NAMES if language != city.language]
        folders = {**{language: f"{language}/" for language in others}, city.language: ""}
        return {language: urlsplit(public(url, "", base_url, folder)).path for language, folder in folders.items()}


def read_city(root: Path, compiled: dict[bytes, bytes] | None = None, *, preview: bool = False) -> City:
    """Read a city; a file of its content that is wrong takes away its own forms alone.

    `compiled` keeps what was compiled of the theme from one reading to the next.
    """
    settings = read_config_file(root)
    if settings.config is None or settings.problems:
        raise CityProblemError(settings.problems)
    config, day = _with_intake(settings.config), day_of_build(settings.config)
    if preview:
        config = answered_here(config)
    reading = reading_of(root, config, settings, day, preview=preview)
    kept = {} if compiled is None else compiled
    first = spoken_in(config.city.language, reading, day, kept)
    return City(root, config, config.intake or Intake(), day, reading, first, Urls(config.city.language), kept)


def _with_intake(config: Config) -> Config:
    """Give a city that says nothing of its intake the usual settings: who starts it wants one."""
    return config if config.intake else config.model_copy(update={"intake": Intake()})


class Cities:
    """Gives the city as it is now, read again when its commit, its settings, its published site or the day change."""

    def __init__(self, root: Path, compiled: dict[bytes, bytes] | None = None, *, preview: bool = False) -> None:
        self._root, self._preview = root, preview
        self._compiled = {} if compiled is None else compiled
        self._lock = threading.Lock()
        self._seen, self._looked = self._sign(), time.monotonic()
        self._city = read_city(root, self._compiled, preview=preview)

    def now(self) -> City:
        """Give the city; a change that cannot be read leaves it as it was."""
        if time.monotonic() - self._looked > _OFTEN and self._lock.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                seen = self._sign()
                if seen != self._seen or day_of_build(self._city.config) != self._city.day:
                    self.read_again()
                    self._seen = seen
            finally:
                self._lock.release()
        return self._city

    def speak(self) -> None:
        """Make now what is said in the other languages, so that nobody waits for it."""
        for language in self._city.config.city.others:
            self._city.spoken(language)

    def read_again(self) -> None:
        """Read the city now, as on SIGHUP."""
        try:
            self._city = read_city(self._root, self._compiled, preview=self._preview)
        except (CityProblemError, OSError):
            return  # half-written, or wrong: what was right serves until it is mended

    def _sign(self) -> tuple[object, ...]:
        """Give what tells one state of the checkout from another, without running git."""
        head = self._root / ".git" / "HEAD"
        said = head.read_text("utf-8", "replace").strip() if head.is_file() else ""
        built = ".agora/preview/site/build.json" if self._preview else "output/build.json"
        files = [NAME, built, ".git/HEAD", ".git/packed-refs"]
        if said.startswith("ref: "):
            files.append(f".git/{said.removeprefix('ref: ')}")
        return said, *(_stamp(self._root / name) for name in files)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
