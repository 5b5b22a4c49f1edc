"""Turns each change of a city's files into the site its authors look at, or into the problems that are told to them."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from agora_build.build import signature
from agora_build.build.warm import Warm
from agora_build.content.config_file import read_config_file
from agora_build.content.preview import folder_of
from agora_build.pipeline import BuildReport, Order, build
from agora_build.problems import Wording, wording
from agora_build.serving import panel
from agora_build.serving.live import Live
from agora_build.serving.seen import Seen
from agora_build.serving.watcher import changes

Said = Callable[[BuildReport, Wording], None]


class Workshop:
    """Builds a city again and again, in one process: what it imported and compiled serves again."""

    def __init__(self, root: Path, live: Live, said: Said) -> None:
        self.output = folder_of(root) / "site"
        self.words = wording("fr")
        self.still = threading.Lock()  # held while files are tried, and may not stay: nothing is built of them
        self._root, self._live, self._said = root, live, said
        self._warm = Warm()
        self._seen = Seen(os.fspath(root))

    def build(self, jobs: int = 1, paths: Iterable[str] = ()) -> BuildReport:
        """Build what changed in some files, or in all; tell open pages, and who started this."""
        with self.still:
            taken = self._seen.again(paths) if paths else self._seen.everything()
            report = self._built(jobs, taken)
        if not paths or report.problems or "agora.toml" in paths:
            self._speak()
        before, now = self._live.problems, panel.told(report.problems, self.words)
        self._live.say(now, report.changed)
        if now != before or report.changed:
            self._said(report, self.words)
        return report

    def watch(self, stop: threading.Event) -> None:
        """Build again each time that something changed, until `stop`."""
        gc.set_threshold(50_000)  # a build makes much and drops little
        for paths in changes(self._root, stop):
            self.build(paths=paths)
            gc.collect()
            gc.freeze()  # what stays is there to stay: the next edit need not wait for it to be looked through

    def page(self) -> bytes:
        """Give the page that stands for a site that could not be made yet."""
        return panel.page(self._live.problems, self.words)

    def _built(self, jobs: int, taken: signature.Taken) -> BuildReport:
        order: dict[str, Any] = {"root": os.fspath(self._root), "output": self.output, "jobs": jobs}
        return build(Order(**order, taken=taken, preview=True, warm=self._warm))

    def _speak(self) -> None:
        """Speak the language of the city, as far as agora.toml can be read."""
        config = read_config_file(self._root).config
        if config is not None:
            self.words = wording(config.city.language)
