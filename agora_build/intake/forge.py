"""States what the relay asks of a forge, be it a bare repository beside us, GitHub, GitLab or Forgejo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

BRANCHES = "contribution/"  # flat: git cannot hold a branch and one below it
RequestState = Literal["open", "merged", "closed"]


@dataclass(frozen=True, slots=True)
class Request:
    """A pull request: its number on the forge, the branch it offers and its head, where it stands, its address."""

    number: str
    branch: str
    head: str
    state: RequestState
    address: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """What the forge still lets us do, as it said last: calls left of how many, and when they come back (Unix time)."""

    left: int
    of: int
    again: float


class ForgeError(Exception):
    """Says that the forge did not do what was asked, in words that hold no token and no text of anybody.

    `again` is how many seconds to wait when it said so; `lasting` tells that trying again changes nothing until
    somebody does: a token that was revoked, a repository that is not there.
    """

    def __init__(self, said: str, *, again: float | None = None, lasting: bool = False) -> None:
        super().__init__(said)
        self.again = again
        self.lasting = lasting


class Forge(Protocol):
    """A place where branches become pull requests that people merge. Every method raises ForgeError."""

    remote: str  # the address git pushes to and fetches from; '' when our own bare repository is the forge
    base: str  # the branch that is published: main

    def environment(self) -> Mapping[str, str]:
        """Give what git needs in its environment to be let in; never on a command line, never in an address."""

    def requests(self, branch: str) -> list[Request]:
        """Give the pull requests that a branch ever had, in any state, the oldest first."""

    def standing(self, branches: Sequence[str]) -> Mapping[str, Sequence[Request]]:
        """Give the same for several branches at once, in as few calls as the forge allows."""

    def open(self, branch: str, title: str, body: str) -> Request:
        """Open the pull request of a branch that was pushed; when there is one already, give that one."""

    def close(self, request: Request) -> None:
        """Close a pull request without merging it, and remove its branch; fine when it was done already.

        A request without a number stands for a branch that has none.
        """

    def quota(self) -> Quota | None:
        """Give what the forge says of its limits, asked if it must be; None when it says nothing."""
