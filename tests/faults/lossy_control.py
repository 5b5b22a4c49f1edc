"""Turns a folder of the lossy file system into a disk whose power can be cut."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = Path(__file__).with_name("lossy_fs.py")


class Disk:
    """A disk of the lossy file system."""

    def __init__(self, mount: Path, control: Path, name: str) -> None:
        self.folder = mount / name
        self.control = control
        self.name = name
        self.folder.mkdir()

    def sync(self) -> None:
        """Make all that is there now safe, and count changes from here."""
        (self.folder / ".sync").touch()

    def cut(self, at: int, image: Path, kill: int = 0, seed: int | None = None) -> None:
        """Cut the power at the change of that number."""
        said = {"disk": self.name, "at": at, "image": os.fspath(image), "kill": kill, "seed": seed}
        partial = self.control / "cut.partial"
        partial.write_text(json.dumps(said))
        partial.replace(self.control / "cut.json")

    def is_cut(self) -> bool:
        """Tell whether the power went."""
        done = self.control / "done"
        return done.exists() and done.read_text() == self.name

    def wait(self) -> None:
        """Wait until the image is whole."""
        until = time.monotonic() + 10
        while not self.is_cut():
            assert time.monotonic() < until
            time.sleep(0.002)

    def cut_now(self, image: Path, seed: int | None = None) -> None:
        """Cut the power now."""
        self.cut(1, image, 0, seed)
        with contextlib.suppress(OSError):
            (self.folder / ".cut").touch()


@contextmanager
def lossy(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Serve the lossy file system; give where it is mounted and its control folder. OSError: it cannot be mounted."""
    mount, control = folder / "mount", folder / "control"
    mount.mkdir()
    control.mkdir()
    log = folder / "lossy.log"
    with log.open("w") as said:
        served = subprocess.Popen([sys.executable, _PROGRAM, mount, control], stdout=said, stderr=said)
    try:
        until = time.monotonic() + 10
        while not os.path.ismount(mount):
            if served.poll() is not None or time.monotonic() > until:
                raise OSError(log.read_text() or "it is not mounted")
            time.sleep(0.01)
        yield mount, control
    finally:
        subprocess.run(["fusermount3", "-u", "-z", mount], check=False, capture_output=True)
        served.terminate()
        served.wait()
