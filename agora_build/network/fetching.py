"""Turns the address of a site into the bytes of its agora.json, within limits that nobody at the other end can move."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

from agora_build.content.announcement import PATH
from agora_build.content.strict_json import MOST_BYTES
from agora_build.network.addresses import PrivateAddressError, addresses_of

_CONNECT = 5.0  # seconds for each address of a host
_HOPS = 3  # redirections on one host
_MOVED = (301, 302, 303, 307, 308)
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # what is refused compressed needs no limit on what it would become
    "User-Agent": "agora-network",
    "Connection": "close",
}
MOST_SECONDS = 20.0  # from the first word to the last one


class FetchError(Exception):
    """Says why nothing was brought back: its code, and what the message needs."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def fetch(site: str, *, private: bool = False, seconds: float = MOST_SECONDS) -> bytes:
    """Bring back the agora.json of a site; raise FetchError when it cannot be had as it should be."""
    first = urlsplit(f"{site.rstrip('/')}/{PATH}")
    with _Deadline(seconds) as deadline:
        address = first
        for _ in range(_HOPS + 1):
            found = _asked(address, deadline, private=private)
            if isinstance(found, bytes):
                return found
            address = _followed(address, found, first)
    raise FetchError("moves")


class _Deadline:
    """Cuts a connection when the time is over, whatever it is doing: a server that drips a byte a second too."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def watch(self, connection: socket.socket) -> None:
        """Take charge of the connection that is in use."""
        with self._lock:
            self._socket = connection
            if self.over:
                _shut(connection)

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            if self._socket is not None:
                _shut(self._socket)


def _shut(connection: socket.socket) -> None:
    """End a connection under whoever waits for it; of an enciphered one, the line below."""
    with contextlib.suppress(OSError):  # it has ended already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Line(http.client.HTTPConnection):
    """A connection to an address that was looked at, whatever its name would lead to by now."""

    def __init__(self, address: SplitResult, deadline: _Deadline, *, private: bool) -> None:
        self.secure = address.scheme == "https"
        port = address.port or (443 if self.secure else 80)
        super().__init__(address.hostname or "", port, timeout=_CONNECT)
        self._deadline = deadline
        self._private = private

    def connect(self) -> None:
        """Call the addresses of the host, one after the other, until one answers."""
        line = self._reached()
        line.settimeout(None)  # from here on, the deadline cuts
        if self.secure:
            context = ssl.create_default_context()
            line = context.wrap_socket(line, server_hostname=self.host, do_handshake_on_connect=False)
        self._deadline.watch(line)
        self.sock = line
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()

    def _reached(self) -> socket.socket:
        failed: OSError = OSError(self.host)
        for address in addresses_of(self.host, self.port, private=self._private):
            if self._deadline.over:
                break
            try:
                return socket.create_connection((address, self.port), _CONNECT)
            except OSError as error:
                failed = error
        raise failed


def _asked(address: SplitResult, deadline: _Deadline, *, private: bool) -> bytes | str:
    """Ask for a file: give its bytes, or the address to which it has moved."""
    line = _Line(address, deadline, private=private)
    try:
        line.request("GET", address.path + (f"?{address.query}" if address.query else ""), headers=_HEADERS)
        answer = line.getresponse()
        if answer.status in _MOVED:
            return answer.getheader("Location", "")
        _check(answer)
        raw = _body(answer)
    except PrivateAddressError:
        raise FetchError("private", host=line.host) from None
    except (OSError, http.client.HTTPException, ValueError, FetchError) as error:
        if deadline.over:
            raise FetchError("slow") from None
        raise (error if isinstance(error, FetchError) else _unreached(error, line.host)) from None
    finally:
        line.close()
    if deadline.over:  # what came before the cut looks like a whole answer
        raise FetchError("slow")
    return raw


def _unreached(error: Exception, host: str) -> FetchError:
    match error:
        case socket.gaierror():
            return FetchError("unknown-host", host=host)
        case ssl.SSLError():
            return FetchError("certificate", host=host)
        case OSError():
            return FetchError("no-answer", host=host)
        case _:
            return FetchError("not-http", host=host)


def _check(answer: http.client.HTTPResponse) -> None:
    """Refuse, from its headers alone, an answer that is not a file of JSON as it is."""
    if answer.status != http.client.OK:
        raise FetchError("missing" if answer.status in (404, 410) else "status", status=str(answer.status))
    if answer.getheader("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchError("compressed")
    kind, _, rest = answer.getheader("Content-Type", "").lower().partition(";")
    if kind.strip() != "application/json" or ("charset" in rest and "utf-8" not in rest):
        raise FetchError("not-json-type", kind=kind.strip()[:60])
    if (answer.length or 0) > MOST_BYTES:
        raise FetchError("too-big")


def _body(answer: http.client.HTTPResponse) -> bytes:
    raw = answer.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise FetchError("too-big")
    if answer.length:  # the server promised more
        raise FetchError("cut")
    return raw


def _followed(address: SplitResult, location: str, first: SplitResult) -> SplitResult:
    """Follow a redirection on the same host, by the same way; refuse any other."""
    try:
        target = urlsplit(urljoin(address.geturl(), location))
        same = (target.scheme, target.hostname, target.port) == (first.scheme, first.hostname, first.port)
    except ValueError:
        raise FetchError("moves") from None
    if not same or not location.isascii() or not location.isprintable() or " " in location:
        raise FetchError("elsewhere", host=(target.hostname or "?")[:80])
    return target
