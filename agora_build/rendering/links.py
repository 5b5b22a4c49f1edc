"""Turns output paths into links from the page being rendered, each made once for all the pages of a folder."""

from __future__ import annotations

from agora_build import urls

_FOLDERS = 64  # whose links are kept at a time
_LINKS = 4_000  # kept for each: a debate leads to as many pages as people spoke


class Links:
    """Links from where a page stands.

    Pages that have a folder each (`contributions/<id>/index.html`) share the links of the folder around: whatever is
    not inside a page's own folder is one step up from it, then as from there.
    """

    def __init__(self, base_url: str = "") -> None:
        """Start nowhere; with `base_url`, pages stand on another host and every link is a public address."""
        self._base_url = base_url
        self.path = ""
        self.folder = ""  # the folder whose links are shared
        self.own = False  # whether something said since it was set False is of this page alone
        self._inside = self._around = ""
        self._up = ""
        self._known: dict[str, str] = {}
        self._folders: dict[tuple[str, str], dict[str, str]] = {}

    def stand(self, path: str) -> None:
        """Say which page is being rendered."""
        self.path = path
        own = path.rpartition("/")[0]
        around = own.rpartition("/")[0]
        self._inside = f"{own}/"
        self._around = f"{around}/" if around else ""
        self._up, self.folder = ("../", around) if own else ("", "")
        if len(self._folders) > _FOLDERS:
            self._folders.clear()
        self._known = self._folders.setdefault((self.folder, self._up), {})

    def is_here(self, target: str) -> bool:
        """Tell whether the page is the one at an output path; for a page of another folder, none around it is."""
        if target.rpartition("/")[0].rpartition("/")[0] == self.folder:
            self.own = True
        return target == self.path

    def to(self, target: str) -> str:
        """Write the link to an output path."""
        if self._base_url:
            return urls.absolute(target, self._base_url)
        if target.startswith(self._around) and (not self._up or "/" in target[len(self._around) :]):
            self.own = True  # this may be inside the folder of this page, or of another that shares these links
            if not self._up or target.startswith(self._inside):
                return urls.relative(target, self.path)
        link = self._known.get(target)
        if link is None:
            if len(self._known) > _LINKS:
                self._known.clear()
            link = self._known[target] = self._up + urls.relative(target, f"{self.folder}/x" if self.folder else "x")
        return link
