"""Turns the files of before numbers into those of version 1.

The podcast's files are with the radio's, in content/radio/. The declaration of accessibility is written in agora.toml,
in the order that the law asks for: the free page that stood in its place keeps its words under another name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from agora_build.content.config_file import NAME, parsed
from agora_build.content.schema_number import PODCAST, RADIO, image_of, language_of, older_page
from agora_build.migrations.edits import Edit, edited
from agora_build.migrations.files import Change, Files, Note
from agora_build.migrations.references import repointed

_NEW_NAMES = {"accessibilite": "declaration-accessibilite", "accessibility": "accessibility-statement"}


def step(files: Files) -> Change:
    """Move the podcast's files and the page, and whatever names them."""
    page = older_page(language_of(parsed(files.texts[NAME].encode())[0].data or {}))
    moves = {**_podcast(files), **dict(_page(files, page))}
    texts = {}
    for path, text in files.texts.items():
        new = _image(text) if path == NAME else repointed(path, text, moves)
        if new != text:
            texts[path] = new
    notes = (Note("accessibility", (moves[page],)),) if page in moves else ()
    return Change(texts, moves, notes)


def _podcast(files: Files) -> dict[str, str]:
    paths = (path for path in (*files.texts, *files.others) if path.startswith(f"{PODCAST}/"))
    return {path: f"{RADIO}/{path.removeprefix(f'{PODCAST}/')}" for path in sorted(paths)}


def _page(files: Files, page: str) -> Iterator[tuple[str, str]]:
    """Give a new name to the page, and to what translates it."""
    stem = page.removesuffix(".md")
    folder, slug = posixpath.split(stem)
    for path in sorted(files.texts):
        if path == page or (path.startswith(f"{stem}.") and path.endswith(".md") and page in files):
            yield path, f"{folder}/{_NEW_NAMES.get(slug, f'{slug}-1')}{path.removeprefix(stem)}"


def _image(text: str) -> str:
    """Write where the picture of the podcast is now, in agora.toml."""
    source, _ = parsed(text.encode())
    if not image_of(source.data or {}).startswith(f"{PODCAST}/"):
        return text
    span = source.at_value(("podcast", "image"))
    line = source.text.split("\n")[span.line - 1]
    written = line[span.column - 1 : span.column - 1 + span.length]
    return edited(text, [Edit(span, written.replace(f"{PODCAST}/", f"{RADIO}/", 1))])
