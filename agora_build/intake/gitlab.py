"""Turns what the relay asks into calls of the REST API (v4) of GitLab, and its answers into requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from agora_build.intake.credentials import Secret
from agora_build.intake.forge import Request, RequestState
from agora_build.intake.http import Api, Clock
from agora_build.intake.remote import MOST_PAGES, Place, RemoteForge

_API = "https://gitlab.com/api/v4"
_EXISTS = 409
# A request that is being merged is locked.
_STATES: dict[str, RequestState] = {"opened": "open", "locked": "open", "merged": "merged", "closed": "closed"}


class GitLabForge(RemoteForge):
    """A project of gitlab.com, or of a GitLab that the city hosts; its pull requests are called merge requests."""

    user = "oauth2"

    def __init__(self, place: Place, secret: Secret, clock: Clock | None = None) -> None:
        address = place.api or _API
        super().__init__(
            place, Api(address, secret.header("Bearer"), secret, clock=clock), secret, place.remote(address)
        )
        self._path = f"/projects/{quote(place.repository, safe='')}"

    def requests(self, branch: str) -> list[Request]:
        """Give the merge requests that a branch ever had, in any state, the oldest first."""
        return self._listed({"state": "all", "source_branch": branch})

    def open(self, branch: str, title: str, body: str) -> Request:
        """Open the merge request of a branch that was pushed; when there is one already, give that one."""
        given = {"source_branch": branch, "target_branch": self.base, "title": title, "description": body,
                 "remove_source_branch": True}  # fmt: skip
        answer = self._api.call("POST", f"{self._path}/merge_requests", body=given, fine=(_EXISTS,))
        return self._existing(branch) if answer.refusal else self._request(answer.data)

    def close(self, request: Request) -> None:
        """Close a merge request without merging it, and remove its branch; fine when it was done already."""
        path = f"{self._path}/merge_requests/{request.number}"
        if (
            request.number and self._request(self._api.call("GET", path).data).state == "open"
        ):  # closing what is closed is an error there
            self._api.call("PUT", path, body={"state_event": "close"})
        branch = quote(request.branch, safe="")
        self._api.call("DELETE", f"{self._path}/repository/branches/{branch}", fine=(404,))

    def _open_ones(self) -> list[Request]:
        return self._listed({"state": "opened", "target_branch": self.base})

    def _listed(self, params: dict[str, str]) -> list[Request]:
        params |= {"order_by": "created_at", "sort": "asc", "per_page": "100"}
        found = []
        for page in self._api.pages(f"{self._path}/merge_requests", params, MOST_PAGES):
            found += [self._request(item) for item in page if self._is_ours(item)]
        return found

    def _is_ours(self, item: Any) -> bool:  # noqa: ANN401 - what the forge says
        """Tell whether a request comes from our own project: a fork may have a branch of the same name."""
        try:
            return bool(item["source_project_id"] == item["target_project_id"])
        except (KeyError, TypeError):
            raise self._api.strange("source_project_id") from None

    def _request(self, item: Any) -> Request:  # noqa: ANN401
        try:
            state = _STATES[item["state"]]
            return Request(str(int(item["iid"])), item["source_branch"], item["sha"] or "", state, item["web_url"])
        except (KeyError, TypeError, ValueError):
            raise self._api.strange("iid, source_branch, state") from None
