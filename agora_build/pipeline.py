"""Turns a city's folder into its published site: load, check, declare the outputs, render them, publish."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agora_build.build import inspection, release, workers
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.loader import load
from agora_build.content.prose_checks import MAX_NESTING
from agora_build.content.site import Site
from agora_build.outputs import (
    agenda_pages,
    assets,
    calendars,
    contribution_pages,
    debate_pages,
    decision_pages,
    feeds,
    front_pages,
    kit_pages,
    map_pages,
    maps,
    podcast,
    radio_pages,
    resource_pages,
    rules_pages,
    sitemap,
    timeline_pages,
    timelines,
)
from agora_build.problems import START, Problem, in_order
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, Theme, theme_folders

OUTPUTS = (
    front_pages,
    timeline_pages,
    timelines,
    debate_pages,
    contribution_pages,
    agenda_pages,
    calendars,
    map_pages,
    maps,
    resource_pages,
    kit_pages,
    radio_pages,
    podcast,
    decision_pages,
    rules_pages,
    feeds,
)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the problems that stopped it, or how many files it published, in how many seconds."""

    problems: list[Problem]
    files: int = 0
    seconds: float = 0.0


def build(root: Path, output: Path, today: datetime.date | None, jobs: int = 1) -> BuildReport:
    """Build the city in `root` into the folder `output` with `jobs` processes; with a problem, nothing is written."""
    started = time.perf_counter()
    output = output.resolve()
    release.recover(output)
    refused = release.refused(root, output)
    if refused:
        return BuildReport(refused)
    config, _ = read_config(root)
    day = today or day_of_build(config)
    loaded = load(root, day)
    if loaded.site is None:
        return BuildReport(in_order(loaded.problems))
    files, problems = render(loaded.site, root, day, jobs)
    if problems:
        return BuildReport(in_order(problems))
    with release.alone(output):
        release.swap(release.write_aside(files.items(), output), output)
    return BuildReport([], len(files), time.perf_counter() - started)


def render(site: Site, root: Path, today: datetime.date, jobs: int = 1) -> tuple[dict[str, bytes], list[Problem]]:
    """Render every output of the site, by path, and inspect the whole."""
    folders = theme_folders(root, site.config.publication.theme)
    theme = Theme(folders, frame_of(site))
    items = list(declared(site, root, folders, today))
    items += sitemap.outputs([item.path for item in items], theme.base_url)
    counts = Counter(item.path for item in items)
    problems = [
        Problem(path, START, "duplicate-output", {"value": path}) for path, count in counts.items() if count > 1
    ]
    done = workers.render_all(items, theme, jobs)
    files = {path: content for path, content in done.items() if content is not None}
    nested = [path for path, content in done.items() if content is None]
    problems += [Problem(path, START, "too-nested", {"limit": str(MAX_NESTING)}) for path in nested]
    return files, problems + inspection.inspect(files)


def declared(site: Site, root: Path, folders: tuple[Path, ...], today: datetime.date) -> Iterator[Output[Any]]:
    """Declare every output of the site but the sitemap, which lists them."""
    yield from assets.outputs(site, root, folders)
    for module in OUTPUTS:
        yield from module.outputs(site, today)


def frame_of(site: Site) -> Frame:
    """Gather what the layout of every page shows."""
    return Frame(
        config=site.config,
        pages=site.pages,
        has_map=site.config.map is not None,
        has_radio=any(microsite.episodes for microsite in site.microsites),
        as_of=site.config.publication.as_of,
    )
