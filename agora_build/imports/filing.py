"""Turns what a row says into a content file that all the checks accept, once: a row that was imported adds nothing."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from agora_build.content.draft import document_of
from agora_build.content.loader import checked
from agora_build.content.tree import found_at
from agora_build.content.writing import written
from agora_build.imports.city import Target
from agora_build.imports.register import Claim
from agora_build.imports.report import Place, Report
from agora_build.record import Record


class Item(Record, frozen=True):
    """A file to write: the line it comes from, its folder, what identifies it elsewhere, how its name starts."""

    place: Place
    folder: str
    source: bytes
    named: str


class Filing(Record, frozen=True):
    """Where files go, whom it is told to, and whether it is only to see what would be done."""

    target: Target
    report: Report
    dry: bool

    def file(self, item: Item, meta: Mapping[str, object], body: str) -> str:
        """Write a file; give its name, or '' when it was refused."""
        register, text = self.target.register, written(meta, body)
        place, folder = item.place, item.folder
        claim = register.claim(folder, item.source)
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        if claim.line:
            if claim.digest != digest:
                self.report.refuse(place, "import-repeated-id", line=str(claim.line))
            else:
                self.report.same[folder] += 1
            return claim.name
        name = claim.name or f"{item.named}-{claim.tail}"
        if not self._put(place, f"{self.target.folder}/{folder}/{name}.md", text, there=bool(claim.name)):
            return ""
        register.settle(folder, item.source, Claim(claim.tail, name, place.line, digest), str(meta.get("debate", "")))
        self.target.forget()
        return name

    def answer(self, place: Place, name: str, meta: Mapping[str, object], body: str) -> None:
        """Write the reply to a contribution of this import; it has its name."""
        path = f"{self.target.folder}/answers/{name}.md"
        self._put(place, path, written(meta, body), there=(self.target.root / path).is_file())

    def page(self, place: Place, path: str, meta: Mapping[str, object], body: str) -> bool:
        """Write a file whose name is known; tell whether it is there, or would be."""
        return self._put(place, path, written(meta, body), there=(self.target.root / path).is_file())

    def table(self, place: Place, path: str, lines: Iterable[str]) -> None:
        """Write a table that is right, whatever its size; one that is there and says something else stays."""
        target, folder = self.target.root / path, path.split("/")[3]
        with tempfile.TemporaryFile() as made:
            for line in lines:
                made.write(line.encode())
            if not target.is_file():
                self.report.taken[folder] += 1
                if not self.dry:
                    _copy(made, target)
            elif _same(made, target):
                self.report.same[folder] += 1
            else:
                self.report.refuse(place, "import-votes-changed", value=path)

    def _put(self, place: Place, path: str, text: str, *, there: bool) -> bool:
        """Write a file if it is right and not there; tell whether it is there as it should be."""
        folder = path.split("/")[3]
        name = path.rpartition("/")[2].removesuffix(".md")
        if self.target.gone(name):
            self.report.gone += 1
        elif there:
            return self._compare(place, path, text)
        elif not self._right(place, path, text):
            return False
        else:
            self.report.taken[folder] += 1
            if self.dry:
                self.report.show(path, text)
            else:
                self._write(path, text)
        return True

    def _compare(self, place: Place, path: str, text: str) -> bool:
        folder, before = path.split("/")[3], (self.target.root / path).read_text("utf-8", "replace")
        if before == text:
            self.report.same[folder] += 1
        elif "\nerased: " in before.partition("\n---\n")[0]:
            self.report.gone += 1
        else:
            self.report.refuse(place, "import-changed", value=path)
        return True

    def _right(self, place: Place, path: str, text: str) -> bool:
        """Check a file as `agora check` does; what is wrong with it is told at the line it comes from."""
        found = found_at(path)
        assert found is not None  # noqa: S101 - we made its name
        document = document_of(found, text.encode())
        right = True
        for problem in checked(self.target.draft, document, self.target.today):
            right = False
            self.report.refuse(place, problem.code, **problem.values)
        return right

    def _write(self, path: str, text: str) -> None:
        """Write a file at once: a stop at any moment leaves it whole or absent."""
        target = self.target.root / path
        aside = target.with_name(f".{target.name}.new")
        try:
            aside.write_text(text, "utf-8", newline="\n")
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(text, "utf-8", newline="\n")
        aside.replace(target)


def _copy(made: IO[bytes], target: Path) -> None:
    """Copy a file to its place, at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.new")
    made.seek(0)
    with aside.open("wb") as file:
        shutil.copyfileobj(made, file)
    aside.replace(target)


def _same(made: IO[bytes], target: Path) -> bool:
    made.seek(0)
    with target.open("rb") as there:
        while block := there.read(1 << 20):
            if made.read(len(block)) != block:
                return False
        return not made.read(1)
