"""A conversation comes from Polis: three headers, two clocks, votes changed or turned over; the engine counts the same.

The conversations are drawn here, in the forms that Polis exports; none is copied.
"""

from __future__ import annotations

import csv
import datetime
import json
import random
from pathlib import Path

import pytest
from cities import minimal_city
from exports import imported, places, run, texts, write_csv
from sites import built

from agora_build.civic.consensus import opinions
from agora_build.civic.opinions import Opinions
from agora_build.civic.votes import Matrix, matrix

START = int(datetime.datetime(2016, 4, 1, 12, tzinfo=datetime.UTC).timestamp())
FOLDER = "content/campaigns/les-quais"
DEBATE = ("--debate", "phrases")
VARIANTS = {
    "old": ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"],
    "2024": [
        "timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated", "is-meta", "is-seed",
        "group-informed-consensus", "comment-body",
    ],
    "server": ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"],
}  # fmt: skip


class Talk:
    """A conversation of two camps: its statements, every vote as it was cast, and the last words."""

    def __init__(self, voters: int = 40, statements: int = 14) -> None:
        drawn = random.Random(7)  # noqa: S311 - a conversation, not a secret
        self.authors = {str(number): str(drawn.randrange(voters)) for number in range(statements)}
        self.votes: list[tuple[int, str, str, int]] = []  # time, statement, voter, vote
        self.rejected = {"3"}
        for voter in range(voters):
            for statement in range(statements):
                if drawn.random() < 0.1 and self.authors[str(statement)] != str(voter):
                    continue
                side = 1 if statement % 3 == 0 or (statement + voter) % 2 else -1
                vote = side if drawn.random() < 0.85 else drawn.choice((-1, 0, 1))
                own = self.authors[str(statement)] == str(voter)
                when = START + drawn.randrange(3_000_000)
                if drawn.random() < 0.15 and not own:
                    self.votes.append((when - 1000, str(statement), str(voter), -vote or 1))
                self.votes.append((when, str(statement), str(voter), 1 if own else vote))
        self.votes.sort(key=lambda vote: (int(vote[1]), int(vote[2]), vote[0]))
        self.last = {(voter, statement): (vote, when) for when, statement, voter, vote in sorted(self.votes)}

    def write(self, folder: Path, variant: str, sign: int = 1) -> list[Path]:
        """Write the three files as a release of Polis does."""
        scale = 1 if variant == "server" else 1000
        columns, rows = VARIANTS[variant], []
        for statement, author in self.authors.items():
            cells = {
                "timestamp": str((START + int(statement) * 60) * scale), "datetime": "Fri Apr 01 2016", "agrees": "9",
                "comment-id": statement, "author-id": author, "disagrees": "9", "is-meta": "false", "is-seed": "true",
                "moderated": "-1" if statement in self.rejected else "1", "group-informed-consensus": "0.3",
                "comment-body": f'Phrase {statement}, avec « une virgule », et "un guillemet".',
            }  # fmt: skip
            rows.append([cells[column] for column in columns])
        if variant == "server":
            rows.reverse()
        votes = [
            [str(when * scale + (0 if scale == 1 else 345)), "Fri Apr 01 2016", statement, voter, str(vote * sign)]
            for when, statement, voter, vote in self.votes
        ]
        people = sorted({voter for voter, _ in self.last}, key=int)
        seen = [
            [
                voter, "", "0", "1", "1", "0",
                *(str(self.last[voter, name][0] * sign) if (voter, name) in self.last else "" for name in self.authors),
            ]
            for voter in people
        ]  # fmt: skip
        fixed = ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree"]
        return [
            write_csv(folder / "comments.csv", [columns, *rows]),
            write_csv(folder / "votes.csv", [["timestamp", "datetime", "comment-id", "voter-id", "vote"], *votes]),
            write_csv(folder / "participants-votes.csv", [[*fixed, *self.authors], *seen]),
        ]

    def counted(self) -> Opinions:
        """Count the last words as the engine does, without any file."""
        words = {1: "agree", 0: "pass", -1: "disagree"}
        kept = set(self.authors) - self.rejected
        rows = [
            (voter, name, words[vote], "2016-04-01") for (voter, name), (vote, _) in self.last.items() if name in kept
        ]
        return opinions(matrix(rows, kept))


@pytest.fixture
def city(tmp_path: Path) -> Path:
    city = minimal_city(tmp_path)
    (city / FOLDER / "debates/phrases.md").write_text(
        "---\ntitle: Phrases\nquestion: Que voulons-nous ?\nopens: 2016-03-20\ncloses: 2016-06-20\n"
        "method: statements\n---\nDes phrases.\n",
        "utf-8",
    )
    return city


