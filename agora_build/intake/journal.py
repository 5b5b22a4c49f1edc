"""States what the intake keeps of what people sent, from the moment it is safe until it is published or refused."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from agora_build.content.ids import new_id

# A batch gathers votes or ballots, so that none of them travels alone.
EntryKind = Literal["contribution", "question", "place", "workshop", "votes", "ballots", "report", "erasure"]
# waiting in the journal; proposed: in an open pull request; merged; refused, with a reason; erased, as was asked.
State = Literal["waiting", "proposed", "merged", "refused", "erased"]
STATES: tuple[State, ...] = ("waiting", "proposed", "merged", "refused", "erased")
PUBLISHED: tuple[EntryKind, ...] = ("contribution", "question", "place", "workshop", "votes", "ballots")


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody sent, or a batch of votes.

    `content` is the file to publish, letter for letter (of a batch: JSON, the lines to add to each file; of a report
    or a request: JSON of what was written); `sha256` is its hash, in UTF-8, and stays when the content is erased.
    `path` is where the file goes in the city's repository; `target` is the debate, or the id it speaks of.
    """

    id: str
    kind: EntryKind
    campaign: str
    target: str
    path: str
    content: str
    sha256: str
    day: datetime.date
    labels: tuple[str, ...] = ()
    state: State = "waiting"
    branch: str = ""  # the branch that carries it, once it was given one; several of a digest have the same
    request: str = ""  # the number of its pull request on the forge
    commit: str = ""  # of its branch when it is proposed; of the base branch when it is merged
    reason: str = ""  # of a refusal: an id of the campaign's moderation policy
    message: str = ""  # of a refusal: what its author is told
    sequence: int = 0  # the order in which entries came; given by the store


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach an author; never in git, and destroyed on a day that was announced."""

    email: str
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry on its way into the journal; `key` makes sending it twice the same as once.

    `earlier` is another key under which it may be there already, when that one was made with the hour before.
    """

    key: str
    entry: Entry
    contact: Contact | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Votes on sentences, or a ballot, on their way into the journal.

    `vote` is `campaign/debate`; `mark` is the SHA-256 of the receipt of a ballot, or the pseudonym of a voter; `code`
    is the mark of the code of a ballot, '' for votes on sentences; `choices` is what will be published.
    """

    mark: str
    vote: str
    choices: str
    day: datetime.date
    code: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the journal did: stored it, had it already (`same`: the id it has), or refused a code that had served."""

    verdict: Literal["stored", "same", "spent"]
    id: str


@dataclass(frozen=True, slots=True)
class Change:
    """An entry to take from a state to another, if it is still in the first, with what is to be noted of it."""

    id: str
    old: State
    new: State
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries are in each state, and how many votes and ballots wait for a batch."""

    states: dict[State, int] = field(default_factory=dict)
    votes: int = 0
    ballots: int = 0


def sha256_of(content: str) -> str:
    """Hash a content as it will stand in its file."""
    return hashlib.sha256(content.encode()).hexdigest()


def with_new_id(sent: Sent, old: str = "") -> Sent:
    """Give what was sent another id, in its path too, when `old` was taken."""
    entry = sent.entry
    fresh = new_id(entry.day)
    path = entry.path.replace(old or entry.id, fresh)
    return replace(sent, entry=replace(entry, id=fresh, path=path))
