"""Measures `agora serve` on a city of many contributions: from the writing of a file to the news of it, to the page.

    python benchmarks/serve.py [--size 10000] [--runs 15] [--folder /dev/shm/serve] [--browser]

The figures are wall times of a running preview: from the call that writes the file to the event that its page gets and,
with --browser, to the new words in a page of a real Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests")]

from engine import agora_site, corpus  # noqa: E402 - they are found from here on
from previews import Preview, preview  # noqa: E402

FOLDER = "content/campaigns"
STAMP = int(time.time())  # the words of this run are in no page yet


def main() -> None:
    """Write the city, run the preview, edit, print what it took."""
    options = _options()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="agora-serve-"))
    city = folder / f"city-{options.size}"
    if not city.exists():
        agora_site.write(corpus.records(options.size), city, "agora")
    with preview(city, patience=600) as running, _browser(options.browser) as browser:
        for name, file, page, edit in _edits(city):
            told = [_told(running, file, page, edit, run) for run in range(options.runs + 1)][1:]
            _print(f"{name}: the event", told)
            if browser is not None:
                shown = [_shown(browser, running, file, page, edit, 1_000 + run) for run in range(options.runs)]
                _print(f"{name}: in the browser", shown)
        builds = [int(line.split()[-2]) for line in running.said if line.endswith(" ms\n")][1:]
        print(f"of which the build itself, median of all: {statistics.median(builds)} ms")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--folder", help="where the city goes (default: a temporary folder)")
    parser.add_argument("--browser", action="store_true", help="open the page in Chromium too")
    return parser.parse_args()


def _edits(city: Path) -> Iterator[tuple[str, Path, str, Callable[[str, int], str]]]:
    """Give what is edited: its name, its file, its page, and how its text changes."""
    said = sorted((city / FOLDER).glob("*/contributions/*.md"))
    one = said[len(said) // 2]
    page = f"/campagnes/{one.parent.parent.name}/contributions/{one.stem}/"
    yield "a contribution", one, page, lambda text, run: f"{text.rstrip()}\n\nMot{run}x{STAMP}.\n"
    about = city / "content/pages/a-propos.md"
    yield "a page", about, "/a-propos/", lambda text, run: f"{text.rstrip()}\n\nMot{run}x{STAMP}.\n"


def _told(running: Preview, file: Path, page: str, edit: Callable[[str, int], str], run: int) -> float:
    """Edit a file; give the milliseconds until its page is told."""
    with running.listening(page) as events:
        events.get(timeout=20)  # what is wrong: nothing
        time.sleep(0.3)
        text = edit(file.read_text("utf-8"), run)
        began = time.perf_counter()
        file.write_text(text, "utf-8")
        while events.get(timeout=60)[0] != "changed":
            pass
        return (time.perf_counter() - began) * 1_000


def _shown(browser: Any, running: Preview, file: Path, page: str, edit: Callable[[str, int], str], run: int) -> float:  # noqa: ANN401, PLR0913, PLR0917
    """Edit a file; give the milliseconds until a browser shows its new words."""
    window = browser.new_page()
    window.goto(running.address + page)
    window.wait_for_timeout(500)
    text = edit(file.read_text("utf-8"), run)
    began = time.perf_counter()
    file.write_text(text, "utf-8")
    window.get_by_text(f"Mot{run}x{STAMP}.").wait_for(timeout=60_000)
    spent = (time.perf_counter() - began) * 1_000
    window.close()
    return spent


@contextmanager
def _browser(wanted: bool) -> Iterator[Any]:  # noqa: FBT001
    if not wanted:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _print(name: str, figures: list[float]) -> None:
    low, middle, high = min(figures), statistics.median(figures), max(figures)
    print(f"{name:36} min {low:7.0f}  median {middle:7.0f}  max {high:7.0f} ms", flush=True)


if __name__ == "__main__":
    main()
