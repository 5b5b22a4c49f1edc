"""Interrupts a publication at each of its steps in turn, and tells after which one a reader finds something else.

A step is what Python announces to audit hooks before it is done: a file opened, linked, renamed or removed, a folder
made, listed or removed, the system call looked up. `python interrupting.py FOLDER SCENARIO HOW WAY` prints each fault
found, then how many times it was interrupted. HOW: `kill`, `full` (the disk is) or `twice` (killed, and what is then
tried killed too, at moments drawn by lot). WAY: `exchange`, or `renames` on a disk that cannot exchange two folders.
"""

from __future__ import annotations

import errno
import itertools
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from publishing import identity, publish, read, site

from agora_build.build import exchange, release

_STEPS = ("open", "os.", "shutil.", "ctypes.dlsym", "fcntl.flock", "pathlib.")
_FAILED, _WRONG = 1, 2  # exit codes
_OLD, _LIVE, _NEXT, _LATER = (site(number) for number in range(4))


class Scenario(NamedTuple):
    """What is on the disk before, what is done and interrupted, and what a reader may find."""

    before: Callable[[Path], None]
    act: Callable[[Path], None]
    found: tuple[dict[str, bytes], ...]
    remembered: dict[str, bytes]  # what the next build remembers having made


def _published_twice(output: Path) -> None:
    publish(output, _OLD)
    publish(output, _LIVE, _OLD)


def _rolled_back(output: Path) -> None:
    _published_twice(output)
    release.rollback(output)


def _without(role: str) -> Callable[[Path], None]:
    def before(output: Path) -> None:
        _published_twice(output)
        lost = output.with_name(f".{output.name}.{role}") if role else output
        if lost.is_dir():
            shutil.rmtree(lost)
        else:
            lost.unlink(missing_ok=True)

    return before


def _next(output: Path) -> None:
    publish(output, _NEXT, _LIVE)


SCENARIOS = {
    "first": Scenario(lambda _: None, lambda output: publish(output, _NEXT), ({}, _NEXT), _NEXT),
    "second": Scenario(
        lambda output: publish(output, _LIVE), lambda output: publish(output, _NEXT, _LIVE), (_LIVE, _NEXT), _LIVE
    ),
    "update": Scenario(_published_twice, _next, (_LIVE, _NEXT), _LIVE),
    "whole": Scenario(_published_twice, lambda output: publish(output, _NEXT), (_LIVE, _NEXT), _LIVE),
    "no-lag": Scenario(_without("lag"), _next, (_LIVE, _NEXT), _LIVE),
    "no-spare": Scenario(_without("previous"), _next, (_LIVE, _NEXT), _LIVE),
    "no-output": Scenario(_without(""), _next, ({}, _NEXT), _LIVE),
    "rolled-back": Scenario(_rolled_back, _next, (_OLD, _NEXT), _LIVE),
    "rolled-back-whole": Scenario(_rolled_back, lambda output: publish(output, _NEXT), (_OLD, _NEXT), _LIVE),
    "rollback": Scenario(_published_twice, lambda output: _say(release.rollback(output)), (_LIVE, _OLD), _LIVE),
}


def _say(reason: str) -> None:
    if reason:
        raise RuntimeError(reason)


def interrupted(scenario: Scenario, output: Path, step: int, how: str) -> bool:
    """Do what a scenario does in a process that ends at a step, or whose step fails; tell whether it got there."""
    child = os.fork()
    if child:
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended == _WRONG:
            print(f"step {step}: the process fails for another reason")  # noqa: T201 - read by the test
        return ended not in {0, _WRONG}
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event.startswith(_STEPS) and (how == "kill" or _needs_room(event, arguments)):
            left -= 1
            if left == 0 and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if left == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sys.addaudithook(hook)
    try:
        scenario.act(output)
    except BaseException as error:  # noqa: BLE001 - nothing of the child may go on in the parent's place
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        if not full:
            traceback.print_exc()
        os._exit(_FAILED if full else _WRONG)
    os._exit(0 if left > 0 else _FAILED)  # a step that failed and did no harm was a step


