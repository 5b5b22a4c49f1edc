"""Turns a campaign that is closed into one file: its open data, what documents them, and the texts they come from."""

from __future__ import annotations

import datetime
import hashlib
import posixpath
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agora_build.build import packer
from agora_build.build.scopes import ASSETS_SCOPE, Made, Press, archive_scope
from agora_build.content.opendata import files_of
from agora_build.content.questions import given
from agora_build.content.site import Microsite
from agora_build.content.states import campaign_state
from agora_build.outputs import opendata_pages
from agora_build.rendering.output import File, Output, copied

_FORM = "1"  # of what this module writes
_NOTE = "LISEZ-MOI.txt"
_OLDEST, _LATEST = datetime.date(1980, 1, 1), datetime.date(2107, 12, 31)  # that a zip file can tell


def closed(press: Press) -> tuple[Microsite, ...]:
    """List the campaigns that are closed: nobody adds to them any more."""
    return tuple(item for item in press.site.microsites if campaign_state(item.campaign.meta, press.today) == "closed")


def add(press: Press, cache: str, trees: Sequence[Path]) -> list[Made]:
    """Render the archives whose files changed."""
    microsites = closed(press)
    digests = press.store.digests() if microsites else {}
    made = [done for item in microsites for done in _archive(press, item, digests, trees, Path(cache, "archives"))]
    for done in made:
        press.store.add_scope(done.row)
    return made


def _archive(
    press: Press, microsite: Microsite, digests: Mapping[str, tuple[str, str, str]], trees: Sequence[Path], folder: Path
) -> Iterator[Made]:
    """Make the archive of a campaign again if one of its files changed."""
    sums = _sums(press, microsite.slug)
    public, sources = _public(press, microsite, sums), _sources(press, microsite, digests, sums)
    note = opendata_pages.note(microsite.campaign.meta, press.theme())
    told = (_FORM, tuple(public.items()), tuple(sources.items()), note)
    fingerprint = hashlib.blake2b(repr(told).encode(), digest_size=16).digest()
    name, fact = archive_scope(microsite.slug), f"archive {microsite.slug}"
    if not press.fresh and press.store.fact(fact) == fingerprint and press.store.scope(name) is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{microsite.slug}.zip"
    try:
        packer.pack(_files(press, microsite, public, sources, note, trees), _day(microsite), target, compressed=False)
        with target.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        path = press.theme().urls.archive(microsite.slug)
        yield press.render(name, [Output(path, File(target, digest), copied)])
        press.store.note(fact, fingerprint)
    finally:
        shutil.rmtree(folder)


def _sums(press: Press, campaign: str) -> dict[str, str]:
    """Give the SHA-256 of the files of a campaign, and of those that are published as they are."""
    scopes = press.store.scopes("sums")
    own = (blob for name, blob in scopes if name.partition("/")[0] in (campaign, ASSETS_SCOPE))
    return {line[66:]: line[:64] for blob in own for line in blob.decode().splitlines()}


def _public(press: Press, microsite: Microsite, sums: Mapping[str, str]) -> dict[str, str]:
    """Give the SHA-256 of each file of open data, and of the one that documents them."""
    slug, urls = microsite.slug, press.theme().urls
    files = files_of(press.alone(slug).microsites[0], press.site, urls, press.today)
    return {path: sums[path] for path in sorted({urls.package(slug), *(file.path for file in files)})}


def _sources(
    press: Press, microsite: Microsite, digests: Mapping[str, tuple[str, str, str]], sums: Mapping[str, str]
) -> dict[str, str]:
    """Give a hash of each file of content that is published: texts, tables of votes, media."""
    folder = f"content/campaigns/{microsite.slug}/"
    public = {f"{item.debate}/{name}" for item in press.alone(microsite.slug).microsites[0].threads
              for name, _ in item.public}  # fmt: skip
    answers = given(microsite, press.today)
    late = press.apart | {entry.path for entry in microsite.answers if entry.slug not in answers}
    coming = [entry for entry in microsite.episodes if entry.meta.date > press.today]
    late |= {entry.path for entry in coming} | {f"{folder}episodes/{entry.meta.audio}" for entry in coming}
    texts = {path: digest for path, (digest, *_) in digests.items() if path.startswith(folder)}
    texts = {path: digest for path, digest in texts.items() if _may_go(path, folder, public)}
    own = (path for path in press.site.media if path.startswith(folder))
    media = {path: sums.get(press.theme().urls.media(path), "") for path in own}
    return {path: known for path, known in sorted({**media, **texts}.items()) if path not in late}


def _may_go(path: str, folder: str, public: set[str]) -> bool:
    votes = f"{folder}votes/"
    return not path.startswith(votes) or path.removeprefix(votes) in public


def _files(  # noqa: PLR0913, PLR0917 - what goes in
    press: Press,
    microsite: Microsite,
    public: Mapping[str, str],
    sources: Mapping[str, str],
    note: str,
    trees: Sequence[Path],
) -> Iterator[tuple[str, bytes]]:
    """Give what goes into an archive, in one folder: the data as on the site, and the texts below content/."""
    top = f"{microsite.slug}/"
    above = posixpath.dirname(press.theme().urls.package(microsite.slug)) + "/"
    yield top + _NOTE, b"\xef\xbb\xbf" + note.encode()  # old editors need the mark
    for path, sha256 in public.items():
        yield top + path.removeprefix(above), bytes_of(path, sha256, trees)
    for path in sources:
        yield top + path, (press.root / path).read_bytes()


def bytes_of(path: str, sha256: str, trees: Sequence[Path]) -> bytes:
    """Give the bytes of a file of the new site, wherever they are."""
    for tree in trees:
        file = tree / path
        if file.is_file() and hashlib.sha256(data := file.read_bytes()).hexdigest() == sha256:
            return data
    raise LookupError(path)


def _day(microsite: Microsite) -> datetime.date:
    """Give the day of the files of an archive: the last one of the campaign, so that a new day changes nothing."""
    return max(_OLDEST, min(_LATEST, microsite.campaign.meta.closes or _OLDEST))
