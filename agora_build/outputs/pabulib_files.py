"""Turns the published ballots of a participatory budget into a .pb file, in which researchers compare votes."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agora_build.content.counting import ONLINE, PAPER, Result
from agora_build.content.envelope import written
from agora_build.content.models import Debate
from agora_build.content.site import Microsite, Site, Thread
from agora_build.record import Record
from agora_build.rendering.csv_file import csv_of
from agora_build.rendering.output import File, Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

_RULES = {"greedy": "greedy", "equal-shares": "equalshares"}


class Election(Record, frozen=True):
    """A vote on a budget: its debate, the files of the ballots that count, and the projects that they fund."""

    debate: Debate
    ballots: tuple[File, ...]
    funded: tuple[str, ...]


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the file of a budget whose ballots are shown; other votes have no costs, and so no such file."""
    debate = next(item for item in microsite.debates if item.slug == thread.debate).meta
    files = {file.name: file for file in (thread.vote.files if thread.vote else ())}
    result = thread.vote.result if thread.vote else None
    if not isinstance(result, Result) or debate.method != "budget" or result.whole.allocation is None:
        return
    counted = (ONLINE, PAPER) if result.together else (ONLINE,)
    if found := [files[name] for name in counted if name in files]:
        ballots = tuple(File(Path(site.root, file.path), file.digest) for file in found)
        path = Urls(site.config.city.language).vote(microsite.slug, thread.debate, f"{thread.debate}.pb")
        yield Output(path, Election(debate, ballots, result.whole.allocation.funded), render)


def render(election: Election, theme: Theme) -> bytes:
    """Write the three parts of the file; who voted is a number, which says nothing."""
    ballots = [ballot for file in election.ballots for ballot in _ballots(file.source)]
    projects, votes = [*_projects(election, ballots)], [*_votes(election, ballots)]
    parts = (["META"], *_meta(election, len(ballots), theme), ["PROJECTS"], *projects, ["VOTES"], *votes)
    return csv_of(parts, ";", bom=False).replace(b"\r\n", b"\n")


def _ballots(path: Path) -> Iterator[list[tuple[str, int]]]:
    """Read what each ballot chose: projects and their points (1 where there are none)."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        for first, second in rows:
            chosen, many = (first, int(second)) if path.name == PAPER else (second, 1)
            parts = (part.partition(":") for part in chosen.split(";") if part)
            yield from [[(name, int(points or 1)) for name, _, points in parts]] * many


def _meta(election: Election, count: int, theme: Theme) -> Iterator[Sequence[str]]:
    debate, city = election.debate, theme.config
    ballot = debate.ballot
    assert ballot is not None  # noqa: S101 - it has ballots
    yield "key", "value"
    said = {
        "description": debate.title,
        "country": city.opendata.country or "",
        "unit": debate.elsewhere or city.city.name,
        "instance": str(debate.opens.year),
        "num_projects": str(len(debate.projects)),
        "num_votes": str(count),
        "budget": written(debate.budget or 0),
        "vote_type": "cumulative" if ballot.kind == "points" else "approval",
        "rule": _RULES[debate.rule or "greedy"],
        "date_begin": f"{debate.opens:%d.%m.}{debate.opens.year}",
        "date_end": f"{debate.closes:%d.%m.}{debate.closes.year}" if debate.closes else "",
        "max_length": str(ballot.choices or ""),
        "max_sum_cost": written(ballot.within) if ballot.within else "",
        "max_points": str(ballot.most or ballot.points or "") if ballot.kind == "points" else "",
        "max_sum_points": str(ballot.points or ""),
        "language": city.city.language,
    }
    yield from ((key, value) for key, value in said.items() if value)


def _projects(election: Election, ballots: Sequence[Sequence[tuple[str, int]]]) -> Iterator[Sequence[str]]:
    pointed = election.debate.ballot is not None and election.debate.ballot.kind == "points"
    votes = Counter(name for chosen in ballots for name, _ in chosen)
    points: Counter[str] = Counter()
    for chosen in ballots:
        points.update(dict(chosen))
    yield "project_id", "cost", "votes", *(["score"] if pointed else []), "name", "selected"
    for project in election.debate.projects:
        score = [str(points[project.id])] if pointed else []
        funded = "1" if project.id in election.funded else "0"
        yield project.id, written(project.cost), str(votes[project.id]), *score, project.title, funded


def _votes(election: Election, ballots: Sequence[Sequence[tuple[str, int]]]) -> Iterator[Sequence[str]]:
    pointed = election.debate.ballot is not None and election.debate.ballot.kind == "points"
    yield "voter_id", "vote", *(["points"] if pointed else [])
    for number, chosen in enumerate(ballots, 1):
        points = [",".join(str(given) for _, given in chosen)] if pointed else []
        yield str(number), ",".join(name for name, _ in chosen), *points
