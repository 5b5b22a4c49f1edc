"""Keeps the signatures of a city's files from one edit to the next: only what changed is looked at again."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable

from agora_build.build import signature


class Seen:
    """The signatures of the files of a city, as they were when last looked at."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._signatures: signature.Signatures = {}

    def everything(self) -> signature.Taken:
        """Look at all files."""
        since, self._signatures = signature.of_city(self._root)
        return since, self._signatures

    def again(self, paths: Iterable[str]) -> signature.Taken:
        """Look again at some files; at all of them when a folder is among these, or one that was not known."""
        since, there = time.time_ns(), dict(self._signatures)
        for path in paths:
            sign = signature.of_files([os.path.join(self._root, path)]).popitem()[1]  # noqa: PTH118
            if path not in there or (sign and not stat.S_ISREG(sign[0])):
                return self.everything()
            if sign:
                there[path] = sign
            else:
                return self.everything()
        self._signatures = there
        return since, there
