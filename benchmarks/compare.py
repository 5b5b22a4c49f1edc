"""Times Agora and other generators on the same corpus, run in turns: from nothing, after one edit, with nothing changed.

    python benchmarks/compare.py                       all, at 1,000 and 10,000 contributions; Hugo and Agora at 100,000
    python benchmarks/compare.py --sizes 1000 --peers hugo,agora --runs 3 --folder /dev/shm/bench
    python benchmarks/compare.py --report              write docs/performance.md again from what was measured

Results are kept in benchmarks/results.json as they come: a run that is interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from engine import agora_site, corpus, peers, report
from engine.measure import FailedError, cost

RESULTS = Path(__file__).parent / "results.json"
MEASURES = ("cold", "edit", "same")
BIG = 50_000  # contributions: beyond, the slow ones would take hours, and only Hugo and Agora are run
LIMIT = 1_800.0  # seconds
STRESS = 569_020  # contributions: the open answers of the Grand Débat of 2019
Results = dict[str, dict[str, list[list[float]]]]


def main() -> None:
    """Read the arguments, measure, write the report."""
    options = _options()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() and not options.anew else {}
    if not options.report:
        folder = Path(options.folder or tempfile.mkdtemp(prefix="agora-bench-"))
        folder.mkdir(parents=True, exist_ok=True)
        if options.stress:
            _stress(folder, results)
        for size in () if options.stress else options.sizes:
            _measure(size, options, folder, results)
    report.write(results, peers.ROOT / "docs")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--peers", default=",".join(peer.name for peer in peers.PEERS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", help="where sites and tools go (default: a temporary folder)")
    parser.add_argument("--stress", action="store_true", help="build the largest city, with Agora alone")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the report")
    parser.add_argument("--anew", action="store_true", help="forget earlier results")
    return parser.parse_args()


def _measure(
    size: int, options: argparse.Namespace, folder: Path, results: dict[str, dict[str, list[list[float]]]]
) -> None:
    """Run the generators in turns, so that what slows the machine slows them all."""
    wanted = [peer for peer in peers.PEERS if peer.name in options.peers.split(",")]
    if size > BIG:
        wanted = [peer for peer in wanted if peer.name in {"hugo", "agora", "agora-own-theme"}]
    sites = {peer.name: folder / f"{peer.name.replace(', ', '-').replace(' ', '-')}-{size}" for peer in wanted}
    for peer in wanted:
        if not sites[peer.name].exists():
            peer.write(corpus.records(size), sites[peer.name])
        if peer.package.startswith("npm:"):
            _npm_link(peers.tools_of(peer, folder / "tools"), sites[peer.name])
    for run in range(options.runs):
        for measure in MEASURES:
            for peer in list(wanted):
                try:
                    _once(peer, sites[peer.name], folder / "tools", measure, run, size, results)
                except FailedError as failure:
                    print(f"{size:7} {measure:5} {peer.name:22} failed: {str(failure)[-300:]}", flush=True)
                    results.setdefault(f"{size}/{measure}", {}).setdefault(peer.name, [])
                    wanted.remove(peer)
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")


def _stress(folder: Path, results: Results) -> None:
    """Build 569,020 contributions in 4 campaigns of 24 debates, from nothing, after one edit, with nothing changed."""
    peer = next(peer for peer in peers.PEERS if peer.name == "agora-own-theme")
    site = folder / "stress"
    if not site.exists():
        agora_site.write(corpus.records(STRESS, -(-STRESS // 4), 24), site, "agora")
    peers.empty(peer, site)
    for measure in ("cold", "edit", "edit", "same"):
        if measure == "edit":
            peers.edit(peer, site, len(results.get("stress/edit", {}).get(peer.name, [])))
        found = cost(peers.command_of(peer, folder / "tools"), site, peer.environment, LIMIT * 2)
        kept = results.setdefault(f"stress/{measure}", {}).setdefault(peer.name, [])
        kept.append([round(found.wall, 3), round(found.processor, 3), round(found.memory, 1)])
        print(f" stress {measure:5} {found.wall:8.2f} s {found.processor:8.2f} s {found.memory:8.0f} MiB", flush=True)
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")


def _once(  # noqa: PLR0913, PLR0917
    peer: peers.Peer, site: Path, tools: Path, measure: str, run: int, size: int,
    results: Results,
) -> None:  # fmt: skip
    command = peers.command_of(peer, tools)
    if measure == "cold":
        peers.empty(peer, site)
    if measure == "edit":
        peers.edit(peer, site, run)
    found = cost(command, site, peer.environment, LIMIT)
    if measure == "cold" and peers.pages(peer, site) < size:
        msg = f"{peers.pages(peer, site)} pages of {size}"
        raise FailedError(msg)
    kept = results.setdefault(f"{size}/{measure}", {}).setdefault(peer.name, [])
    kept.append([round(found.wall, 3), round(found.processor, 3), round(found.memory, 1)])
    print(
        f"{size:7} {measure:5} {peer.name:22} {found.wall:8.2f} s {found.processor:8.2f} s {found.memory:8.0f} MiB",
        flush=True,
    )


def _npm_link(tools: Path, site: Path) -> None:
    if not (site / "node_modules").exists():
        (site / "node_modules").symlink_to(tools / "node_modules")


if __name__ == "__main__":
    main()
