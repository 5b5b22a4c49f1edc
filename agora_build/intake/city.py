"""Turns a city's checkout into what its intake needs to know: its forms of the day, and what they are checked against.

The reading is light: the settings, the titles of menu pages, the campaigns, their debates, maps and meetings, and the
sentences one votes on. Of all else, only the names of the files are looked at, when something names them.
"""

from __future__ import annotations

import datetime
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agora_build.config import Config, Intake
from agora_build.content.config_file import NAME, read_config_file
from agora_build.content.day import day_of_build
from agora_build.content.draft import Document, Draft, read_document
from agora_build.content.forms import Form, Ground, city_forms, forms_of
from agora_build.content.models import Campaign, Map
from agora_build.content.site import Entry
from agora_build.content.tree import CAMPAIGN_FILES, Found, found_at
from agora_build.intake.journal import Entry as JournalEntry
from agora_build.intake.pages import Pages, Receipt
from agora_build.problems import Problem
from agora_build.rendering.theme import Frame, Theme, theme_folders
from agora_build.urls import Urls

_READ = ("debates", "workshops")  # folders of a campaign that are read
_TEMPLATES = (
    "base.html", "form.html", "receipt.html", "standing.html", "refused.html", "error_words.txt",
    "macros/ui.html", "macros/inner.html", "macros/forms.html",
    "parts/top.html", "parts/foot.html", "parts/foot_end.html",
)  # fmt: skip
_OFTEN = 1.0  # seconds between two looks at whether something changed
# What stands for an id, a hash and a code in the page of a receipt: letters that none of them has.
_BLANKS = ("uuuuuuuu-uuuuuuuu", "u" * 64, "UUUU-UUUU-UUUU-UUUUU")
_Statements = Mapping[str, Mapping[str, list[Entry[Any]]]]  # by campaign, then by debate


