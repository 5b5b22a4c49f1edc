"""Turns files into a zip archive: the same bytes for the same files and the same day."""

from __future__ import annotations

import datetime
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

NAME = f"zip, zlib {zlib.ZLIB_RUNTIME_VERSION}"  # another zlib may compress to other bytes
_COMPRESSED = (".mp3", ".png", ".jpg", ".jpeg", ".webp", ".woff2", ".pdf", ".zip", ".ogg", ".m4a")
_MODE = 0o100644 << 16
_UNIX = 3


def pack(files: Iterable[tuple[str, bytes]], day: datetime.date, target: Path, *, compressed: bool = True) -> int:
    """Write an archive of named files, in the order given; give its size. Sound and pictures are kept as they are.

    One that is not compressed has the same bytes whatever the version of zlib.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr, info.create_system = _MODE, _UNIX
            info.compress_type = (
                zipfile.ZIP_DEFLATED if compressed and not name.endswith(_COMPRESSED) else zipfile.ZIP_STORED
            )
            archive.writestr(info, data, compresslevel=9)
    return target.stat().st_size
