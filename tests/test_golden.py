"""Golden sites: one folder a behaviour, its city in site/, the files it must give in expected/.

`pytest tests/test_golden.py --update` writes expected/ anew; the difference is then reviewed.
Only the files that expected/ names are compared, so that a golden site tells of one behaviour.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from sites import built, copied

GOLDEN = Path(__file__).parent / "golden"
SITES = sorted(path.parent.name for path in GOLDEN.glob("*/site"))
DAY = datetime.date(2017, 1, 20)


def differences(expected: Path, output: Path) -> dict[str, str]:
    """Say, by path, which expected file is missing or has other bytes."""
    found = {}
    for path in sorted(path for path in expected.rglob("*") if path.is_file()):
        name = path.relative_to(expected).as_posix()
        if not (output / name).exists():
            found[name] = "missing"
        elif (output / name).read_bytes() != path.read_bytes():
            found[name] = "other bytes"
    return found


@pytest.mark.parametrize("name", SITES)
def test_site_is_as_expected(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    output, expected = tmp_path / "output", GOLDEN / name / "expected"
    report = built(copied(GOLDEN / name / "site", tmp_path), output, DAY)
    assert report.problems == []
    named = [path for path in expected.rglob("*") if path.is_file()]
    assert named, f"tests/golden/{name}/expected names no file"
    if request.config.getoption("--update"):
        for path in named:
            path.write_bytes((output / path.relative_to(expected)).read_bytes())
    assert differences(expected, output) == {}
