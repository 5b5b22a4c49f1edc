"""Turns a scope of the site (a debate's thread, a campaign, the city, its files) into rendered files and their record.

A scope sees its own entries, what stands above it and summaries of what stands below it: nothing else can change its
outputs. Each of these has a fingerprint, so that only those that changed are rendered.
"""

# os.path, several times quicker than Path objects: a city may have 500,000 files.
# ruff: noqa: PTH103, PTH118, PTH123
from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import marshal
import os
import pickle
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from agora_build.build import declared
from agora_build.build.fingerprints import Fingerprints
from agora_build.build.inspection import Facts, facts, missing
from agora_build.build.release import link
from agora_build.build.store import ScopeRow, Store
from agora_build.build.warm import Warm
from agora_build.content import listed
from agora_build.content.gathering import Key, cited_by, heard, thread
from agora_build.content.kept import Kept
from agora_build.content.languages import config_in, in_language, microsite_in, thread_in
from agora_build.content.models import Contribution
from agora_build.content.prose_checks import MAX_NESTING
from agora_build.content.site import Entry, Microsite, Site, Thread, ThreadSummary
from agora_build.content.voices import summary
from agora_build.content.votes import vote_of
from agora_build.problems import START, Problem
from agora_build.record import Record, field, replace
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, Theme
from agora_build.urls import Urls

CITY_SCOPE, ASSETS_SCOPE, SITEMAP_SCOPE, RECORD_SCOPE = "~city", "~assets", "~sitemap", "~record"
INDEX_SCOPE, ENGINE_SCOPE, OFFLINE_SCOPE = "~index", "~engine", "~offline"
_TELLABLE = 5_000  # contributions of a debate beyond which a booklet counts them, and tells none
_SHARD = 1_500  # outputs that one process renders in one go, in a long thread


class Job(NamedTuple):
    """A scope to render, or the part of a long thread that falls to one process."""

    kind: Literal["thread", "print", "campaign", "city", "assets", "index"]
    campaign: str = ""
    debate: str = ""
    shard: int = 0
    shards: int = 1

    @property
    def name(self) -> str:
        """The name of its record."""
        part = f"#{self.shard:04}" if self.shards > 1 else ""
        if self.kind == "thread":
            return f"{self.campaign}/{self.debate}{part}"
        if self.kind == "index":
            return INDEX_SCOPE + part
        if self.kind == "print":
            return f"{self.campaign}/~print"  # a name that no debate has
        return {"campaign": self.campaign, "city": CITY_SCOPE, "assets": ASSETS_SCOPE}[self.kind]


class Rendered(NamedTuple):
    """What is known of a file of the site: how it was made, its SHA-256, what it offers and wants."""

    path: str
    fingerprint: str
    uses: tuple[str, ...]
    values: str  # a hash of what the templates and messages used said
    sha256: str
    ids: tuple[str, ...]
    wants: tuple[str, ...]


class Made(Record):
    """A scope rendered: its record, what went wrong, what changed on the disk, and how long each kind took."""

    row: ScopeRow
    problems: list[Problem] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    gained: bool = False  # whether there is a path that was not there
    lost: bool = False  # whether a path or an id is there no more
    told: bool = False  # whether the rest of the site must know of what changed in a thread
    asks: bool = False  # whether it wants something else of the rest of the site
    sizes: dict[str, int] = field(default_factory=dict)  # in bytes, of the files that were made
    compiled: dict[bytes, bytes] = field(default_factory=dict)  # of the theme, for the next build
    kinds: dict[str, tuple[int, float]] = field(default_factory=dict)  # module -> files, seconds
    slowest: list[tuple[float, str]] = field(default_factory=list)


def thread_jobs(campaign: str, debate: str, contributions: int) -> list[Job]:
    """Cut a thread into parts that processes can share; their number doubles, because all is rendered again then."""
    shards = _shards(contributions)
    return [Job("thread", campaign, debate, shard, shards) for shard in range(shards)]


def offline_scope(campaign: str) -> str:
    """Name the scope of the archive of a campaign."""
    return f"{OFFLINE_SCOPE}-{campaign}"


