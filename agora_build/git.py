"""Turns a question about a repository into what git answers, whatever the settings of the person who asks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

# What would make git look at another repository than the one it is told, or read paths in another way.
_STRAY = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
)  # fmt: skip
# Secrets, and what would have git trust anybody: nothing of them is for git, but what a call gives it.
FORGE_TOKEN = "AGORA_FORGE_TOKEN"  # noqa: S105 - the name of a variable
_SECRET = (FORGE_TOKEN, "AGORA_INTAKE_KEY", "GIT_SSL_NO_VERIFY", "GIT_ASKPASS", "SSH_ASKPASS")
# Nothing of the repository may run, and what is written is what was committed.
_SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.autocrlf=false", "submodule.recurse=false",
    "log.showRoot=true", "log.showSignature=false", "log.follow=false",
)  # fmt: skip
# Commits are what they are, not what this computer replaces them by; what is not here is not fetched.
_OWN = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
}
Done = subprocess.CompletedProcess[bytes]
NOTHING: Mapping[str, str] = MappingProxyType({})


def run(folder: Path, arguments: tuple[str, ...], given: bytes = b"", environment: Mapping[str, str] = NOTHING) -> Done:
    """Run git in a folder, `given` on its standard input; raise FileNotFoundError when it is not installed.

    `environment` is what it needs besides to be let in somewhere: nothing secret is on a command line.
    """
    own = {name: value for name, value in os.environ.items() if name not in _STRAY + _SECRET} | _OWN | {**environment}
    settings = (word for setting in _SETTINGS for word in ("-c", setting))
    command = ["git", *settings, *arguments]
    return subprocess.run(command, cwd=folder, env=own, input=given, capture_output=True, check=False)
