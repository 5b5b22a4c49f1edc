"""Turns the published files of a vote into all that is wrong with them; when nothing is, they vouch for its count.

They say of themselves that every ballot has a listed code that served once, that each seal follows the one before, and
that the count is the count. They cannot say that nobody wrote all of them again, seals included: for that, give the
head that somebody noted earlier.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agora_build.civic.choices import ChoicesError, choices
from agora_build.civic.seals import COLUMNS, SEALED, START, head_of, root
from agora_build.civic.tally import Count, count, tally_of
from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot

HEADERS = {
    "codes": "code",
    "void": "code",
    "spent": "code",
    "ballots": "receipt,choices",
    "paper": "choices,count",
    "roots": ",".join(COLUMNS),
}
_MARK = frozenset("0123456789abcdef")
_MARK_LENGTH = 64
_CAST = COLUMNS.index("spent")  # from there on, lists that are empty until the vote opens
_SECRET = SEALED.index("spent")  # from there on, lists that are not published before the result may be shown
_SPARED = {("missing", "codes.csv"), ("missing", "roots.csv")}
_NO_RULES = (ValueError, KeyError, TypeError)  # what reading rules that are not those of a vote raises


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: its name, the file, the line (0: the file as a whole), and what was found there."""

    code: str
    file: str
    line: int = 0
    value: str = ""


def verify(files: Mapping[str, bytes], head: str = "") -> list[Finding]:
    """Check the files of a vote (`vote.json`, `codes.csv`…) by their names; `head` is one that was noted earlier."""
    rules, tables, found = _read(files)
    if rules is None or any(finding.line == 0 for finding in found):
        return found
    for name in ("codes", "void", "spent", "ballots"):
        found += _marks(f"{name}.csv", tables[name])
    found += _codes(tables)
    found += _seals(tables, files["vote.json"], head, SEALED[:_SECRET] if withheld(files) else SEALED)
    found += _early(tables["roots"], str(rules.get("opens") or ""))
    try:
        found += _count(rules, tables, files)
    except _NO_RULES:
        found.append(Finding("unreadable", "vote.json"))
    return found


def withheld(files: Mapping[str, bytes]) -> bool:
    """Tell whether nothing of what was cast is published yet, as long as the result may not be shown."""
    return files.keys().isdisjoint(("spent.csv", "ballots.csv", "paper.csv", "tally.json"))


def uncountable(files: Mapping[str, bytes]) -> list[Finding]:
    """Find what keeps the ballots of a vote from being counted: files that cannot be read, ballots that are none.

    Codes and seals may be missing: a vote that took place elsewhere has none.
    """
    rules, tables, found = _read(files)
    found = [finding for finding in found if (finding.code, finding.file) not in _SPARED]
    if rules is None or found:
        return found
    try:
        return list(_wrong(rules, tables))
    except _NO_RULES:
        return [Finding("unreadable", "vote.json")]


def recount(files: Mapping[str, bytes]) -> bytes:
    """Count the ballots of a vote again, as tally.json; nothing of the files is `uncountable`."""
    rules, tables, _ = _read(files)
    return _counted(rules or {}, tables, with_paper="paper.csv" in files)


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, Any] | None, dict[str, list[str]], list[Finding]]:
    """Read the rules and the tables of a vote, and find what is wrong with how they are written."""
    found: list[Finding] = []
    rules = _object("vote.json", files, found)
    return rules, {name: _table(name, files, found) for name in HEADERS}, found


def _object(name: str, files: Mapping[str, bytes], found: list[Finding]) -> dict[str, Any] | None:
    """Read a JSON file that is written in the one way it may be."""
    try:
        value = json.loads(files[name])
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    except KeyError:
        found.append(Finding("missing", name))
    except (ValueError, RecursionError):
        found.append(Finding("unreadable", name))
    else:
        if isinstance(value, dict) and written == files[name]:
            return value
        found.append(Finding("written-otherwise", name))
    return None


def _table(name: str, files: Mapping[str, bytes], found: list[Finding]) -> list[str]:
    """Read the lines of a table below its header; one that is not there has none, but for the codes and the seals."""
    file = f"{name}.csv"
    raw = files.get(file)
    if raw is None:
        found += [Finding("missing", file)] if name in ("codes", "roots") else []
        return []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        found.append(Finding("unreadable", file))
        return []
    first, *lines = text.split("\n")
    columns = HEADERS[name].count(",")
    if first != HEADERS[name] or not lines or lines.pop() != "" or "\r" in text:
        found.append(Finding("written-otherwise", file))
    found += [Finding("columns", file, n, line) for n, line in enumerate(lines, 2) if line.count(",") != columns]
    return [line for line in lines if line.count(",") == columns]


def _marks(file: str, lines: Sequence[str]) -> Iterator[Finding]:
    """Check a list of marks: each well written, in order, once."""
    before = ""
    for number, line in enumerate(lines, 2):
        mark = line.partition(",")[0]
        if len(mark) != _MARK_LENGTH or not _MARK.issuperset(mark):
            yield Finding("not-a-mark", file, number, mark)
        elif mark == before:
            yield Finding("twice", file, number, mark)
        elif mark < before:
            yield Finding("out-of-order", file, number, mark)
        before = mark


