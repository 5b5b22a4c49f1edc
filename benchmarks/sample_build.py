"""Turns repeated builds of the sample, each from nothing, into a table of wall, processor time and peak memory.

Usage: python benchmarks/sample_build.py [RUNS]
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
AGORA = Path(sys.executable).parent / "agora"


def one_build(output: Path) -> tuple[float, float, float]:
    """Build once from nothing; give wall seconds, processor seconds and peak memory in MiB."""
    shutil.rmtree(output, ignore_errors=True)
    started = time.perf_counter()
    child = os.posix_spawn(AGORA, [str(AGORA), "build", "--output", str(output)], os.environ)
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit("the build failed")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print the minimum, median and maximum of every figure."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        one_build(output)
        figures = [one_build(output) for _ in range(runs)]
        files = sum(path.is_file() for path in output.rglob("*"))
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"{runs} builds of the sample from nothing, {files} files, {machine}")
    for name, values in zip(("wall s", "processor s", "peak MiB"), zip(*figures, strict=True), strict=True):
        print(f"{name:12} min {min(values):8.2f}  median {statistics.median(values):8.2f}  max {max(values):8.2f}")


if __name__ == "__main__":
    main()
