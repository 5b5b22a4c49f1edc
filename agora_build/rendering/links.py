"""Turns output paths into links from the page being rendered, each made once for all the pages of a folder."""

from __future__ import annotations

from agora_build import urls
from agora_build.record import Record

_FOLDERS = 64  # whose links are kept at a time
_LINKS = 4_000  # kept for each: a debate leads to as many pages as people spoke


class Edition(Record, frozen=True):
    """The pages of a site in one language: the first one's stand at the root, each other's in its own folder."""

    urls: urls.Urls
    language: str = ""  # '' for the first

    @property
    def prefix(self) -> str:
        """Give what comes before the output path of each page."""
        return f"{self.language}/" if self.language else ""

    def place(self, target: str) -> str:
        """Give the output path of something in this language, from what it is in the first one."""
        return self.prefix + target if self.language and self.urls.in_each_language(target) else target


FIRST = Edition(urls.Urls("fr"))


class Links:
    """Links from where a page stands.

    Pages that have a folder each (`contributions/<id>/index.html`) share the links of the folder around: whatever is
    not inside a page's own folder is one step up from it, then as from there.
    """

    def __init__(self, base_url: str = "", edition: Edition = FIRST) -> None:
        """Start nowhere; with `base_url`, pages stand on another host and every link is a public address."""
        self._base_url = base_url
        self._edition = edition
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

    def between(self, target: str, page: str) -> str:
        """Write the link from one output path to another, both in the language of the pages if they are there in it."""
        if not self._edition.prefix:
            return urls.relative(target, page)
        return urls.relative(self._edition.place(target), self._edition.place(page))

    def to(self, target: str) -> str:
        """Write the link to an output path."""
        if self._base_url:
            return urls.absolute(self._edition.place(target), self._base_url)
        if self._edition.prefix and not self._edition.urls.in_each_language(target):
            return self._out(target)
        if target.startswith(self._around) and (not self._up or "/" in target[len(self._around) :]):
            self.own = True  # this may be inside the folder of this page, or of another that shares these links
            if not self._up or target.startswith(self._inside):
                return urls.relative(target, self.path)
        return self._known.get(target) or self._keep(target, f"{self.folder}/x" if self.folder else "x")

    def _out(self, target: str) -> str:
        """Write the link to what exists once for all languages."""
        around = f"{self._edition.prefix}{self.folder}/x" if self.folder else f"{self._edition.prefix}x"
        return self._known.get(target) or self._keep(target, around)

    def _keep(self, target: str, around: str) -> str:
        if len(self._known) > _LINKS:
            self._known.clear()
        link = self._known[target] = self._up + urls.relative(target, around)
        return link
