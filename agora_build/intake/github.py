"""Turns what the relay asks into calls of the REST API of GitHub, and its answers into requests."""

from __future__ import annotations

from typing import Any

from agora_build.intake.credentials import Secret
from agora_build.intake.forge import Request, RequestState
from agora_build.intake.http import Api, Clock
from agora_build.intake.remote import MOST_PAGES, STATES, Place, RemoteForge

_API = "https://api.github.com"
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_PACE = 1.0  # seconds between two writes, as GitHub asks
_REFUSED = 422  # what the branch or its request is already, or cannot be


class GitHubForge(RemoteForge):
    """A repository of github.com, or of a GitHub that the city hosts."""

    user = "x-access-token"

    def __init__(self, place: Place, secret: Secret, clock: Clock | None = None) -> None:
        address = place.api or _API
        api = Api(address, {**secret.header("Bearer"), **_HEADERS}, secret, pace=_PACE, clock=clock)
        super().__init__(place, api, secret, place.remote(address))
        self._path = f"/repos/{place.repository}"

    def requests(self, branch: str) -> list[Request]:
        """Give the pull requests that a branch ever had, in any state, the oldest first."""
        return self._listed({"state": "all", "head": f"{self._place.owner}:{branch}"}, branch)

    def open(self, branch: str, title: str, body: str) -> Request:
        """Open the pull request of a branch that was pushed; when there is one already, give that one."""
        given = {"title": title, "body": body, "head": branch, "base": self.base}
        answer = self._api.call("POST", f"{self._path}/pulls", body=given, fine=(_REFUSED,))
        if answer.refusal is None:
            return self._request(answer.data)
        if "already exists" in str(answer.refusal.error):
            return self._existing(branch)
        raise answer.refusal.error

    def close(self, request: Request) -> None:
        """Close a pull request without merging it, and remove its branch; fine when it was done already."""
        if request.number:
            self._api.call("PATCH", f"{self._path}/pulls/{request.number}", body={"state": "closed"})
        answer = self._api.call("DELETE", f"{self._path}/git/refs/heads/{request.branch}", fine=(404, _REFUSED))
        if answer.refusal and answer.refusal.status == _REFUSED and "does not exist" not in str(answer.refusal.error):
            raise answer.refusal.error

    def _open_ones(self) -> list[Request]:
        return self._listed({"state": "open", "base": self.base})

    def _listed(self, params: dict[str, str], branch: str = "") -> list[Request]:
        params |= {"sort": "created", "direction": "asc", "per_page": "100"}
        found = []
        for page in self._api.pages(f"{self._path}/pulls", params, MOST_PAGES):
            found += [self._request(item) for item in page if self._is_ours(item)]
        return [request for request in found if not branch or request.branch == branch]

    def _is_ours(self, item: Any) -> bool:  # noqa: ANN401 - what the forge says
        """Tell whether a request comes from our own repository: a fork may have a branch of the same name."""
        try:
            home = item["head"]["repo"]
            return home is not None and home["full_name"].lower() == self._place.repository.lower()
        except (KeyError, TypeError):
            raise self._api.strange("head.repo") from None

    def _request(self, item: Any) -> Request:  # noqa: ANN401
        try:
            state: RequestState = "merged" if item["merged_at"] else STATES[item["state"]]
            return Request(str(int(item["number"])), item["head"]["ref"], item["head"]["sha"], state, item["html_url"])
        except (KeyError, TypeError, ValueError):
            raise self._api.strange("number, head, state") from None
