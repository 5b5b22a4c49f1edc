"""The ballots of a budget as Pabulib writes them: what is published can be taken back, and counts the same."""

from __future__ import annotations

import csv
import datetime
import shutil
from collections import Counter
from pathlib import Path

import pytest
from cities import minimal_city
from exports import imported
from sites import built
from test_imports_pabulib import PROJECTS, pb

DAY = datetime.date(2017, 1, 20)
VOTE = "debats/budget-participatif-des-quais/vote"
BALLOTS = "content/campaigns/les-quais/votes/budget-participatif-des-quais/ballots.csv"
POINTS = ["1;BO.1/arbres,BO.2/lampes;3,1", "2;BO.3/bancs;4", "3;BO.1/arbres;2", "4;;"]
POINTED = {"vote_type": "cumulative", "max_points": "3", "max_sum_points": "4", "max_length": ""}


def cast(path: Path) -> Counter[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return Counter(row["choices"] for row in csv.DictReader(file))


@pytest.mark.parametrize("kind", ["approval", "points"])
def test_what_is_published_can_be_taken_back(tmp_path: Path, kind: str) -> None:
    city, again = minimal_city(tmp_path), tmp_path / "again"
    shutil.copytree(city, again)
    source = tmp_path / "villeneuve.pb"
    if kind == "points":
        given = [row.replace("BO.3/bancs;4", "BO.3/bancs;3") for row in POINTS]
        pb(source, given, PROJECTS, "voter_id;vote;points", **POINTED)
    else:
        pb(source)
    assert imported(city, "pabulib", source)[0] == 0
    assert built(city, tmp_path / "output", DAY, search=False).problems == []
    made = tmp_path / "output/campagnes/les-quais" / VOTE / "budget-participatif-des-quais.pb"
    text = made.read_text("utf-8")
    assert text.startswith("META\nkey;value\ndescription;Budget participatif des quais\n")
    assert "bo-2-lampes;50000.50;" in text
    assert "voter-" not in text
    assert imported(again, "pabulib", made)[0] == 0
    assert cast(again / BALLOTS) == cast(city / BALLOTS)
    assert "\nPROJECTS\n" in text
    assert "\nVOTES\n" in text
