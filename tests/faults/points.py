"""Interrupts an act at each of its system calls, each of its changes of the disk, or each byte of room, in turn.

`python points.py HOW ACT FOLDER [MUTANT] [EVERY]` prints each promise found broken, then how many points there were.
HOW is `kill`, `EIO`, `ENOSPC` or `EINTR` (strace does it, at each call in turn), `room` (files cannot grow beyond so
many bytes: writes are short, then fail), `power` or `power-partly` (MOUNT and CONTROL of the lossy file system are
in the environment). After each fault the act is done again, as who was told nothing does; EVERY takes one point in so
many.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import acts
import endpoints
import ledger
from lossy_control import Disk

# What may change a file, or tell somebody something. Only looking changes nothing.
CALLS = (
    "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat2", "unlink", "unlinkat", "link", "linkat",
    "ftruncate", "fallocate", "mkdir", "mkdirat", "openat", "sendto", "mmap", "fchown", "fchmod",
)  # fmt: skip
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
_LIMIT = 20.0  # seconds


class Run:
    """An act in a process of its own, which waits to be told to begin."""

    def __init__(self, act: acts.Act, folder: Path, told: Path) -> None:
        self.go, go = os.pipe()
        go, self.go = self.go, go
        self.told = told
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.go)
            os.read(go, 1)
            acts.end(_acted(act, folder, told))
        os.close(go)

    def begin(self) -> None:
        """Tell it to begin."""
        os.write(self.go, b"g")
        os.close(self.go)

    def ended(self) -> int:
        """Wait for the end; give the exit code, negative for a signal."""
        until = time.monotonic() + _LIMIT
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return -99


def _acted(act: acts.Act, folder: Path, told: Path) -> int:
    limit, resource_limit = os.environ.get("POINTS_ROOM"), resource.RLIMIT_FSIZE
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if limit:
        resource.setrlimit(resource_limit, (int(limit), resource.RLIM_INFINITY))

    def tell(line: dict[str, object]) -> None:
        if limit:  # the client's ledger has all the room it wants
            resource.setrlimit(resource_limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        if limit:
            resource.setrlimit(resource_limit, (int(limit), resource.RLIM_INFINITY))

    acts.flush = lambda: [tell(line) for line in acts.told] and acts.told.clear()  # type: ignore[func-returns-value]
    try:
        return acts.attempt(act, folder, tell)
    except BaseException as error:  # noqa: BLE001 - nothing of the child may go on in the parent's place
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 3


def traced(act: acts.Act, folder: Path, told: Path, *options: str) -> int:
    """Do an act under strace, which attaches to it just before it begins."""
    run = Run(act, folder, told)
    command = ["strace", *([] if act.git else ["-f"]), "-qq", "-p", str(run.pid), *options]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    status = Path(f"/proc/{run.pid}/status")
    while "TracerPid:\t0\n" in status.read_text():
        time.sleep(0.001)
    run.begin()
    ended = run.ended()
    tracer.wait()
    return ended


class Trial:
    """The folders in which an act is tried again and again."""

    def __init__(self, name: str, folder: Path) -> None:
        self.act = acts.ACTS[name]
        self.home = folder
        self.before = folder / "before" / "city"
        self.before.mkdir(parents=True)
        self.act.before(self.before)
        self.number = 0

    def fresh(self) -> tuple[Path, Path]:
        """Give a new copy of what was there before, and a ledger that knows of it."""
        self.number += 1
        trial = self.home / f"trial-{self.number}"
        city = Path(shutil.copytree(self.before, trial / "city"))
        told = trial / "told"
        before = self.before.with_name("city.before")
        told.write_bytes(before.read_bytes() if before.exists() else b"")
        return city, told

    def forget(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self.home / f"trial-{self.number}")

    def faults(self, city: Path, told: Path) -> Iterator[str]:
        """Say what is broken now, then do the act again as who had no answer does, and say what is broken then."""
        yield from (f"before: {said}" for said in checked(city, told, self.act))
        ended = Run(self.act, city, told)
        ended.begin()
        if code := ended.ended():
            yield f"it cannot be done again ({code})"
        yield from (f"again: {said}" for said in checked(city, told, self.act, settled=True))


def checked(city: Path, told: Path, act: acts.Act, *, settled: bool = False) -> list[str]:
    """Compare a ledger with the journal of a city, and with its repository."""
    file = city / endpoints.JOURNAL
    book = ledger.Ledger().read(told) if told.exists() else ledger.Ledger()
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    if not any("receipt" in line or "ballot" in line for line in lines) and not file.exists():
        return []
    try:
        kept = ledger.kept_in(os.fspath(file), city / endpoints.FORGE if act.git else None)
    except Exception as error:  # noqa: BLE001 - whatever it is, what was promised is not there
        receipts = len(book.receipts)
        return [] if not receipts and "no such table" in str(error) else [f"{receipts} receipts, unreadable: {error}"]
    strange = [f"answered {line['unexpected']}" for line in lines if "unexpected" in line]
    said = ledger.broken(book, kept, settled=settled and act.git)
    return [*strange, *said, *_published(kept, lines), *_cast(file, lines), *_erased(kept, lines, city)]


def _cast(file: Path, lines: list[dict[str, str]]) -> Iterator[str]:
    """Tell ballots that were answered for and are not there, and codes that counted twice."""
    told = [line for line in lines if "ballot" in line]
    if told:
        there = ledger.marks_of(os.fspath(file))
        yield from (
            f"{line['ballot']}: LOST" for line in told if line["verdict"] != "spent" and line["ballot"] not in there
        )
        codes = {acts.ballot(number).mark: acts.ballot(number).code for number in range(100)}
        yield from (f"{code}: {n} ballots" for code, n in Counter(codes[mark] for mark in there).items() if n > 1)


def _published(kept: ledger.Kept, lines: list[dict[str, str]]) -> Iterator[str]:
    """Tell what staff was told is published and is not."""
    told = {line["accepted"] for line in lines if "accepted" in line}
    yield from (
        f"{row.id}: {row.state}, was published" for row in kept.rows if row.id in told and row.state != "merged"
    )


def _erased(kept: ledger.Kept, lines: list[dict[str, str]], city: Path) -> Iterator[str]:
    """Tell what was said to be erased and is still there, in a row or anywhere in the files."""
    told = {line["erased"] for line in lines if "erased" in line}
    for row in kept.rows:
        if row.id in told and (row.state != "erased" or row.content):
            yield f"{row.id}: was to be erased"
    for number in (1, 4):
        if acts.sent(number).entry.id in told:
            mark = acts.mark_of(acts.sent(number)).encode()
            yield from (
                f"{path.name} holds what was erased"
                for path in (city / ".agora").rglob("*")
                if path.is_file() and mark in path.read_bytes()
            )


def counted(trial: Trial) -> Counter[str]:
    """Count the system calls of an act that nothing interrupts."""
    city, told = trial.fresh()
    trace = trial.home / "trace"
    assert traced(trial.act, city, told, "-o", os.fspath(trace), "-e", f"trace={','.join(CALLS)}") == 0
    assert checked(city, told, trial.act, settled=True) == []
    trial.forget()
    return Counter(found[1] for line in trace.read_text(errors="replace").splitlines() if (found := _CALL.match(line)))


def by_calls(trial: Trial, how: str, every: int) -> Iterator[str]:
    """Kill, or fail, at each system call."""
    points = [(call, nth) for call, count in sorted(counted(trial).items()) for nth in range(1, count + 1)]
    wanted = "signal=KILL" if how == "kill" else f"error={how}"
    told_points = 0
    for call, nth in points[::every]:
        if how != "kill" and call in ("mmap", "fchown", "fchmod"):
            continue
        city, told = trial.fresh()
        inject = f"inject={call}:{wanted}:when={nth}"
        ended = traced(trial.act, city, told, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
        told_points += 1
        if how != "kill" and ended not in (0, 1):
            yield f"{call} {nth}: the process ends with {ended}"
        yield from (f"{call} {nth}: {said}" for said in trial.faults(city, told))
        trial.forget()
    print(f"{told_points} points")


def by_room(trial: Trial, every: int) -> Iterator[str]:
    """Let files grow to so many bytes: every write that crosses it is short, the next one fails."""
    city, told = trial.fresh()
    run = Run(trial.act, city, told)
    run.begin()
    assert run.ended() == 0
    size = max(path.stat().st_size for path in (city / ".agora").rglob("*") if path.is_file())
    size = max(size, 160_000)
    trial.forget()
    sizes = range(700, size, 1_700 * every)
    for room in sizes:
        city, told = trial.fresh()
        os.environ["POINTS_ROOM"] = str(room)
        run = Run(trial.act, city, told)
        del os.environ["POINTS_ROOM"]
        run.begin()
        ended = run.ended()
        if ended not in (0, 1):
            yield f"{room} bytes: the process ends with {ended}"
        yield from (f"{room} bytes: {said}" for said in trial.faults(city, told))
        trial.forget()
    print(f"{len(sizes)} points")


def by_power(trial: Trial, every: int, *, partly: bool) -> Iterator[str]:
    """Cut the power at each change of the disk; what was not synchronised is lost, or a part of it."""
    mount, control = Path(os.environ["LOSSY_MOUNT"]), Path(os.environ["LOSSY_CONTROL"])
    at, done = 1, False
    while not done:
        trial.number += 1
        disk = Disk(mount, control, f"{trial.home.name}-{trial.number}")
        shutil.copytree(trial.before, disk.folder, dirs_exist_ok=True)
        disk.sync()
        told = trial.home / f"told-{trial.number}"
        before = trial.before.with_name("city.before")
        told.write_bytes(before.read_bytes() if before.exists() else b"")
        run = Run(trial.act, disk.folder, told)
        image = trial.home / f"image-{trial.number}"
        disk.cut(at, image, run.pid, at if partly else None)
        run.begin()
        ended = run.ended()
        done = ended != -signal.SIGKILL and not disk.is_cut()
        if done:  # it ended before the cut: which comes now
            disk.cut_now(image)
        disk.wait()
        if ended not in (0, 1, -signal.SIGKILL):
            yield f"change {at}: the process ends with {ended}"
        city = image
        yield from (f"change {at}: {said}" for said in trial.faults(city, told))
        shutil.rmtree(image)
        at += every
    print(f"{trial.number} points")


def main() -> None:
    """Try each point; say what is found."""
    how, name, folder, mutant, every = (*sys.argv[1:], *("", "1")[len(sys.argv) - 4 :])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    acts.MUTANTS[mutant]()
    trial = Trial(name, Path(folder))
    if how.startswith("power"):
        found = by_power(trial, int(every), partly=how == "power-partly")
    else:
        found = by_room(trial, int(every)) if how == "room" else by_calls(trial, how, int(every))
    for line in found:
        print(line, flush=True)


if __name__ == "__main__":
    main()
