"""A jury is drawn by a seed that nobody chose: quotas kept, the first in order first, refused only when nobody can."""

# ruff: noqa: D102 - each test of the commands is named by what it shows
from __future__ import annotations

import hashlib
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from cities import minimal_city
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some

from agora_build.civic.draw import Candidate, QuotaError, broken_quotas, draw, list_hash, rank_of
from agora_build.cli import main
from agora_build.content.models import Criterion

AGE = Criterion.model_validate(
    {"id": "age", "title": "Âge", "quotas": [{"id": "a", "title": "A", "min": 1, "max": 2},
                                             {"id": "b", "title": "B", "min": 0, "max": 2}]}
)  # fmt: skip
HOME = Criterion.model_validate(
    {"id": "home", "title": "Quartier", "quotas": [{"id": "x", "title": "X", "min": 1, "max": 3},
                                                   {"id": "y", "title": "Y", "min": 1, "max": 1}]}
)  # fmt: skip
PEOPLE = some.lists(some.tuples(some.sampled_from("ab"), some.sampled_from("xy")), min_size=1, max_size=9).map(
    lambda profiles: [Candidate(f"c{index}", profile) for index, profile in enumerate(profiles)]
)


def fits(jury: tuple[Candidate, ...]) -> bool:
    return not any(broken_quotas([one.profile for one in jury], (AGE, HOME)))


@given(PEOPLE, some.integers(1, 4), some.text(min_size=1, max_size=5))
@settings(max_examples=300)
def test_the_draw_is_the_first_possible_jury_in_the_order_of_the_seed(
    people: list[Candidate], seats: int, seed: str
) -> None:
    """Against every jury there could be: seat after seat, whoever comes first and leaves one possible."""
    ordered = sorted(people, key=lambda one: hashlib.sha256(f"{seed}|{one.id}".encode()).hexdigest())
    possible = [jury for jury in combinations(ordered, seats) if fits(jury)]
    if not possible:
        with pytest.raises(QuotaError):
            draw(people, seats, (AGE, HOME), seed)
        return
    taken, reserve = draw(people, seats, (AGE, HOME), seed)
    assert taken == min(possible, key=lambda jury: [ordered.index(one) for one in jury])
    assert reserve == tuple(one for one in ordered if one not in taken)


