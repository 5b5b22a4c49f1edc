"""Turns what a site says into its search engine: a scope of files, made again only when a text changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from agora_build.build import engine, searched
from agora_build.build.scopes import ENGINE_SCOPE, Made, Press
from agora_build.content.gathering import thread
from agora_build.rendering.output import File, Output, copied

FACT = "searched"


def add(press: Press, cache: str) -> list[Made]:
    """Render the files of the engine, unless those of the last build serve; nothing when the site is to have none."""
    fingerprint = _fingerprint(press)
    if not press.engine or (not press.fresh and press.store.fact(FACT) == fingerprint):
        return []
    folder = Path(cache, "engine")
    try:
        names = engine.index(searched.texts(press.site, lambda *key: thread(key, press.store.entries(*key))), folder)
        made = press.render(ENGINE_SCOPE, (_output(press, folder, name) for name in names))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    press.store.add_scope(made.row)
    press.store.note(FACT, fingerprint)
    return [made]


def _fingerprint(press: Press) -> bytes:
    """Hash all that the texts depend on: every content file, the settings, the engine; '' without an engine."""
    if not press.engine:
        return b""
    digests = sorted((path, known[0]) for path, known in press.store.digests().items() if path.endswith(".md"))
    return hashlib.blake2b(repr((press.engine, press.frame, digests)).encode(), digest_size=16).digest()


def _output(press: Press, folder: Path, name: str) -> Output[File]:
    with (folder / name).open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Output(press.theme().urls.engine(name), File(folder / name, digest), copied)
