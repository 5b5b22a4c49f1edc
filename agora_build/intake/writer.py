"""Turns what many requests send at once into groups that one thread stores, each with one commit, then answers them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from agora_build.intake.journal import Cast, Outcome, Sent
from agora_build.intake.store import Journal, JournalError

GROUP = 256  # at most, in one commit
WAITING = 2_000  # at most, in the queue: beyond, somebody would wait too long
PATIENCE = 20.0  # seconds that a request waits for its commit
T = TypeVar("T")


class BusyError(Exception):
    """Says that so many wait already that one more would wait for nothing."""


class _Job:
    """Something to do to the journal, and somebody who waits for it in a loop of events."""

    __slots__ = ("_answer", "dropped", "error", "loop", "outcome", "wanted")

    def __init__(self, wanted: Any) -> None:  # noqa: ANN401 - what is wanted says what it is
        self.wanted = wanted
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.dropped = False  # who waited is gone: it is not to be done
        self.loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[None] = self.loop.create_future()

    async def wait(self) -> Any:  # noqa: ANN401
        """Wait for the outcome, or for what went wrong."""
        late = self.loop.call_later(PATIENCE, self._give_up)
        try:
            await self._answer
        finally:
            self.dropped = True
            late.cancel()
        if self.error is not None:
            raise self.error
        return self.outcome

    def _give_up(self) -> None:
        self.error = JournalError("the journal did not answer in time")
        self.tell()

    def tell(self) -> None:
        """Let who waits go on."""
        if not self._answer.done():
            self._answer.set_result(None)


def _wake(jobs: Iterable[_Job]) -> None:
    """Wake all who wait for some jobs: each loop is spoken to once."""
    waiting: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        waiting.setdefault(job.loop, []).append(job)
    for loop, told in waiting.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, told)


def _tell(jobs: Iterable[_Job]) -> None:
    for job in jobs:
        job.tell()


class Writer:
    """Owns the journal's only writing; a failed commit fails its whole group, and the journal is opened anew."""

    def __init__(self, address: str) -> None:
        """Open the journal; raise JournalError when it cannot be."""
        self._address = address
        self._journal: Journal | None = Journal(address)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many wait to be stored."""
        return self._jobs.qsize()

    async def accept(self, sent: Sent) -> Outcome:
        """Store an entry; return once it is on the disk. Raise JournalError or BusyError: then it is not stored."""
        outcome: Outcome = await self._asked(sent)
        return outcome

    async def cast(self, cast: Cast) -> Outcome:
        """Store votes or a ballot, in the same way."""
        outcome: Outcome = await self._asked(cast)
        return outcome

    async def change(self, act: Callable[[Journal], T]) -> T:
        """Do something else to the journal, at its turn: erase, read what it holds."""
        result: T = await self._asked(act)
        return result

    def close(self) -> None:
        """Store what waits, then close the journal."""
        self._jobs.put(None)
        self._thread.join()
        if self._journal is not None:
            self._journal.close()

    async def _asked(self, wanted: Any) -> Any:  # noqa: ANN401 - what `wanted` says
        if self._jobs.qsize() >= WAITING:
            raise BusyError
        job = _Job(wanted)
        self._jobs.put(job)
        return await job.wait()

    def _run(self) -> None:
        going = True
        while going:
            group: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                if len(group) == GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            going = job is not None
            self._store(group)

    def _store(self, group: list[_Job]) -> None:
        group = [job for job in group if not job.dropped]
        sent = [job for job in group if isinstance(job.wanted, Sent)]
        cast = [job for job in group if isinstance(job.wanted, Cast)]
        self._together(sent, lambda journal: journal.accept([job.wanted for job in sent]))
        self._together(cast, lambda journal: journal.cast([job.wanted for job in cast]))
        for job in group:
            if not isinstance(job.wanted, Sent | Cast):
                act = job.wanted
                self._together([job], lambda journal, act=act: [act(journal)])  # type: ignore[misc]

    def _together(self, jobs: list[_Job], act: Callable[[Journal], list[Any]]) -> None:
        """Do something for some jobs in one commit; what it raises is the answer of each."""
        if not jobs:
            return
        try:
            if self._journal is None:
                self._journal = Journal(self._address)
            outcomes = act(self._journal)
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits is told, and the thread goes on
            self._reopen()
            for job in jobs:
                job.error = error
        else:
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.outcome = outcome
        _wake(jobs)

    def _reopen(self) -> None:
        """Leave a connection whose commit failed: what the system says of the disk after that is worth nothing."""
        journal, self._journal = self._journal, None
        if journal is not None:
            with suppress(Exception):
                journal.close()
