"""States what the forges of other hosts have in common: where they are, how git is let in, one request a branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agora_build.intake.credentials import Secret, git_environment
from agora_build.intake.forge import BRANCHES, ForgeError, Quota, Request, RequestState
from agora_build.intake.http import Api

STATES: Mapping[str, RequestState] = {"open": "open", "closed": "closed"}
_NOBODYS = f"{BRANCHES}00000000-00000000"  # a branch that no contribution has
MOST_PAGES = 200  # of a listing: 20,000 requests


@dataclass(frozen=True, slots=True)
class Place:
    """Where a city's repository is on a forge: the folder of the city here, `ville/agora`, the API, the branch."""

    root: Path
    repository: str
    api: str
    base: str

    @property
    def owner(self) -> str:
        """The person or group that the repository belongs to."""
        return self.repository.rpartition("/")[0]

    def remote(self, api: str) -> str:
        """Give the address of the repository for git, from that of the API: https://git.ville.example/api/v1."""
        site = urlsplit(api.partition("/api/")[0])
        return f"{site.scheme}://{site.netloc.removeprefix('api.')}{site.path.rstrip('/')}/{self.repository}.git"


class RemoteForge:
    """A forge with an API; what follows of the Protocol is the same for all."""

    user = ""  # the name under which git gives the token

    def __init__(self, place: Place, api: Api, secret: Secret, remote: str) -> None:
        self.base = place.base
        self.remote = remote
        self._place = place
        self._api = api
        self._secret = secret

    def environment(self) -> Mapping[str, str]:
        """Give what lets git in."""
        return git_environment(self._place.root, self.remote, self.user, self._secret)

    def quota(self) -> Quota | None:
        """Give what the forge said last of its limits; when it was asked nothing yet, it is asked something small."""
        if self._api.quota is None:
            self.requests(_NOBODYS)
        return self._api.quota

    def requests(self, branch: str) -> list[Request]:
        """Give the pull requests that a branch ever had, in any state, the oldest first."""
        raise NotImplementedError

    def standing(self, branches: Sequence[str]) -> dict[str, list[Request]]:
        """Give those of several branches: the open ones in one listing, the others one by one."""
        found: dict[str, list[Request]] = {branch: [] for branch in branches}
        if len(branches) > 1:
            for request in self._open_ones():
                if request.branch in found:
                    found[request.branch].append(request)
        return {branch: requests or self.requests(branch) for branch, requests in found.items()}

    def _open_ones(self) -> list[Request]:
        raise NotImplementedError

    def _existing(self, branch: str) -> Request:
        """Give the open request that the forge says is there."""
        for request in reversed(self.requests(branch)):
            if request.state == "open":
                return request
        raise ForgeError(
            f"la forge « {self._api.host} » dit que la branche « {branch} » a déjà une demande, et ne la montre pas ; "
            "regardez sur la forge ce qu’il en est",
            lasting=True,
        )
