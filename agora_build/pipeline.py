"""Turns a city's folder into its published site: what changed is read, checked, rendered, inspected, published."""

from __future__ import annotations

import datetime
import os
import pickle
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import agora_build
from agora_build.build import (
    archives,
    histories,
    inspection,
    links,
    locks,
    mark,
    offline,
    packer,
    plan,
    reading,
    release,
    search,
    signature,
    state,
    workers,
)
from agora_build.build import engine as search_engine
from agora_build.build.kept import kept_at
from agora_build.build.look import City, hash_of, look
from agora_build.build.origin import Origin
from agora_build.build.profile import Profile
from agora_build.build.scopes import RECORD_SCOPE, SITEMAP_SCOPE, Job, Made, Press, index_jobs
from agora_build.build.store import Row, Store
from agora_build.build.warm import Warm
from agora_build.content import preview
from agora_build.content.gathering import gathered, heard
from agora_build.content.languages import in_language
from agora_build.content.models import Page
from agora_build.content.site import Entry, Site
from agora_build.outputs import record, sitemap, social_pictures
from agora_build.problems import START, Problem, in_order
from agora_build.record import Record, replace
from agora_build.rendering import labels, palette, pdf
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Frame, theme_folders

_FEW = 3  # scopes that are rendered sooner than processes are forked
Progress = Callable[[str, int, int], None]


class BuildReport(Record, frozen=True):
    """What a build did: the problems that stopped it, or how many files the site has, and how many it wrote."""

    problems: list[Problem]
    files: int = 0
    written: int = 0
    seconds: float = 0.0
    engine: str = ""  # the search engine of the site, with its version
    profile: Profile | None = None
    undrawn: bool = False  # whether the city asks for social pictures that nothing here can draw
    changed: frozenset[str] = frozenset()  # paths of the site that are there no more, or say something else


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Show nothing."""


class Order(Record, frozen=True):
    """What is asked for: the city, where its site goes, the day it speaks of, and how to build."""

    root: str
    output: Path
    day: datetime.date | None = None
    jobs: int = 1
    full: bool = False
    search: bool = False  # whether the site is to have a search engine, where there is one
    offline: bool = False  # whether each campaign is to have its archive, to read without network
    taken: signature.Taken | None = None  # the signatures of the city's files, when they were just taken
    pdf: bool = False  # whether PDF files are made too
    call: Sequence[str] = ()  # what was typed, where: the same call may be answered without building
    preview: bool = False  # whether it is for the eyes of its authors alone: never to be published
    warm: Warm | None = None  # what the builds before, in this process, made ready
    progress: Progress = quiet


class RefusedError(Exception):
    """Stops a build: these are the problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = in_order(list(problems))


def build(order: Order) -> BuildReport:
    """Build a site; with a problem, what is published stays as it is."""
    began = time.perf_counter()
    order = replace(order, output=order.output.resolve())
    refused = release.refused(Path(order.root), order.output)
    if refused:
        return BuildReport(refused)
    with (
        _modes(order),
        kept_at(order.root, _apart(order)) as cache,
        locks.alone(cache),
        release.alone(order.output),
    ):
        try:
            report = _build(order, cache)
        except RefusedError as refusal:
            return BuildReport(refusal.problems)
        finally:
            release.unstage(order.output)
    return replace(report, seconds=time.perf_counter() - began)


def build_anew(order: Order) -> BuildReport:
    """Build a site from nothing, and drop the one before: it holds what was erased since."""
    report = build(replace(order, full=True))
    if not report.problems:
        with release.alone(order.output.resolve()):
            release.forget(order.output.resolve())
    return report


def programs() -> dict[str, Callable[[], str]]:
    """Give what names the programs, besides Agora, that sites can be made with here, by their names in an origin."""
    return {"pdf": pdf.engine, "search": search_engine.named, "offline": lambda: packer.NAME}


