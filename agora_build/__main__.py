"""Turns a call of `agora` into its command; a build of a city where nothing changed ends before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `agora`."""
    if sys.argv[1:2] == ["build"]:
        from agora_build.build import unchanged

        said = unchanged.said(sys.argv[1:])
        if said:
            sys.stdout.write(f"{said}\n")
            return
    from agora_build.cli import main as command

    command()


if __name__ == "__main__":
    main()
