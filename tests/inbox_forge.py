"""A forge that is elsewhere: a bare repository that one pushes to, and requests that people merge, close or forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inboxes import git

from agora_build.intake.forge import ForgeError, Quota, Request


@dataclass
class FarForge:
    """Numbers requests as forges do; `broken` is how many of the next calls fail after they did what was asked."""

    folder: Path
    base: str = "main"
    made: list[Request] = field(default_factory=list)
    broken: int = 0

    @property
    def remote(self) -> str:
        """Where git pushes."""
        return str(self.folder)

    def environment(self) -> Mapping[str, str]:
        """Nothing: it is a folder."""
        return {}

    def requests(self, branch: str) -> list[Request]:
        """Those of a branch, with its head as it is now."""
        return self.standing([branch])[branch]

    def standing(self, branches: Sequence[str]) -> dict[str, list[Request]]:
        """The same of several."""
        return {branch: [self._now(one) for one in self.made if one.branch == branch] for branch in branches}

    def open(self, branch: str, title: str, body: str) -> Request:
        """Open one, unless one is open."""
        assert "\n" not in title
        assert "banc" not in title + body
        for one in self.made:
            if one.branch == branch and one.state == "open":
                return one
        self.made.append(Request(str(len(self.made) + 1), branch, self._head(branch), "open"))
        if self.broken:
            self.broken -= 1
            raise ForgeError("502", again=1)
        return self.made[-1]

    def close(self, request: Request) -> None:
        """Close it and remove its branch."""
        self.settle(request.branch, "closed")
        git(self.folder, "update-ref", "-d", f"refs/heads/{request.branch}")

    def quota(self) -> Quota | None:
        """No limit."""
        return None

    def settle(self, branch: str, state: str) -> None:
        """Do by hand what people do on a forge: merge or close what is open."""
        if state == "merged":
            git(self.folder, "update-ref", "refs/heads/main", self._squashed(branch))
        self.made = [replace(one, state=state) if one.branch == branch else one for one in self.made]  # type: ignore[arg-type]

    def _squashed(self, branch: str) -> str:
        tree = git(self.folder, "merge-tree", "--write-tree", "main", branch)
        return git(self.folder, "commit-tree", tree, "-p", "main", "-m", "squash")

    def _now(self, request: Request) -> Request:
        return replace(request, head=self._head(request.branch) or request.head)

    def _head(self, branch: str) -> str:
        return git(self.folder, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def far_forge(city: Path, folder: Path) -> FarForge:
    """Make one from the repository of a city."""
    git(city, "clone", "--quiet", "--bare", ".", str(folder))
    return FarForge(folder)
