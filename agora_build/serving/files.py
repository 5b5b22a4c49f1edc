"""Turns the address of a file of a site into an answer: whole, in part, or unchanged; pages may be added to."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_TYPES = {".atom": "application/atom+xml", ".geojson": "application/geo+json", ".ics": "text/calendar"}
_TYPES |= {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".webmanifest": "application/manifest+json"}
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Added = Callable[[bytes, str], bytes]  # a page, and what names its state -> the page with something more


def with_site(application: ASGIApp, folder: Path, below: tuple[str, ...]) -> ASGIApp:
    """Serve the files of a folder that are asked for; what is `below` some paths is left to an application.

    The folder is looked at again each time: a build puts another in its place. It is for trying a site on one
    computer; in public, a web server does this (docs/).
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await application(scope, receive, send)
            return
        asked = scope["path"]
        there = answer(Request(scope, receive), folder)
        if there is not None:
            await there(scope, receive, send)
        elif asked in ("/health", "/ready") or asked.startswith(below):
            await application(scope, receive, send)
        else:
            await lost(folder, asked)(scope, receive, send)

    return serve


def found(folder: Path, asked: str) -> Path | None:
    """Give the file or folder of an address; None when there is none, or when it is not of the site."""
    if "\0" in asked or "\\" in asked:
        return None
    folder = folder.resolve()
    try:
        place = (folder / asked.lstrip("/")).resolve()
        if place != folder and folder not in place.parents:
            return None
        if asked.endswith("/"):
            place /= "index.html"
        return place if place.is_file() or (place / "index.html").is_file() else None
    except OSError:
        return None


def answer(request: Request, folder: Path, added: Added | None = None) -> Response | None:
    """Answer with a file of a site; None when nothing is at that address."""
    asked = request.scope["path"]
    file = found(folder, asked)
    if file is None:
        return None
    if file.is_dir():
        return RedirectResponse(f"/{quote(asked.strip('/'))}/", 301)
    try:
        if file.suffix == ".html" and added is not None:
            return _page(request, file.read_bytes(), added)
        return _file(request, file)
    except FileNotFoundError:  # a build took it away since
        return None


def lost(folder: Path, asked: str, added: Added | None = None) -> Response:
    """Say that nothing is at an address, in the language of its folder."""
    content = lost_page(folder, asked)
    return Response(added(content, mark(content)) if added else content, 404, HEADERS, "text/html")


def lost_page(folder: Path, asked: str) -> bytes:
    """Give the page that says that nothing is at an address; b'' when the site has none."""
    language = asked.strip("/").partition("/")[0]
    own = folder / language / "404.html" if language.isalpha() else folder
    page = own if own.is_file() else folder / "404.html"
    return page.read_bytes() if page.is_file() else b""


def mark(content: bytes) -> str:
    """Name the state of a page."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _page(request: Request, content: bytes, added: Added) -> Response:
    named = mark(content)
    headers = {**HEADERS, "ETag": f'"{named}"'}
    if _known(request, headers["ETag"]):
        return Response(None, 304, headers)
    return Response(added(content, named), 200, headers, "text/html")


def _file(request: Request, file: Path) -> Response:
    stat = os.stat(file)  # noqa: PTH116 - what starlette takes
    headers = {**HEADERS, "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'}
    if _known(request, headers["ETag"]):
        return Response(None, 304, headers)
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return FileResponse(file, headers=headers, media_type=kind, stat_result=stat)


def _known(request: Request, etag: str) -> bool:
    """Tell whether who asks has that very state already."""
    known = [name.strip().removeprefix("W/") for name in request.headers.get("if-none-match", "").split(",")]
    return etag in known or "*" in known
