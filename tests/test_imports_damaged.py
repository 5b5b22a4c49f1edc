"""Damaged exports of every system: whatever was cut or written over, the city stays in order, and all is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cities import minimal_city
from exports import nanterre, run, write_csv
from test_imports import ALONE, COLUMNS, DAY, GROUP, ORIGINAL
from test_imports_decidim import BY, COMMENT, MEETING, PROPOSAL, RESULT, write
from test_imports_polis import FOLDER, Talk

PIECES = (
    b'"', b"\x00", b"\n", b"\r", b";", b",", b"\xff", b"\x81", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80\xa8", b"\xd9\xa3",
    b"{", b"}", b"<p>", b"</p>", b"9" * 30, b"-", b"=", b"1e5", b"nan", b"inf",
)  # fmt: skip
STATEMENTS = (
    "---\ntitle: Phrases\nquestion: Lesquelles ?\nopens: 2016-03-20\ncloses: 2016-06-20\nmethod: statements\n---\n."
)


def exports_of(folder: Path) -> dict[str, tuple[list[Path], tuple[str, ...]]]:
    """Write sound files of each system, with what its command needs."""
    reply = [
        "t1",
        "Les usages",
        "",
        "c1",
        "",
        "",
        "2016-03-12",
        "Un texte.",
        "",
        "r1",
        "",
        "",
        "2016-03-12",
        "Oui.",
        "",
    ]
    decidim = {"proposals": PROPOSAL, "comments": COMMENT, "meetings": MEETING, "results": RESULT}
    sheet = [["Horodateur", "Votre idée"], ["2016-05-02", "Un banc."]]
    return {
        "democracyos": (
            [nanterre(folder / "n.csv", ALONE, GROUP), write_csv(folder / "o.csv", [ORIGINAL, reply])],
            DAY,
        ),
        "polis": (Talk(12, 6).write(folder, "old"), ("--debate", "phrases")),
        "decidim": (
            [write(folder / f"{name}.csv", row) for name, row in decidim.items()],
            ("--debate", "usages", *BY),
        ),
        "spreadsheet": ([write_csv(folder / "s.csv", sheet)], COLUMNS),
    }


def damaged(raw: bytes, drawn: random.Random) -> bytes:
    """Put something in, take something out, or write over, a few times."""
    found = bytearray(raw)
    for _ in range(drawn.randrange(6)):
        place, what = drawn.randrange(len(found) + 1), drawn.random()
        if what < 0.6:
            found[place:place] = drawn.choice(PIECES)
        elif what < 0.8:
            del found[place : place + drawn.randrange(1, 20)]
        else:
            found[place : place + 1] = drawn.randbytes(1)
    return bytes(found)


@pytest.mark.parametrize(
    "times", [pytest.param(32, id="a few"), pytest.param(3_000, marks=pytest.mark.soak, id="many")]
)
def test_damaged_files_leave_the_city_in_order(tmp_path: Path, times: int) -> None:
    """Each import ends by saying what it took and what it did not: never by a fault of ours."""
    city = minimal_city(tmp_path)
    (city / FOLDER / "debates/phrases.md").write_text(STATEMENTS, "utf-8")
    sound, drawn = exports_of(tmp_path), random.Random(times)  # noqa: S311 - a test, not a secret
    for turn in range(times):
        system = list(sound)[turn % len(sound)]
        files, options = sound[system]
        paths = [tmp_path / f"damaged-{rank}.csv" for rank, _ in enumerate(files)]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(damaged(file.read_bytes(), drawn))
        told, printed = run(
            "import", system, *map(str, paths), *options, "--city", str(city), "--campaign", "les-quais"
        )
        assert told in {0, 1}, (turn, printed)
    assert run("check", str(city))[0] == 0