@given(PEOPLE, some.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(people: list[Candidate], chance: random.Random) -> None:
    mixed = people[:]
    chance.shuffle(mixed)
    assert list_hash(mixed) == list_hash(people)
    if any(fits(jury) for jury in combinations(people, 2)):
        assert draw(mixed, 2, (AGE, HOME), "graine") == draw(people, 2, (AGE, HOME), "graine")


def test_everybody_has_the_same_chance() -> None:
    """Over 3,000 seeds, 1 of 6: within five standard deviations."""
    people = [Candidate(f"c{index}", ()) for index in range(6)]
    times = Counter(draw(people, 1, (), f"graine {number}")[0][0].id for number in range(3_000))
    assert all(abs(times[one.id] - 500) < 5 * (3_000 * 5 / 36) ** 0.5 for one in people)


def test_another_seed_is_another_jury() -> None:
    people = [Candidate(f"c{index}", ()) for index in range(100)]
    assert draw(people, 10, (), "une graine")[0] != draw(people, 10, (), "une autre")[0]


@pytest.mark.parametrize(
    ("profiles", "seats", "code"),
    [
        ([("a", "x")], 2, "too-few-candidates"),
        ([("b", "x"), ("b", "y")], 2, "quota-lacks-candidates"),
        ([("a", "x"), ("a", "x"), ("a", "y"), ("a", "x")], 4, "quotas-lack-room"),
        ([("a", "x"), ("a", "x"), ("b", "y"), ("a", "x")], 1, "quotas-exclude-each-other"),
    ],
)
def test_what_nobody_can_fill_is_refused_with_its_reason(
    profiles: list[tuple[str, str]], seats: int, code: str
) -> None:
    people = [Candidate(f"c{index}", profile) for index, profile in enumerate(profiles)]
    with pytest.raises(QuotaError) as refused:
        draw(people, seats, (AGE, HOME), "graine")
    assert refused.value.code == code


def test_a_large_jury_with_four_criteria_is_drawn() -> None:
    """Sixty seats, four hundred candidates, four criteria wanted almost exactly."""
    chance = random.Random(3)  # noqa: S311
    sizes = (10, 4, 2, 3)
    criteria = [
        Criterion.model_validate(
            {"id": f"k{k}", "title": "K", "quotas": [
                {"id": f"v{v}", "title": "V", "min": 60 // size - 2, "max": 60 // size + 3} for v in range(size)]}
        )
        for k, size in enumerate(sizes)
    ]  # fmt: skip
    people = [Candidate(f"c{n}", tuple(f"v{chance.randrange(size)}" for size in sizes)) for n in range(400)]
    taken, _ = draw(people, 60, criteria, "graine")
    assert not list(broken_quotas([one.profile for one in taken], criteria))


class TestCommands:
    """`agora draw` and `agora verify draw`, as a clerk types them."""

    NAME = "les-quais/jury"
    JURY = (
        "---\ntitle: Le jury\nsummary: Deux personnes.\nmandate: Dire quoi faire.\nseats: 2\ncriteria:\n"
        "  - id: age\n    title: Âge\n    quotas:\n      - {id: jeune, title: Jeunes, min: 1, max: 1}\n"
        "      - {id: vieux, title: Moins jeunes, min: 1, max: 1}\n"
        "seed: {announced: 2016-04-01, source: Le loto.}\n---\n"
    )

    @pytest.fixture
    def city(self, tmp_path: Path) -> Path:
        city = minimal_city(tmp_path)
        (city / "content/campaigns/les-quais/juries").mkdir()
        (city / "content/campaigns/les-quais/juries/jury.md").write_text(self.JURY, "utf-8")
        return city

    @pytest.fixture
    def people(self, tmp_path: Path) -> Path:
        path = tmp_path / "people.csv"
        path.write_text("id,age\n" + "".join(f"c-{n},{'jeune' if n % 3 else 'vieux'}\n" for n in range(20)), "utf-8")
        return path

    def run(self, city: Path, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*words, "--city", str(city)], catch_exceptions=False)
        return done.exit_code, done.output

    def draw(self, city: Path, people: Path, *more: str) -> tuple[int, str]:
        usual = ("--candidates", str(people), "--seed", "2016-04-02 05 11 23", "--now", "2016-04-02")
        return self.run(city, "draw", self.NAME, *usual, *more)

    def test_a_draw_is_written_verified_and_published(self, city: Path, people: Path, tmp_path: Path) -> None:
        assert self.draw(city, people)[0] == 0
        assert self.run(city, "check")[0] == 0
        assert self.run(city, "verify", "draw", self.NAME)[0] == 0
        assert self.run(city, "verify", "draw", self.NAME, "--candidates", str(people))[0] == 0
        assert self.run(city, "build", "--output", str(tmp_path / "site"))[0] == 0
        page = (tmp_path / "site/campagnes/les-quais/jurys/jury/index.html").read_text("utf-8")
        assert "2016-04-02 05 11 23" in page
        assert self.draw(city, people)[0] == 2, "one does not draw twice"

    def test_a_record_that_was_changed_is_found(self, city: Path, people: Path) -> None:
        self.draw(city, people)
        record = city / "content/campaigns/les-quais/juries/jury.yml"
        text = record.read_text("utf-8")
        members = [line for line in text.splitlines() if "profile" in line]
        reserve = [line.removeprefix("  - ") for line in text.splitlines() if line.startswith("  - c-")]
        young = next(one for one in reserve if int(one[2:]) % 3)
        for old, new in (
            ("05 11 23", "05 11 24"), (members[0], members[1]), (members[0].split()[2], young + ","),
            ("candidates: 20", "candidates: 21"), ("jeune", "vieux"), ("2016-04-02\n", "2016-04-01\n"),
        ):  # fmt: skip
            record.write_text(text.replace(old, new, 1), "utf-8")
            code, said = self.run(city, "verify", "draw", self.NAME, "--candidates", str(people))
            assert code == 1, (old, new, said)

    def test_another_list_is_not_the_one_that_was_drawn_from(self, city: Path, people: Path) -> None:
        self.draw(city, people)
        people.write_text(people.read_text("utf-8") + "c-99,jeune\n", "utf-8")
        code, said = self.run(city, "verify", "draw", self.NAME, "--candidates", str(people))
        assert (code, "empreinte" in said) == (1, True)

    def test_the_seed_is_announced_before_the_day_of_the_draw(self, city: Path, people: Path) -> None:
        code, said = self.draw(city, people, "--now", "2016-04-01")
        assert (code, "annoncée" in said) == (2, True)

    def test_the_list_of_candidates_stays_out_of_the_repository(self, city: Path, people: Path) -> None:
        inside = city / "content/people.csv"
        inside.write_bytes(people.read_bytes())
        code, said = self.draw(city, inside)
        assert (code, "privée" in said) == (2, True)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("id,age,nom\nc-1,jeune,x\n", "première ligne"),
            ("id,age\nc-1\n", "ligne 2"),
            ("id,age\nc-1,jeune\nc-1,vieux\n", "ligne 3"),
            ("id,age\nMme Martin,jeune\n", "pseudonyme"),
            ("id,age\nc-1,agé\n", "ligne 2"),
            ("", "première ligne"),
        ],
    )
    def test_a_bad_list_is_refused_with_its_line(self, city: Path, people: Path, text: str, told: str) -> None:
        people.write_text(text, "utf-8")
        code, said = self.draw(city, people)
        assert (code, told in said) == (2, True), said

    def test_quotas_that_nobody_can_fill_say_which(self, city: Path, people: Path) -> None:
        people.write_text("id,age\nc-1,jeune\nc-2,jeune\n", "utf-8")
        code, said = self.draw(city, people)
        assert code == 1
        assert "Moins jeunes" in said
        assert not (city / "content/campaigns/les-quais/juries/jury.yml").exists()


def test_the_rank_is_the_one_that_the_page_says() -> None:
    assert rank_of("graine", "c-1") == hashlib.sha256(b"graine|c-1").hexdigest()