@contextmanager
def _modes(order: Order) -> Iterator[None]:
    """Let everybody read what is made, whatever the habits of the person who builds: a web server is somebody else.

    What a preview makes is left to these habits.
    """
    if order.preview:
        yield
        return
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _apart(order: Order) -> Path | None:
    """Give the folder of what a preview keeps, which is apart: it is of another site."""
    if not order.preview:
        return None
    folder = preview.folder_of(Path(order.root)) / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _build(order: Order, cache: str) -> BuildReport:
    profile = Profile()
    with profile.stage("look"):
        old = {} if order.full else state.read(cache)
        city = look(order.root, order.day, old, order.taken, preview=order.preview)
        store = _store(cache, city, old)
    with closing(store):
        if old.get("since") != _number(store.fact("since")):
            old = {}  # a build was killed between the two: what the store holds is another city's state
        torn = store.is_fresh or bool(store.fact("torn"))
        base = store.fact("release").decode()  # with the records of its files: the state is written after
        fresh = torn or _touched(order, old) or not release.reachable(order.output, base)
        todo = plan.Plan(everything=fresh or not old or city.changed_for_all(old))
        with profile.stage("read"):
            colours = _colours(order, city) if todo.everything else []
            _read(order, city, old, store, todo, colours)
        with profile.stage("gather"):
            site, apart = _gather(order, city, store)
            site, told = histories.remembered(order.root, city.commit, site, store, todo)
            frames = frames_of(site, offline=order.offline)
            engine = search_engine.named() if order.search else ""
            printer = pdf.engine() if order.pdf else ""
            made_with = (engine, printer)
            shown = hash_of(repr((site.media, sorted(apart))).encode())
            todo.everything |= _frame_hash(frames) != old.get("frame") or made_with != old.get("made_with")
            todo.everything |= shown != old.get("content")
            pictures = hash_of(repr(site.pictures).encode())
            same = (city.theme, pictures) == (old.get("theme"), old.get("pictures"))
            press = _press(order, city, site, frames, store, fresh=fresh, theme_changed=not same)
            press.printer, press.engine, press.apart = printer, engine, apart
            if order.warm is not None and not fresh:
                press.warm, press.dressed = order.warm, (press.frame, city.theme, pictures)
        made = _render(order, press, todo, profile)
        with profile.stage("search"):
            made += search.add(press, cache)
        with profile.stage("offline"):
            trees = [Path(press.stage), order.output, release.spare(order.output)]
            made += archives.add(press, cache, trees)
            made += offline.add(press, cache, trees) if order.offline else []
        with profile.stage("inspect"):
            _settle(press, made, _origin(order, city, press, histories.traced(told)))
        with profile.stage("publish"):
            identity, files, written, changed = _publish(order, press, base, made)
            _keep(store, identity, city)
            said: dict[str, Any] = {"made_with": made_with, "frame": _frame_hash(frames), "pictures": pictures}
            said |= {"release": identity, "files": files, "content": shown}
            where = os.fspath(order.output)
            call = list(order.call) if histories.is_sure(told) else []  # git may be there next time
            seen = {"call": call, "output": where, "shown": mark.changed_at(where)}
            state.write(cache, {**city.state(), **said, **seen})
    undrawn = site.config.publication.social_pictures and not social_pictures.is_drawn(site)
    return BuildReport([], files, written, engine=engine, profile=profile, undrawn=undrawn, changed=changed)


def _touched(order: Order, old: Mapping[str, Any]) -> bool:
    """Tell whether somebody took something away from the published folder since it was published."""
    where = os.fspath(order.output)
    same = old.get("output") == where and old["release"] == release.current(order.output)
    return same and old["shown"] != mark.changed_at(where)


def _keep(store: Store, identity: str, city: City) -> None:
    """Keep what the store was given, with the release it goes with."""
    store.note("torn", b"")
    store.note("release", identity.encode())
    store.note("since", str(city.since).encode())
    store.keep()


def _number(fact: bytes) -> int | None:
    return int(fact) if fact else None


def _store(cache: str, city: City, old: Mapping[str, Any]) -> Store:
    path = os.path.join(cache, state.STORE)  # noqa: PTH118
    kept = Store.opened(path) if old.get("signed_code") == city.signed_code else None
    return kept or Store(path, fresh=True)


def _colours(order: Order, city: City) -> list[Problem]:
    """Find what is not read in the colours of the theme, which may have changed."""
    config = city.config.config
    return list(palette.unreadable(Path(order.root), config.publication.theme)) if config else []