def _codes(tables: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Check that the codes used, and those voided, are codes of the vote, and that there is a code for each ballot."""
    made, void = set(tables["codes"]), set(tables["void"])
    for name in ("void", "spent"):
        for number, mark in enumerate(tables[name], 2):
            if mark not in made:
                yield Finding("unlisted", f"{name}.csv", number, mark)
            elif name == "spent" and mark in void:
                yield Finding("void", "spent.csv", number, mark)
    if len(tables["ballots"]) != len(tables["spent"]):
        yield Finding("ballots-and-codes", "ballots.csv", 0, f"{len(tables['ballots'])}/{len(tables['spent'])}")


def _seals(tables: Mapping[str, Sequence[str]], rules: bytes, head: str, published: Sequence[str]) -> Iterator[Finding]:
    """Check that each seal follows from the one before, that lists only grow, and that the last seals these files."""
    before, heads = START, []
    earlier: list[str] = []
    for number, line in enumerate(tables["roots"], 2):
        cells = line.split(",")
        if cells[-1] != head_of(cells[:-1], before):
            yield Finding("broken-chain", "roots.csv", number, cells[-1])
        yield from _step(earlier, cells, number)
        before, earlier = cells[-1], cells
        heads.append(cells[-1])
    if head and head not in heads:
        yield Finding("unknown-head", "roots.csv", 0, head)
    if not earlier:
        yield Finding("no-seal", "roots.csv")
        return
    now = [part for name in published for part in (str(len(tables[name])), root(tables[name]))]
    for name, place in zip(published, range(3, len(COLUMNS), 2), strict=False):
        if earlier[place : place + 2] != now[place - 3 : place - 1]:
            yield Finding("not-what-was-sealed", f"{name}.csv", 0, earlier[place])
    if earlier[2] != hashlib.sha256(rules).hexdigest():
        yield Finding("not-what-was-sealed", "vote.json", 0, earlier[2])


def _early(seals: Sequence[str], opens: str) -> Iterator[Finding]:
    """Find what was sealed on the wrong side of the opening: codes made too late, ballots cast too early."""
    for number, line in enumerate(seals, 2):
        date, event, *_ = line.split(",")
        if event == "opening" and opens and date >= opens:
            yield Finding("codes-after-opening", "roots.csv", number, date)
        elif date < opens and any(cell != "0" for cell in line.split(",")[_CAST:-1:2]):
            yield Finding("ballots-before-opening", "roots.csv", number, date)


def _step(before: Sequence[str], cells: Sequence[str], number: int) -> Iterator[Finding]:
    try:
        datetime.date.fromisoformat(cells[0])
        counts = [int(cell) for cell in cells[3:-1:2]]
        earlier = [int(cell) for cell in before[3:-1:2]]
    except ValueError:
        yield Finding("columns", "roots.csv", number, ",".join(cells))
        return
    if (cells[1] == "opening") != (not before) or cells[1] not in ("opening", "day", "rules", "closing"):
        yield Finding("strange-event", "roots.csv", number, cells[1])
    if before and (cells[0] < before[0] or cells[3:5] != before[3:5] or before[1] == "closing"):
        yield Finding("out-of-order", "roots.csv", number, cells[0])
    if any(now < then for now, then in zip(counts, earlier, strict=False)):
        yield Finding("shorter", "roots.csv", number, cells[0])


def _count(
    rules: Mapping[str, Any], tables: Mapping[str, Sequence[str]], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Check every ballot against the rules, then the count against the ballots."""
    wrong = list(_wrong(rules, tables))
    yield from wrong
    if "tally.json" in files and not wrong:
        if tables["roots"] and tables["roots"][-1].split(",")[1] != "closing":
            yield Finding("not-closed", "roots.csv")
        if _counted(rules, tables, with_paper="paper.csv" in files) != files["tally.json"]:
            yield Finding("another-count", "tally.json")


def _wrong(rules: Mapping[str, Any], tables: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Find the ballots that the rules do not allow."""
    ballot, options, envelope = _rules(rules)
    for name in ("ballots", "paper"):
        for number, line in enumerate(tables[name], 2):
            if code := _refused(name, line, ballot, options, envelope):
                yield Finding("wrong-ballot", f"{name}.csv", number, f"{line} [{code}]")


def _rules(rules: Mapping[str, Any]) -> tuple[Ballot, tuple[str, ...], Envelope | None]:
    known = {key: rules[key] for key in Ballot.model_fields if rules.get(key) is not None}
    said, envelope = rules.get("budget"), None
    if said is not None:
        costs = tuple((str(project), int(cost)) for project, cost in said["costs"])
        envelope = Envelope(int(said["amount"]), said["rule"], costs, said["within"])
    return Ballot.model_validate(known), tuple(rules["options"]), envelope


def _refused(name: str, line: str, ballot: Ballot, options: tuple[str, ...], envelope: Envelope | None) -> str:
    """Say why a ballot is not valid; '' when it is."""
    try:
        choices(_cast(name, line)[0], ballot, options, envelope)
    except ChoicesError as error:
        return error.code
    except ValueError:
        return "bad-number"
    return ""


def _cast(name: str, line: str) -> tuple[str, int]:
    """Read a line of ballots.csv or paper.csv: what was chosen, and by how many ballots."""
    first, _, second = line.partition(",")
    if name == "ballots":
        return second, 1
    if not second.isascii() or not second.isdigit() or second.startswith("0"):
        raise ValueError(second)
    return first, int(second)


def _counted(rules: Mapping[str, Any], tables: Mapping[str, Sequence[str]], *, with_paper: bool) -> bytes:
    ballot, options, envelope = _rules(rules)

    def of(*names: str) -> Count:
        pile: Counter[str] = Counter()
        for name in names:
            for line in tables[name]:
                text, many = _cast(name, line)
                pile[text] += many
        cast = [(choices(text, ballot, options, envelope), many) for text, many in pile.items()]
        return count(cast, ballot, options, envelope)

    sent, used = len(tables["codes"]) - len(tables["void"]), len(tables["spent"])
    together = of("ballots", "paper") if with_paper and ballot.paper == "added" else None
    return tally_of(of("ballots"), of("paper") if with_paper else None, sent, used, together)
