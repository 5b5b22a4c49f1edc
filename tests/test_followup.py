"""Deadlines, states and delays of questions, whatever the days."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora_build.civic.followup import Asked, Tally, by_office, tally

DAYS = st.dates(datetime.date(2015, 1, 1), datetime.date(2018, 12, 31))
LATER = st.integers(0, 500)
ONE = datetime.timedelta(days=1)
OFFICES = ("mairie", "voirie", "eau")


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    asked = draw(DAYS)
    answered = asked + datetime.timedelta(draw(LATER)) if draw(st.booleans()) else None
    return Asked(draw(st.sampled_from(OFFICES)), asked, answered, draw(st.none() | st.integers(1, 365)))


def asked(day: str, answered: str | None = None, within: int | None = 30, office: str = "mairie") -> Asked:
    answer = datetime.date.fromisoformat(answered) if answered else None
    return Asked(office, datetime.date.fromisoformat(day), answer, within)


@pytest.mark.parametrize(
    ("question", "today", "state"),
    [
        (asked("2016-06-01"), "2016-07-01", "waiting"),  # the thirtieth day
        (asked("2016-06-01"), "2016-07-02", "overdue"),
        (asked("2016-06-01", within=None), "2050-01-01", "waiting"),
        (asked("2016-06-01", "2016-07-01"), "2016-09-01", "answered"),
        (asked("2016-06-01", "2016-07-02"), "2016-09-01", "late"),
        (asked("2016-06-01", "2016-07-02", None), "2016-09-01", "answered"),
        (asked("2016-06-01", "2016-07-10"), "2016-07-09", "overdue"),  # the answer is of tomorrow
        (asked("2016-06-01", "2016-06-01"), "2016-06-01", "answered"),
    ],
)
def test_the_day_of_the_deadline_is_in_time(question: Asked, today: str, state: str) -> None:
    assert question.state(datetime.date.fromisoformat(today)) == state


@given(question=questions(), today=DAYS)
def test_a_question_never_goes_back_to_waiting(question: Asked, today: datetime.date) -> None:
    """From a day to the next, it waits, is overdue, or is answered for good."""
    now, tomorrow = question.state(today), question.state(today + ONE)
    after = {
        "waiting": {"waiting", "overdue", "answered", "late"},
        "overdue": {"overdue", "late"},
        "answered": {"answered"},
        "late": {"late"},
    }
    assert tomorrow in after[now]


@given(question=questions(), today=DAYS)
def test_without_a_deadline_nothing_is_late(question: Asked, today: datetime.date) -> None:
    free = Asked(question.office, question.asked, question.answered)
    assert free.deadline is None
    assert free.state(today) in ("waiting", "answered")


@given(found=st.lists(questions(), max_size=20), today=DAYS)
def test_each_question_is_counted_once_and_in_one_office(found: list[Asked], today: datetime.date) -> None:
    whole = tally(found, today)
    assert whole.asked == len(found)
    offices = by_office(found, OFFICES, today)
    assert [office for office, _ in offices] == [office for office in OFFICES if office in {q.office for q in found}]
    for state in ("waiting", "overdue", "answered", "late"):
        assert sum(getattr(counts, state) for _, counts in offices) == getattr(whole, state)
    assert tally(found[::-1], today) == whole


@given(found=st.lists(questions(), min_size=1, max_size=20), today=DAYS)
def test_half_the_delays_are_at_most_the_median(found: list[Asked], today: datetime.date) -> None:
    delays = [days for question in found if (days := question.delay(today)) is not None]
    median = tally(found, today).median
    if median is None:
        assert delays == []
        return
    assert min(delays) <= median <= max(delays)
    assert sum(days <= median for days in delays) * 2 >= len(delays)
    assert sum(days >= median for days in delays) * 2 >= len(delays)
    assert (median * 2).is_integer()


def test_the_median_of_two_is_between_them() -> None:
    two = [asked("2016-06-01", "2016-06-11"), asked("2016-06-01", "2016-06-12")]
    assert tally(two, datetime.date(2017, 1, 1)) == Tally(answered=2, median=10.5)
    assert tally([], datetime.date(2017, 1, 1)) == Tally()
