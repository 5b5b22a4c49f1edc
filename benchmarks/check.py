"""Times `agora check` as whole processes, in turns: all new, nothing changed, one file changed well, one changed badly.

    python benchmarks/check.py                  10,000 contributions, 9 turns
    python benchmarks/check.py 10000 20

Prints, for each, the wall and the processor time: the least and the median of the turns.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from engine import agora_site, corpus

AGORA = Path(sys.executable).parent / "agora"
SETTLED = 0.05  # seconds: a file that changed just now may change again at the same date, and is read again


def once(city: Path, wanted: int) -> tuple[float, float]:
    """Check once; give wall and processor seconds."""
    quiet = [(os.POSIX_SPAWN_OPEN, handle, os.devnull, os.O_WRONLY, 0) for handle in (1, 2)]
    began = time.perf_counter()
    child = os.posix_spawn(AGORA, [str(AGORA), "check", str(city)], os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != wanted:
        sys.exit(f"agora check gave {os.waitstatus_to_exitcode(status)}, not {wanted}")
    return wall, used.ru_utime + used.ru_stime


def main() -> None:
    """Write the city, check it in turns, print the figures."""
    size, turns = (int(value) for value in [*sys.argv[1:3], *("10000", "9")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(prefix="agora-check-") as folder:
        city = Path(folder)
        agora_site.write(corpus.records(size), city, "agora")
        time.sleep(SETTLED)
        file = sorted(city.glob("content/campaigns/*/contributions/*.md"))[size // 2]
        text = file.read_text("utf-8")
        cases: dict[str, tuple[int, Callable[[int], object]]] = {
            "all new": (0, lambda _: shutil.rmtree(city / ".agora", ignore_errors=True)),
            "nothing changed": (0, lambda _: None),
            "one file changed": (0, lambda turn: file.write_text(f"{text}\nEncore {turn}.\n", "utf-8")),
            "one file changed badly": (1, lambda _: file.write_text(text.replace("voice:", "voix:", 1), "utf-8")),
            "mended": (0, lambda _: file.write_text(text, "utf-8")),
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for turn in range(turns):
            for name, (wanted, change) in cases.items():
                change(turn)
                time.sleep(SETTLED)
                found[name].append(once(city, wanted))
    print(f"{size} contributions, {turns} turns, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for name, figures in found.items():
        walls, busy = zip(*figures, strict=True)
        print(
            f"{name:<24} wall {min(walls):.3f} (median {statistics.median(walls):.3f}) s, "
            f"processor {min(busy):.3f} (median {statistics.median(busy):.3f}) s"
        )


if __name__ == "__main__":
    main()
