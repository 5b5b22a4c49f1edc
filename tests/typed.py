"""Types commands of Agora as one does in a shell: what they print goes where they print it."""

from __future__ import annotations

from agora_build import cli


def run(*arguments: str) -> int:
    """Run the command as the shell does; give its exit code."""
    try:
        cli.main([*arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0