def _read(  # noqa: PLR0913, PLR0917 - each is another thing, and they meet here alone
    order: Order, city: City, old: Mapping[str, Any], store: Store, todo: plan.Plan, colours: Sequence[Problem]
) -> None:
    """Bring the store up to date with the content, and note in the plan what changed."""
    done = None
    if not colours and not store.is_fresh and old.get("day") == city.day.isoformat():
        done = reading.read_changed(order.root, city.config, city.day, old["city"], city.signatures, store)
    if done is not None:
        for row in done.rows:
            known = store.row(row.path)
            todo.note_row(row, (known.digest, known.campaign, known.debate) if known else None)
        store.add(done.rows)
        return
    known_before = store.digests()
    seen: set[str] = set()

    def keep(rows: list[Row]) -> None:
        seen.update(row.path for row in rows)
        store.add([row for row in rows if todo.note_row(row, known_before.get(row.path))])

    done = reading.read_all(order.root, city.config, city.day, order.jobs, order.progress, keep)
    if done.problems or colours or city.config.config is None:
        raise RefusedError([*done.problems, *colours])
    for path in known_before.keys() - seen:
        todo.note(*known_before[path][1:])
    store.remove(known_before.keys() - seen)
    store.note("audio", pickle.dumps(done.audio))
    store.note("pictures", pickle.dumps(done.pictures))


def _gather(order: Order, city: City, store: Store) -> tuple[Site, frozenset[str]]:
    """Gather what is published, and say which files are not; in a preview these are there, marked."""
    config = city.config.config
    assert config is not None  # noqa: S101 - a city without one has problems, and was refused
    entries, apart = store.entries(), frozenset[str]()
    if order.preview:
        label = labels.of(theme_folders(Path(order.root), config.publication.theme), config)
        entries = list(preview.marked(entries, city.day, config.city.language, label))
    else:
        apart = frozenset(preview.hidden(entries, city.day))
        entries = [entry for entry in entries if entry.path not in apart]
    named = store.named(apart) | set(city.config.pictures)
    audio = pickle.loads(store.fact("audio"))  # noqa: S301 - our own file
    pictures = pickle.loads(store.fact("pictures"))  # noqa: S301 - our own file
    if apart:
        audio, pictures = ({path: facts[path] for path in facts.keys() & named} for facts in (audio, pictures))
    return gathered(order.root, config, entries, named, audio, pictures), apart


def frame_of(site: Site) -> Frame:
    """Gather what the layout of every page shows; of the free pages, the menu says the title alone."""
    return Frame(
        config=site.config,
        pages=tuple(_menu_entry(entry) for entry in site.pages),
        has_map=site.config.map is not None,
        has_radio=any(microsite.episodes for microsite in site.microsites),
        as_of=site.config.publication.as_of,
        has_social=social_pictures.is_drawn(site),
        pages_alone=site.pages_alone,
    )


def frames_of(site: Site, *, offline: bool) -> dict[str, Frame]:
    """Gather what the layout shows in each language of the site."""
    frames = {language: frame_of(in_language(site, language)) for language in site.config.city.editions}
    return {language: replace(frame, offline=offline) for language, frame in frames.items()}


def _menu_entry(entry: Entry[Page]) -> Entry[Page]:
    return replace(entry, meta=entry.meta.model_copy(update={"summary": None}), body="", digest="")


def _frame_hash(frames: Mapping[str, Frame]) -> str:
    shown = [
        (name, item.pages, item.has_map, item.has_radio, item.as_of, item.has_social, item.offline, item.pages_alone)
        for name, item in frames.items()
    ]
    return hash_of(repr(shown).encode())


def _press(  # noqa: PLR0913 - what it gathers
    order: Order, city: City, site: Site, frames: dict[str, Frame], store: Store, *, fresh: bool, theme_changed: bool
) -> Press:
    folders = theme_folders(Path(order.root), site.config.publication.theme)
    return Press(
        site=site,
        sizes=store.sizes(),
        folders=folders,
        root=Path(order.root),
        today=city.day,
        shown=frames,
        frame=city.settings + _frame_hash(frames),
        store=store,
        stage=release.stage(order.output),
        twin=release.twin(order.output) if fresh else "",
        fresh=fresh,
        theme_changed=theme_changed,
    )