@pytest.fixture(scope="module")
def talk() -> Talk:
    return Talk()


def votes_of(city: Path) -> str:
    return (city / FOLDER / "votes/phrases/votes.csv").read_text("utf-8")


def statements_of(city: Path) -> dict[str, str]:
    """Give the ids of the statements here by the number they had in Polis."""
    return {
        text.split("---\nPhrase ")[1].split(",")[0]: name.removesuffix(".md")
        for name, text in texts(city).items()
        if "debate: phrases" in text
    }


def read_back(city: Path) -> Matrix:
    rows = list(csv.reader(votes_of(city).splitlines()))[1:]
    return matrix(rows, statements_of(city).values())


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_engine_finds_what_it_finds_in_the_original(
    city: Path, tmp_path: Path, talk: Talk, variant: str, sign: int
) -> None:
    """Every header, clock and sign give the same last words; the three files agree; the city is in order."""
    code, told = imported(city, "polis", *talk.write(tmp_path, variant, sign), *DEBATE)
    assert (code, told["problems"], told["notes"]) == (0, [], [])
    assert told["taken"] == {"contributions": 13, "votes": 1}
    assert told["left"]["polis-rejected"] == 1
    assert told["left"]["polis-superseded"] == len(talk.votes) - len(talk.last)
    names = statements_of(city)
    found, wanted = opinions(read_back(city)), talk.counted()
    assert (found.voters, found.votes) == (wanted.voters, wanted.votes)
    assert sorted(group.size for group in found.groups) == sorted(group.size for group in wanted.groups)
    assert len(found.groups) == 2
    tallies = {opinion.statement: opinion.tally for opinion in found.statements}
    assert tallies == {names[opinion.statement]: opinion.tally for opinion in wanted.statements}
    assert {item.statement for item in found.shared} == {names[item.statement] for item in wanted.shared}
    assert wanted.shared
    gic = {opinion.statement: round(opinion.consensus, 12) for opinion in found.statements}
    assert gic == {names[opinion.statement]: round(opinion.consensus, 12) for opinion in wanted.statements}
    assert run("check", str(city))[0] == 0


def test_the_site_shows_what_came_from_polis(city: Path, tmp_path: Path, talk: Talk) -> None:
    """The statements have their page, the votes are published and counted, and anybody counts them again."""
    imported(city, "polis", *talk.write(tmp_path, "server"), *DEBATE)
    output = tmp_path / "site"
    assert not built(city, output, datetime.date(2016, 7, 1)).problems
    (published,) = output.rglob("opinions.json")
    assert len(json.loads(published.read_text("utf-8"))["groups"]) == 2
    code, printed = run("tally", str(published.parent))
    assert code == 0
    assert "40 personnes" in printed


def test_the_day_of_a_vote_is_that_of_the_last_word(city: Path, tmp_path: Path, talk: Talk) -> None:
    imported(city, "polis", *talk.write(tmp_path, "old"), *DEBATE)
    names = statements_of(city)
    wanted = sorted(
        (names[statement], str(datetime.datetime.fromtimestamp(when, datetime.UTC).date()))
        for (_, statement), (_, when) in talk.last.items()
        if statement in names and 2 <= datetime.datetime.fromtimestamp(when, datetime.UTC).hour < 21
    )
    found = [(row.split(",")[1], row.split(",")[3]) for row in votes_of(city).splitlines()[1:]]
    for pair in wanted:
        found.remove(pair)


def test_importing_again_adds_nothing_and_a_longer_file_is_told(city: Path, tmp_path: Path, talk: Talk) -> None:
    files = talk.write(tmp_path, "server")
    imported(city, "polis", *files, *DEBATE)
    before = votes_of(city)
    code, told = imported(city, "polis", *files, *DEBATE)
    assert (code, told["taken"], told["same"]) == (0, {}, {"contributions": 13, "votes": 1})
    with files[1].open("a") as votes:
        votes.write(f"{START},x,0,999,1\n")
    code, told = imported(city, "polis", *files, *DEBATE)
    assert (code, [item["code"] for item in told["problems"]]) == (1, ["import-votes-changed"])
    assert votes_of(city) == before