def _needs_room(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell what a full disk refuses: to open a file for writing, and new names."""
    writes = event == "open" and isinstance(flags := arguments[2], int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return writes or event in {"os.mkdir", "os.link", "os.rename"}


def faults(scenario: Scenario, output: Path) -> Iterator[str]:
    """Say what is wrong with what an interrupted process left."""
    before = read(output)
    if before not in scenario.found and (before or not output.with_name(f".{output.name}.old").is_dir()):
        yield "what is served is neither site"
    with release.alone(output):
        kept = read(output)
    if kept not in scenario.found:
        yield "once put back, what is served is neither site"
    if kept and release.current(output) != identity(kept):
        yield "the mark names another release"
    city = output.parent.with_name("city")
    city.mkdir(exist_ok=True)
    if refusals := release.refused(city, output):
        yield f"the next build is refused: {refusals[0]}"
    yield from _next_ones(scenario, output)


def _next_ones(scenario: Scenario, output: Path) -> Iterator[str]:
    """Try on copies each thing that may come next."""
    trials: dict[str, Callable[[Path], None]] = {
        "the next publication": lambda copy: publish(copy, _LATER, scenario.remembered),
        "a whole publication": lambda copy: publish(copy, _LATER),
        "the publication again": lambda copy: publish(copy, _NEXT, scenario.remembered),
    }
    for name, trial in trials.items():
        with _copied(output) as copy:
            try:
                trial(copy)
            except OSError as error:
                yield f"{name} fails: {error}"
                continue
            wanted = _NEXT if name.endswith("again") else _LATER
            if read(copy) != wanted:
                yield f"{name} gives another site"
            if {path.name for path in copy.parent.iterdir()} - {"output", ".output.previous", ".output.lag"}:
                yield f"{name} leaves {sorted(path.name for path in copy.parent.iterdir())}"
            if not release.rollback(copy) and read(copy) not in (_OLD, _LIVE, _NEXT, _LATER):
                yield f"a rollback after {name} gives no whole site"
    with _copied(output) as copy:
        if not release.rollback(copy) and read(copy) not in (_OLD, _LIVE, _NEXT):
            yield "a rollback gives no whole site"


class _copied:  # noqa: N801 - used as a function
    """Copy an output and what stands beside it, names that share a file still sharing it."""

    def __init__(self, output: Path) -> None:
        self._folder = output.parent.with_name("copy")
        self._output = self._folder / output.name
        os.system(f"rm -rf '{self._folder}' && cp -a '{output.parent}' '{self._folder}'")  # noqa: S605 - our own names

    def __enter__(self) -> Path:
        return self._output

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)


def _refuse(one: str, other: str) -> None:  # noqa: ARG001 - in the place of one that uses them
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def main(folder: str, name: str, how: str, way: str) -> None:
    """Interrupt one scenario at its first step, then at its second, until one comes to its end."""
    if way == "renames":
        exchange._at_once = _refuse  # what a disk that cannot exchange answers
    scenario, output = SCENARIOS[name], Path(folder) / "here" / "output"
    plan = _by_lot() if how == "twice" else ((step,) for step in itertools.count(1))
    done = 0
    for steps in plan:
        shutil.rmtree(output.parent, ignore_errors=True)
        output.parent.mkdir(parents=True)
        scenario.before(output)
        reached = [interrupted(scenario, output, step, "full" if how == "full" else "kill") for step in steps]
        for fault in faults(scenario, output):
            print(f"step {steps}: {fault}")  # noqa: T201 - read by the test
        if not any(reached):
            break
        done += 1
    print(f"interrupted {done}")  # noqa: T201


def _by_lot() -> Iterator[tuple[int, int]]:
    chance = random.Random(3)  # noqa: S311 - the same moments each time
    return ((chance.randint(1, 75), chance.randint(1, 160)) for _ in range(150))


if __name__ == "__main__":
    main(*sys.argv[1:])
