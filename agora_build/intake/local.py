"""Turns our own bare repository into a forge, in which a branch that is there is an open request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from agora_build.intake.forge import BRANCHES, Quota, Request
from agora_build.intake.repository import Move, Repository


class LocalForge:
    """The bare repository of the intake, where staff accept with `agora inbox accept`.

    A branch that is gone was never asked for, as far as this forge knows: whether what it offered was published is
    read from the published branch, and whether it was refused is what the journal says.
    """

    remote = ""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self.base = repository.base

    def environment(self) -> Mapping[str, str]:
        """Give nothing: git needs no key here."""
        return {}

    def requests(self, branch: str) -> list[Request]:
        """Give the request of a branch, if it is there."""
        return self.standing([branch])[branch]

    def standing(self, branches: Sequence[str]) -> dict[str, list[Request]]:
        """Give the requests of several branches at once."""
        there = self._repository.branches(*branches)
        still = self._repository.unpublished(there.values()) if there else frozenset()
        return {branch: _requests(branch, there.get(branch, ""), still) for branch in branches}

    def open(self, branch: str, title: str, body: str) -> Request:  # noqa: ARG002 - nobody reads them but on a site
        """Give the request that a branch is."""
        return Request(branch.removeprefix(BRANCHES), branch, self._repository.branches(branch)[branch], "open")

    def close(self, request: Request) -> None:
        """Remove the branch."""
        head = self._repository.branches(request.branch).get(request.branch)
        if head:
            self._repository.move([Move(request.branch, "", head)])

    def quota(self) -> Quota | None:
        """Say nothing: there is no limit."""
        return None


def _requests(branch: str, head: str, still: AbstractSet[str]) -> list[Request]:
    if not head:
        return []
    return [Request(branch.removeprefix(BRANCHES), branch, head, "open" if head in still else "merged")]
