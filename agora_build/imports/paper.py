"""Turns two entries of a batch of paper sheets into the files to write: what was said, and the batch's own record."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from agora_build.content.batch_checks import FOLDERS
from agora_build.content.config_file import read_config_file
from agora_build.content.draft import Document, Draft, document_of, offer_of
from agora_build.content.hints import Hint, hints
from agora_build.content.loader import checked, draft_of
from agora_build.content.models import Batch, Debate, Moderation, Reason
from agora_build.content.moderation_log import log_path, with_item
from agora_build.content.sheet_ids import sheet_id
from agora_build.content.tree import BATCHES, found_at, scan
from agora_build.content.validate import nearest, shown
from agora_build.imports.paper_votes import HEADER, apart, changes, ticked
from agora_build.imports.sheet_columns import (
    CONSENT,
    REASON,
    STATE,
    TEXT,
    Words,
    asked_on,
    typed_of,
    words_of,
)
from agora_build.imports.sheet_differences import Difference, Merged, merged, read_choices, settled
from agora_build.imports.sheet_entry import (
    BLANK,
    REFUSED,
    WRITTEN,
    Sheet,
    Typed,
    at_cell,
    batch_named,
    read_sheets,
    same_batch,
    typed,
)
from agora_build.imports.sheet_files import batch_text, changed_in, sheet_text, told
from agora_build.imports.tables import Row, TableError, read_table
from agora_build.problems import Problem, Span
from agora_build.record import Record, field

Published = Literal["ask", "replace", "keep"]


class Order(Record, frozen=True):
    """What is asked for: the city, the two entries, what was settled, who entered and signs, and when.

    `published` says what becomes of a sheet that was published and is entered otherwise now.
    """

    city: Path
    first: Path
    second: Path
    settled: Path | None
    entered_by: str
    checked_by: str
    today: datetime.date
    published: Published = "ask"


class Prepared(Record):
    """What an import would do: what is wrong, what is to settle, the files to write, and what to tell of the rest."""

    problems: list[Problem] = field(default_factory=list)
    batch: str = ""  # campaign/number
    record: Batch | None = None
    differences: list[Difference] = field(default_factory=list)
    settled: int = 0  # differences that were settled
    alike: int = 0  # fields that differ in spaces or signs alone
    near: int = 0  # points of a map that differ by a few steps
    changed: list[Difference] = field(default_factory=list)  # what is published, and what is entered now
    files: dict[str, bytes] = field(default_factory=dict)  # to write, by path, in order
    votes: int = 0  # on sentences, of the whole batch
    same: int = 0  # sheets that are published as entered
    kept: int = 0  # sheets that are published otherwise, and stay
    withheld: int = 0  # names that nobody agreed to publish
    gone: list[tuple[int, str]] = field(default_factory=list)  # sheets withdrawn, refused or erased since
    hints: list[tuple[int, Hint]] = field(default_factory=list)  # what may be somebody's, in the sheets to write
    refused: list[tuple[int, str]] = field(default_factory=list)  # sheets put into the moderation log, and their ids


class _Batch(Record, frozen=True):
    """A batch of the city, with what is needed to read its sheets."""

    draft: Draft
    campaign: str
    number: str
    document: Document
    record: Batch
    words: Words

    def name_of(self, sheet: int) -> str:
        """Give the id of what a sheet says."""
        return sheet_id(self.campaign, self.number, self.record.date, sheet)

    def path_of(self, sheet: int) -> str:
        """Give the path of what a sheet says."""
        return f"content/campaigns/{self.campaign}/{FOLDERS[self.record.kind]}/{self.name_of(sheet)}.md"


def prepared(order: Order) -> Prepared:
    """Read, compare and check everything; nothing is written."""
    found = Prepared()
    tables = [_table(path, found) for path in (order.first, order.second)]
    if found.problems:
        return found
    (one, first_rows), (two, second_rows) = tables
    if (one.entry, two.entry) == ("2", "1"):
        (one, first_rows), (two, second_rows) = (two, second_rows), (one, first_rows)
    found.problems += [*one.problems, *two.problems, *same_batch(one, two)]
    batch = None if found.problems else _batch(order.city, one, found)
    if batch is None:
        return found
    found.batch = one.batch
    for entry, rows in ((one, first_rows), (two, second_rows)):
        read_sheets(entry, rows, batch.record, batch.words, _statements(batch))
        found.problems += entry.problems
    both = _settled(order, merged(one, two), batch, found)
    if not found.problems:
        _compare(order, batch, both, one.path, found)
    return found


def _table(path: Path, found: Prepared) -> tuple[Typed, list[Row]]:
    try:
        rows = read_table(path)
    except TableError as error:
        found.problems.append(error.problem(os.fspath(path)))
        return Typed(os.fspath(path)), []
    return typed(os.fspath(path), rows), rows


def _batch(city: Path, entry: Typed, found: Prepared) -> _Batch | None:
    """Find the batch that an entry names."""
    config, tree = read_config_file(city), scan(os.fspath(city))
    known = [f"{item.campaign}/{item.slug}" for item in tree.found if item.folder == BATCHES]
    wrong = batch_named(entry.batch, known)
    if wrong is not None:
        found.problems.append(Problem(entry.path, Span(1, 1), "no-such-batch", wrong))
        return None
    draft = draft_of(os.fspath(city), config, tree)
    campaign, _, number = entry.batch.partition("/")
    document = draft.document(f"content/campaigns/{campaign}/{BATCHES}/{number}.yml")
    found.problems += [*config.problems, *document.problems]
    if config.config is None or not isinstance(document.meta, Batch):
        return None
    debate = draft.found.get(f"content/campaigns/{campaign}/debates/{document.meta.debate}.md")
    meta = draft.document(debate.path).meta if debate else None
    themes = meta.themes if isinstance(meta, Debate) else ()
    words = words_of(config.config.quarters, themes, config.config.offices, _reasons(draft, campaign))
    return _Batch(draft, campaign, number, document, document.meta, words)


def _reasons(draft: Draft, campaign: str) -> tuple[Reason, ...]:
    """List the reasons that a campaign announced for not publishing."""
    log = log_path(campaign)
    meta = draft.document(log).meta if log in draft.found else None
    return meta.reasons if isinstance(meta, Moderation) else ()


def _statements(batch: _Batch) -> list[str]:
    """List the sentences of a batch of votes."""
    if batch.record.kind != "votes":
        return []
    draft, folder = batch.draft, f"content/campaigns/{batch.campaign}/contributions"
    names = draft.names(batch.campaign, "contributions")
    return [name for name in names if draft.offer(f"{folder}/{name}.md").debate == batch.record.debate]


def _settled(order: Order, both: Merged, batch: _Batch, found: Prepared) -> Merged:
    """Apply what was settled, if anything was."""
    if order.settled is not None:
        try:
            rows = read_table(order.settled)
        except TableError as error:
            found.problems.append(error.problem(os.fspath(order.settled)))
            return both
        choices, problems = read_choices(os.fspath(order.settled), rows, both.differences, batch.words)
        found.problems += problems
        both, found.settled = settled(both, choices), len(choices)
    found.differences, found.alike, found.near = both.differences, both.alike, both.near
    return both


def _compare(order: Order, batch: _Batch, both: Merged, path: str, found: Prepared) -> None:
    """Check each sheet as the file it makes, and compare that with what is published."""
    found.record = _record(order, batch, both, found)
    record = batch_text(found.record)
    batch.draft.offers[batch.document.path] = offer_of(document_of(batch.document.found, record))
    if found.record.kind == "votes":
        _votes(order, batch, both, path, found)
    else:
        for sheet in both.sheets.values():
            if sheet.state == WRITTEN:
                _sheet(order, batch, sheet, path, found)
            else:
                found.problems += _still_published(batch, sheet, path)
        _refuse(order, batch, both, path, found)
    if found.files or batch.record.checked is None or _unsigned(batch.record) != _unsigned(found.record):
        found.files[batch.document.path] = record  # last: until it is there, nothing of the batch counts as checked


def _still_published(batch: _Batch, sheet: Sheet, path: str) -> Iterator[Problem]:
    """Tell of a sheet that is published, and that people now say blank, refused or not returned."""
    target = batch.path_of(sheet.number)
    if target in batch.draft.found and not batch.draft.document(target).erased:
        name, log = batch.name_of(sheet.number), log_path(batch.campaign)
        said = {"value": typed_of(STATE, sheet.state), "file": target, "id": name, "log": log}
        yield at_cell(path, sheet, STATE, "sheet-published", **said)


def _refuse(order: Order, batch: _Batch, both: Merged, path: str, found: Prepared) -> None:
    """Put the sheets that are refused into the moderation log, each once, with its reason."""
    draft, campaign, log = batch.draft, batch.campaign, log_path(batch.campaign)
    logged = {*draft.withdrawn(campaign), *draft.refused(campaign), *draft.erased(campaign)}
    known = tuple(dict.fromkeys(batch.words.reasons.values()))
    text = before = draft.document(log).source.text if log in draft.found else ""
    for sheet in both.sheets.values():
        name, reason = batch.name_of(sheet.number), sheet.values.get(REASON, "")
        if sheet.state != REFUSED or name in logged:
            continue
        if reason not in known:
            said = {"value": shown(reason), "near": nearest(reason, known), "allowed": ", ".join(known) or "—"}
            found.problems.append(at_cell(path, sheet, REASON, "refusal-reason", log=log, **said))
            continue
        kind = {} if batch.record.kind == "contribution" else {"kind": batch.record.kind}
        text = with_item(text, "refused", {"id": name, **kind, "date": str(order.today), "reason": reason})
        found.refused.append((sheet.number, name))
    if text != before:
        place = found_at(log)
        assert place is not None  # noqa: S101 - a campaign has a good name
        found.problems += checked(draft, document_of(place, text.encode()), order.today)
        found.files[log] = text.encode()


def _votes(order: Order, batch: _Batch, both: Merged, path: str, found: Prepared) -> None:
    """Put the votes of a batch in the table of their debate, checked as votes of the site are."""
    now = ticked(batch.record, batch.number, both.sheets)
    target = f"content/campaigns/{batch.campaign}/votes/{batch.record.debate}/votes.csv"
    text = batch.draft.document(target).source.text if target in batch.draft.found else ""
    others, before = apart(text, batch.number)
    rows = [*others, *(item.row for item in now)]
    place = found_at(target)
    assert place is not None  # noqa: S101 - a debate has a good name
    content = "".join(f"{row}\n" for row in (HEADER, *rows)).encode()
    for problem in checked(batch.draft, document_of(place, content), order.today):
        rank = problem.span.line - 2 - len(others)  # below the header, and the votes of others
        if 0 <= rank < len(now):
            key = "date" if problem.code in ("bad-date", "vote-outside-debate") else now[rank].statement
            problem = at_cell(path, now[rank].sheet, key, problem.code, **problem.values)  # noqa: PLW2901
        found.problems.append(problem)
    found.votes = len(now)
    same = before == [item.row for item in now]
    if before and not same and order.published == "ask":
        found.changed += changes(batch.number, before, now)
    elif before and not same and order.published == "keep":
        found.kept += 1
    elif not same:
        found.files[target] = content


def _sheet(order: Order, batch: _Batch, sheet: Sheet, path: str, found: Prepared) -> None:
    """Prepare the file of a sheet, and say what its readers must know of it."""
    _file(order, batch, sheet, path, found)
    if batch.path_of(sheet.number) in found.files:
        said = "\n".join(str(sheet.values.get(key, "")) for key in ("title", TEXT))
        found.hints += (
            (sheet.number, hint) for hint in hints(said) if hint.kind != "address"
        )  # streets are the matter


def _file(order: Order, batch: _Batch, sheet: Sheet, path: str, found: Prepared) -> None:
    target = batch.path_of(sheet.number)
    name = batch.name_of(sheet.number)
    draft, campaign = batch.draft, batch.campaign
    logged = {*draft.withdrawn(campaign), *draft.refused(campaign), *draft.erased(campaign)}
    there = target in draft.found
    if name in logged or (there and draft.document(target).erased):
        found.gone.append((sheet.number, name))
        return
    found.withheld += "name" in sheet.values and sheet.values.get(CONSENT) != "yes"
    text = sheet_text(batch.record, batch.number, sheet)
    place = found_at(target)
    assert place is not None  # noqa: S101 - it was made of a good id
    document = document_of(place, text)
    found.problems += (told(problem, document, sheet, path) for problem in checked(draft, document, order.today))
    if not there:
        found.files[target] = text
        return
    changes = list(changed_in(draft.document(target), document, sheet.number, asked_on(batch.record.kind)))
    found.same += not changes
    if changes and order.published == "ask":
        found.changed += changes
    elif changes and order.published == "replace":
        found.files[target] = text
    elif changes:
        found.kept += 1


def _record(order: Order, batch: _Batch, both: Merged, found: Prepared) -> Batch:
    """Count what came back, and say who entered and signed."""
    states = [sheet.state for sheet in both.sheets.values()]
    return batch.record.model_copy(
        update={
            "returned": sum(state in (WRITTEN, BLANK, REFUSED) for state in states),
            "blank": states.count(BLANK),
            "refused": states.count(REFUSED),
            "entered_by": order.entered_by,
            "checked_by": order.checked_by,
            "checked": order.today,
            "differences": found.settled,
        }
    )


def _unsigned(batch: Batch) -> Batch:
    return batch.model_copy(update={"entered_by": None, "checked_by": None, "checked": None})
