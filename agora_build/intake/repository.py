"""Turns the bare repository of the intake into commits, branches and files that were read back.

Every reference moves by compare-and-swap, and what git writes is synchronised to the disk. Paths are those of the
city: where the city is a folder of its repository, `inside` is put before them here, and nowhere else.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agora_build import git
from agora_build.git import NOTHING
from agora_build.intake.durable import sync_folder
from agora_build.intake.forge import Forge

AUTHOR = "Agora <agora@localhost>"

HEADS = "refs/heads/"
_STALE = 60.0  # seconds
_OBJECT = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])")
_SAFE = (
    "-c", "core.fsync=objects,derived-metadata,reference", "-c", "core.fsyncMethod=fsync", "-c", "gc.auto=0",
    "-c", "diff.renames=false", "--git-dir=.",
)  # fmt: skip


_UNKNOWN = (b"Authentication failed", b"could not read Username", b"could not read Password")  # git, in English


class RepositoryError(Exception):
    """Says that git did not do what was asked; `code` is what `agora relay` has words for, `place` a part of them."""

    def __init__(self, code: str, detail: str = "", place: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.place = place


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit to write, on top of its parent (None: of the one before it in the list)."""

    parent: str | None
    files: Mapping[str, bytes]
    message: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Move:
    """A branch to take from a commit to another; '' stands for no branch."""

    branch: str
    new: str
    old: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A bare repository, the branch of it that is published, and the folder of the city in it (`''`, `ville/`)."""

    path: Path
    base: str
    inside: str = ""

    def head(self) -> str:
        """Give the commit of the published branch."""
        return self.ask("rev-parse", "--verify", "--quiet", f"{HEADS}{self.base}^{{commit}}", code="no-base").decode()

    def branches(self, *branches: str) -> dict[str, str]:
        """Give the commits of branches that are there, by name."""
        asked = "".join(f"{HEADS}{branch}\n" for branch in branches).encode()
        answers = self.ask("cat-file", "--batch-check=%(objecttype) %(objectname)", given=asked).decode().splitlines()
        found = zip(branches, answers, strict=True)
        return {branch: said.removeprefix("commit ") for branch, said in found if said.startswith("commit ")}

    def below(self, prefix: str) -> dict[str, str]:
        """Give the commits of all the branches whose names begin with a prefix that ends in `/`."""
        said = self.ask("for-each-ref", "--format=%(objectname) %(refname)", f"{HEADS}{prefix}").decode()
        parted = (line.partition(" ") for line in said.splitlines())
        return {name.removeprefix(HEADS): commit for commit, _, name in parted}

    def unpublished(self, commits: Iterable[str]) -> frozenset[str]:
        """Tell which commits the published branch does not hold."""
        asked = "".join(f"{commit}\n" for commit in [*commits, f"^{HEADS}{self.base}"]).encode()
        return frozenset(self.ask("rev-list", "--stdin", given=asked).decode().split())

    def blobs(self, places: Sequence[tuple[str, str]]) -> list[str]:
        """Give the ids of files, each at a commit (or branch) and a path; '' for one that is not there."""
        asked = "".join(f"{commit}:{self.inside}{path}\n" for commit, path in places)
        answers = self.ask("cat-file", "--batch-check=%(objecttype) %(objectname)", given=asked.encode()).splitlines()
        return [line[5:].decode() if line.startswith(b"blob ") else "" for line in answers]

    def read(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file at a commit; None when it is not there."""
        blob = self.blobs([(commit, path)])[0]
        return self.ask("cat-file", "blob", blob, strip=False) if blob else None

    def had(self, path: str, blob: str) -> bool:
        """Tell whether the published branch ever had a file of that content at a path."""
        literal = f":(top,literal){self.inside}{path}"
        said = self.ask("log", "--raw", "--no-abbrev", "-m", "--format=", f"{HEADS}{self.base}", "--", literal)
        return f" {blob} ".encode() in said

    def was_rewritten(self) -> bool:
        """Tell whether the published branch lost commits since it was last remembered: branches may still hold them."""
        seen = self.remembered("published")
        return bool(seen) and self._run(("merge-base", "--is-ancestor", seen, f"{HEADS}{self.base}")).returncode != 0

    def remembered(self, name: str) -> str:
        """Give a commit that was remembered by a name; '' when none was."""
        file = self.path / f"agora-{name}"
        return file.read_text("ascii") if file.exists() else ""

    def remember(self, name: str, commit: str) -> None:
        """Remember a commit; in a file, for a reference would keep what the city took back."""
        aside = self.path / f"agora-{name}.{os.getpid()}"
        aside.write_text(commit, "ascii")
        aside.replace(self.path / f"agora-{name}")

    def named(self, name: str) -> list[str]:
        """List the published files of a name."""
        said = self.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.head()).decode("utf-8", "replace")
        here = (path.removeprefix(self.inside) for path in said.split("\0") if path.startswith(self.inside))
        return [path for path in here if path.rpartition("/")[2] == name]

    def common(self, one: str, other: str) -> str:
        """Give the commit from which two went apart; '' when they have none."""
        done = self._run(("merge-base", one, other))
        return done.stdout.decode().strip()

    def changed(self, before: str, after: str) -> dict[str, str]:
        """Give the files that differ between two commits, each with its id after; '' for one that is no plain file."""
        said = self.ask("diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", before, after)
        words = said.decode("utf-8", "replace")
        parts = words.removesuffix("\0").split("\0") if words else []
        found = {}
        for facts, path in zip(parts[::2], parts[1::2], strict=True):
            _, mode, _, after_id, _ = facts.split(" ")
            found[path.removeprefix(self.inside)] = after_id if mode == "100644" else ""
        return found

    def write(self, commits: Sequence[Commit]) -> list[str]:
        """Write commits, which no branch holds yet; the same ones have the same ids."""
        aside = f"refs/agora/{secrets.token_hex(8)}"
        stream = [b"feature done\n"]
        for number, commit in enumerate(commits, 1):
            stream += self._commit(aside, number, commit)
        gone = "0" * len(self.head())
        stream.append(f"reset {aside}\nfrom {gone}\n\n".encode())
        stream += [f"get-mark :{number}\n".encode() for number in range(1, len(commits) + 1)]
        stream.append(b"done\n")
        return self.ask("fast-import", "--quiet", "--force", given=b"".join(stream)).decode().split()

    def _commit(self, ref: str, number: int, commit: Commit) -> Iterable[bytes]:
        who = f"{AUTHOR} {_noon(commit.day)} +0000"
        message = commit.message.encode()
        yield f"commit {ref}\nmark :{number}\ncommitter {who}\ndata {len(message)}\n".encode() + message
        yield f"\nfrom {commit.parent or f':{number - 1}'}\n".encode()
        for path, content in commit.files.items():
            yield f"M 100644 inline {self.inside}{path}\ndata {len(content)}\n".encode() + content + b"\n"

    def commit(self, tree: str, parents: Sequence[str], message: str, day: datetime.date) -> str:
        """Write a commit of a tree that is there."""
        name, _, email = AUTHOR.removesuffix(">").partition(" <")
        who = {"NAME": name, "EMAIL": email, "DATE": f"{_noon(day)} +0000"}
        own = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
        before = [word for parent in parents for word in ("-p", parent)]
        return self.ask("commit-tree", tree, *before, "-m", message, environment=own).decode()

    def merge(self, one: str, other: str, message: str, day: datetime.date) -> str:
        """Write the merge of two commits; raise RepositoryError when both changed the same lines."""
        done = self._run(("merge-tree", "--write-tree", "--name-only", "--no-messages", one, other))
        tree, *torn = done.stdout.decode("utf-8", "replace").split("\n")
        if done.returncode:
            raise RepositoryError("conflict" if done.returncode == 1 else "git-failed", torn[0] if torn else "")
        return self.commit(tree, (one, other), message, day)

    def move(self, moves: Sequence[Move], *, together: bool = False) -> frozenset[str]:
        """Move branches, each from where it was thought to be; give the names of those that were elsewhere.

        `together`, none moves when one was.
        """
        if self._moved(moves):
            return frozenset()
        if together:
            return frozenset(move.branch for move in moves)
        return frozenset(move.branch for move in moves if not self._moved([move]))

    def _moved(self, moves: Sequence[Move]) -> bool:
        """Move all of some branches, or none; what is removed goes last, once the rest is on the disk."""
        ends = [move for move in moves if not move.new]
        if len(ends) in (0, len(moves)):
            return self._update([_line(move) for move in moves])
        kept = [f"verify {HEADS}{move.branch} {move.old}\n" for move in ends]
        if not self._update([*(_line(move) for move in moves if move.new), *kept]):
            return False
        self._update([_line(move) for move in ends])  # one that moved meanwhile is the next pass's business
        return True

    def _update(self, lines: Sequence[str]) -> bool:
        self._unlock()
        self._sync("objects")
        given = "".join(["start\n", *lines, "prepare\n", "commit\n"]).encode()
        done = self._run(("update-ref", "--stdin", "--no-deref"), given).returncode == 0
        self._sync("refs")
        return done

    def _unlock(self) -> None:
        """Remove the locks of a git that was killed: it needs one for a moment, and would keep all others out."""
        long_ago = time.time() - _STALE
        for lock in (*self.path.glob("*.lock"), *self.path.glob("refs/**/*.lock")):
            with suppress(FileNotFoundError):
                if lock.stat().st_mtime < long_ago:
                    lock.unlink()

    def _sync(self, part: str) -> None:
        """Write the names of objects or references through to the disk: git does so for what is in them alone."""
        sync_folder(self.path)
        for top, _, _ in os.walk(self.path / part):
            sync_folder(Path(top))

    def tidy(self) -> None:
        """Pack what became many files, when it is time; what nothing names goes after two weeks."""
        self.ask("-c", "gc.auto=5000", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def forget(self) -> None:
        """Destroy what no branch holds; nobody may be writing here meanwhile."""
        self.ask("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
        self.ask("repack", "-a", "--quiet")
        self._sync("objects")  # what is held has another place, on the disk, before the first one goes
        self.ask("repack", "-a", "-d", "--quiet")
        self.ask("prune", "--expire=now")

    def damaged(self) -> frozenset[str]:
        """Read every object again; give the ids of those that are not what was written, or are not there."""
        done = self._run(("fsck", "--full", "--no-dangling", "--no-progress"))
        if not done.returncode:
            return frozenset()
        lines = (done.stdout + done.stderr).decode("utf-8", "replace").replace("/", "").splitlines()
        told = [line for line in lines if not line.lstrip().startswith(("broken link", "to "))]
        return frozenset(_OBJECT.findall("\n".join(told)))

    def fetch(self, forge: Forge, prefix: str) -> None:
        """Bring the published branch, and those below a prefix, to where they are on a forge that is elsewhere."""
        names = (f"{HEADS}{self.base}", f"{HEADS}{prefix}*")
        command = ("fetch", "--quiet", "--prune", "--no-tags", forge.remote, *(f"+{name}:{name}" for name in names))
        self.ask(*command, environment=forge.environment(), code="not-fetched")

    def push(self, forge: Forge, moves: Sequence[Move]) -> frozenset[str]:
        """Move branches on a forge that is elsewhere, as `move` does here."""
        leases = tuple(f"--force-with-lease={HEADS}{move.branch}:{move.old}" for move in moves)
        specs = tuple(f"{move.new}:{HEADS}{move.branch}" for move in moves)
        command = ("push", "--quiet", "--porcelain", "--no-verify", *leases, forge.remote, *specs)
        done = self._run(command, environment=forge.environment())
        said = done.stdout.decode("utf-8", "replace").splitlines()
        refused = {line.split("\t")[1].partition(":")[2] for line in said if line.startswith("!")}
        if done.returncode and not refused:
            raise _refusal("not-pushed", done.stderr)
        return frozenset(name.removeprefix(HEADS) for name in refused)

    def ask(
        self,
        *arguments: str,
        given: bytes = b"",
        environment: Mapping[str, str] = NOTHING,
        code: str = "git-failed",
        strip: bool = True,
    ) -> bytes:
        """Run git in the repository; raise RepositoryError with what it said."""
        done = self._run(arguments, given, environment)
        if done.returncode:
            raise _refusal(code, done.stderr)
        return done.stdout.removesuffix(b"\n") if strip else done.stdout

    def _run(
        self, arguments: tuple[str, ...], given: bytes = b"", environment: Mapping[str, str] = NOTHING
    ) -> git.Done:
        try:
            return git.run(self.path, (*_SAFE, *arguments), given, environment)
        except FileNotFoundError as error:
            raise RepositoryError("no-git" if self.path.is_dir() else "no-repository") from error


def blob_of(content: bytes, like: str) -> str:
    """Compute the id that git gives to a content, in a repository that has commits `like` this one."""
    kind = hashlib.sha256 if len(like) == 64 else hashlib.sha1  # noqa: PLR2004
    return kind(b"blob %d\0" % len(content) + content).hexdigest()


def _noon(day: datetime.date) -> int:
    """Give a Unix time of a day which is in that day wherever people are, or nearly."""
    return int(datetime.datetime.combine(day, datetime.time(12), datetime.UTC).timestamp())


def _refusal(code: str, said: bytes) -> RepositoryError:
    """Say what git complains of: its last line, or that a forge does not know who asks."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    if any(words in said for words in _UNKNOWN):
        return RepositoryError("token-refused")
    return RepositoryError(code, lines[-1] if lines else "")


def _line(move: Move) -> str:
    """Say a move as git reads it."""
    none = "0" * len(move.new or move.old)
    return f"update {HEADS}{move.branch} {move.new or none} {move.old or none}\n"
