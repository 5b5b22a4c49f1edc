"""Turns the pages of each campaign into an archive that opens without network, made again when they change."""

from __future__ import annotations

import hashlib
import marshal
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agora_build.build import packer
from agora_build.build.scopes import OFFLINE_SCOPE, Made, Press, offline_scope
from agora_build.content.languages import in_language
from agora_build.content.sheets import booklet_of
from agora_build.content.site import Microsite
from agora_build.outputs import offline_pages
from agora_build.outputs.offline_pages import Opening, Pack
from agora_build.rendering.detached import detached
from agora_build.rendering.output import File, Output, copied

_FORM = "1"  # of what this module writes
_PAGE, _OPENING, _NOTE = ".html", "index.html", "LISEZ-MOI.txt"
Sums = Mapping[str, str]  # the SHA-256 of each file of the new site, by path
Trees = Sequence[Path]  # where its bytes may be: what this build wrote, what is published, what was before


def add(press: Press, cache: str, trees: Trees) -> list[Made]:
    """Render the archives whose pages changed, and the page that offers them all."""
    sums = {line[66:]: line[:64] for _, blob in press.store.scopes("sums") for line in blob.decode().splitlines()}
    made: list[Made] = []
    sizes: dict[str, int] = {}
    for microsite in press.site.microsites:
        inside = {path: sums[path] for path in sorted(sums) if _is_inside(press, microsite, path)}
        fingerprint, fact = _fingerprint(press, microsite, inside), f"offline {microsite.slug}"
        known = press.store.fact(fact)
        before, sizes[microsite.slug] = marshal.loads(known) if known else ("", 0)  # noqa: S302 - our own file
        if press.fresh or before != fingerprint:
            done, sizes[microsite.slug] = _archive(press, microsite, inside, trees, Path(cache, "offline"))
            made.append(done)
            press.store.note(fact, marshal.dumps((fingerprint, sizes[microsite.slug])))
    made.append(press.render(OFFLINE_SCOPE, press.in_each_language(lambda language: _page(press, language, sizes))))
    for done in made:
        press.store.add_scope(done.row)
    return made


def _page(press: Press, language: str, sizes: Mapping[str, int]) -> Iterator[Output[Any]]:
    site = in_language(press.site, language)
    packs = [_pack(press, microsite, sizes[microsite.slug], language) for microsite in site.microsites]
    return offline_pages.outputs(press.theme().urls, press.today, packs)


def _pack(press: Press, microsite: Microsite, size: int, language: str) -> Pack:
    slug, urls = microsite.slug, press.theme().urls
    booklet = booklet_of(microsite, urls).pdf
    printed = press.pdf_sizes(slug, language).get(booklet)
    archive = urls.section_file("offline", f"{slug}.zip")
    return Pack(slug, microsite.campaign.meta.title, archive, size, booklet if printed else "", printed or 0)


def _is_inside(press: Press, microsite: Microsite, path: str) -> bool:
    """Tell whether a file goes with a campaign: its pages in every language but the forms, and what the theme needs."""
    city, urls = press.site.config.city, press.theme().urls
    plain = path.partition("/")[2] if path.split("/", maxsplit=1)[0] in city.others else path
    folder = urls.campaign(microsite.slug).removesuffix(_OPENING)
    forms = urls.take_part(microsite.slug).removesuffix(_OPENING)
    if plain == offline_pages.left_out(urls, microsite.slug):
        return False
    return path.startswith("assets/") or (plain.startswith(folder) and not plain.startswith(forms))


def _fingerprint(press: Press, microsite: Microsite, inside: Sums) -> str:
    told = (_FORM, packer.NAME, press.frame, press.today.isoformat(), _opening(press, microsite), tuple(inside.items()))
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _opening(press: Press, microsite: Microsite) -> Opening:
    meta = microsite.campaign.meta
    return Opening(microsite.slug, meta.title, meta.question, press.today, press.site.config.city.editions)


def _archive(press: Press, microsite: Microsite, inside: Sums, trees: Trees, folder: Path) -> tuple[Made, int]:
    """Pack a campaign, and give the size of its archive."""
    path = press.theme().urls.section_file("offline", f"{microsite.slug}.zip")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{microsite.slug}.zip"
    try:
        size = packer.pack(_files(press, microsite, inside, trees), press.today, target)
        with target.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return press.render(offline_scope(microsite.slug), [Output(path, File(target, digest), copied)]), size
    finally:
        shutil.rmtree(folder)


def _files(press: Press, microsite: Microsite, inside: Sums, trees: Trees) -> Iterator[tuple[str, bytes]]:
    """Give what goes into an archive, in one folder, the first page and the note on top."""
    theme, top = press.theme(), f"{microsite.slug}/"
    opening = _opening(press, microsite)
    first = offline_pages.render_opening(opening, theme)
    yield top + _OPENING, detached(first, _OPENING, inside, theme.base_url).encode()
    yield top + _NOTE, b"\xef\xbb\xbf" + offline_pages.note(opening, theme).encode()  # old editors need the mark
    for path, sha256 in inside.items():
        data = _bytes_of(path, sha256, trees)
        if path.endswith(_PAGE):
            language = path.split("/")[0] if path.split("/")[0] in press.site.config.city.others else ""
            notice = offline_pages.notice(press.theme(language), press.today)
            data = detached(data.decode(), path, inside, theme.base_url, notice).encode()
        yield top + path, data


def _bytes_of(path: str, sha256: str, trees: Trees) -> bytes:
    """Give the bytes of a file of the new site, wherever they are."""
    for tree in trees:
        file = tree / path
        if file.is_file() and hashlib.sha256(data := file.read_bytes()).hexdigest() == sha256:
            return data
    raise LookupError(path)
