"""Turns the folder of a published site, and the application of the intake below it, into one application.

It is for trying a site on one computer, with its forms; in public, a web server does this (docs/).
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_TYPES = {".atom": "application/atom+xml", ".geojson": "application/geo+json", ".ics": "text/calendar"}
_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def with_site(application: ASGIApp, folder: Path, below: tuple[str, ...]) -> ASGIApp:
    """Serve the files of a folder that are asked for; what is `below` some paths is left to an application.

    The folder is looked at again each time: a build puts another in its place.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await application(scope, receive, send)
            return
        asked, file = scope["path"], _file(folder, scope["path"])
        if file is not None and file.is_dir():
            await RedirectResponse(f"/{quote(asked.strip('/'))}/", 301)(scope, receive, send)
        elif file is not None:
            await _sent(file)(scope, receive, send)
        elif asked in ("/health", "/ready") or asked.startswith(below):
            await application(scope, receive, send)
        else:
            await lost(folder, asked)(scope, receive, send)

    return serve


def _file(folder: Path, asked: str) -> Path | None:
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


def _sent(file: Path) -> Response:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return FileResponse(file, headers=_HEADERS, media_type=kind)


def lost(folder: Path, asked: str) -> Response:
    """Say that nothing is at an address, in the language of its folder."""
    language = asked.strip("/").partition("/")[0]
    own = folder / language / "404.html" if language.isalpha() else folder
    page = own if own.is_file() else folder / "404.html"
    return Response(page.read_bytes() if page.is_file() else b"", 404, _HEADERS, "text/html")
