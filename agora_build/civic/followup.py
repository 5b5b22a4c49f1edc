"""Turns the days on which questions were asked and answered into deadlines, states and delays, office by office."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Iterable
from typing import Literal

from agora_build.record import Record

State = Literal["waiting", "overdue", "answered", "late"]


class Asked(Record, frozen=True):
    """A question as its follow-up sees it: the office it was put to, its days, and within how many days a reply is due.

    `answered` is None as long as nobody replied, `within` is None where the rules promise no deadline.
    """

    office: str
    asked: datetime.date
    answered: datetime.date | None = None
    within: int | None = None

    @property
    def deadline(self) -> datetime.date | None:
        """The last day of an answer in time: `within` days after the day of the question."""
        return None if self.within is None else self.asked + datetime.timedelta(days=self.within)

    def delay(self, today: datetime.date) -> int | None:
        """Count the days from the question to its answer; None as long as there is none on that day."""
        return (self.answered - self.asked).days if self.answered and self.answered <= today else None

    def state(self, today: datetime.date) -> State:
        """Tell where the question stands on a day: the day of the deadline is still in time, for both sides."""
        done = self.delay(today) is not None
        last = (self.answered if done else today) or today
        over = self.deadline is not None and last > self.deadline
        if done:
            return "late" if over else "answered"
        return "overdue" if over else "waiting"


class Tally(Record, frozen=True):
    """How many questions are in each state (a question is in one alone), and the median delay of the answers, in days.

    The median of an even number of delays is the mean of the two in the middle, so it may end in a half.
    """

    waiting: int = 0
    overdue: int = 0
    answered: int = 0
    late: int = 0
    median: float | None = None

    @property
    def asked(self) -> int:
        """All the questions."""
        return self.waiting + self.overdue + self.replied

    @property
    def replied(self) -> int:
        """Those that got an answer, in time or not."""
        return self.answered + self.late


def tally(questions: Iterable[Asked], today: datetime.date) -> Tally:
    """Count questions by their state on a day."""
    kept = tuple(questions)
    states = [question.state(today) for question in kept]
    delays = [days for question in kept if (days := question.delay(today)) is not None]
    return Tally(
        waiting=states.count("waiting"),
        overdue=states.count("overdue"),
        answered=states.count("answered"),
        late=states.count("late"),
        median=float(statistics.median(delays)) if delays else None,
    )


def by_office(
    questions: Iterable[Asked], offices: Iterable[str], today: datetime.date
) -> tuple[tuple[str, Tally], ...]:
    """Count the questions put to each office, in the order given; offices that nobody asked are left out."""
    asked: dict[str, list[Asked]] = {office: [] for office in offices}
    for question in questions:
        asked.setdefault(question.office, []).append(question)
    return tuple((office, tally(found, today)) for office, found in asked.items() if found)
