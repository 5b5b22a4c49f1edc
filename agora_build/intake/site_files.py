"""Turns the folder of a published site, and the application of the intake below it, into one application.

It is for trying a site on one computer, with its forms; in public, a web server does this (docs/).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_TYPES = {".atom": "application/atom+xml", ".geojson": "application/geo+json", ".ics": "text/calendar"}


def with_site(application: WSGIApplication, folder: Path) -> WSGIApplication:
    """Serve the files of a folder that are asked for, and leave all the rest to an application.

    The folder is looked at again each time: a build puts another in its place.
    """

    def serve(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        asked = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return application(environ, start)
        file = _file(folder.resolve(), asked)
        if file is None:
            return application(environ, start)
        if file.is_dir():
            start("301 Moved Permanently", [("Location", f"/{quote(asked.strip('/'))}/"), ("Content-Length", "0")])
            return []
        return _sent(file, environ, start)

    return serve


def _file(folder: Path, asked: str) -> Path | None:
    """Give the file or folder of an address; None when there is none, or when it is not of the site."""
    if "\0" in asked or "\\" in asked:
        return None
    try:
        place = (folder / asked.lstrip("/")).resolve()
        if place != folder and folder not in place.parents:
            return None
        if asked.endswith("/"):
            place /= "index.html"
        return place if place.is_file() or (place / "index.html").is_file() else None
    except OSError:
        return None


def _sent(file: Path, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    content = file.read_bytes()
    headers = {
        "Content-Type": f"{kind}{charset}",
        "Content-Length": str(len(content)),
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    start("200 OK", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
