"""Turns what the relay asks into calls of the REST API (v1) of Forgejo or Gitea, and its answers into requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from agora_build.intake.credentials import Secret
from agora_build.intake.forge import Request, RequestState
from agora_build.intake.http import Api, Clock
from agora_build.intake.remote import MOST_PAGES, STATES, Place, RemoteForge

_EXISTS, _NONE = 409, 404


class ForgejoForge(RemoteForge):
    """A repository of a Forgejo or a Gitea."""

    user = "agora"  # any name goes with a token

    def __init__(self, place: Place, secret: Secret, clock: Clock | None = None) -> None:
        super().__init__(
            place, Api(place.api, secret.header("token"), secret, clock=clock), secret, place.remote(place.api)
        )
        self._path = f"/repos/{place.repository}"

    def requests(self, branch: str) -> list[Request]:
        """Give the pull requests that a branch ever had, in any state, the oldest first.

        This forge lists no requests by their branch: it gives one by the two branches, and when that one is not open,
        a later one is looked for among those that are.
        """
        base = quote(self.base, safe="")
        answer = self._api.call("GET", f"{self._path}/pulls/{base}/{quote(branch)}", fine=(_NONE,))
        if answer.refusal:
            return []
        first = self._request(answer.data)
        if first.state == "open":
            return [first]
        return [first, *(item for item in self._open_ones() if item.branch == branch and item.number != first.number)]

    def open(self, branch: str, title: str, body: str) -> Request:
        """Open the pull request of a branch that was pushed; when there is one already, give that one."""
        given = {"title": title, "body": body, "head": branch, "base": self.base}
        answer = self._api.call("POST", f"{self._path}/pulls", body=given, fine=(_EXISTS,))
        if answer.refusal is None:
            return self._request(answer.data)
        among = [item for item in self._open_ones() if item.branch == branch]  # old versions give none by branch
        return among[-1] if among else self._existing(branch)

    def close(self, request: Request) -> None:
        """Close a pull request without merging it, and remove its branch; fine when it was done already."""
        path = f"{self._path}/pulls/{request.number}"
        if request.number and self._request(self._api.call("GET", path).data).state == "open":
            self._api.call("PATCH", path, body={"state": "closed"})
        self._api.call("DELETE", f"{self._path}/branches/{quote(request.branch)}", fine=(_NONE,))

    def _open_ones(self) -> list[Request]:
        found = []
        for page in self._api.pages(f"{self._path}/pulls", {"state": "open", "limit": "50"}, MOST_PAGES):
            found += [self._request(item) for item in page if self._is_ours(item)]
        return sorted(found, key=lambda request: int(request.number))

    def _is_ours(self, item: Any) -> bool:  # noqa: ANN401 - what the forge says
        """Tell whether a request comes from our own repository: a fork may have a branch of the same name."""
        try:
            return bool(item["head"]["repo_id"] in (item["base"]["repo_id"], -1))
        except (KeyError, TypeError):
            raise self._api.strange("head.repo_id") from None

    def _request(self, item: Any) -> Request:  # noqa: ANN401
        """Read a request; once its branch is gone, only the label of its head still names it."""
        try:
            state: RequestState = "merged" if item["merged"] else STATES[item["state"]]
            head = item["head"]
            return Request(str(int(item["number"])), head["label"], head["sha"], state, item["html_url"])
        except (KeyError, TypeError, ValueError):
            raise self._api.strange("number, head, state") from None
