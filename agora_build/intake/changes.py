"""Turns two commits of a repository into what one brings to the other, read as git keeps it: nothing is checked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from agora_build import git

_RAW = (
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    "--no-relative",
    "--ignore-submodules=none",
    "--no-ext-diff",
)


class ChangesError(Exception):
    """Says that git cannot tell: no such commit, no repository, nothing in common; `code` is what has words."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a tree: its mode (`100644`, `040000`…), the id of what it is."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a path: A added, M changed, T of another kind, D removed; its mode and id after, and id before."""

    path: str
    status: str
    mode: str
    oid: str
    old: str


class Changes:
    """What the branch of `head` brings to that of `base`. Paths are those of git, undecodable bytes as surrogates."""

    def __init__(self, folder: Path, base: str, head: str) -> None:
        self._folder = folder
        self.base = self._commit(base)
        self.head = self._commit(head)
        bases = self._ask("merge-base", "--all", self.base, self.head, code="unrelated", fine=(1,)).decode().split()
        if len(bases) != 1:
            raise ChangesError("unrelated" if not bases else "crossed")
        self.common = bases[0]

    @cached_property
    def prefix(self) -> str:
        """The folder of the repository where git was asked: `''`, or `ville/`."""
        return self._ask("rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").removesuffix("\n")

    @cached_property
    def made(self) -> list[Change]:
        """What differs between the commit both have in common and the head."""
        return list(self._raw(self._ask("diff-tree", *_RAW, self.common, self.head)))

    @cached_property
    def passing(self) -> frozenset[str]:
        """Paths that the branch's commits touched, whatever became of them: they stay in the history."""
        span = f"{self.base}..{self.head}"
        found = {change.path for change in self._raw(self._ask("log", "--no-merges", "--format=", *_RAW, span))}
        merges = self._ask("log", "--merges", "--diff-merges=combined", "--name-only", "-z", "--format=", span)
        return frozenset(found | {path for path in _decoded(merges).split("\0") if path})

    def tree(self, commit: str) -> list[tuple[str, Item]]:
        """List all the files of a commit, and its folders."""
        listed = []
        for line in filter(None, _decoded(self._ask("ls-tree", "-r", "-t", "-z", "--full-tree", commit)).split("\0")):
            about, _, path = line.partition("\t")
            mode, _, oid = about.split(" ")
            listed.append((path, Item(mode, oid)))
        return listed

    def sizes(self, oids: Iterable[str]) -> Mapping[str, int]:
        """Give the sizes of blobs in bytes; those that are not here are left out."""
        asked = list(dict.fromkeys(oids))
        said = self._ask("cat-file", "--batch-check", given="".join(f"{oid}\n" for oid in asked).encode()).decode()
        lines = (line.split(" ") for line in said.splitlines())
        return {words[0]: int(words[2]) for words in lines if len(words) == 3 and words[1] == "blob"}  # noqa: PLR2004

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Give the contents of blobs."""
        asked = list(dict.fromkeys(oids))
        said = self._ask("cat-file", "--batch", given="".join(f"{oid}\n" for oid in asked).encode())
        found, start = {}, 0
        for _ in asked:
            end = said.index(b"\n", start)
            words = said[start:end].decode().split(" ")
            if len(words) != 3:  # noqa: PLR2004
                raise ChangesError("missing", words[0])
            size = int(words[2])
            found[words[0]] = said[end + 1 : end + 1 + size]
            start = end + 2 + size
        return found

    def _commit(self, name: str) -> str:
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return self._ask(*words, code="no-commit", about=name).decode().strip()

    def _raw(self, said: bytes) -> Iterator[Change]:
        words = iter(_decoded(said).split("\0"))
        for word in words:
            about = word.lstrip("\n").removeprefix(":").split(" ")
            if len(about) == 5:  # noqa: PLR2004
                yield Change(next(words), about[4][:1], about[1], about[3], about[2])

    def _ask(
        self, *arguments: str, given: bytes = b"", code: str = "refused", about: str = "", fine: tuple[int, ...] = ()
    ) -> bytes:
        try:
            done = git.run(self._folder, arguments, given)
        except FileNotFoundError:
            raise ChangesError("no-git") from None
        if done.returncode and done.returncode not in fine:
            raise ChangesError(code, about or done.stderr.decode("utf-8", "replace").strip()[:200])
        return done.stdout


def _decoded(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape")
