"""Exchanges two folders in one step, by the system call that does it; where there is none, in three."""

# os.rename, not Path objects: what happens here is told by the names of the system calls.
# ruff: noqa: PTH104
from __future__ import annotations

import errno
import os
import sys

_AT_FDCWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2): the same number
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def exchange(one: str, other: str, between: str) -> None:
    """Exchange two folders of one disk; `between` is a free name for systems that must take three steps.

    Killed between these steps, the second folder is missing and `between` holds what it was: see release.alone.
    Raises OSError when the disk refuses.
    """
    try:
        _at_once(one, other)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
        os.rename(other, between)
        os.rename(one, other)
        os.rename(between, one)


def _at_once(one: str, other: str) -> None:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(first, second, _EXCHANGE)
    elif hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), one)
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), one)