class CityProblemError(Exception):
    """Says that a city cannot be served: these are the problems of its settings."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class City:
    """What the intake knows of a city on a day; `skipped` are the files that could not be read."""

    root: Path
    config: Config
    intake: Intake
    day: datetime.date
    forms: Mapping[str, Form]  # by address
    closed: Mapping[str, Form]  # those of debates and campaigns that ended: somebody may still be writing
    campaigns: Mapping[str, Entry[Campaign]]
    draft: Draft
    pages: Pages
    urls: Urls
    skipped: tuple[str, ...] = ()
    refusals: dict[int, bytes] = field(default_factory=dict)  # pages that are always the same, once made
    receipts: dict[str, bytes] = field(default_factory=dict)  # of each form, once made, with blanks to fill in

    def receipt(self, form: Form, identity: str, sha256: str, code: str) -> bytes:
        """Give the page of a receipt of today: the longest thing to make, and the same but for three words."""
        blank = self.receipts.get(form.address)
        if blank is None:
            page = Receipt(form, self.campaigns.get(form.campaign), *_BLANKS, self.day)
            blank = self.receipts[form.address] = self.pages.receipt(page)
        for word, given in zip(_BLANKS, (identity, sha256, code), strict=True):
            blank = blank.replace(word.encode(), given.encode())
        return blank

    def refusal(self, status: int) -> bytes:
        """Give the page that says why a request is refused; it must cost nothing when many come."""
        if status not in self.refusals:
            self.refusals[status] = self.pages.refused(status)
        return self.refusals[status]

    def reason(self, entry: JournalEntry) -> str:
        """Give the title of the reason for which something was refused."""
        document = self.draft.documents.get(f"content/campaigns/{entry.campaign}/moderation.yml")
        reasons = getattr(document.meta, "reasons", ()) if document else ()
        return next((item.title for item in reasons if item.id == entry.reason), "")


@dataclass(frozen=True)
class _Files(Mapping[str, Found]):
    """The content files of a checkout: those read are listed, any other is looked for when it is named."""

    root: str
    read: Mapping[str, Found]

    def __getitem__(self, path: str) -> Found:
        found = self.read.get(path) or found_at(path)
        real = os.path.join(self.root, path)  # noqa: PTH118
        if found is None or (path not in self.read and (os.path.islink(real) or not os.path.isfile(real))):  # noqa: PTH113, PTH114
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        try:
            return isinstance(path, str) and bool(self[path])
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self.read)

    def __len__(self) -> int:
        return len(self.read)


def read_city(root: Path, compiled: dict[bytes, bytes] | None = None) -> City:
    """Read a city; a file of its content that is wrong takes away its own forms alone.

    `compiled` keeps what was compiled of the theme from one reading to the next.
    """
    read = read_config_file(root)
    if read.config is None or read.problems:
        raise CityProblemError(read.problems)
    config, day = _with_intake(read.config), day_of_build(read.config)
    documents = {found.path: read_document(os.fspath(root), found) for found in _light(root)}
    right = {path: document for path, document in documents.items() if document.meta is not None}
    files = _Files(os.fspath(root), {path: document.found for path, document in documents.items()})
    draft = Draft(os.fspath(root), read, files, frozenset(), documents=documents)
    grounds = [_ground(config, right, document) for document in right.values() if document.found.slug == "campaign"]
    statements = {ground.campaign.slug: _statements(root, ground) for ground in grounds}
    intake = config.intake or Intake()
    folders, frame = theme_folders(root, config.publication.theme), _frame(root, config, right)
    kept = {} if compiled is None else compiled
    theme = Theme(folders, frame, kept.get, elsewhere="://" in intake.url)
    theme.compile(*_TEMPLATES)
    kept |= theme.made()
    return City(
        root=root,
        config=config,
        intake=intake,
        day=day,
        forms=_by_address(*city_forms(), *_forms(grounds, statements, day)),
        closed=_by_address(*_last_forms(grounds, statements, day)),
        campaigns={ground.campaign.slug: ground.campaign for ground in grounds},
        draft=draft,
        pages=Pages(theme),
        urls=Urls(config.city.language),
        skipped=tuple(sorted(documents.keys() - right.keys())),
    )


def _with_intake(config: Config) -> Config:
    """Give a city that says nothing of its intake the usual settings: who starts it wants one."""
    return config if config.intake else config.model_copy(update={"intake": Intake()})


def _by_address(*forms: Form) -> dict[str, Form]:
    return {form.address: form for form in forms}


def _light(root: Path) -> Iterator[Found]:
    for page in sorted(root.glob("content/pages/*.md")):
        yield from _found(root, page)
    for campaign in sorted(root.glob("content/campaigns/*/campaign.md")):
        for name in CAMPAIGN_FILES:
            yield from _found(root, campaign.with_name(name))
        for folder in _READ:
            for path in sorted(campaign.parent.glob(f"{folder}/*.md")):
                yield from _found(root, path)


def _found(root: Path, path: Path) -> Iterator[Found]:
    found = found_at(path.relative_to(root).as_posix())
    if found is not None and path.is_file() and not path.is_symlink():
        yield found


def _ground(config: Config, right: Mapping[str, Document], campaign: Document) -> Ground:
    mine = [document for document in right.values() if document.found.campaign == campaign.found.campaign]
    debates = [_entry(document) for document in mine if document.found.folder == "debates"]
    workshops = [_entry(document) for document in mine if document.found.folder == "workshops"]
    maps = [document.meta for document in mine if isinstance(document.meta, Map)]
    return Ground(
        config, _entry(campaign), tuple(sorted(debates, key=lambda entry: (entry.meta.opens, entry.slug))),
        tuple(sorted(workshops, key=lambda entry: (entry.meta.date, entry.slug))), maps[0] if maps else None,
    )  # fmt: skip


def _forms(grounds: Iterable[Ground], said: _Statements, day: datetime.date) -> Iterator[Form]:
    for ground in grounds:
        yield from forms_of(ground, said[ground.campaign.slug], day)


def _last_forms(grounds: Iterable[Ground], said: _Statements, day: datetime.date) -> Iterator[Form]:
    """Give the forms of what is closed, as they were on its last day."""
    for ground in grounds:
        statements = said[ground.campaign.slug]
        ends = [ground.campaign.meta.closes, *(debate.meta.closes for debate in ground.debates)]
        for end in sorted({end for end in ends if end and end < day}):
            yield from forms_of(ground, statements, end)


def _statements(root: Path, ground: Ground) -> dict[str, list[Entry[Any]]]:
    """Read the sentences of the debates where one votes on them, by date."""
    said: dict[str, list[Entry[Any]]] = {
        entry.slug: [] for entry in ground.debates if entry.meta.method == "statements"
    }
    folder = f"content/campaigns/{ground.campaign.slug}/contributions"
    for path in sorted(root.glob(f"{folder}/*.md")) if said else ():
        for found in _found(root, path):
            document = read_document(os.fspath(root), found)
            debate = document.values.get("debate")
            if document.meta is not None and debate in said:
                said[debate].append(_entry(document))
    return {
        debate: sorted(entries, key=lambda entry: (entry.meta.date, entry.slug)) for debate, entries in said.items()
    }


def _entry(document: Document) -> Entry[Any]:
    found = document.found
    slug = found.campaign if found.folder == "campaign" else found.slug
    return Entry(slug, found.campaign, found.path, document.meta, document.source.body, document.digest)


def _frame(root: Path, config: Config, right: Mapping[str, Document]) -> Frame:
    pages = [_entry(document) for document in right.values() if document.found.folder == "pages"]
    pages.sort(key=lambda page: (page.meta.order, page.slug))
    radio = any(root.glob("content/campaigns/*/episodes/*.md"))
    alone = config.city.model_copy(update={"languages": ()})  # what it answers is in one language
    config = config.model_copy(update={"city": alone})
    return Frame(config, tuple(pages), config.map is not None, radio, config.publication.as_of)


class Cities:
    """Gives the city as it is now, read again when its commit, its settings, its published site or the day change."""

    def __init__(self, root: Path, compiled: dict[bytes, bytes] | None = None) -> None:
        self._root = root
        self._compiled = {} if compiled is None else compiled
        self._lock = threading.Lock()
        self._seen, self._looked = self._sign(), time.monotonic()
        self._city = read_city(root, self._compiled)

    def now(self) -> City:
        """Give the city; a change that cannot be read leaves it as it was."""
        if time.monotonic() - self._looked > _OFTEN and self._lock.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                seen = self._sign()
                if seen != self._seen or day_of_build(self._city.config) != self._city.day:
                    self.read_again()
                    self._seen = seen
            finally:
                self._lock.release()
        return self._city

    def read_again(self) -> None:
        """Read the city now, as on SIGHUP."""
        try:
            self._city = read_city(self._root, self._compiled)
        except (CityProblemError, OSError):
            return  # half-written, or wrong: what was right serves until it is mended

    def _sign(self) -> tuple[object, ...]:
        """Give what tells one state of the checkout from another, without running git."""
        head = self._root / ".git" / "HEAD"
        said = head.read_text("utf-8", "replace").strip() if head.is_file() else ""
        files = [NAME, "output/build.json", ".git/HEAD", ".git/packed-refs"]
        if said.startswith("ref: "):
            files.append(f".git/{said.removeprefix('ref: ')}")
        return said, *(_stamp(self._root / name) for name in files)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