def archive_scope(campaign: str) -> str:
    """Name the scope of the data of a closed campaign, in one file."""
    return f"~archive-{campaign}"


def index_jobs(contributions: int) -> list[Job]:
    """Cut the index of a city into parts that processes can share."""
    shards = _shards(contributions)
    return [Job("index", shard=shard, shards=shards) for shard in range(shards)]


def _shards(contributions: int) -> int:
    return 1 << max(0, -(-contributions // _SHARD) - 1).bit_length()


@dataclasses.dataclass(slots=True)
class Press:
    """Renders scopes into the folder `stage`; with `fresh`, every file is written, known or not."""

    site: Site
    sizes: Mapping[Key, int]  # contributions of each thread
    folders: tuple[Path, ...]
    root: Path
    today: datetime.date
    shown: Mapping[str, Frame]  # by language
    frame: str  # a hash of all that `shown` says
    store: Store
    stage: str
    twin: str  # a folder for second names of what is written, or ''
    fresh: bool
    theme_changed: bool  # in what pages note that they used: templates, messages, sizes of pictures
    engine: str = ""  # the search engine that is to be made, with its version
    printer: str = ""  # what makes PDF files, with its version; '' when none are asked for
    warm: Warm = dataclasses.field(default_factory=Warm)
    dressed: tuple[str, ...] = ()  # hashes of all that themes are made from
    apart: frozenset[str] = frozenset()  # files of content that are not published
    _themes: dict[str, Theme] = dataclasses.field(default_factory=dict)  # by language
    _owner: int = dataclasses.field(default_factory=os.getpid)
    _reader: Store | None = None
    _folders: set[str] = dataclasses.field(default_factory=set)

    def theme(self, language: str = "") -> Theme:
        """Give the theme in a language of the site, with what an earlier build compiled of it."""
        language = language or self.site.config.city.language
        if language not in self._themes:
            self.warm.store = self.reader
            self._themes[language] = self.warm.theme((language, *self.dressed), lambda: self._made_ready(language))
        return self._themes[language]

    def _made_ready(self, language: str) -> Theme:
        frame, pictures = self.shown[language], self.site.pictures
        return Theme(self.folders, frame, self.warm.made, language=language, pictures=pictures)

    def compile_shared(self) -> None:
        """Compile what most pages are made with, before processes are forked."""
        for language in self.shown:
            self.theme(language).compile_shared()

    def __call__(self, job: Job) -> Made:
        """Render what changed in a scope."""
        if job.kind == "print":
            return self._printed(job)
        if job.kind != "thread":
            return self.render(job.name, self._declared(job))
        said = _thread(self.reader(), job.campaign, job.debate)
        microsite = _of(self.site, job.campaign)
        kept = Kept(self.reader().made)
        said = self._counted(microsite, said, kept)
        outputs = self.in_each_language(lambda language: self._thread_outputs(microsite, said, language))
        mine = (output for output in outputs if zlib.crc32(output.path.encode()) % job.shards == job.shard)
        made = self.render(job.name, mine)
        made.compiled |= kept.made
        if job.shard == 0:
            told = summary(said)
            lines = tuple(line for line, _ in listed.of_thread(microsite, said, self.theme().urls))
            made.row = replace(made.row, summary=_blob(told), voices=_blob(told.voices), listed=_plain(lines))
            before = self.reader().scope(job.name)
            made.told = before is None or before.summary != made.row.summary
        return made

    def _printed(self, job: Job) -> Made:
        """Make the PDF files of a campaign, and note how big each is: its pages say so."""
        before = self.reader().scope(job.name)
        known = pickle.loads(before.summary) if before else {}  # noqa: S301 - our own file
        alone = self.alone(job.campaign)
        made = self.render(job.name, self.in_each_language(lambda language: self._prints(alone, language)))
        sizes = {path: made.sizes[path] if path in made.sizes else known[path] for path in paths_of(made.row.sums)}
        made.row = replace(made.row, summary=_blob(sizes))
        made.told = before is None or before.summary != made.row.summary
        return made

    def _prints(self, alone: Site, language: str) -> Iterator[Output[Any]]:
        """Declare the PDF files of a campaign, and its booklet, in a language of the site."""
        microsite = alone.microsites[0]
        said = {debate.slug: self._told((microsite.slug, debate.slug), language) for debate in microsite.debates}
        return declared.printed(in_language(alone, language), said, self.today, self.folders, self.printer)

    def _told(self, key: Key, language: str) -> tuple[Entry[Contribution], ...]:
        """Give what was said in a debate, when it is not too long to be told in one go."""
        if self.sizes.get(key, 0) > _TELLABLE:
            return ()
        said, own = _thread(self.reader(), *key), self.site.config.city.language
        return (said if language == own else thread_in(said, own, language)).contributions

    def weight(self, job: Job) -> int:
        """Say, in contributions, how long a job is."""
        return 1 + self.sizes.get((job.campaign, job.debate), 0) // job.shards

    def render(self, name: str, outputs: Iterable[Output[Any]]) -> Made:
        """Render what changed among the outputs of a scope."""
        before = self.reader().scope(name)
        old = {item.path: item for item in rows_of(before)} if before else {}
        fingerprints = Fingerprints(self.frame)
        made = Made(ScopeRow(name, b"", b"", b""))
        rows: list[Rendered] = []
        for output in _once(outputs, made.problems):
            fingerprint = fingerprints.of(output)
            known = old.pop(output.path, None)
            if known and not self.fresh and known.fingerprint == fingerprint and self._still(known, output.language):
                rows.append(known)
            else:
                made.gained |= known is None
                rows += self._rendered(output, fingerprint, known, made)
        made.row = record(name, rows)
        made.gone = sorted(old)
        made.lost |= bool(old)
        for theme in self._themes.values():
            made.compiled |= theme.made()
        made.asks = before is None or before.wants != made.row.wants
        return made

    def removed(self, name: str) -> Made:
        """Say what goes with a scope that the site has no more."""
        row = self.store.scope(name) or ScopeRow(name, b"", b"", b"")
        return Made(ScopeRow(name, b"", b"", b""), gone=paths_of(row.sums), lost=True)

    def counts(self) -> dict[Key, ThreadSummary]:
        """Give how many voices each thread has, which is all that the city needs of it."""
        return {
            key: ThreadSummary(key[1], pickle.loads(blob), (), ())  # noqa: S301 - our own file
            for key, blob in ((_key(name), blob) for name, blob in self.store.scopes("voices"))
            if blob
        }

    def listed(self) -> bytes:
        """Hash all that the index lists: as long as it is the same, the index is."""
        told = hashlib.blake2b(digest_size=16)
        for name, blob in self.reader().scopes("listed"):
            told.update(name.encode() + blob)
        urls = self.theme().urls
        for language in self.site.config.city.editions:
            site = in_language(self.site, language)
            around = (line for item in site.microsites for line, _ in listed.of_microsite(item, urls))
            told.update(repr([*around, *(line for line, _ in listed.of_pages(site, urls))]).encode())
        return told.digest()

    def reader(self) -> Store:
        """Give a connection to the store that belongs to this process."""
        if os.getpid() == self._owner:
            return self.store
        if self._reader is None:
            self._reader = self.store.reader()
        return self._reader

    def pdf_sizes(self, campaign: str, language: str) -> dict[str, int]:
        """Give the sizes in bytes of the PDF files of a campaign in a language, by their paths in the first one."""
        printed = self.reader().scope(Job("print", campaign).name) if self.printer else None
        sizes: dict[str, int] = pickle.loads(printed.summary) if printed else {}  # noqa: S301 - our own file
        folder = "" if language == self.site.config.city.language else f"{language}/"
        return {path.removeprefix(folder): size for path, size in sizes.items() if path.startswith(folder)}

    def alone(self, campaign: str) -> Site:
        """Give the site as a campaign sees it: itself alone, with what its threads say and what its decisions cite."""
        microsite = _of(self.site, campaign)
        store = self.reader()
        keys = [(campaign, debate.slug) for debate in microsite.debates]
        firsts = {key: store.scope(thread_jobs(*key, self.sizes.get(key, 0))[0].name) for key in keys}
        summaries = {key: pickle.loads(row.summary) for key, row in firsts.items() if row}  # noqa: S301 - ours
        folder = f"content/campaigns/{campaign}/contributions"
        cited = [store.entry(f"{folder}/{name}.md") for name in cited_by(microsite)]
        alone = replace(self.site, microsites=(microsite,))
        return heard(alone, summaries, {campaign: [entry for entry in cited if entry]})

    def _index(self, job: Job, language: str) -> Iterator[Output[Any]]:
        """Declare the part of the index that falls to a job, in a language of the site."""
        site, urls = in_language(self.site, language), self.theme().urls
        blobs = (blob for _, blob in self.reader().scopes("listed") if blob)
        said = [line for blob in blobs for line in pickle.loads(blob)]  # noqa: S301 - our own file
        around = (line for item in site.microsites for line, _ in listed.of_microsite(item, urls))
        lines = [*said, *around, *(line for line, _ in listed.of_pages(site, urls))]
        return declared.index(site, lines, job.shard, job.shards, engine=bool(self.engine))

    def _campaign(self, alone: Site, language: str) -> Iterator[Output[Any]]:
        """Declare the pages of a campaign in a language of the site; they offer the PDF files of that language."""
        pdfs = self.pdf_sizes(alone.microsites[0].slug, language)
        return declared.campaign(replace(in_language(alone, language), pdfs=pdfs), self.today)

    def _counted(self, microsite: Microsite, said: Thread, kept: Kept) -> Thread:
        """Add to a thread what of its vote may be known today."""
        debate = next(item for item in microsite.debates if item.slug == said.debate)
        vote = vote_of(microsite, debate, said, self.today)
        if vote is None:
            return said
        from agora_build.content.counting import counted  # a debate without a vote has nothing to count

        return replace(said, vote=counted(vote, self.root, debate.meta, said, kept))

    def _still(self, known: Rendered, language: str) -> bool:
        """Tell whether the templates and the messages a file used still say the same."""
        return not self.theme_changed or _values(self.theme(language), known.uses) == known.values

    def _rendered(
        self, output: Output[Any], fingerprint: str, known: Rendered | None, made: Made
    ) -> Iterator[Rendered]:
        began = time.perf_counter()
        theme = self.theme(output.language)
        theme.start_recording()
        try:
            content = output.bytes(theme)
        except RecursionError:
            made.problems.append(Problem(output.path, START, "too-nested", {"limit": str(MAX_NESTING)}))
            return
        uses = _same(tuple(sorted(theme.recorded())))
        found, problems = facts(output.path, content)
        made.problems += problems
        made.lost |= known is not None and not set(known.ids) <= set(found.ids)
        sha256 = hashlib.sha256(content).hexdigest()
        made.sizes[output.path] = len(content)
        if self.fresh or known is None or known.sha256 != sha256:
            self.write(output.path, content)
            made.written.append(output.path)
        _clock(made, output, time.perf_counter() - began)
        yield Rendered(output.path, fingerprint, uses, _values(theme, uses), sha256, *_kept(found))

    def write(self, path: str, content: bytes) -> None:
        """Write a file of the next site, aside."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            for tree in (self.stage, self.twin) if self.twin else (self.stage,):
                os.makedirs(os.path.join(tree, folder), exist_ok=True)
            self._folders.add(folder)
        with open(os.path.join(self.stage, path), "wb", buffering=0) as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view) :]
        if self.twin:
            link(os.path.join(self.stage, path), os.path.join(self.twin, path))

    def _declared(self, job: Job) -> Iterator[Output[Any]]:
        if job.kind == "assets":
            yield from declared.files(self.site, self.root, self.folders)
            return
        if job.kind == "index":
            yield from self.in_each_language(lambda language: self._index(job, language))
            return
        if job.kind == "campaign":
            alone = self.alone(job.campaign)
            yield from self.in_each_language(lambda language: self._campaign(alone, language))
            return
        yield from self.in_each_language(lambda language: declared.city(in_language(self.site, language), self.today))

    def in_each_language(self, declare: Callable[[str], Iterator[Output[Any]]]) -> Iterator[Output[Any]]:
        """Declare outputs in the first language, then the pages in each other one, in its folder."""
        city = self.site.config.city
        yield from declare(city.language)
        paths = Urls(city.language)
        for language in city.others:
            for output in declare(language):
                if paths.in_each_language(output.path):
                    yield replace(output, path=f"{language}/{output.path}", language=language)

    def _thread_outputs(self, microsite: Microsite, said: Thread, language: str) -> Iterator[Output[Any]]:
        own = self.site.config.city.language
        site, told = self.site, said
        if language != own:
            microsite, told = microsite_in(microsite, own, language), thread_in(said, own, language)
            site = replace(site, config=config_in(site.config, language), microsites=(microsite,))
        return declared.thread(site, microsite, told, self.today)


def record(name: str, rows: Iterable[Rendered]) -> ScopeRow:
    """Write down what was rendered of a scope: its files, their sums, and its links to the rest of the site."""
    ordered = sorted(rows)
    own = {row.path: row.ids for row in ordered}
    wants = dict.fromkeys(want for row in ordered for want in row.wants)
    outside = sorted(missing(wants, own.__contains__, lambda path: own.get(path, ())))
    sums = "".join(f"{row.sha256}  {row.path}\n" for row in ordered)
    return ScopeRow(name, marshal.dumps([tuple(row) for row in ordered]), sums.encode(), marshal.dumps(outside))


def rows_of(row: ScopeRow) -> list[Rendered]:
    """Read back the files of a scope."""
    return [Rendered(*values) for values in marshal.loads(row.rows)]  # noqa: S302 - our own file


def wants_of(blob: bytes) -> list[str]:
    """Read back what a scope wants of the rest of the site."""
    return marshal.loads(blob)  # type: ignore[no-any-return]  # noqa: S302 - our own file


def paths_of(sums: bytes) -> list[str]:
    """Read back the paths of a scope's files from their sums."""
    return [line[66:] for line in sums.decode().splitlines()]


def _once(outputs: Iterable[Output[Any]], problems: list[Problem]) -> Iterator[Output[Any]]:
    seen: set[str] = set()
    for output in outputs:
        if output.path in seen:
            problems.append(Problem(output.path, START, "duplicate-output", {"value": output.path}))
        else:
            seen.add(output.path)
            yield output


def _blob(value: object) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _plain(value: object) -> bytes:
    """Write a value down in the same bytes for equal ones, whatever its parts have in common in memory."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(value)
    return written.getvalue()


def _key(name: str) -> Key:
    campaign, _, debate = name.partition("#")[0].partition("/")
    return campaign, debate


def _of(site: Site, campaign: str) -> Microsite:
    return next(item for item in site.microsites if item.slug == campaign)


@lru_cache(maxsize=1)  # the parts of one thread come one after another
def _thread(store: Store, campaign: str, debate: str) -> Thread:
    return thread((campaign, debate), store.entries(campaign, debate))


def _kept(found: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return found.ids, found.wants


@lru_cache(maxsize=4_000)
def _same(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give one and the same tuple for equal ones: written down once for all the pages of a kind."""
    return names


@lru_cache(maxsize=4_000)
def _values(theme: Theme, uses: tuple[str, ...]) -> str:
    said = "\n".join(theme.value_of(name) for name in uses)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _clock(made: Made, output: Output[Any], seconds: float) -> None:
    kind = output.render.__module__.rpartition(".")[2]
    count, spent = made.kinds.get(kind, (0, 0.0))
    made.kinds[kind] = count + 1, spent + seconds
    made.slowest.append((seconds, output.path))
    if len(made.slowest) > 1_000:  # noqa: PLR2004 - only the ten slowest are told
        made.slowest = sorted(made.slowest, reverse=True)[:10]
