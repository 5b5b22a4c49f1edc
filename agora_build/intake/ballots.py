"""Turns posted votes on sentences, and posted ballots, into what the journal counts once, or into refusals."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path

from agora_build.civic.choices import ChoicesError, choices
from agora_build.civic.codes import CodeError, mark_of, normal
from agora_build.content.forms import CODE, OPTION, RANK, STATEMENT, FieldError, Filled, Form
from agora_build.content.ids import symbols
from agora_build.content.tree import VOTES
from agora_build.intake.journal import Cast
from agora_build.intake.tokens import Signer

_LINE = 65  # bytes: a mark in hexadecimal and a line end


def votes_cast(form: Form, sent: Filled, signer: Signer, key: str, today: datetime.date) -> Cast | FieldError:
    """Make the votes of one person on a page of sentences; `choices` is JSON, the rows to add to votes.csv."""
    voter = signer.is_voter(sent.unseen.get("voter", "")) or symbols()
    said = [(name.removeprefix(STATEMENT), values[0]) for name, values in sent.values.items() if values]
    if not said:
        return FieldError("", "empty")
    rows = [[voter, statement, vote, today.isoformat()] for statement, vote in said]
    mark = signer.mark("votes", f"{key}|{sent.unseen.get('voter', '')}|{json.dumps(said)}")
    return Cast(mark, f"{form.campaign}/{form.target}", json.dumps(rows), today)


def voter_of(cast: Cast) -> str:
    """Give the pseudonym under which votes on sentences are published."""
    voter: str = json.loads(cast.choices)[0][0]
    return voter


def ballot_cast(  # noqa: PLR0913, PLR0917 - what a ballot is made of
    form: Form, sent: Filled, signer: Signer, key: str, folder: Path, today: datetime.date
) -> tuple[Cast, str] | FieldError:
    """Make a ballot and its receipt, whose hash is published beside the choices; `folder` holds the vote's files."""
    vote = f"{form.campaign}/{form.target}"
    try:
        code = mark_of(vote, normal(sent.value(CODE)))
    except CodeError:
        return FieldError(CODE, "bad-code" if sent.value(CODE) else "missing")
    if not listed(folder / "codes.csv", code) or listed(folder / "void.csv", code):
        return FieldError(CODE, "unlisted-code")
    if listed(folder / "spent.csv", code):
        return FieldError(CODE, "spent-code")
    made = _choices(form, sent)
    if isinstance(made, FieldError):
        return made
    receipt = signer.ballot(f"{key}|{code}|{made}")
    return Cast(hashlib.sha256(receipt.encode()).hexdigest(), vote, made, today, code), receipt


def _choices(form: Form, sent: Filled) -> str | FieldError:
    """Write what was chosen as ballots are published, and read it back with the rules of the vote."""
    assert form.ballot is not None  # noqa: S101 - the form of a ballot has its rules
    if form.ballot.kind == "yes-no":
        written = sent.value("answer")
    elif form.ballot.kind == "approval":
        field = next(item for item in form.fields if item.name == "options")
        written = ";".join(item.value for item in field.choices if sent.has("options", item.value))
    elif form.ballot.kind == "points":
        given = [(item.name.removeprefix(OPTION), sent.value(item.name)) for item in form.fields if item.name != CODE]
        if wrong := next((name for name, number in given if number and not number.isdecimal()), ""):
            return FieldError(OPTION + wrong, "bad-number")
        written = ";".join(f"{name}:{int(number)}" for name, number in given if number and int(number))
    else:
        ranks = [sent.value(item.name) for item in form.fields if item.name.startswith(RANK)]
        last = max((rank for rank, option in enumerate(ranks, 1) if option), default=0)
        if "" in ranks[:last]:
            return FieldError(f"{RANK}{ranks.index('') + 1}", "rank-gap")
        written = ";".join(ranks[:last])
    try:
        choices(written, form.ballot, _options(form), form.envelope)
    except ChoicesError as error:
        return FieldError(_field_of(form, sent), error.code, error.values)
    return written


def _field_of(form: Form, sent: Filled) -> str:
    """Name the field that a rule of the whole ballot speaks of: the only one, the second of two the same, or none."""
    asked = [item for item in form.fields if item.name != CODE]
    if len(asked) == 1:
        return asked[0].name
    ranked: set[str] = set()
    for item in asked:
        if item.kind == "rank" and sent.value(item.name) in ranked:
            return item.name
        ranked.add(sent.value(item.name))
    return ""


def _options(form: Form) -> tuple[str, ...]:
    """Give the options of a vote, in the order of the rules."""
    pointed = tuple(item.name.removeprefix(OPTION) for item in form.fields if item.name.startswith(OPTION))
    return pointed or next((tuple(choice.value for choice in item.choices) for item in form.fields if item.choices), ())


def listed(path: Path, mark: str) -> bool:
    """Tell whether a mark is in a sorted table of marks, without reading it whole: a city has many codes."""
    try:
        with path.open("rb") as file:
            start = len(file.readline())
            low, high = 0, (file.seek(0, 2) - start) // _LINE
            wanted = mark.encode()
            while low < high:
                middle = (low + high) // 2
                file.seek(start + middle * _LINE)
                found = file.read(_LINE - 1)
                if found == wanted:
                    return True
                low, high = (middle + 1, high) if found < wanted else (low, middle)
    except FileNotFoundError:
        return False
    return False


def folder_of_vote(root: Path, form: Form) -> Path:
    """Give the folder of a vote's files."""
    return root / "content" / "campaigns" / form.campaign / VOTES / form.target
