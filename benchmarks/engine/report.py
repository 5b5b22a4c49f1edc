"""Turns what was measured into docs/performance.md: a table, and a plot drawn as SVG."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from statistics import median

MEASURES = {"cold": "from nothing", "edit": "one edit", "same": "nothing changed"}
Results = dict[str, dict[str, list[list[float]]]]
_COLOURS = ("#5b6b7b", "#00666f", "#4fa3a5", "#b5651d", "#8a5a9e", "#b03a48", "#7a8b3c", "#c29a2d")


def write(results: Results, docs: Path) -> None:
    """Write the page and the plot."""
    docs.mkdir(exist_ok=True)
    template = (Path(__file__).parent / "performance.md").read_text("utf-8")
    sizes = sorted({int(key.split("/")[0]) for key in results if key.split("/")[0].isdigit()})
    tables = "\n\n".join(_table(results, size) for size in sizes)
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    notes = {"{tables}": tables, "{machine}": machine, "{stress}": _stress(results), "{notes}": _notes()}
    for name, text in notes.items():
        template = template.replace(name, text)
    (docs / "performance.md").write_text(template.rstrip() + "\n", "utf-8")
    (docs / "performance.svg").write_text(_plot(results, sizes), "utf-8")


def _table(results: Results, size: int) -> str:
    lines = [
        f"## {size:,} contributions",
        "",
        "| generator | from nothing: wall | processor | memory | one edit: wall | nothing changed: wall |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(results, size, name) for name in results.get(f"{size}/cold", {})]
    return "\n".join(lines)


def _stress(results: Results) -> str:
    """Tell what the largest city cost, if it was built."""
    runs = {measure: results.get(f"stress/{measure}", {}).get("agora-own-theme", []) for measure in MEASURES}
    if not all(runs.values()):
        return ""
    wall, memory = ({name: _median(kept, figure) for name, kept in runs.items()} for figure in (0, 2))
    return f"""## A whole country

569,020 contributions, as many as the open answers of the Grand Débat of 2019, made up, in 4 campaigns of 24 debates, with
Agora's own theme (`python benchmarks/compare.py --stress`): {wall["cold"]:.0f} s and {memory["cold"]:.0f} MiB from nothing,
{wall["edit"]:.1f} s and {memory["edit"]:.0f} MiB after one edit, {wall["same"]:.1f} s when nothing changed."""


def _notes() -> str:
    """Give what is written by hand about the figures, if anything is."""
    notes = Path(__file__).parent / "notes.md"
    return notes.read_text("utf-8") if notes.exists() else ""


def _line(results: Results, size: int, name: str) -> str:
    cells = [
        _cell(results, f"{size}/{measure}", name, figure, unit)
        for measure, figure, unit in (
            ("cold", 0, "s"),
            ("cold", 1, "s"),
            ("cold", 2, "MiB"),
            ("edit", 0, "s"),
            ("same", 0, "s"),
        )
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _cell(results: Results, key: str, name: str, figure: int, unit: str) -> str:
    """Write the median of a figure, and its ratio to Hugo's."""
    runs = results.get(key, {})
    if not runs.get(name):
        return "–"
    value = _median(runs[name], figure)
    said = f"{value:.0f} {unit}" if unit == "MiB" else f"{value:.2f} {unit}"
    ratio = f" = **{value / _median(runs['hugo'], figure):.3g}** ×" if runs.get("hugo") and name != "hugo" else ""
    return said + ratio


def _median(runs: list[list[float]], figure: int) -> float:
    return median(run[figure] for run in runs)


def _plot(results: Results, sizes: list[int]) -> str:
    """Draw a bar a generator, for each size and measure: how many times Hugo's wall time, on a scale of powers of ten."""
    rows: list[str] = []
    y = 30
    for size in sizes:
        for measure, title in MEASURES.items():
            runs = {name: kept for name, kept in results.get(f"{size}/{measure}", {}).items() if kept}
            if "hugo" not in runs:
                continue
            rows.append(f'<text x="10" y="{y}" class="t">{size:,} contributions, {title}</text>')
            y += 10
            for index, (name, kept) in enumerate(runs.items()):
                ratio = _median(kept, 0) / _median(runs["hugo"], 0)
                rows.append(_bar(name, ratio, y, _COLOURS[index % len(_COLOURS)]))
                y += 20
            y += 24
    style = "<style>text{font:13px sans-serif;fill:#333}.t{font-weight:bold}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>"
    title = "<title>Wall time of each generator, as a multiple of Hugo’s (logarithmic)</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {y}" role="img">{title}{style}{"".join(rows)}</svg>\n'


def _bar(name: str, ratio: float, y: int, colour: str) -> str:
    """Draw one bar from 0.001 on; Hugo's ends at 1."""
    import math

    width = max(2.0, 130 * (math.log10(ratio) + 3))
    return (
        f'<text x="160" y="{y + 13}" text-anchor="end">{name}</text>'
        f'<rect x="170" y="{y + 2}" width="{width:.1f}" height="14" fill="{colour}"/>'
        f'<text x="{176 + width:.1f}" y="{y + 13}">{ratio:.3g} ×</text>'
    )
