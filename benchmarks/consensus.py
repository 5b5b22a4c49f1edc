"""Times the groups of opinion from a votes file to what pages show: wall, processor, peak memory, in a fresh process.

    python benchmarks/consensus.py                     Bowling Green's size, then Aufstehen's (the largest known)
    python benchmarks/consensus.py --votes FILE.csv    a file of yours (voter,statement,vote,date)

Voters are drawn from three planted groups; how many people vote how much follows what such debates show: most little,
some on nearly everything. The share of pairs of voters that the groups found treat as planted is shown too.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from agora_build.civic import consensus, votes

SIZES = ((2_031, 896, 225_524), (33_547, 1_000, 2_700_000))  # voters, statements, votes
GROUPS = (0.5, 0.3, 0.2)  # shares of the voters
PASSES = 0.15  # share of the votes
WORDS = np.array(["agree", "disagree", "pass"])


def main() -> None:
    """Measure the files asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--votes", type=Path, help="a votes file to measure, in place of synthetic ones")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(_once(options.once)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in [options.votes] if options.votes else [_write(Path(folder), *size) for size in SIZES]:
            for _ in range(options.runs):
                _show(_fresh(path))


def _fresh(path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--once", str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _show(found: dict[str, float]) -> None:
    print(
        f"{found['voters']:6.0f} voters x {found['statements']:4.0f} statements, {found['votes']:9,.0f} votes:"
        f" {found['wall']:6.2f} s wall ({found['read']:.2f} s of it reading), {found['processor']:6.2f} s processor,"
        f" {found['peak']:6.0f} MB; {found['groups']:.0f} groups, pairs as planted {found['as_planted']:.3f}",
        flush=True,
    )


def _once(path: Path) -> dict[str, float]:
    """Read the file and find the groups; seconds, and megabytes of the whole process."""
    statements = _statements(path)
    began, processor = time.perf_counter(), time.process_time()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        matrix = votes.matrix(rows, statements)
    read = time.perf_counter() - began
    found = consensus.opinions(matrix)
    return {
        "wall": time.perf_counter() - began,
        "read": read,
        "processor": time.process_time() - processor,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "voters": found.voters,
        "statements": len(found.statements),
        "votes": found.votes,
        "groups": len(found.groups),
        "as_planted": _as_planted(consensus.grouping(matrix).letters),
    }


def _statements(path: Path) -> set[str]:
    """Give the statements of a file that nobody else lists."""
    with path.open(encoding="utf-8") as lines:
        next(lines)
        return {line.split(",", 2)[1] for line in lines}


def _as_planted(letters: dict[str, str]) -> float:
    """Compare groups with the first letter of the voters' ids: the share of pairs together or apart in both."""
    both: dict[tuple[str, str], int] = {}
    for voter, letter in letters.items():
        both[voter[0], letter] = both.get((voter[0], letter), 0) + 1
    table = np.array([[both.get((planted, letter), 0) for letter in "ABCDE"] for planted in "abc"], dtype=float)
    total = table.sum()
    squares = [float((counts**2).sum()) for counts in (table, table.sum(axis=0), table.sum(axis=1))]
    return 1 + (2 * squares[0] - squares[1] - squares[2]) / max(total * (total - 1), 1)


def _write(folder: Path, voters: int, statements: int, wanted: int) -> Path:
    """Write a votes file of planted groups; the same every time."""
    draw = np.random.default_rng(20_161_115)
    opinion = draw.beta(0.8, 0.8, size=(len(GROUPS), statements))
    group_of = draw.choice(len(GROUPS), size=voters, p=GROUPS)
    zeal = draw.lognormal(sigma=1.2, size=voters)
    path = folder / f"votes-{voters}.csv"
    with path.open("w", encoding="utf-8") as lines:
        lines.write("voter,statement,vote,date\n")
        scale = wanted / zeal.sum()
        while (seen := np.minimum(np.ceil(zeal * scale).astype(int), statements)).sum() < wanted:
            scale *= 1.001
        for voter in range(voters):
            chosen = draw.permutation(statements)[: seen[voter]]
            agrees = draw.random(len(chosen)) < opinion[group_of[voter], chosen]
            words = WORDS[np.where(draw.random(len(chosen)) < PASSES, 2, np.where(agrees, 0, 1))]
            days = draw.integers(10, 29, len(chosen))
            name = f"{'abc'[group_of[voter]]}{voter:05d}"
            lines.writelines(
                f"{name},{statement},{word},2016-11-{day}\n"
                for statement, word, day in zip(chosen, words, days, strict=True)
            )
    return path


if __name__ == "__main__":
    main()
