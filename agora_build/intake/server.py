"""Turns an application into a server on a port: bounds on what connections may take, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

CONNECTIONS = 2_000
IDLE = 15  # seconds without a request
SLOW_HEADER, SLOW_BODY = 10, 20  # seconds from the first byte of a request to the last of its header, of its body
HEADER = 16 * 1024  # bytes
BODY = 80 * 1024  # bytes; a little more than a form may have: beyond, nothing can be answered in words
TURN = 0.001  # seconds after which who answers lets who stores work
_BACKLOG = 1024
PATIENCE = 15  # seconds for what was accepted, once asked to stop


class _Protocol(HttpToolsProtocol):
    """One connection: a request whose header or body is too long, or too long in coming, is refused."""

    _deadline: asyncio.TimerHandle | None = None
    _head = 0  # bytes of the header so far; -1 once it is whole
    _length = 0  # bytes of the body so far
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._until(IDLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._until(0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._head >= 0:
            self._head += len(data)
        super().data_received(data)
        if self._head > HEADER:
            self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head, self._length = 0, 0
        self._until(SLOW_HEADER)

    def on_headers_complete(self) -> None:
        self._head = -1
        encodings = {value.strip().lower() for name, value in self.headers if name == b"transfer-encoding"}
        lengths = [value for name, value in self.headers if name in (b"content-length", b"transfer-encoding")]
        if sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > HEADER:
            self._refuse(431)
        elif len(lengths) > 1 or encodings - {b"chunked"}:  # whoever stands before us may have read another one
            self._refuse(400)
        elif lengths and lengths[0].isdigit() and int(lengths[0]) > BODY:
            self._refuse(413)
        else:
            self._until(SLOW_BODY)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._length += len(body)
        if self._length > BODY and not self._refused:
            self._refuse(413)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._until(0)
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._head = 0

    def _until(self, seconds: float) -> None:
        """Close the connection in some seconds, unless something comes; never, for 0."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self.transport.abort) if seconds else None

    def _refuse(self, status: int) -> None:
        """Answer what will not be read, and close."""
        self._refused = True
        if not getattr(self.cycle, "response_complete", True):
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


class _Server(Server):
    """Says when it listens, and leaves signals to who runs it."""

    def __init__(self, config: Config, started: Callable[[int], None]) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._told(self.servers[0].sockets[0].getsockname()[1])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """Take a port at an address; OSError when it cannot be had."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    taken = socket.socket(family, kind)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
        taken.listen(_BACKLOG)
    except OSError:
        taken.close()
        raise
    return taken


def serve(
    application: Callable[..., Any],
    at: socket.socket,
    started: Callable[[int], None],
    again: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted; SIGHUP calls `again`."""
    for name in ("uvicorn.error", "uvicorn.asgi"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # its messages may hold what was sent
    settings: dict[str, Any] = {
        "http": _Protocol, "ws": "none", "loop": "uvloop", "lifespan": "off",
        "log_config": None, "access_log": False, "server_header": False, "proxy_headers": False, "backlog": _BACKLOG,
        "timeout_keep_alive": IDLE, "timeout_graceful_shutdown": PATIENCE,
    }  # fmt: skip
    server = _Server(Config(application, **settings), started)

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGHUP, lambda _number, _frame: again())
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.freeze()  # what was read of the city is there to stay: looking through it again would make people wait
    server.run(sockets=[at])
