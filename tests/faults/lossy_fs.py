"""A file system in memory that loses, at a power cut, whatever was not synchronised.

The data of a file is kept by `fsync` on that file, its name by `fsync` on its folder: one does not stand for the
other, as POSIX has it. `python lossy_fs.py MOUNT CONTROL` serves it; each folder at its top is a disk of its own. Who
wants a cut writes `cut.json` in the folder CONTROL: `{"disk": name, "at": n, "image": folder, "kill": pid, "seed": s}`.
At the n-th change of that disk the process is killed and nothing is kept any more; the image receives what the disk
holds, and `done`, in CONTROL, the name of the disk. A file named `.sync` makes all of its disk safe.

Without a seed all that was not synchronised is lost; with one, chance keeps a part of it: any of the writes of a file,
whole or torn at a sector, and the first changes of a folder.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mfusepy

_SECTOR = 512
_BLOCK = 4096
_REPAIR = 600  # seconds that a power cut lasts


@dataclass(eq=False)
class File:
    """A file, or a symbolic link: what programs read, what the disk holds, and the writes between the two."""

    mode: int
    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, bytes), or (length, None)
    names: int = 1

    def write(self, offset: int, data: bytes) -> None:
        if offset > len(self.data):
            self.data.extend(bytes(offset - len(self.data)))
        self.data[offset : offset + len(data)] = data
        self.pending.append((offset, data))

    def truncate(self, length: int) -> None:
        del self.data[length:]
        self.data.extend(bytes(length - len(self.data)))
        self.pending.append((length, None))

    def sync(self) -> None:
        self.synced = bytes(self.data)
        self.pending.clear()

    def kept(self, chance: random.Random | None) -> bytes:
        """Give what a disk would hold: what was synchronised, and by chance a part of the rest."""
        left = File(self.mode, bytearray(self.synced))
        for place, data in self.pending if chance else ():
            lot = chance.random() if chance else 0
            if lot < 1 / 3:
                continue
            if data is None:
                left.truncate(place)
            else:
                left.write(place, data if lot < 2 / 3 else data[: chance.randrange(len(data) + 1) // _SECTOR * _SECTOR])
        return bytes(left.data)


@dataclass(eq=False)
class Folder:
    """A folder: the names programs see, those the disk holds, and the changes between the two."""

    mode: int
    entries: dict[str, File | Folder] = field(default_factory=dict)
    synced: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[dict[str, File | Folder | None]] = field(default_factory=list)

    def change(self, names: dict[str, File | Folder | None]) -> None:
        _apply(self.entries, names)
        self.pending.append(names)

    def sync(self) -> None:
        self.synced = dict(self.entries)
        self.pending.clear()

    def kept(self, chance: random.Random | None) -> dict[str, File | Folder]:
        left = dict(self.synced)
        for names in self.pending[: chance.randrange(len(self.pending) + 1)] if chance else ():
            _apply(left, names)
        return left


def _apply(entries: dict[str, File | Folder], names: dict[str, File | Folder | None]) -> None:
    for name, node in names.items():
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


def _sync_all(folder: Folder) -> None:
    folder.sync()
    for node in folder.entries.values():
        if isinstance(node, Folder):
            _sync_all(node)
        else:
            node.sync()


def write_image(node: Folder, folder: Path, chance: random.Random | None) -> None:
    """Write in a real folder what the disk would hold, some time before somebody looks at it again."""
    then = time.time() - _REPAIR
    folder.mkdir(parents=True, exist_ok=True)
    for name, inner in node.kept(chance).items():
        path = folder / name
        if isinstance(inner, Folder):
            write_image(inner, path, chance)
        elif stat.S_ISLNK(inner.mode):
            path.symlink_to(bytes(inner.data).decode())
        else:
            path.write_bytes(inner.kept(chance))
            path.chmod(stat.S_IMODE(inner.mode))
            os.utime(path, (then, then))


class LossyFileSystem(mfusepy.Operations):
    """The operations of the file system; each change of it is counted, and may be the last one."""

    use_ns = True

    def __init__(self, control: Path) -> None:
        self.root = Folder(stat.S_IFDIR | 0o755)
        self.control = control
        self.opened: dict[int, File] = {}
        self.next_handle = 1
        self.changes: Counter[str] = Counter()
        self.dark: set[str] = set()

    # What happens between programs and the one who cuts.

    def count(self, path: str) -> None:
        """Count a change about to be made to a disk; raise when its power is off."""
        disk = path.split("/")[1]
        if disk in self.dark:
            raise mfusepy.FuseOSError(errno.EIO)
        self.changes[disk] += 1
        with contextlib.suppress(FileNotFoundError):
            cut = json.loads((self.control / "cut.json").read_text())
            if cut["disk"] == disk and self.changes[disk] >= cut["at"]:
                self.lose_power(disk, cut)
                raise mfusepy.FuseOSError(errno.EIO)

    def lose_power(self, disk: str, cut: dict[str, Any]) -> None:
        """Kill the program, keep what the disk would hold."""
        self.dark.add(disk)
        with contextlib.suppress(ProcessLookupError):
            if cut["kill"]:
                os.kill(cut["kill"], signal.SIGKILL)
        chance = None if cut["seed"] is None else random.Random(cut["seed"])  # noqa: S311 - not a secret
        write_image(self.root.entries[disk], Path(cut["image"]), chance)
        (self.control / "done").write_text(disk)

    # Names.

    def find(self, path: str) -> File | Folder:
        node: File | Folder = self.root
        for part in [part for part in path.split("/") if part]:
            if not isinstance(node, Folder):
                raise mfusepy.FuseOSError(errno.ENOTDIR)
            if part not in node.entries:
                raise mfusepy.FuseOSError(errno.ENOENT)
            node = node.entries[part]
        return node

    def split(self, path: str) -> tuple[Folder, str]:
        folder, _, name = path.rpartition("/")
        parent = self.find(folder)
        if not isinstance(parent, Folder):
            raise mfusepy.FuseOSError(errno.ENOTDIR)
        return parent, name

    def file(self, path: str, handle: int | None) -> File:
        node = self.opened[handle] if handle in self.opened else self.find(path)
        if not isinstance(node, File):
            raise mfusepy.FuseOSError(errno.EISDIR)
        return node

    # The operations.

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        node = self.opened[fh] if fh in self.opened else self.find(path)
        size = len(node.data) if isinstance(node, File) else 0
        now = time.time_ns()
        times = {"st_atime": now, "st_mtime": now, "st_ctime": now}
        number = {"st_ino": id(node) & 0x7FFFFFFFFFFF}
        blocks = {"st_blocks": -(-size // _SECTOR), "st_blksize": _BLOCK}
        return {"st_mode": node.mode, "st_size": size, "st_nlink": 1, **times, **number, **blocks}

    def readdir(self, path: str, fh: int) -> Iterator[str]:
        node = self.find(path)
        yield from (".", "..", *(node.entries if isinstance(node, Folder) else ()))

    def mkdir(self, path: str, mode: int) -> int:
        self.count(path)
        parent, name = self.split(path)
        parent.change({name: Folder(stat.S_IFDIR | mode)})
        if parent is self.root:  # a new disk
            parent.sync()
        return 0

    def rmdir(self, path: str) -> int:
        self.count(path)
        parent, name = self.split(path)
        if parent.entries[name].entries:
            raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        parent.change({name: None})
        return 0

    def create(self, path: str, mode: int, fi: object = None) -> int:
        self.count(path)
        parent, name = self.split(path)
        if name == ".sync":
            _sync_all(parent)
            self.changes.clear()
        node = File(stat.S_IFREG | mode)
        parent.change({name: node})
        return self.handle(node)

    def open(self, path: str, flags: int) -> int:
        node = self.file(path, None)
        if flags & os.O_TRUNC:
            self.count(path)
            node.truncate(0)
        return self.handle(node)

    def handle(self, node: File) -> int:
        self.next_handle += 1
        self.opened[self.next_handle] = node
        return self.next_handle

    def release(self, path: str, fh: int) -> int:
        self.opened.pop(fh, None)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self.file(path, fh).data[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self.count(path)
        self.file(path, fh).write(offset, data)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self.count(path)
        self.file(path, fh).truncate(length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self.count(path)
        self.file(path, fh).sync()
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self.count(path)
        node = self.find(path)
        if isinstance(node, Folder):
            node.sync()
        return 0

    def unlink(self, path: str) -> int:
        self.count(path)
        parent, name = self.split(path)
        parent.change({name: None})
        return 0

    def rename(self, old: str, new: str) -> int:
        self.count(old)
        (parent, name), (target, title) = self.split(old), self.split(new)
        node = parent.entries[name]
        if parent is target:
            parent.change({name: None, title: node})
        else:
            target.change({title: node})
            parent.change({name: None})
        return 0

    def link(self, target: str, source: str) -> int:
        self.count(target)
        parent, name = self.split(target)
        parent.change({name: self.find(source)})
        return 0

    def symlink(self, target: str, source: str) -> int:
        self.count(target)
        parent, name = self.split(target)
        node = File(stat.S_IFLNK | 0o777, bytearray(source.encode()), source.encode())
        parent.change({name: node})
        return 0

    def readlink(self, path: str) -> str:
        return bytes(self.file(path, None).data).decode()

    def chmod(self, path: str, mode: int) -> int:
        node = self.find(path)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        free = 1 << 20
        return {"f_bsize": _BLOCK, "f_frsize": _BLOCK, "f_blocks": free, "f_bfree": free, "f_bavail": free}


def main() -> None:
    """Serve the file system until it is unmounted."""
    mount, control = sys.argv[1:]
    # The kernel's cache makes shared memory work, as the -shm file of SQLite needs; one thread keeps one order.
    mfusepy.FUSE(
        LossyFileSystem(Path(control)), mount, foreground=True, nothreads=True, kernel_cache=True, fsname="lossy"
    )


if __name__ == "__main__":
    main()