def _render(order: Order, press: Press, todo: plan.Plan, profile: Profile) -> list[Made]:
    """Render every scope of the plan: the threads, then what needs to know what they say; drop those that are gone."""
    store = press.store
    done = _run(order, press, todo.thread_jobs(press.site, press.sizes), profile, "threads")
    told = {made.row.name.partition("/")[0] for made in done if made.told}
    press.site = heard(press.site, press.counts(), {})
    prints = todo.print_jobs(press.site, told) if press.printer else []
    if prints:
        pdf.prepare(press.folders)
        pressed = _run(order, press, prints, profile, "print")
        told |= {made.row.name.partition("/")[0] for made in pressed if made.told}
        done += pressed
    done += _run(order, press, todo.other_jobs(press.site, told), profile, "campaigns")
    closed = [item.slug for item in archives.closed(press)]
    asked = {"engine": bool(press.engine), "offline": order.offline, "printed": bool(press.printer)}
    for name in store.names() - plan.expected(press.site, press.sizes, closed=closed, **asked):
        done.append(press.removed(name))
        store.remove_scope(name)
    listed = press.listed() if done else b""
    if done and (todo.everything or listed != store.fact("listed")):
        done += _run(order, press, index_jobs(sum(press.sizes.values())), profile, "index")
        store.note("listed", listed)
    return done


def _run(order: Order, press: Press, jobs: Sequence[Job], profile: Profile, stage: str) -> list[Made]:
    """Render scopes on every core, and keep their records as they come."""
    store = press.store
    processes = order.jobs if len(jobs) > _FEW or stage == "print" else 1
    done: list[Made] = []
    with profile.stage(stage):
        if processes > 1:
            press.compile_shared()
            store.note("torn", b"1")  # until the build ends, what is in the store may be ahead of what is published
            store.pause()
        count, total = 0, sum(press.weight(job) for job in jobs)
        for index, made in workers.each(press, jobs, processes):
            profile.add(made)
            done.append(made)
            count += press.weight(jobs[index])
            order.progress(stage, count, total)
        for made in done:
            store.add_scope(made.row)
            for key, value in made.compiled.items():
                store.add_made(key, value)
        if processes > 1:
            store.pause()
    return done


def _origin(order: Order, city: City, press: Press, history: str) -> Origin:
    packed = packer.NAME if order.offline else ""
    made_with = {"pdf": press.printer, "search": press.engine, "offline": packed}
    return Origin(agora_build.__version__, city.commit, city.day, history, **made_with)


def _settle(press: Press, done: list[Made], origin: Origin) -> None:
    """Add what needs the list of all files, then refuse a site in which something is broken."""
    store = press.store
    found = [problem for made in done for problem in made.problems]
    if press.fresh or any(made.gained or made.gone for made in done):
        paths = store.paths()
        counts = Counter(paths)
        found += [Problem(path, START, "duplicate-output", {"value": path}) for path in counts if counts[path] > 1]
        found += [] if inspection.HOME in counts else [Problem(inspection.HOME, START, "no-home-page")]
        done.append(
            press.render(SITEMAP_SCOPE, sitemap.outputs(paths, press.theme().base_url, press.site.config.city.editions))
        )
        store.add_scope(done[-1].row)
    done.append(press.render(RECORD_SCOPE, [Output(record.PATH, origin.said(), record.render)]))
    store.add_scope(done[-1].row)
    if press.fresh or any(made.lost or made.asks for made in done):
        found += links.broken(store)
    if found:
        raise RefusedError(found)


def _publish(order: Order, press: Press, base: str, done: list[Made]) -> tuple[str, int, int, frozenset[str]]:
    """Publish what changed; give the id of the release, how many files the site has, how many were written, which."""
    sums = b"".join(part for _, part in press.store.scopes("sums"))
    identity = hash_of(sums)
    files = sums.count(b"\n") + 1
    written = {path for made in done for path in made.written}
    gone = {path for made in done for path in made.gone} - written
    if press.fresh:
        press.write(record.SUMS, sums)
        release.publish(order.output, identity)
    elif identity != release.current(order.output):
        press.write(record.SUMS, sums)
        release.update(order.output, base, identity, {*written, record.SUMS}, gone)
    changed = frozenset(written | gone)
    return identity, files, len(written) + (press.fresh or bool(changed)), changed
