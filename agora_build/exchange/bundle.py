"""Turns what somebody gives, a zip file or a folder, into named files that may be read, or into why it may not.

Nothing is unpacked: a member is read when it is asked for, to its announced length, and its name is never a path here.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.exchange.records import is_safe

MANIFEST, CONTENT, FILES, CONFIG = "agora-export.json", "content.jsonl", "files/", "agora.toml"
FORMAT = "agora-export-1"
MOST_FILES, MOST_BYTES, MOST_ONE, MOST_CONTENT = 200_000, 8_000_000_000, 300_000_000, 2_000_000_000
_MANIFEST_BYTES = 60_000_000
_RATIO, _WORTH = 200, 1_000_000  # text that we write shrinks ten times; a bomb, a thousand times
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1


class BundleError(Exception):
    """Says by a code why an exchange file cannot be read."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class Bundle:
    """The files of an export, by name, with their announced lengths."""

    def __init__(self, path: Path) -> None:
        """Open a zip file or a folder; raise BundleError."""
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self.sizes = _folder(path)
        else:
            try:
                self._zip = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, ValueError, EOFError):
                raise BundleError("exchange-not-a-zip") from None
            self.sizes = _members(self._zip)
        _fits(self.sizes)
        self.sums: dict[str, str] = {}
        self.sums = self._sums()

    def close(self) -> None:
        """Close the file."""
        if self._zip:
            self._zip.close()

    def files(self) -> Iterator[str]:
        """List the files of the city that are kept as they are: their paths in the city."""
        return (name.removeprefix(FILES) for name in sorted(self.sizes) if name.startswith(FILES))

    def read(self, name: str) -> bytes:
        """Read a file whole; raise BundleError when it is not what was announced."""
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """Read a file in pieces; its length and its hash are checked at the end."""
        digest, length = hashlib.sha256(), 0
        try:
            with self._zip.open(name) if self._zip else (self.path / name).open("rb") as file:
                while block := file.read(1 << 20):
                    length += len(block)
                    if length > self.sizes[name]:
                        break
                    digest.update(block)
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise BundleError("exchange-damaged", value=name) from None
        if length != self.sizes[name] or self.sums.get(name, digest.hexdigest()) != digest.hexdigest():
            raise BundleError("exchange-damaged", value=name)

    def lines(self) -> Iterator[bytes]:
        """Read the records one by one."""
        rest = b""
        for block in self.blocks(CONTENT):
            *whole, rest = (rest + block).split(b"\n")
            if len(rest) > _MANIFEST_BYTES:
                raise BundleError("exchange-damaged", value=CONTENT)
            yield from whole
        if rest:
            yield rest

    def _sums(self) -> dict[str, str]:
        """Read the manifest."""
        if MANIFEST not in self.sizes or CONTENT not in self.sizes or self.sizes[MANIFEST] > _MANIFEST_BYTES:
            raise BundleError("exchange-no-manifest", value=MANIFEST)
        try:
            said: Any = json.loads(self.read(MANIFEST))
        except (ValueError, RecursionError):
            raise BundleError("exchange-no-manifest", value=MANIFEST) from None
        if not isinstance(said, dict) or said.get("format") != FORMAT or not isinstance(said.get("sha256"), dict):
            raise BundleError("exchange-other-format", wanted=FORMAT)
        return {str(name): str(value) for name, value in said["sha256"].items()}


def _members(archive: zipfile.ZipFile) -> dict[str, int]:
    """List the members of a zip file, none of which is what it should not be."""
    sizes: dict[str, int] = {}
    for info in archive.infolist():
        name = info.filename
        mode = info.external_attr >> 16
        if name.endswith("/") and not info.file_size:
            continue
        if not is_safe(name) or name in sizes or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
            raise BundleError("exchange-bad-member", value=name[:120])
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _KNOWN:
            raise BundleError("exchange-bad-member", value=name[:120])
        if info.file_size > _WORTH and info.file_size > _RATIO * max(1, info.compress_size):
            raise BundleError("exchange-too-big", value=name[:120])
        sizes[name] = info.file_size
    return sizes


def _folder(root: Path) -> dict[str, int]:
    """List the files of a folder; links and pipes are refused."""
    sizes: dict[str, int] = {}
    for here, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(here, name)
            inside = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if not is_safe(inside) or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise BundleError("exchange-bad-member", value=inside[:120])
            if stat.S_ISREG(mode):
                sizes[inside] = path.lstat().st_size
    return sizes


def _fits(sizes: dict[str, int]) -> None:
    if len(sizes) > MOST_FILES or sum(sizes.values()) > MOST_BYTES:
        raise BundleError("exchange-too-big", value="")
    for name, size in sizes.items():
        if size > (MOST_CONTENT if name == CONTENT else MOST_ONE):
            raise BundleError("exchange-too-big", value=name[:120])