def test_voters_get_numbers_that_tell_nothing(city: Path, tmp_path: Path, talk: Talk) -> None:
    """They are those of no participant of Polis: the same people do not come in the same order."""
    imported(city, "polis", *talk.write(tmp_path, "old"), *DEBATE)
    names = statements_of(city)
    words = {"agree": 1, "pass": 0, "disagree": -1}
    found: dict[str, dict[str, int]] = {}
    for voter, statement, vote, _ in csv.reader(votes_of(city).splitlines()[1:]):
        found.setdefault(voter, {})[statement] = words[vote]
    assert set(found) == {str(number) for number in range(1, 41)}
    old: dict[str, dict[str, int]] = {}
    for (voter, statement), (vote, _) in talk.last.items():
        if statement in names:
            old.setdefault(voter, {})[names[statement]] = vote
    assert sorted(map(repr, map(sorted, (v.items() for v in old.values())))) == sorted(
        map(repr, map(sorted, (v.items() for v in found.values())))
    )
    in_place = sum(found[str(number + 1)] == old[str(number)] for number in range(40))
    assert in_place < 8


def test_votes_come_later_than_statements(city: Path, tmp_path: Path, talk: Talk) -> None:
    """votes.csv alone finds the statements that are here; without authors, the sign must be told."""
    comments, votes, _ = talk.write(tmp_path, "old")
    talk_only = imported(city, "polis", comments, *DEBATE)[1]
    assert talk_only["taken"] == {"contributions": 13}
    code, told = imported(city, "polis", votes, *DEBATE)
    assert (code, places(told)) == (1, [(1, "import-needs-sign")])
    code, told = imported(city, "polis", votes, *DEBATE, "--vote-sign", "1")
    assert told["taken"] == {"votes": 1}
    assert {code for _, code in places(told)} == {"import-unknown-statement"}, "those on the rejected one"
    assert opinions(read_back(city)).votes == talk.counted().votes


def test_what_cannot_be_counted_is_told_at_its_line(city: Path, tmp_path: Path, talk: Talk) -> None:
    comments, votes, people = talk.write(tmp_path, "old")
    lines = len(votes.read_text().splitlines())
    with votes.open("a") as file:
        file.write("1460000000000,x,0,1,2\n1460000000000,x,99,1,1\ndemain,x,0,1,1\n1460000000000,x,0,,1\n")
    rows = people.read_text().splitlines()
    people.write_text("\n".join([rows[0], rows[1].replace(",1", ",-1").replace("--", "-"), *rows[2:]]) + "\n")
    code, told = imported(city, "polis", comments, votes, people, *DEBATE)
    assert code == 1
    assert places(told) == [
        (lines + 1, "import-bad-vote"),
        (lines + 2, "import-unknown-statement"),
        (lines + 3, "import-bad-date"),
        (lines + 4, "import-no-id"),
    ]
    assert places(told, "notes") == [(2, "import-polis-differs")]
    assert told["taken"] == {"contributions": 13, "votes": 1}


def test_nothing_is_written_when_the_votes_cannot_be(city: Path, tmp_path: Path, talk: Talk) -> None:
    """A debate that was not open then; a debate that is not one of statements."""
    files, before = talk.write(tmp_path, "old"), texts(city)
    debate = city / FOLDER / "debates/phrases.md"
    debate.write_text(debate.read_text("utf-8").replace("2016-03-20", "2016-04-05"), "utf-8")
    code, told = imported(city, "polis", *files, *DEBATE)
    assert (code, places(told)) == (1, [(1, "import-votes-outside")])
    assert "2016-04-01" in told["problems"][0]["message"]
    assert places(imported(city, "polis", *files, "--debate", "usages")[1]) == [(1, "import-needs-statements")]
    assert places(imported(city, "polis", *files)[1]) == [(1, "import-needs-statements")]
    assert texts(city) == before
    assert not (city / FOLDER / "votes").exists()


def test_the_whole_folder_of_an_export_can_be_given(city: Path, tmp_path: Path, talk: Talk) -> None:
    """Its other files hold figures that the votes give."""
    others = [
        write_csv(tmp_path / "summary.csv", [["topic", "Les quais, demain"], ["views", "90"], ["voters", "40"]]),
        write_csv(tmp_path / "stats-history.csv", [["n-votes", "n-comments", "n-visitors"], ["1", "2", "3"]]),
        write_csv(tmp_path / "comment-groups.csv", [["comment-id", "comment", "total-votes"], ["0", "Une", "9"]]),
    ]
    code, told = imported(city, "polis", *others, *talk.write(tmp_path, "server"), *DEBATE)
    assert (code, told["taken"]) == (0, {"contributions": 13, "votes": 1})


def test_a_preview_counts_votes_too(city: Path, tmp_path: Path, talk: Talk) -> None:
    code, told = imported(city, "polis", *talk.write(tmp_path, "2024"), *DEBATE, "--dry-run")
    assert (code, told["taken"]) == (0, {"contributions": 13, "votes": 1})
    assert not (city / FOLDER / "votes").exists()
