"""Turns a call of `agora` into its command; where nothing changed, a build ends before anything is imported."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run `agora`."""
    if sys.getfilesystemencoding() != "utf-8":  # an old locale: files would not have the names of the repository
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "agora_build", *sys.argv[1:]])  # noqa: S606 - ourselves again
    taken = None
    if sys.argv[1:2] in (["build"], ["check"]):
        gc.disable()  # what is imported stays: looking for what to drop costs a tenth of a small build
    if sys.argv[1:2] == ["build"]:
        from agora_build.build import unchanged

        said, taken = unchanged.said(sys.argv[1:])
        if said:
            sys.stdout.write(f"{said}\n")
            return
    from agora_build.cli import main as command

    command(obj=taken)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        os._exit(1)
    os._exit(0)  # all is written: giving memory back piece by piece would take as long as a small build


if __name__ == "__main__":
    main()
