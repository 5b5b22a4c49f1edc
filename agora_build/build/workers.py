"""Turns a list of jobs into their results on every core: processes forked from this one take them in turn."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import struct
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
_INDEX = struct.Struct("=i")
_IN_A_PIPE = 8_000  # indexes that a pipe holds without anyone reading


def each(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Iterator[tuple[int, Result]]:
    """Do every job with at most `processes` processes; give (index, result) in the order they end.

    What `work` sees of this process is what was there at the time of the call. Where processes cannot be forked
    safely (another system, threads already running) one process does it all.
    """
    safe = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if processes < 2 or len(jobs) < 2 or not safe:  # noqa: PLR2004
        yield from ((index, work(job)) for index, job in enumerate(jobs))
        return
    for start in range(0, len(jobs), _IN_A_PIPE):
        for index, result in _forked(work, jobs[start : start + _IN_A_PIPE], processes):
            yield start + index, result


def _forked(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Iterator[tuple[int, Result]]:
    turns, dealt = os.pipe()
    os.write(dealt, b"".join(_INDEX.pack(index) for index in range(len(jobs))))
    os.close(dealt)
    context = multiprocessing.get_context("fork")
    workers, answers = [], []
    gc.freeze()  # what is there already is shared: nobody looks into it for what to drop
    try:
        for _ in range(min(processes, len(jobs))):
            here, there = context.Pipe(duplex=False)
            worker = context.Process(target=_work, args=(work, jobs, turns, there), daemon=True)
            worker.start()
            there.close()
            workers.append(worker)
            answers.append(here)
        yield from _gathered(answers)
    finally:
        gc.unfreeze()
        os.close(turns)
        for worker in workers:
            if worker.is_alive():
                worker.terminate()
            worker.join()


def _gathered(answers: list[Connection]) -> Iterator[tuple[int, Any]]:
    while answers:
        for answer in wait(answers):
            assert isinstance(answer, Connection)  # noqa: S101 - it is what we gave
            try:
                index, result = answer.recv()
            except EOFError:
                raise RuntimeError("a worker was killed before it had finished") from None
            if isinstance(result, BaseException):
                raise result
            if index is None:
                answers.remove(answer)
            else:
                yield index, result


def _work(work: Callable[[Any], Any], jobs: Sequence[Any], turns: int, answer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone says that it was interrupted
    try:
        while turn := os.read(turns, _INDEX.size):
            index = _INDEX.unpack(turn)[0]
            answer.send_bytes(pickle.dumps((index, work(jobs[index])), pickle.HIGHEST_PROTOCOL))
    except OSError as error:
        answer.send((None, error))
    except Exception:  # noqa: BLE001 - raised again in the parent; not every exception can be sent, its text can
        answer.send((None, RuntimeError(traceback.format_exc())))
    else:
        answer.send((None, None))
