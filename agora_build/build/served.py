"""Turns the place of a site (a folder, an address on the web) into its files, without trusting what is there."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

_CHUNK = 1 << 16
_MAX_FILE = 1 << 30
_TIMEOUT = 15.0  # seconds without a byte
_GRACE, _SLOWEST = 20.0, 1_000.0  # after so many seconds, a file must have come at so many bytes a second
_WAITS = (0.5, 2.0)  # seconds before one asks again
_GONE = (404, 410)
_LATER = (429, 500, 502, 503, 504)
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-f:.]+\](:\d+)?", re.ASCII | re.IGNORECASE)


class UnreadError(Exception):
    """Says that a file could not be read, and why."""


class AbsentError(UnreadError):
    """Says that there is no such file."""


class Place(Protocol):
    """Where a site is."""

    at_once: int  # how many files it is good to ask for at the same time

    def chunks(self, path: str) -> Iterator[bytes]:
        """Give the bytes of a file; raises AbsentError, or UnreadError."""

    def others(self, listed: Collection[str]) -> list[str]:
        """Name the files that are there and not listed, as far as one can see."""


def place_at(address: str) -> Place:
    """Give the place that somebody typed; raises ValueError when it is no folder, no zip file and no address."""
    if "://" in address:
        return Web(address)
    if address.endswith(".zip"):
        from agora_build.build.archived import Archive

        return Archive(Path(address))
    if not Path(address).is_dir():
        raise ValueError(address)
    return Folder(Path(address))


def content(place: Place, path: str, limit: int) -> bytes:
    """Read a file of at most `limit` bytes; raises AbsentError, or UnreadError."""
    found = bytearray()  # which grows in place: adding to bytes copies all that came before, at each piece
    for chunk in place.chunks(path):
        found += chunk
        if len(found) > limit:
            raise UnreadError("trop gros")
    return bytes(found)


def digest(place: Place, path: str) -> str:
    """Give the SHA-256 of a file; raises AbsentError, or UnreadError."""
    found = hashlib.sha256()
    for chunk in place.chunks(path):
        found.update(chunk)
    return found.hexdigest()


class Folder:
    """A site in a folder."""

    at_once = 1  # the disk answers at once

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def chunks(self, path: str) -> Iterator[bytes]:
        """Give the bytes of a file; a link, a pipe or a device is no file of a site."""
        try:
            file = os.open(self._folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise AbsentError(error.strerror) from error
        except OSError as error:
            raise UnreadError(error.strerror) from error
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise UnreadError("ce n’est pas un fichier")
            while chunk := os.read(file, _CHUNK):
                yield chunk
        except OSError as error:
            raise UnreadError(error.strerror) from error
        finally:
            os.close(file)

    def others(self, listed: Collection[str]) -> list[str]:
        """Name the files that are there and not listed; names that begin with a dot are not of the site."""
        return sorted(path for path in _paths(self._folder, "") if path not in listed)


def _paths(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder / prefix) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _paths(folder, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


class Web:
    """A site on the web: one cannot see what it has and does not list."""

    at_once = 6  # as browsers do

    def __init__(self, address: str) -> None:
        """Take the address of the home page, with index.html or without; raises ValueError for any other."""
        parts = urlsplit(address)
        host = parts.netloc.encode("idna").decode()
        if not _HOST.fullmatch(host) or parts.query or parts.fragment or None in _server(parts):
            raise ValueError(address)
        path = quote(unquote(parts.path.removesuffix("index.html").removesuffix("/"))) + "/"
        self._base = f"{parts.scheme}://{host}{path}"
        self._opener = urllib.request.build_opener(_SameHost)

    def chunks(self, path: str) -> Iterator[bytes]:
        """Give the bytes of a file as they come."""
        try:
            with self._answer(self._base + quote(path)) as answer:
                yield from _paced(answer)
        except urllib.error.HTTPError as error:
            error.close()
            raise (AbsentError if error.code in _GONE else UnreadError)(f"réponse {error.code}") from error
        except urllib.error.URLError as error:
            raise UnreadError(str(error.reason)) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise UnreadError(str(error) or type(error).__name__) from error

    def others(self, listed: Collection[str]) -> list[str]:  # noqa: ARG002
        """Name nothing."""
        return []

    def _answer(self, url: str) -> http.client.HTTPResponse:
        """Ask for a page, and once or twice again when the server or the network stumbles."""
        request = urllib.request.Request(url, headers={"User-Agent": "Agora", "Cache-Control": "no-cache"})  # noqa: S310
        for wait in _WAITS:
            try:
                return self._opener.open(request, timeout=_TIMEOUT)  # type: ignore[no-any-return]
            except urllib.error.HTTPError as error:
                if error.code not in _LATER:
                    raise
                error.close()
            except ConnectionError:
                pass
            time.sleep(wait)
        return self._opener.open(request, timeout=_TIMEOUT)  # type: ignore[no-any-return]


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirection on the same server, or to its encrypted side; another one is not what was asked for."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - as urllib wants it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if _server(new) not in (_server(old), ("https", old.hostname, 443)):
            fp.close()
            raise UnreadError(f"l’adresse renvoie vers un autre serveur : {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _paced(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Give what comes, as long as it comes at a pace that ends."""
    began, size, whole = time.monotonic(), 0, answer.length or 0
    while chunk := answer.read1(_CHUNK):
        size += len(chunk)
        spent = time.monotonic() - began
        if size > _MAX_FILE:
            raise UnreadError("trop gros")
        if spent > _GRACE and size < spent * _SLOWEST:
            raise UnreadError("réponse trop lente")
        yield chunk
    if size < whole:
        raise UnreadError("réponse coupée")
